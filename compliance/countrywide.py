"""What stands on the pages of a whole region or of the country, stored when the country is judged: docs/adr/0114.

evaluate  ->  store()    schools under contract, and the agencies of each region and of the country compared
a page    ->  reads Comparison, Compared and SchoolCount: it takes as long for ten times the country

No action brings them up to date: like the figures of a region they stand as judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, F, Q, QuerySet

from access.bulk import insert
from agencies.models import Agency, Contract
from compliance.funnel import RANKS, Floats, Funnel, funnel
from compliance.intervals import DAYS_OF_YEAR
from compliance.models import Compared, Comparison, Figure, SchoolCount
from schools.models import Region, School

# Whole numbers of four bytes, the low one first: the same in every database.
KEPT_AS = "<i4"
PLAIN = ("person_days", "gross_left", "net_left", "settled_left")


@dataclass(frozen=True, eq=False)
class Marks:
    """The agencies of a comparison in arrays: days of service, settled leaves, and the ranks of where they stand."""

    person_days: np.ndarray
    settled_left: np.ndarray
    standing: np.ndarray
    standing_by_chance: np.ndarray

    @classmethod
    def kept(cls, comparison: Comparison) -> "Marks":
        return cls(*np.frombuffer(bytes(comparison.marks), dtype=KEPT_AS).reshape(4, -1))

    def to_keep(self) -> bytes:
        columns = (self.person_days, self.settled_left, self.standing, self.standing_by_chance)
        return np.stack(columns).astype(KEPT_AS).tobytes()

    @property
    def guard_years(self) -> Floats:
        return self.person_days / DAYS_OF_YEAR

    @property
    def rates(self) -> Floats:
        """Settled leaves, percent a year."""
        rates: Floats = 100 * self.settled_left / self.guard_years
        return rates


def store(day: date) -> None:
    """Count and compare anew, from the figures just stored: in the transaction of the judging."""
    SchoolCount.objects.all().delete()
    SchoolCount.objects.bulk_create(school_counts(day))
    Comparison.objects.all().delete()
    held = _served()
    for region, members in _populations(held):
        _store_comparison(region, day, {key: held[key] for key in members})


def school_counts(day: date) -> list[SchoolCount]:
    """Of each region that has any, its schools under a contract in force and those of them that can be measured."""
    contracts = Contract.objects.in_force(day).order_by().values("school")
    # Counted as sets: asked of each school on its own, the whole country takes twice as long.
    measured = Figure.objects.filter(level=Figure.Level.SCHOOL, measurable=True).values("school")
    counts = {"contracted": Count("pk"), "measurable": Count("pk", filter=Q(pk__in=measured))}
    found = School.objects.filter(pk__in=contracts).order_by().values("region_id").annotate(**counts)
    return [SchoolCount(**one) for one in found]


def _served() -> dict[int, tuple[int, ...]]:
    """PLAIN of each agency whose guards served in the window, by its primary key, in order."""
    figures = Figure.objects.filter(level=Figure.Level.AGENCY, person_days__gt=0).order_by("agency")
    figures = figures.annotate(settled_left=F("net_left") - F("provisional_left"))
    return {key: tuple(plain) for key, *plain in figures.values_list("agency", *PLAIN)}


def _populations(held: Mapping[int, Any]) -> Iterator[tuple[str | None, list[int]]]:
    """Whom to compare with one another: all in the country, then those of each region."""
    yield None, list(held)
    members: dict[str, set[int]] = {code: set() for code in Region.objects.values_list("code", flat=True)}
    for region, agency in _of_regions():
        members[region].add(agency)
    for code, of_region in sorted(members.items()):
        if found := sorted(of_region & held.keys()):
            yield code, found


def _of_regions() -> QuerySet[Any, Any]:
    """Each region with each agency of it, as `Agency.objects.visible_to` has it: registered there, or ever under
    contract with a school there."""
    registered = Agency.objects.order_by().values_list("region", "pk")
    contracts = Contract.objects.order_by().values_list("school__region", "agency")
    return registered.union(contracts)


def _store_comparison(region: str | None, day: date, held: Mapping[int, Sequence[int]]) -> None:
    columns = np.array([*held.values()], dtype=np.int64).reshape(-1, len(PLAIN)).T
    days, leaves = columns[PLAIN.index("person_days")], columns[PLAIN.index("settled_left")]
    found = funnel(days, leaves)
    marks = Marks(days, leaves, _ranks(found, days, leaves), _ranks(found.by_chance_alone, days, leaves))
    comparison = Comparison.objects.create(region_id=region, as_of=day, funnel=asdict(found), marks=marks.to_keep())
    excess = leaves - found.expected(marks.guard_years)
    more = (marks.rates, excess, marks.standing, marks.standing_by_chance)
    names = ("comparison_id", "agency_id", *PLAIN, "settled_rate", "excess", "standing", "standing_by_chance")
    values = zip(held, *columns.tolist(), *(column.tolist() for column in more), strict=True)
    insert(Compared, names, [(comparison.pk, *row) for row in values])


def _ranks(found: Funnel, days: np.ndarray, leaves: np.ndarray) -> np.ndarray:
    return np.array([RANKS[one] for one in found.standings(days, leaves)], dtype=np.int64)
