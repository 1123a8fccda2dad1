"""The work of ending an assignment: what the form asks for, and what the end would do to the school."""

from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.reports import effect, limiting_version
from compliance.turnover import Departure
from desks import formats
from desks.agency import forms
from desks.preview import Preview, preview
from guards.models import Assignment


class Ending:
    """The state of the page, from the assignment and the form as it was sent."""

    def __init__(self, assignment: Assignment, form: forms.EndForm, today: date) -> None:
        self.assignment, self.form, self.today = assignment, form, today
        if self.is_asked and form.cleaned_data["last_day"] < assignment.first_day:
            began = {"day": formats.day(assignment.first_day)}
            form.add_error("last_day", _("The guard began on %(day)s: the last day is that day or later.") % began)

    @property
    def may_end(self) -> bool:
        return self.assignment.may_become(Assignment.Status.ENDED)

    @property
    def is_asked(self) -> bool:
        """Whether day and reason are known, so that the effect can be shown."""
        return self.may_end and self.form.is_bound and self.form.is_valid()

    @property
    def lead(self) -> str:
        """Where the guard stands, and for how long."""
        one = self.assignment
        days = max((self.today - one.first_day).days + 1, 0)
        return _("%(post)s, %(pattern)s. Serves here from %(day)s: %(days)s.") % {
            "post": one.post.name,
            "pattern": one.post.get_pattern_display().lower(),
            "day": formats.day(one.first_day),
            "days": formats.days(days),
        }

    @property
    def hidden(self) -> list[Any]:
        return forms.hidden(self.form)

    @property
    def question(self) -> str:
        return _("End the service of %(guard)s here?") % {"guard": self.assignment.guard.name}

    @property
    def reason_words(self) -> tuple[str, str]:
        """Whether the reason counts towards the limit: what is true, and what follows from it."""
        _version, rule = limiting_version("school", self.today)
        if self.form.cleaned_data["reason"] in rule.terms.excused:
            return (
                _("This reason does not count once its cause is accepted."),
                _("Until then the leave counts towards the limit as every other."),
            )
        return (
            _("This reason counts towards the limit."),
            _("Illness, parental leave, military service, retirement and the school's request do not, once accepted."),
        )

    @cached_property
    def preview(self) -> Preview | None:
        """What the end would do to the school; nothing for relief, which no figure counts."""
        one = self.assignment
        if not self.is_asked or not one.is_regular:
            return None
        last_day, reason = self.form.cleaned_data["last_day"], self.form.cleaned_data["reason"]
        school = one.post.school_id
        departure = Departure(one.guard_id, one.agency_id, school, last_day, reason)
        return preview(effect(school, max(last_day, self.today), departures=[departure]))

    @property
    def empty_words(self) -> str:
        """That the place is empty afterwards."""
        day = formats.long_day(self.form.cleaned_data["last_day"])
        positions = self.assignment.post.positions
        return ngettext(
            "After %(day)s nobody holds the place at this post, until the school confirms somebody else.",
            "After %(day)s one of the %(count)s places at this post is empty, until the school confirms somebody else.",
            positions,
        ) % {"day": day, "count": formats.number(positions)}
