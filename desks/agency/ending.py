"""The work of ending an assignment: what the form asks for, and what the end would do to the school."""

from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.reports import Effect, limiting_version
from desks import formats
from desks.agency import forms
from desks.preview import Preview, preview
from guards.models import Assignment
from staffing.leaving import foreseen, limits_broken
from staffing.obstacles import Reservation


class Ending:
    """The state of the page, from the assignment and the form as it was sent."""

    def __init__(self, assignment: Assignment, form: forms.EndForm, today: date) -> None:
        self.assignment, self.form, self.today = assignment, form, today
        # Kept as they came: a refusal takes the refused field out of the form's own answers.
        self.answers: dict[str, Any] = dict(form.cleaned_data) if self.may_end and form.is_valid() else {}
        if fault := self._fault():
            form.add_error("last_day", fault)
            self.answers = {}

    def _fault(self) -> str:
        """What the register has against the last day, said before anything is reckoned with it."""
        one, last_day = self.assignment, self.answers.get("last_day")
        if last_day and last_day < one.first_day:
            return _("The guard began on %(day)s: the last day is that day or later.") % {
                "day": formats.day(one.first_day)
            }
        if last_day and one.last_day and last_day > one.last_day:
            return _("The assignment already ends on %(day)s: the last day is that day or earlier.") % {
                "day": formats.day(one.last_day)
            }
        return ""

    @property
    def may_end(self) -> bool:
        return self.assignment.may_become(Assignment.Status.ENDED)

    @property
    def is_asked(self) -> bool:
        """Whether day and reason are known, so that the effect can be shown."""
        return bool(self.answers)

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
        if self.answers["reason"] in rule.terms.excused:
            return (
                _("This reason does not count once its cause is accepted."),
                _("Until then the leave counts towards the limit as every other."),
            )
        return (
            _("This reason counts towards the limit."),
            _("Illness, parental leave, military service, retirement and the school's request do not, once accepted."),
        )

    @cached_property
    def _effects(self) -> list[Effect]:
        asked = self.answers
        return foreseen(self.assignment, asked["reason"], asked["last_day"]) if asked else []

    @cached_property
    def preview(self) -> Preview | None:
        """What the end would do to the school and the agency; nothing for relief, which no figure counts."""
        return preview(self._effects[0], self._effects[1:]) if self._effects else None

    @cached_property
    def reservations(self) -> list[Reservation]:
        """The limits that this leave breaks: each of them needs a signed reason."""
        return limits_broken(self._effects)

    @property
    def empty_words(self) -> str:
        """That the place is empty afterwards."""
        day = formats.long_day(self.answers["last_day"])
        positions = self.assignment.post.positions
        return ngettext(
            "After %(day)s nobody holds the place at this post, until the school confirms somebody else.",
            "After %(day)s one of the %(count)s places at this post is empty, until the school confirms somebody else.",
            positions,
        ) % {"day": day, "count": formats.number(positions)}
