"""Proof that a guard stood at a post without the director's confirmation."""

from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desks import formats
from desks.proof.base import Cell, EvidenceTable, Head, Line, Presenter, certain_day
from desks.proof.flat import FlatProof
from guards.models import Assignment


class ConfirmationProof(Presenter):
    """Evidence of `director_confirmation`."""

    code = "director_confirmation"

    @cached_property
    def assignment(self) -> Assignment | None:
        found = Assignment.objects.filter(code=self.evidence["assignment"])
        return found.select_related("guard", "post__school", "agency").first()

    @property
    def guard(self) -> str:
        return self.finding.guard.full_name if self.finding.guard else formats.UNKNOWN

    @property
    def first_day(self) -> date:
        return certain_day(self.evidence["first_day"])

    def sentence(self) -> str:
        return ngettext(
            "%(guard)s has stood at %(school)s for %(count)s open day, and the director had not confirmed this by "
            "%(day)s; the limit is %(grace)s.",
            "%(guard)s has stood at %(school)s for %(count)s open days, and the director had not confirmed this by "
            "%(day)s; the limit is %(grace)s.",
            self.evidence["open_days_stood"],
        ) % {
            "guard": self.guard,
            "school": self.finding.school,
            "count": formats.number(self.evidence["open_days_stood"]),
            "day": formats.day(self.day),
            "grace": formats.number(self.evidence["grace_open_days"]),
        }

    def lines(self) -> list[Line]:
        stood, grace = self.evidence["open_days_stood"], self.evidence["grace_open_days"]
        return [
            Line(_("First day at the post"), self.post_name, formats.day(self.first_day)),
            Line(_("Day judged"), _("the director had not confirmed by this day"), formats.day(self.day)),
            Line(_("Open days stood"), _("by the school's calendar, both days included"), formats.number(stood)),
            Line(
                _("Limit, %(clause)s") % {"clause": self.clause.name},
                _("open days without confirmation"),
                formats.number(grace),
            ),
            Line(
                _("Beyond the limit"),
                f"{formats.number(stood)} {formats.MINUS} {formats.number(grace)}",
                formats.number(stood - grace),
            ),
        ]

    @property
    def post_name(self) -> str:
        return self.assignment.post.name if self.assignment else str(self.evidence["post"])

    def verdict(self) -> str:
        return _("More open days than allowed: %(stood)s > %(grace)s") % {
            "stood": formats.number(self.evidence["open_days_stood"]),
            "grace": formats.number(self.evidence["grace_open_days"]),
        }

    def tables(self) -> list[EvidenceTable]:
        heads = [_("Guard"), _("Post"), _("Agency"), _("First day"), _("Confirmed")]
        guard = self.finding.guard
        row = [
            Cell(self.guard, guard.masked_iin if guard else "", name=True),
            Cell(self.post_name),
            Cell(str(self.finding.agency or formats.UNKNOWN)),
            Cell(formats.day(self.first_day)),
            Cell(_("not by %(day)s") % {"day": formats.day(self.day)}),
        ]
        note = str(self.evidence["assignment"])
        standing = EvidenceTable(_("The assignment"), note, [Head(text) for text in heads], [row])
        # The calendar by which the open days were counted.
        return [standing, *FlatProof(self.finding).tables()]

    def today(self, day: date) -> str:
        if self.assignment is None or self.assignment.status == Assignment.Status.PROPOSED:
            return ""
        if self.assignment.confirmed_on:
            confirmed = formats.day(self.assignment.confirmed_on)
            return _("Since then the director has confirmed: on %(day)s.") % {"day": confirmed}
        return _("Since then the assignment has been answered: %(answer)s.") % {
            "answer": self.assignment.get_status_display().lower()
        }

    def columns(self) -> list[str]:
        return [
            "assignment_id",
            "iin_masked",
            "post_id",
            "agency_bin",
            "first_day",
            "day",
            "open_days_stood",
            "grace_open_days",
            "weekdays",
            "closures",
        ]

    def records(self) -> list[list[Any]]:
        found, guard, agency = self.evidence, self.finding.guard, self.finding.agency
        (calendar,) = found.get("calendars") or [{"weekdays": None, "closures": []}]
        return [
            [
                found["assignment"],
                guard.masked_iin if guard else None,
                found["post"],
                agency.bin if agency else None,
                found["first_day"],
                found["day"],
                found["open_days_stood"],
                found["grace_open_days"],
                calendar["weekdays"],
                " ".join("/".join(days) for days in calendar["closures"]),
            ]
        ]
