"""How turnover is measured: the one definition behind every page, report, finding and export.

Pure functions over arrays; nothing here knows the database. The same functions answer for one school and for the
country. Days are day numbers (`date.toordinal()`) inside and in every result; where a day is given, a date will do.

    rows, calendars   ->  spells()   ->  who was where, without the interruptions that are none
    rows, calendars   ->  measure()  ->  the figures of every school, agency and region: one Table for each level
    a Table, a Limit  ->  breach()   ->  which of them breach the limit, and which beyond chance
    leaves, a Limit   ->  budget()   ->  how many more may leave, and when the next leave is given back
    rows, a plan      ->  preview()  ->  the figures if the plan came true

A scope (one school, one agency) is brought as *all* rows of the guards who were ever there: what a guard did next is
read from the rows at other places. Every other figure rests on the rows of the place alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from compliance.intervals import DAYS_OF_YEAR, interval, poisson_bounds, yearly_rate
from compliance.keys import Numbered, Numbers, pack, ranks, small
from compliance.open_days import OPEN, Calendars, day_number
from compliance.spells import (
    END_REASONS,
    LEFT_KINDS,
    REASON_CODES,
    Grain,
    Mask,
    Rows,
    Spells,
    left_kinds,
    spells,
    tied_rows,
)

__all__ = [
    "DEFAULT_EXCUSED_AGENCY",
    "DEFAULT_EXCUSED_SCHOOL",
    "DEFAULT_TERMS",
    "END_REASONS",
    "ENGINE_VERSION",
    "LEFT_KINDS",
    "LEVELS",
    "OPEN",
    "Arrival",
    "Budget",
    "Calendars",
    "Departure",
    "Leave",
    "Limit",
    "Rows",
    "Spells",
    "Table",
    "Terms",
    "breach",
    "budget",
    "day_number",
    "interval",
    "left_kinds",
    "measure",
    "net_leaves",
    "planned",
    "preview",
    "service",
    "spells",
    "tied_rows",
]

#: Raised whenever the same rows could give another figure.
ENGINE_VERSION = "1"

DEFAULT_EXCUSED_SCHOOL = frozenset(
    {"illness", "parental_leave", "military_service", "retired", "died", "school_request", "licence_delay"}
)
DEFAULT_EXCUSED_AGENCY = DEFAULT_EXCUSED_SCHOOL | {"contract_ended"}

Level = Literal["school", "agency_school", "agency", "region"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True)
class Terms:
    """By what terms turnover is measured. ValueError for terms that make no sense.

    window_days: length of the window that ends on the day judged. gap_open_days: with fewer open days than this in
    between a guard has not left. seasoned_days: days of a spell after which the guard is seasoned. confidence: of the
    interval around the rate. excused: end reasons that do not count when their cause was accepted.
    """

    window_days: int = 365
    gap_open_days: int = 30
    seasoned_days: int = 90
    confidence: float = 0.95
    excused: frozenset[str] = DEFAULT_EXCUSED_SCHOOL

    def __post_init__(self) -> None:
        object.__setattr__(self, "excused", frozenset(self.excused))
        if self.window_days < 1:
            raise ValueError("A window has at least one day.")
        if self.gap_open_days < 0 or self.seasoned_days < 0:
            raise ValueError("A number of days cannot be negative.")
        if not 0 < self.confidence < 1:
            raise ValueError("A confidence lies between 0 and 1.")
        if unknown := self.excused - set(END_REASONS):
            raise ValueError(f"Unknown end reasons: {sorted(unknown)}.")


#: The terms of each level where no clause says otherwise.
DEFAULT_TERMS: Mapping[Level, Terms] = {
    "school": Terms(),
    "agency_school": Terms(excused=DEFAULT_EXCUSED_AGENCY),
    "agency": Terms(excused=DEFAULT_EXCUSED_AGENCY),
    "region": Terms(),
}


@dataclass(frozen=True)
class Limit:
    """What a clause allows: at most `threshold_percent` a year, and always fewer than `min_left` leaves."""

    threshold_percent: float
    min_left: int = 2

    def __post_init__(self) -> None:
        if self.threshold_percent < 0:
            raise ValueError("A limit cannot be negative.")
        if self.min_left < 1:
            raise ValueError("A limit needs at least one leave to be breached.")


@dataclass(frozen=True, eq=False)
class Table:
    """The figures of one level on one day, one element for each key that occurs in the rows, ordered by key.

    Keys are school, agency and region, -1 where the level has none. A float of NaN is a figure that is empty. Many
    whole numbers take four bytes each where they fit (`keys.small`): widen them before they are multiplied.

    person_days        calendar days served in the window (an interruption that is none counts as served)
    measurable         person_days > 0; where not, every rate is empty
    average_headcount  person_days / window_days
    gross_left         spells whose last day lies in the window
    excused_left       those with an excused reason and an accepted cause
    net_left           gross_left - excused_left, settled or not
    provisional_left   the part of net_left that is not settled: the guard may still return
    settled_left       net_left - provisional_left: what a finding rests on
    rate               net_left in percent a year; rate_low and rate_high bound it
    settled_rate       settled_left in percent a year; settled_low bounds it from below
    distinct_guards    guards with any assignment, relief included, on a day of the window; each once
    seasoned_days      person_days on which the guard had served more than `seasoned_days` of the spell
    continuity         seasoned_days / person_days
    open_spells        spells that go on
    median_tenure_days of the spells that go on, the day judged included
    starting_guards    guards serving on the first day of the window, each once for each place
    staying_guards     those of them serving on the day judged
    stability          staying_guards / starting_guards
    moved, kept, left  gross_left by what the guard did next (see `left_kinds`); -1 where that was not asked
    """

    level: Level
    school: Numbers
    agency: Numbers
    region: Numbers
    measurable: Mask
    person_days: Numbers
    average_headcount: NDArray[np.float64]
    gross_left: Numbers
    excused_left: Numbers
    net_left: Numbers
    provisional_left: Numbers
    settled_left: Numbers
    rate: NDArray[np.float64]
    rate_low: NDArray[np.float64]
    rate_high: NDArray[np.float64]
    settled_rate: NDArray[np.float64]
    settled_low: NDArray[np.float64]
    distinct_guards: Numbers
    seasoned_days: Numbers
    continuity: NDArray[np.float64]
    open_spells: Numbers
    median_tenure_days: NDArray[np.float64]
    starting_guards: Numbers
    staying_guards: Numbers
    stability: NDArray[np.float64]
    moved: Numbers
    kept: Numbers
    left: Numbers

    def __len__(self) -> int:
        return len(self.school)

    def key(self, index: int) -> tuple[int, ...]:
        """The key of an owner: of KEYS_OF_LEVEL what the level has."""
        return tuple(int(getattr(self, name)[index]) for name in KEYS_OF_LEVEL[self.level])

    def row(self, index: int) -> dict[str, Any]:
        """One key's figures as plain values, None for an empty figure and for a key the level does not have."""
        figures: dict[str, Any] = {"level": self.level}
        for column in fields(self)[1:]:
            value = getattr(self, column.name)[index].item()
            absent = value == -1 if column.name in ABSENT_BY_SIGN else value != value
            figures[column.name] = None if absent else value
        return figures

    def where(self, **key: int) -> dict[str, Any]:
        """The figures of the one key named, as `row` gives them: `table.where(school=7)`. A key that does not occur has
        figures too: nothing to measure."""
        if set(key) != set(KEYS_OF_LEVEL[self.level]):
            raise ValueError(f"Level {self.level} is looked up by {' and '.join(KEYS_OF_LEVEL[self.level])}.")
        found = np.flatnonzero(np.logical_and.reduce([getattr(self, name) == value for name, value in key.items()]))
        return self.row(found[0]) if len(found) else self.blank(**key)

    def blank(self, **key: int) -> dict[str, Any]:
        """The figures of a key of this level without any assignment."""
        none = {column.name: NOTHING.get(str(column.type)) for column in fields(self)[1:]}
        return {"level": self.level, **none, "average_headcount": 0.0, **dict.fromkeys(KEY_COLUMNS), **key}


KEY_COLUMNS = ("school", "agency", "region")
ABSENT_BY_SIGN = (*KEY_COLUMNS, *LEFT_KINDS)
KEYS_OF_LEVEL: Mapping[Level, tuple[str, ...]] = {
    "school": ("school",),
    "agency_school": ("agency", "school"),
    "agency": ("agency",),
    "region": ("region",),
}
GRAIN_OF_LEVEL: Mapping[Level, Grain] = {
    "school": "school",
    "agency_school": "agency_school",
    "agency": "agency_school",
    "region": "school",
}
#: Figures of a key without assignments, by the type of the column; empty for the rest.
NOTHING = {"Numbers": 0, "Mask": False}


def measure(
    rows: Rows,
    calendars: Calendars,
    region_of_school: Mapping[int, int],
    as_of: date | int,
    terms: Mapping[Level, Terms],
) -> dict[Level, Table]:
    """The figures of every key on the day `as_of`, for each level that `terms` names.

    Level "agency" sums what "agency_school" counts and level "region" what "school" counts, each by its own terms.
    Only keys with a row begun by `as_of` have figures. ValueError for a school without calendar or region.
    """
    today = day_number(as_of)
    known = Known(rows.take(rows.first <= today), calendars, region_of_school, today)
    return {level: _table(known, level, level_terms) for level, level_terms in terms.items()}


@dataclass(frozen=True, eq=False)
class Known:
    """What is known on the day `today`: only rows begun by then. Keeps what the levels share."""

    rows: Rows
    calendars: Calendars
    region_of_school: Mapping[int, int]
    today: int
    _spells: dict[tuple[Grain, int], Spells] = field(default_factory=dict)
    _kinds: dict[tuple[Grain, int, int], NDArray[np.int8]] = field(default_factory=dict)

    def spells(self, grain: Grain, terms: Terms) -> Spells:
        asked = grain, terms.gap_open_days
        if asked not in self._spells:
            self._spells[asked] = spells(self.rows, self.calendars, self.today, terms.gap_open_days, grain)
        return self._spells[asked]

    def kinds(self, grain: Grain, terms: Terms) -> NDArray[np.int8]:
        """The kinds of the leaves in the window, in the order of the spells."""
        asked = grain, terms.gap_open_days, terms.window_days
        if asked not in self._kinds:
            of_grain = self.spells(grain, terms)
            leaves = np.flatnonzero(of_grain.left_since(window_start(self.today, terms)))
            self._kinds[asked] = left_kinds(of_grain, self.rows, self.calendars, leaves)
        return self._kinds[asked]

    def key_columns(self, level: Level) -> list[Numbers]:
        """The columns of the rows that make the key of a level."""
        if level == "region":
            return [self.regions(self.rows.school)]
        return [getattr(self.rows, name) for name in KEYS_OF_LEVEL[level]]

    def regions(self, school: Numbers) -> Numbers:
        rank, schools = ranks(school)
        return Numbered.of(self.region_of_school).at(schools, "Schools without a region")[rank]


def window_start(today: int, terms: Terms) -> int:
    """The first day of the window that ends on `today`."""
    return today - terms.window_days + 1


def _table(known: Known, level: Level, terms: Terms) -> Table:
    """The figures of one level."""
    return count(known, level, terms).table(level, terms)


@dataclass(frozen=True, eq=False)
class Counts:
    """What was counted of each key of a level, in order of the keys: numbers that add up over parts of the guards.

    A median does not add up; so each spell that goes on is kept with the position of its key and its tenure.
    """

    keys: list[Numbers]
    totals: dict[str, Numbers]
    group: NDArray[np.int32]
    tenure: NDArray[np.int32]

    def table(self, level: Level, terms: Terms) -> Table:
        """The figures made of what was counted."""
        of_keys = {**self.totals, **_tenure(self.tenure, self.group, len(self.keys[0]))}
        return tabled(level, self.keys, of_keys, terms)


def count(known: Known, level: Level, terms: Terms, *, followed: bool = True) -> Counts:
    """Count everything that the figures of a level are made of; `followed` also what those did next who left."""
    of_grain, start = known.spells(GRAIN_OF_LEVEL[level], terms), window_start(known.today, terms)
    keys, group_of_row = groups(known, level)
    count, group = len(keys[0]), group_of_row[of_grain.row]
    goes_on = of_grain.open
    return Counts(
        keys=keys,
        totals={
            **_leave_counts(of_grain, start, terms, group, count),
            **(_next_counts(known, of_grain, level, terms, group, count) if followed else {}),
            **service(of_grain, start, known.today, terms.seasoned_days, group, count),
            **_stability(of_grain, start, group, count),
            "distinct_guards": _faces(known.rows, start, group_of_row, count),
        },
        group=group[goes_on].astype(np.int32),
        tenure=(known.today - of_grain.first[goes_on] + 1).astype(np.int32),
    )


def tabled(level: Level, keys: Sequence[Numbers], counts: Mapping[str, NDArray], terms: Terms) -> Table:
    """All figures of a level from what was counted of each of its keys."""
    nobody = np.full(len(counts["person_days"]), -1, dtype=np.int32)
    columns: dict[str, Any] = dict.fromkeys((*KEY_COLUMNS, *LEFT_KINDS), nobody)
    columns |= zip(KEYS_OF_LEVEL[level], keys, strict=True)
    columns |= {**counts, **derived(counts, terms)}
    return Table(level=level, **{name: small(column) for name, column in columns.items()})


def derived(counts: Mapping[str, NDArray], terms: Terms) -> dict[str, NDArray]:
    """The figures that follow from what was counted, by their names in a Table."""
    person_days, gross_left, net_left = (counts[name] for name in ("person_days", "gross_left", "net_left"))
    settled_left = counts["settled_left"]
    low, high = poisson_bounds(net_left, terms.confidence)
    settled_low, _ = poisson_bounds(settled_left, terms.confidence)
    rates = (yearly_rate(left, person_days) for left in (net_left, low, high, settled_left, settled_low))
    return {
        "measurable": person_days > 0,
        "average_headcount": person_days / terms.window_days,
        "excused_left": gross_left - net_left,
        "provisional_left": net_left - settled_left,
        **dict(zip(("rate", "rate_low", "rate_high", "settled_rate", "settled_low"), rates, strict=True)),
        "continuity": _share(counts["seasoned_days"], person_days),
        "stability": _share(counts["staying_guards"], counts["starting_guards"]),
    }


def groups(known: Known, level: Level) -> tuple[list[Numbers], Numbers]:
    """The keys of a level in order, and the position of each row's key among them."""
    return grouped(known.key_columns(level))


def grouped(columns: list[Numbers]) -> tuple[list[Numbers], Numbers]:
    """The distinct keys made of some columns, in order, and the position of each element's key among them."""
    group, values = ranks(pack(columns)[0])
    sample = np.empty(len(values), dtype=np.int64)
    sample[group] = np.arange(len(group))
    return [column[sample] for column in columns], group


def total(group: Numbers, count: int, amounts: NDArray | None = None) -> Numbers:
    """How many elements, or how much of them, each group has."""
    return np.bincount(group, weights=amounts, minlength=count).astype(np.int64)


def _share(part: Numbers, whole: Numbers) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _leave_counts(of_grain: Spells, start: int, terms: Terms, group: Numbers, count: int) -> dict[str, NDArray]:
    """Who left in the window: gross, net and settled."""
    left = of_grain.left_since(start)
    net = left & ~of_grain.excused(terms.excused)
    return {
        "gross_left": total(group[left], count),
        "net_left": total(group[net], count),
        "settled_left": total(group[net & of_grain.settled], count),
    }


def _next_counts(
    known: Known, of_grain: Spells, level: Level, terms: Terms, group: Numbers, count: int
) -> dict[str, NDArray]:
    """Who left in the window by what they did next."""
    kinds = known.kinds(GRAIN_OF_LEVEL[level], terms)
    of_left = group[of_grain.left_since(window_start(known.today, terms))]
    return {name: total(of_left[kinds == kind], count) for kind, name in enumerate(LEFT_KINDS)}


def service(
    of_grain: Spells, start: int, today: int, seasoned_days: int, group: Numbers, count: int
) -> dict[str, NDArray]:
    """Of each group the days served from `start` to `today`, and those of them after the first `seasoned_days` days of
    the spell."""
    served_to = np.minimum(of_grain.last, today)
    served = np.maximum(served_to - np.maximum(of_grain.first, start) + 1, 0)
    seasoned = np.maximum(served_to - np.maximum(of_grain.first + seasoned_days, start) + 1, 0)
    return {"person_days": total(group, count, served), "seasoned_days": total(group, count, seasoned)}


def _stability(of_grain: Spells, start: int, group: Numbers, count: int) -> dict[str, NDArray]:
    """Who served on `start`, and who of them serves, at the same place, on the day judged."""
    starting = (of_grain.first <= start) & (of_grain.last >= start)
    serves_today = np.zeros(int(of_grain.key.max(initial=-1)) + 1, dtype=bool)
    serves_today[of_grain.key[of_grain.last >= of_grain.as_of]] = True
    return {
        "starting_guards": total(group[starting], count),
        "staying_guards": total(group[starting & serves_today[of_grain.key]], count),
    }


def _tenure(tenure: NDArray, group: NDArray, count: int) -> dict[str, NDArray]:
    """How many spells go on, and the median of how long they have, the day judged included."""
    tenure = tenure[np.lexsort((tenure, group))].astype(np.int64)
    open_spells = total(group, count)
    some = open_spells > 0
    begin = (np.cumsum(open_spells) - open_spells)[some]
    lower, upper = begin + (open_spells[some] - 1) // 2, begin + open_spells[some] // 2
    median = np.full(count, np.nan)
    median[some] = (tenure[lower] + tenure[upper]) / 2
    return {"open_spells": open_spells, "median_tenure_days": median}


def _faces(rows: Rows, start: int, group: Numbers, count: int) -> Numbers:
    """How many different guards each group saw from `start` on, regular or relief."""
    seen = rows.last >= start
    _, each_once = np.unique(pack([group[seen], rows.guard[seen]])[0], return_index=True)
    return total(group[seen][each_once], count)


def breach(figures: Table | Mapping[str, Any], limit: Limit) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the figures breach the limit, and whether the breach is established: too large for chance.

    Breached: at least `min_left` settled net leaves, and a settled rate above the threshold. Established: the lower
    bound of the settled rate is above it as well; a breach that is not is indicated. Arrays for a Table, single truths
    for one of its rows. Figures that are not measurable breach nothing.
    """
    if isinstance(figures, Table):
        settled_left, settled_rate, settled_low = figures.settled_left, figures.settled_rate, figures.settled_low
    else:
        wanted = [figures[name] for name in ("settled_left", "settled_rate", "settled_low")]
        settled_left, settled_rate, settled_low = np.array(wanted, dtype=np.float64)  # None becomes NaN
    breached = (settled_left >= limit.min_left) & (settled_rate > limit.threshold_percent)
    return breached, breached & (settled_low > limit.threshold_percent)


class Leave(NamedTuple):
    """A net leave: the last day served, and whether the guard may still return within the gap."""

    day: int
    provisional: bool


def net_leaves(of_grain: Spells, terms: Terms) -> list[Leave]:
    """The net leaves in the window that ends on the day the spells were taken, oldest first."""
    net = of_grain.left_since(window_start(of_grain.as_of, terms)) & ~of_grain.excused(terms.excused)
    days, provisional = of_grain.last[net].tolist(), (~of_grain.settled[net]).tolist()
    return sorted(map(Leave, days, provisional))


@dataclass(frozen=True)
class Budget:
    """How many leaves a school or agency may have in the window, and has had. `left` is never below 0; `next_back` is
    the day number on which the oldest leave drops out of the window, None without leaves."""

    allowed: int
    used: int
    provisional: int
    left: int
    next_back: int | None


def budget(
    leaves: Iterable[tuple[date | int, bool]], average_headcount: float, limit: Limit, terms: Terms, as_of: date | int
) -> Budget:
    """The budget of leaves at today's average headcount.

    `leaves` are net leaves as (last day, provisional); those outside the window that ends on `as_of` are passed over.
    Allowed is the largest number that does not breach the limit: `min_left - 1`, or more if the rate of more is still
    within the threshold. A leave on day L is given back on `L + window_days`.
    """
    today = day_number(as_of)
    person_days = round(average_headcount * terms.window_days)
    most = int(limit.threshold_percent * person_days / 36500) + 1
    # As `yearly_rate` has it.
    while person_days and most * 100 * DAYS_OF_YEAR / person_days > limit.threshold_percent:
        most -= 1
    allowed = max(limit.min_left - 1, most if person_days else 0)
    inside = [
        Leave(day_number(day), bool(provisional))
        for day, provisional in leaves
        if window_start(today, terms) <= day_number(day) <= today
    ]
    return Budget(
        allowed=allowed,
        used=len(inside),
        provisional=sum(leave.provisional for leave in inside),
        left=max(allowed - len(inside), 0),
        next_back=min(leave.day for leave in inside) + terms.window_days if inside else None,
    )


@dataclass(frozen=True)
class Departure:
    """A planned end: the guard's regular assignment at the school for the agency ends on `last_day`."""

    guard: int
    agency: int
    school: int
    last_day: date | int
    reason: str
    accepted: bool = False


@dataclass(frozen=True)
class Arrival:
    """A planned begin, without end. A guard who is not chosen yet has a negative number, one for each."""

    guard: int
    agency: int
    school: int
    first_day: date | int


def planned(rows: Rows, departures: Collection[Departure], arrivals: Collection[Arrival]) -> Rows:
    """The rows as they would be. ValueError when a departure ends no row, or its reason is not known."""
    last, reason, accepted = rows.last.copy(), rows.reason.copy(), rows.accepted.copy()
    for departure in departures:
        day = day_number(departure.last_day)
        if departure.reason not in REASON_CODES:
            raise ValueError(f"Unknown end reason: {departure.reason!r}.")
        mine = (rows.guard == departure.guard) & (rows.agency == departure.agency) & (rows.school == departure.school)
        ends = mine & ~rows.relief & (rows.first <= day) & (last >= day)
        if not ends.any():
            raise ValueError("The guard has no assignment there that could end on that day.")
        last[ends], reason[ends], accepted[ends] = day, REASON_CODES[departure.reason], departure.accepted
    return Rows.concat([replace(rows, last=last, reason=reason, accepted=accepted), _arriving(rows, arrivals)])


def _arriving(rows: Rows, arrivals: Collection[Arrival]) -> Rows:
    new = len(arrivals)
    return Rows(
        guard=np.array([arrival.guard for arrival in arrivals], dtype=np.int64),
        agency=np.array([arrival.agency for arrival in arrivals], dtype=np.int64),
        school=np.array([arrival.school for arrival in arrivals], dtype=np.int64),
        first=np.array([day_number(arrival.first_day) for arrival in arrivals], dtype=np.int32),
        last=np.full(new, OPEN, dtype=np.int32),
        relief=np.zeros(new, dtype=np.bool_),
        reason=np.full(new, -1, dtype=np.int8),
        accepted=np.zeros(new, dtype=np.bool_),
        ident=rows.ident.max(initial=0) + 1 + np.arange(new),
    )


def preview(
    rows: Rows,
    calendars: Calendars,
    region_of_school: Mapping[int, int],
    as_of: date | int,
    terms: Mapping[Level, Terms],
    departures: Sequence[Departure] = (),
    arrivals: Sequence[Arrival] = (),
) -> dict[Level, Table]:
    """What if: the figures of the day `as_of` with planned departures and arrivals added to the rows.

    The planned departure is provisional until its gap is over, so judge a day after that to see what a finding would
    rest on. The calendars must reach `as_of`.
    """
    return measure(planned(rows, departures, arrivals), calendars, region_of_school, as_of, terms)
