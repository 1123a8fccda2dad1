"""The work of replacing a guard: why and when he leaves, who follows him, and what that does to the school."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from compliance.reports import Effect, effect
from desks import formats
from desks.agency import forms
from desks.agency.ending import Ending
from desks.agency.placing import Choosing
from desks.preview import Preview, preview
from guards.models import Assignment
from staffing.causes import excusable
from staffing.leaving import asked_of, foreseen, foreseen_of_school, limits_broken
from staffing.obstacles import Reservation


class Replacing(Choosing):
    """The state of the page, from the assignment and the form as it was sent."""

    def __init__(
        self, assignment: Assignment, membership: Any, form: forms.ReplaceForm, asked: Mapping[str, Any], today: date
    ) -> None:
        super().__init__(membership, form, asked)
        self.assignment, self.today = assignment, today
        self.ending = Ending(assignment, form, today)
        if self.answers and not self.ending.is_asked:
            self.answers = {}

    @property
    def may_replace(self) -> bool:
        return self.ending.may_end

    @property
    def first_day(self) -> date:
        """The successor's first day, so many days before the other has gone."""
        last_day, together = self.answers["last_day"], self.answers["handover_days"]
        return last_day + timedelta(days=1 - together)

    def place(self) -> dict[str, Any]:
        one = self.assignment
        return {
            "post": one.post,
            "first_day": self.first_day,
            "last_day": None if one.is_regular else one.last_day,
            "kind": one.kind,
            "agency": one.agency,
            "leaver": one,
        }

    def without_anybody(self) -> Effect:
        one, asked = self.assignment, self.answers
        if self.chosen is None and self._effects:
            return self._effects[0]
        return self._foreseen[1] or effect(one.post.school_id, max(asked["last_day"], self.first_day, self.today))

    @property
    def _effects(self) -> list[Effect]:
        """What the replacement does to the school and the agency, by the chosen one where somebody is chosen."""
        return self._foreseen[0] if self.answers else []

    @cached_property
    def _foreseen(self) -> tuple[list[Effect], Effect | None]:
        """That, and what the leave does to the school if nobody follows."""
        one, asked, successor = self.assignment, self.answers, self.chosen.guard if self.chosen else None
        # On one day before and after somebody is chosen: others may leave between the two.
        leave = one, asked["reason"], asked["last_day"]
        with asked_of(one, asked["last_day"], self.first_day):
            effects = foreseen(*leave, successor, self.first_day)
            return effects, foreseen_of_school(*leave, self.first_day) if successor else None

    @cached_property
    def preview(self) -> Preview | None:
        return preview(self._effects[0], self._effects[1:]) if self._effects else None

    @property
    def preview_words(self) -> str:
        """On what the preview rests."""
        if self.chosen is None:
            return _("If somebody who has not stood here follows, the faces become one more.")
        return _("If %(guard)s comes on %(day)s") % {
            "guard": self.chosen.guard.name,
            "day": formats.long_day(self.first_day),
        }

    @cached_property
    def reservations(self) -> list[Reservation]:
        """The clauses against the successor, and the limits that this leave breaks."""
        if self.chosen is None:
            return []
        return [*super().reservations, *limits_broken(self._effects)]

    @property
    def can_be_excused(self) -> bool:
        """Whether a cause of this reason can excuse the leave."""
        return bool(self.answers) and self.answers["reason"] in excusable(self.today)

    @property
    def title(self) -> str:
        return _("Replace %(guard)s") % {"guard": self.assignment.guard.name}

    @property
    def question(self) -> str:
        assert self.chosen is not None
        return _("Propose %(guard)s to the school?") % {"guard": self.chosen.guard.name}
