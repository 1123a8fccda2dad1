"""Shifts of the year before a day: what agencies claimed, what schools confirmed of that, and where they said no."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from compliance.models import Figure
from guards.models import Assignment, Presence
from schools.models import Post

# Claimed by the agency; of these confirmed present by the school; refused by it (absent, or somebody else).
SHIFTS = ("claimed", "present", "refused")
# A school, an agency, the number of a region; None for each that an owner does not have.
Owner = tuple[int | None, int | None, int | None]
Counted = tuple[int, ...]


@dataclass(eq=False)
class Shifts:
    """The shifts up to a day, school after school; those of agencies and regions add up on the way."""

    day: date
    _totals: dict[Owner, Counted] = field(default_factory=dict)

    def of(self, schools: Mapping[int, str], agencies: Collection[int]) -> dict[Owner, Counted]:
        """The counts of these schools, of each agency there, and of all agencies and regions as far as counted.

        Of the agencies named the shifts at other schools are taken as they were counted last.
        """
        found: dict[Owner, Counted] = {}
        for school, agency, *counts in self._at(schools):
            _add(found, (school, None, None), counts)
            _add(found, (school, agency, None), counts)
            _add(self._totals, (None, agency, None), counts)
            _add(self._totals, (None, None, int(schools[school])), counts)
        if agencies:
            held = Figure.objects.filter(level=Figure.Level.AGENCY_SCHOOL, agency__in=agencies).order_by()
            elsewhere = held.exclude(school__in=schools).values_list("agency").annotate(*(Sum(name) for name in SHIFTS))
            for agency, *counts in elsewhere:
                _add(self._totals, (None, agency, None), counts)
        return self._totals | found

    def _at(self, schools: Collection[int]) -> QuerySet[Any, Any]:
        """The counts of each school and agency: the agency for which the guard stood at the post that day."""
        if not schools:
            return Presence.objects.none()
        posts = list(Post.objects.filter(school__in=schools).order_by().values_list("pk", flat=True))
        shifts = Presence.objects.filter(on__gt=self.day - timedelta(days=365), on__lte=self.day, post__in=posts)
        stood = Assignment.objects.holding().filter(guard=OuterRef("guard"), post=OuterRef("post")).on(OuterRef("on"))
        stood = stood.order_by("-first_day", "-code")
        claimed = Q(agency_claim=True)
        denied = [Presence.Answer.ABSENT, Presence.Answer.OTHER_PERSON]
        return (
            shifts.annotate(agency=Subquery(stood.values("agency")[:1]))
            .order_by()
            .values_list("post__school", "agency")
            .annotate(
                claimed=Count("pk", filter=claimed),
                present=Count("pk", filter=claimed & Q(school_confirmation=Presence.Answer.PRESENT)),
                refused=Count("pk", filter=Q(school_confirmation__in=denied)),
            )
        )


def _add(totals: dict[Owner, Counted], owner: Owner, counts: Collection[int]) -> None:
    before = totals.get(owner, (0, 0, 0))
    totals[owner] = tuple(one + more for one, more in zip(before, counts, strict=True))
