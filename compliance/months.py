"""The months of every owner as they are counted: of some owners from their rows, of the country part by part.

What is kept of an owner rests on the rows there alone, but the country is read by guards. So its rows are put aside in
files while they are read, and taken again by ranges of schools and of agencies; of a region the parts are added up. No
more is held than the months of one part: docs/adr/0111.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db.models import Q

from agencies.models import Agency
from compliance.keys import Numbered
from compliance.open_days import Calendars
from compliance.register import Register, last_key
from compliance.series import COUNTS, Part, Series, add_parts, condensed, count_days, count_guards, series
from compliance.spool import Aside, Spool
from compliance.turnover import ENGINE_VERSION, LEVELS, Level, Rows, Terms
from schools.models import School

# What the guard did next is not kept: an action elsewhere can change it.
KEPT = tuple(name for name in COUNTS if name not in ("moved", "kept"))
# So many owners, by primary key, are counted at once: some hundred thousand rows.
SCHOOLS_AT_ONCE = 1000
AGENCIES_AT_ONCE = 200
GUARDS_AT_ONCE = 10_000
OF_AGENCIES: tuple[Level, ...] = ("agency_school", "agency")
Parts = dict[Level, Part]
# For each of some days how each level is counted.
TermsOfDays = list[dict[Level, Terms]]


@dataclass(frozen=True, eq=False)
class Months:
    """What is kept of the owners of one level: their keys as in a Table, and of each owner KEPT down, months across."""

    level: Level
    keys: list[np.ndarray]
    counts: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)

    def take(self, chosen: np.ndarray) -> "Months":
        """Those of the owners that a mask chooses."""
        return replace(self, keys=[key[chosen] for key in self.keys], counts=self.counts[chosen])

    @classmethod
    def of(cls, found: Series) -> "Months":
        return cls(found.level, found.keys, np.stack([found.counts[name] for name in KEPT], axis=1).astype("<i4"))


@dataclass(frozen=True, eq=False)
class Share:
    """The months of some owners, and which of the kept ones they stand in for."""

    owners: Q
    months: list[Months]


class Digest:
    """The same while nothing changes that a figure of some month ends could rest on."""

    def __init__(self, ends: list[date], terms: TermsOfDays) -> None:
        said = [(level, {**vars(one), "excused": sorted(one.excused)}) for each in terms for level, one in each.items()]
        self._digest = hashlib.sha256(repr((ENGINE_VERSION, KEPT, ends, said)).encode())
        self._end = ends[-1].toordinal()
        self._calendars: Calendars | None = None

    def add(self, block: Register) -> None:
        """The rows as they stood on the last day, in order of their keys; what they are counted by, once."""
        if block.calendars is not self._calendars:
            self._calendars = block.calendars
            self._add_calendars(block.calendars, block.region_of_school)
        rows = block.rows.take(np.argsort(block.assignment))
        known = rows.last <= self._end
        seen = np.where(known, rows.last, -1), np.where(known, rows.reason, -1), known & rows.accepted
        self._add(rows.guard, rows.agency, rows.school, rows.first, rows.relief, rows.ident, *seen)

    def _add_calendars(self, calendars: Calendars, regions: Numbered) -> None:
        until = calendars.opened[:, : max(self._end - calendars.low_day + 2, 0)]
        self._add(until, *calendars.kept.pairs().T, regions.pairs())

    def _add(self, *columns: np.ndarray) -> None:
        for column in columns:
            self._digest.update(np.ascontiguousarray(column).data)

    def told(self) -> str:
        return self._digest.hexdigest()


class Counting:
    """The rows of a country as they come, and the months of its owners once all have come."""

    _calendars: Calendars

    def __init__(self, ends: list[date], terms: TermsOfDays) -> None:
        self._days, self._terms = [end.toordinal() for end in ends], terms
        self._by_agency, self._by_school = Aside("agency", AGENCIES_AT_ONCE), Aside("school", SCHOOLS_AT_ONCE)
        self._by_guard = Aside("guard", GUARDS_AT_ONCE)
        self._regions = Numbered.of({})

    def add(self, block: Register) -> None:
        """Take note of a block of guards."""
        self._calendars, self._regions = block.calendars, block.region_of_school
        for aside in (self._by_agency, self._by_school, self._by_guard):
            aside.put(block.rows)

    def shares(self) -> "Shares":
        """The months of all owners. Each is in one of the shares, also who has no months."""
        found = Shares()
        for begin, end, rows in self._by_agency.parts(last_key(Agency)):
            counted = self._count(rows, OF_AGENCIES)
            found.add(Q(level__in=OF_AGENCIES, agency__gte=begin, agency__lt=end), self._series(counted))
        regions: Parts = {}
        for begin, end, rows in self._by_school.parts(last_key(School)):
            counted = self._count(rows, ("school", "region"))
            regions = condensed(add_parts(regions, {"region": counted.pop("region")}))
            found.add(Q(level="school", school__gte=begin, school__lt=end), self._series(counted))
        found.add(Q(level="region"), self._series(self._seeing_guards_once(regions)))
        return found

    def _count(self, rows: Rows, levels: tuple[Level, ...]) -> Parts:
        return count_days(rows, self._calendars, self._regions, self._days, self._of(levels), followed=False)

    def _seeing_guards_once(self, regions: Parts) -> Parts:
        """The regions with how many different guards each saw: who served in two parts of it was counted twice."""
        seen: Parts = {}
        for _begin, _end, rows in self._by_guard.parts(0):
            counted = count_guards(rows, self._calendars, self._regions, self._days, self._of(["region"]))
            seen = add_parts(seen, counted)
        return {level: replace(part, counts=part.counts | seen[level].counts) for level, part in regions.items()}

    def _of(self, levels: Iterable[Level]) -> TermsOfDays:
        return [{level: each[level] for level in levels} for each in self._terms]

    def _series(self, counted: Parts) -> Iterable[Series]:
        return series(counted, self._days, self._of(counted)).values()


class Shares:
    """The months of a country's owners, share by share, in a file."""

    def __init__(self) -> None:
        self._owners: list[Q] = []
        self._spool = Spool()

    def add(self, owners: Q, found: Iterable[Series]) -> None:
        for one in map(Months.of, found):
            for array in (*one.keys, one.counts):
                self._spool.put((len(self._owners), one.level), array)
        self._owners.append(owners)

    def __iter__(self) -> Iterator[Share]:
        for number, owners in enumerate(self._owners):
            taken = ((level, self._spool.take((number, level))) for level in LEVELS)
            yield Share(owners, [Months(level, arrays[:-1], arrays[-1]) for level, arrays in taken if arrays])
