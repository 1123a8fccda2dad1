"""Rehearsing: what two readings of a clause say of one day, held against each other.

Pure: marks and values in, counts out. Who reads the register and who keeps the result stands in `rehearsals.py`.

    Reading, Reading     ->  changes()       ->  whose mark changes, and how
    a Tally, block after block of readings   ->  how many, by region and by size, and the distribution
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil, floor
from typing import Any, Literal

from compliance.predicates import Subject

#: How surely a mark is made, the surest last. The empty one is a mark by the records: chance has no part in it.
STRENGTHS = ("indicated", "", "established")

#: Classes by the average number of guards, rounded to whole ones: up to 3, 4-5, 6-10, more.
SCHOOL_SIZES = (3, 5, 10)
AGENCY_SIZES = (5, 20, 50)
#: Of a class without an upper bound, and of whom nothing was measured.
MORE, UNKNOWN = "more", "unknown"

#: Bars of a distribution; where values have no upper end the last one holds all that lie beyond.
BARS = 12
WIDTHS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)

Kind = Literal["newly", "gone", "stronger", "weaker"]


@dataclass(frozen=True)
class Reading:
    """What one reading of a clause says: whom it marks and how surely, and, where it measures, the value of each owner
    in percent. A clause that is repealed, or not there yet, says nothing."""

    marks: Mapping[Subject, str] = field(default_factory=dict)
    values: Mapping[Subject, float] | None = None


@dataclass(frozen=True)
class Change:
    """A subject whose mark is another one by the draft; None where there is none."""

    subject: Subject
    before: str | None
    after: str | None

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return "newly"
        if self.after is None:
            return "gone"
        return "stronger" if STRENGTHS.index(self.after) > STRENGTHS.index(self.before) else "weaker"


def changes(now: Reading, then: Reading) -> list[Change]:
    """Whose mark is not the same by both readings, in order of the subjects' keys."""
    marked = sorted({*now.marks, *then.marks}, key=lambda subject: subject.key)
    pairs = (Change(subject, now.marks.get(subject), then.marks.get(subject)) for subject in marked)
    return [one for one in pairs if one.before != one.after]


def size_of(headcount: float | None, bounds: Sequence[int]) -> str:
    """The class of an owner by its average headcount, named by its upper bound."""
    if not headcount:
        return UNKNOWN
    place = bisect_left(bounds, int(headcount + 0.5))
    return str(bounds[place]) if place < len(bounds) else MORE


@dataclass(frozen=True)
class Place:
    """Where a subject is counted: its region and, where it has a school or an agency, the sizes of these."""

    region: str
    school_size: str | None = None
    agency_size: str | None = None


@dataclass
class Counts:
    """A line of a table: whom the draft measures, and marks by the law in force and by the draft."""

    measured: int = 0
    now: int = 0
    now_established: int = 0
    then: int = 0
    then_established: int = 0
    newly: int = 0
    newly_established: int = 0
    gone: int = 0

    def add(self, before: str | None, after: str | None) -> None:
        """One subject that is marked by at least one of the readings."""
        self.now += before is not None
        self.now_established += before == "established"
        self.then += after is not None
        self.then_established += after == "established"
        self.newly += before is None
        self.newly_established += before is None and after == "established"
        self.gone += after is None


@dataclass(frozen=True)
class Scale:
    """What a distribution is drawn against: the limit of each reading, and which side of it is a breach.

    `least` is the number of leaves below which nothing is said, None where the rule knows no such number.
    """

    now: float | None
    then: float | None
    under: bool = False
    least: int | None = None

    @property
    def width(self) -> int:
        """How many percent a bar holds: so that the higher limit lies near the middle."""
        if self.under:
            return 10
        limit = max(self.now or 0, self.then or 0)
        return next((width for width in WIDTHS if width * 5 >= limit), WIDTHS[-1]) if limit else 10

    @property
    def bars(self) -> int:
        return 10 if self.under else BARS

    def bar_of(self, value: float) -> int:
        """A value on the bound of two bars breaks no limit that lies there, so it stands with those that break none."""
        bar = floor(value / self.width) if self.under else ceil(value / self.width) - 1
        return min(max(bar, 0), self.bars - 1)

    def breaks(self, value: float, limit: float | None) -> bool:
        return limit is not None and (value < limit if self.under else value > limit)


@dataclass
class Distribution:
    """How the owners that a clause measures lie against both limits: in each bar all of them, those whose mark stays,
    those whose mark goes and those that the draft adds.

    `beyond` counts who lies beyond the limit that the values are held against, marked or not; `otherwise` those added
    that lie beyond the limit in force too: the draft does not mark them for its limit but because it counts otherwise.
    """

    scale: Scale
    owners: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    beyond: int = 0
    otherwise: int = 0

    def __post_init__(self) -> None:
        for bars in (self.owners, self.kept, self.gone, self.added):
            bars.extend([0] * (self.scale.bars - len(bars)))

    def take(self, now: Reading, then: Reading) -> None:
        """The values of the draft; of a clause that it repeals those of the law in force."""
        by_draft = then.values is not None
        limit = self.scale.then if by_draft else self.scale.now
        for subject, value in (then.values if by_draft else now.values or {}).items():  # type: ignore[union-attr]
            bar = self.scale.bar_of(value)
            before, after = subject in now.marks, subject in then.marks
            self.owners[bar] += 1
            self.kept[bar] += before and after
            self.gone[bar] += before and not after
            self.added[bar] += after and not before
            self.beyond += self.scale.breaks(value, limit)
            self.otherwise += after and not before and self.scale.breaks(value, self.scale.now)


@dataclass
class Tally:
    """All that is counted of one clause, block after block."""

    scale: Scale | None = None
    total: Counts = field(default_factory=Counts)
    regions: dict[str, Counts] = field(default_factory=dict)
    school_sizes: dict[str, Counts] = field(default_factory=dict)
    agency_sizes: dict[str, Counts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.distribution = Distribution(self.scale) if self.scale else None

    def take(self, now: Reading, then: Reading, place_of: Callable[[Subject], Place]) -> list[Change]:
        """Count a block in; whose mark changes there."""
        for subject in {*now.marks, *then.marks}:
            for counts in self._lines(place_of(subject)):
                counts.add(now.marks.get(subject), then.marks.get(subject))
        for subject in (then.values if then.values is not None else now.values) or ():
            for counts in self._lines(place_of(subject)):
                counts.measured += 1
        if self.distribution:
            self.distribution.take(now, then)
        return changes(now, then)

    def _lines(self, place: Place) -> list[Counts]:
        lines = [self.total, self.regions.setdefault(place.region, Counts())]
        if place.school_size:
            lines.append(self.school_sizes.setdefault(place.school_size, Counts()))
        if place.agency_size:
            lines.append(self.agency_sizes.setdefault(place.agency_size, Counts()))
        return lines

    def plain(self) -> dict[str, Any]:
        """As a rehearsal keeps it; `counted` and `drawn` read it again."""
        groups = {name: getattr(self, name) for name in ("regions", "school_sizes", "agency_sizes")}
        return {
            "total": asdict(self.total),
            **{name: {key: asdict(counts) for key, counts in lines.items()} for name, lines in groups.items()},
            "distribution": asdict(self.distribution) if self.distribution else None,
        }


def counted(lines: Mapping[str, Mapping[str, int]]) -> dict[str, Counts]:
    """The lines of a table from what a rehearsal kept."""
    return {key: Counts(**counts) for key, counts in lines.items()}


def drawn(kept: Mapping[str, Any] | None) -> Distribution | None:
    """The distribution from what a rehearsal kept."""
    return Distribution(**{**kept, "scale": Scale(**kept["scale"])}) if kept else None
