"""The figures of many days at once: what `turnover.measure` says of each of them, from one pass over the rows.

Sixty months cost little more than one, because a spell never changes its beginning: the rows begun by a day open the
same spells whatever comes later. So between two changes of a guard's rows each figure is the same on every day, or one
more or one less than on the day before. What changes is noted on the day it does, and added up from day to day.

    rows, calendars, days, terms  ->  count_days()  ->  a Part for each level: what was counted of some guards
    two Parts of other guards     ->  add_parts()   ->  what was counted of both
    Parts of all guards           ->  series()      ->  a Series for each level
    a Series, one of its days     ->  table()       ->  the Table that `measure` gives for that day
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compliance.keys import Numbers, pack, running_maximum
from compliance.open_days import Calendars
from compliance.spells import NEVER, REASON_CODES, Grain, Mask, Ranged, Rows, latest_return, next_begin, ranged
from compliance.turnover import GRAIN_OF_LEVEL, Known, Level, Table, Terms, grouped, groups, tabled, total

#: The one count that does not add up over places: who was at two of them is one guard.
GUARDS = "distinct_guards"
#: What is counted of each owner on each day; every other figure follows from it (see `turnover.tabled`).
ADDED_UP = (
    GUARDS,
    "person_days",
    "seasoned_days",
    "gross_left",
    "net_left",
    "settled_left",
    "moved",
    "kept",
    "starting_guards",
    "staying_guards",
    "open_spells",
)
#: The tenure in half days, so that a median between two whole numbers is one too.
COUNTS = (*ADDED_UP, "median_half_days")
#: What the guard did next: the one thing that rows at other places decide.
FOLLOWED = ("moved", "kept")

#: How many month ends a series reaches back.
MONTHS = 60

Matrix = NDArray[np.signedinteger[Any]]


def month_ends(day: date, months: int = MONTHS) -> list[date]:
    """The last days of so many months before the one of `day`, in order."""
    ends: list[date] = []
    while len(ends) < months:
        day = day.replace(day=1) - timedelta(days=1)
        ends.append(day)
    return ends[::-1]


@dataclass(frozen=True, eq=False)
class Series:
    """What was counted of the owners of one level: owners down, days across.

    keys: of the owners, as in a Table. born: the first day of each owner's earliest row; before it an owner is not
    there. terms: by which each of the days is measured.
    """

    level: Level
    keys: list[Numbers]
    born: Numbers
    days: list[int]
    terms: list[Terms]
    counts: Mapping[str, Matrix]

    def __len__(self) -> int:
        return len(self.born)

    def table(self, position: int) -> Table:
        """All figures of the owners that are there on one of the days."""
        there = self.born <= self.days[position]
        keys = [key[there] for key in self.keys]
        counts = {name: matrix[there, position] for name, matrix in self.counts.items()}
        return figures_of(self.level, keys, counts, self.terms[position])


def figures_of(level: Level, keys: list[Numbers], counts: Mapping[str, NDArray], terms: Terms) -> Table:
    """The figures that follow from what was counted, one element for each owner."""
    counted = {name: column.astype(np.int64) for name, column in counts.items()}
    half_days = counted.pop("median_half_days")
    counted["left"] = counted["gross_left"] - counted["moved"] - counted["kept"]
    median = np.where(counted["open_spells"] == 0, np.nan, half_days / 2)
    return tabled(level, keys, {**counted, "median_tenure_days": median}, terms)


@dataclass(frozen=True, eq=False)
class Serving:
    """The spells of some guards that go on on one of the days at least, for their median: a median does not add up.

    positions: of the days of the series that they were counted for, by the terms of these days. group: the position of
    the owner. first: of the spell. begin, end: from which of these days it goes on to before which. number: how many
    such spells there are.
    """

    positions: list[int]
    group: Numbers
    first: Numbers
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    number: Numbers


#: What a Serving holds of each spell beside whose it is.
SPELLS = ("first", "begin", "end", "number")


@dataclass(frozen=True, eq=False)
class Part:
    """What was counted of some guards: of each owner where they stood, on each day."""

    keys: list[Numbers]
    born: Numbers
    counts: dict[str, Matrix]
    serving: list[Serving]


def count_days(
    rows: Rows,
    calendars: Calendars,
    region_of_school: Mapping[int, int],
    days: Sequence[int],
    terms: Sequence[Mapping[Level, Terms]],
    *,
    followed: bool = True,
) -> dict[Level, Part]:
    """Count everything that the figures are made of on each of the days (day numbers in order), by the terms given for
    it; what the guard did next only if asked. ValueError for days out of order, and as `measure` raises it.

    The rows are all rows of some guards; or, if that is not asked, of some owners at each of the levels.
    """
    if not days or sorted(set(days)) != list(days) or len(days) != len(terms):
        raise ValueError("A series has days in order, each with its terms.")
    until = days[-1]
    known = Known(rows.take(rows.first <= until), calendars, region_of_school, until)
    counting = Counting(known, followed)
    return {level: _part(counting, level, list(days), [by_level[level] for by_level in terms]) for level in terms[0]}


def count_guards(
    rows: Rows,
    calendars: Calendars,
    region_of_school: Mapping[int, int],
    days: Sequence[int],
    terms: Sequence[Mapping[Level, Terms]],
) -> dict[Level, Part]:
    """Count nothing but the different guards of each owner: the one count that does not add up over places."""
    counting = Counting(Known(rows.take(rows.first <= days[-1]), calendars, region_of_school, days[-1]), False)
    parts = {}
    for level in terms[0]:
        keys, group = counting.groups(level)
        seen = np.zeros((len(keys[0]), len(days)), np.int32)
        for shared, chosen in _sharing([by_level[level] for by_level in terms]):
            columns = Columns([days[position] for position in chosen])
            seen[:, chosen] = _faces(counting.known.rows, group, len(keys[0]), columns, shared.window_days)
        parts[level] = Part(keys, _earliest(counting.known.rows.first, group, len(keys[0])), {GUARDS: seen}, [])
    return parts


def _sharing(terms: Sequence[Terms]) -> Iterable[tuple[Terms, list[int]]]:
    """The positions of the days that share their terms: they are counted together."""
    for shared in dict.fromkeys(terms):
        yield shared, [position for position, one in enumerate(terms) if one == shared]


def _part(counting: Counting, level: Level, days: list[int], terms: list[Terms]) -> Part:
    keys, group = counting.groups(level)
    names = [name for name in ADDED_UP if counting.followed or name not in FOLLOWED]
    whole: dict[str, Matrix] = {name: np.zeros((len(keys[0]), len(days)), np.int32) for name in names}
    serving = []
    for shared, chosen in _sharing(terms):
        counts, stints = counting.of_level(level, shared, tuple(days[position] for position in chosen), keys, group)
        for name, matrix in counts.items():
            whole[name][:, chosen] = matrix
        serving.append(_serving(stints, group[stints.row], chosen, days))
    return Part(keys, _earliest(counting.known.rows.first, group, len(keys[0])), whole, serving)


def add_parts(one: Mapping[Level, Part], other: Mapping[Level, Part]) -> dict[Level, Part]:
    """What two parts counted together, of the same days by the same terms. No guard occurs in both, or no place: then
    those are to be counted who were at several of them (`count_guards`)."""
    if not one:
        return dict(other)
    return {level: _added(part, other[level]) for level, part in one.items()}


def _added(one: Part, other: Part) -> Part:
    keys, group = grouped([np.concatenate(columns) for columns in zip(one.keys, other.keys, strict=True)])
    places = group[: len(one.born)], group[len(one.born) :]
    born = np.full(len(keys[0]), NEVER, dtype=np.int64)
    counts: dict[str, Matrix] = {
        name: np.zeros((len(keys[0]), matrix.shape[1]), np.int32) for name, matrix in one.counts.items()
    }
    for part, place in zip((one, other), places, strict=True):
        born[place] = np.minimum(born[place], part.born)
        for name, matrix in part.counts.items():
            counts[name][place] += matrix
    serving = [
        Serving(
            left.positions,
            np.concatenate([places[0][left.group], places[1][right.group]]),
            *(np.concatenate([getattr(side, name) for side in (left, right)]) for name in SPELLS),
        )
        for left, right in zip(one.serving, other.serving, strict=True)
    ]
    return Part(keys, born, counts, serving)


def condensed(parts: Mapping[Level, Part]) -> dict[Level, Part]:
    """The same with spells that go on alike as one: so much is held of few owners, however many guards they have."""
    return {
        level: replace(part, serving=[_condensed(serving) for serving in part.serving]) for level, part in parts.items()
    }


def _condensed(serving: Serving) -> Serving:
    alike, _ = pack([serving.group, serving.first, serving.begin, serving.end])
    _, sample, group = np.unique(alike, return_index=True, return_inverse=True)
    columns = {name: getattr(serving, name)[sample] for name in ("group", *SPELLS)}
    return replace(serving, **columns | {"number": total(group, len(sample), serving.number)})


def series(
    parts: Mapping[Level, Part], days: Sequence[int], terms: Sequence[Mapping[Level, Terms]]
) -> dict[Level, Series]:
    """The series of all levels from what was counted of all guards, for the days and terms that it was counted by."""
    found = {}
    for level, part in parts.items():
        median = np.zeros((len(part.born), len(days)), dtype=np.int32)
        for serving in part.serving:
            of_days = [days[position] for position in serving.positions]
            open_spells = part.counts["open_spells"][:, serving.positions]
            median[:, serving.positions] = _median_half_days(serving, of_days, open_spells)
        counts = {**part.counts, "median_half_days": median}
        found[level] = Series(level, part.keys, part.born, list(days), [each[level] for each in terms], counts)
    return found


def _earliest(first: NDArray, group: Numbers, count: int) -> Numbers:
    found = np.full(count, NEVER, dtype=np.int64)
    order = np.argsort(group, kind="stable")
    if len(order):
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        found[group[order[starts]]] = np.minimum.reduceat(first[order], starts)
    return found


class Columns:
    """The days of a series as columns: a time becomes the columns from one to before another."""

    def __init__(self, days: Sequence[int]) -> None:
        self.days = np.asarray(days, dtype=np.int64)
        self.first, self.last = int(self.days[0]), int(self.days[-1])
        self._at = np.searchsorted(self.days, np.arange(self.first, self.last + 2)).astype(np.int32)

    def __len__(self) -> int:
        return len(self.days)

    def at(self, day: NDArray) -> NDArray[np.int32]:
        """The column of the first of the days that is `day` or later; their number where none is."""
        found: NDArray[np.int32] = self._at[np.clip(day, self.first, self.last + 1) - self.first]
        return found


class Added:
    """Amounts that hold for some columns in a row, noted where they begin and end, added up once for all owners."""

    def __init__(self, columns: Columns, count: int) -> None:
        self._columns, self._shape = columns, (count, len(columns) + 1)
        self._changes = np.zeros(count * (len(columns) + 1), dtype=np.float64)

    def add(self, group: Numbers, begin: NDArray, end: NDArray, amount: NDArray | None = None) -> None:
        """Count one, or an amount, from the first day that is `begin` or later to the last before `end`."""
        self.add_columns(group, self._columns.at(begin), self._columns.at(end), amount)

    def add_columns(self, group: Numbers, begin: NDArray, end: NDArray, amount: NDArray | None = None) -> None:
        """The same from one column to before another; nothing where these are in the wrong order."""
        cell = group * self._shape[1]
        size = len(self._changes)
        self._changes += np.bincount(cell + begin, weights=amount, minlength=size)
        self._changes -= np.bincount(cell + np.maximum(end, begin), weights=amount, minlength=size)

    def total(self) -> Matrix:
        """What each owner has on each day."""
        return np.cumsum(self._changes.reshape(self._shape), axis=1)[:, :-1].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Stints:
    """Times that guards served without a day between, in order of place and first day.

    A stint that is over stands for a leave, from its last day on until the next stint of the same spell begins, if one
    does: only then is it known that the gap was none. group: of the owner at the grain. spell_first: the first day of
    the spell. first, last: of the stint, `last` one day after the series while it goes on. next: the first day of the
    next stint of the spell, NEVER without one. row: which row ends last. spell: its number, of the spell.
    """

    group: Numbers
    spell_first: Numbers
    first: Numbers
    last: Numbers
    next: Numbers
    row: Numbers
    spell: Numbers

    def take(self, chosen: Mask) -> Stints:
        return Stints(**{name: column[chosen] for name, column in vars(self).items()})

    def shown_until(self, window_days: int) -> Numbers:
        """The day from which the leave is not shown any longer: it left the window, or was none."""
        return np.minimum(self.next, self.last + window_days)


class Bounds(NamedTuple):
    """First and last day of each spell, and the guard at a place whose it is."""

    first: Numbers
    last: Numbers
    key: Numbers


def _stints(of_keys: Ranged, group: Numbers) -> tuple[Stints, Bounds]:
    count = len(of_keys.row)
    parted = of_keys.begins.copy()
    parted[1:] |= of_keys.first[1:] > of_keys.reached[:-1]
    starts, spell_starts = np.flatnonzero(parted), np.flatnonzero(of_keys.begins)
    ends = np.append(starts[1:], count) - 1 if count else starts
    spell = (np.cumsum(of_keys.begins) - 1)[starts]
    goes_on = np.append(spell[1:] == spell[:-1], False) if count else np.zeros(0, dtype=bool)
    first = of_keys.first[starts]
    ends_last = np.maximum.accumulate(np.where(of_keys.last == of_keys.reached, np.arange(count), 0))
    spell_ends = np.append(spell_starts[1:], count) - 1 if count else spell_starts
    bounds = Bounds(of_keys.first[spell_starts], of_keys.reached[spell_ends], of_keys.key[spell_starts])
    row = of_keys.row[ends_last[ends]]
    return Stints(
        group=group[row],
        spell_first=bounds.first[spell],
        first=first,
        last=of_keys.reached[ends],
        next=np.where(goes_on, np.append(first[1:], NEVER) if count else first, NEVER),
        row=row,
        spell=spell,
    ), bounds


@dataclass(frozen=True, eq=False)
class Counting:
    """Counts at the two grains, kept for the levels and the days that share them."""

    known: Known
    followed: bool
    _stints: dict[tuple[Grain, int], tuple[Stints, Bounds]] = field(default_factory=dict)
    _counts: dict[tuple[Grain, Terms, tuple[int, ...]], dict[str, Matrix]] = field(default_factory=dict)
    _groups: dict[Level, tuple[list[Numbers], Numbers]] = field(default_factory=dict)

    def groups(self, level: Level) -> tuple[list[Numbers], Numbers]:
        """The keys of a level in order, and the position of each row's key among them."""
        if level not in self._groups:
            self._groups[level] = groups(self.known, level)
        return self._groups[level]

    def of_level(
        self, level: Level, terms: Terms, days: tuple[int, ...], keys: list[Numbers], group: Numbers
    ) -> tuple[dict[str, Matrix], Stints]:
        """What was counted of a level's owners on days that share their terms, and the stints it was counted from."""
        grain, columns = GRAIN_OF_LEVEL[level], Columns(days)
        counts = self._of_grain(grain, terms, days)
        if grain != level:
            counts = self._summed(counts, grain, group, len(keys[0]))
        faces = _faces(self.known.rows, group, len(keys[0]), columns, terms.window_days)
        return {**counts, GUARDS: faces}, self._of_gap(grain, terms)[0]

    def _summed(self, counts: dict[str, Matrix], grain: Grain, group: Numbers, count: int) -> dict[str, Matrix]:
        """The counts of the owners that each one above them holds."""
        keys, below = self.groups(grain)
        above = np.zeros(len(keys[0]), dtype=np.int64)
        above[below] = group
        order = np.argsort(above, kind="stable")
        starts = np.searchsorted(above[order], np.arange(count))
        return {name: np.add.reduceat(matrix[order], starts, axis=0) for name, matrix in counts.items()}

    def _of_gap(self, grain: Grain, terms: Terms) -> tuple[Stints, Bounds]:
        asked = grain, terms.gap_open_days
        if asked not in self._stints:
            known = self.known
            of_keys = ranged(known.rows, known.calendars, known.today, terms.gap_open_days, grain)
            self._stints[asked] = _stints(of_keys, self.groups(grain)[1])
        return self._stints[asked]

    def _of_grain(self, grain: Grain, terms: Terms, days: tuple[int, ...]) -> dict[str, Matrix]:
        asked = grain, terms, days
        if asked not in self._counts:
            stints, bounds = self._of_gap(grain, terms)
            columns = Columns(days)
            # Of a stint nothing is seen before it begins, nor once its leave is not shown any longer.
            seen = (stints.first <= columns.last) & (stints.shown_until(terms.window_days) > columns.first)
            stints = stints.take(seen)
            count = len(self.groups(grain)[0][0])
            self._counts[asked] = {
                "person_days": _served(stints, 0, terms.window_days, columns, count),
                "seasoned_days": _served(stints, terms.seasoned_days, terms.window_days, columns, count),
                **_leaves(self.known, stints, terms, columns, count),
                **(_followed(self.known, stints, grain, terms, columns, count) if self.followed else {}),
                **_stability(stints, bounds, terms.window_days, columns, count),
            }
        return self._counts[asked]


def _served(stints: Stints, after: int, window: int, columns: Columns, count: int) -> Matrix:
    """Days of the window that were served, from so many days `after` the beginning of the spell on.

    While a guard serves they are one more with each day until the window is full; once he has left they are one fewer
    with each day from when the window has passed the beginning.
    """
    first, last, begun = stints.first, stints.last, stints.spell_first + after
    full = begun + window
    group = stints.group
    fixed, rising = Added(columns, count), Added(columns, count)
    # So many days ago, counted from the first day of the series, that the sums stay exact.
    origin = columns.first
    grows = np.maximum(first, begun), np.minimum(last, full)
    fixed.add(group, *grows, amount=1.0 + origin - begun)
    rising.add(group, *grows)
    fixed.add(group, np.maximum(first, full), last, amount=np.full(len(first), float(window)))
    fixed.add(group, last, np.minimum(stints.next, full), amount=np.maximum(last - begun + 1.0, 0.0))
    shrinks = np.maximum(last, full), stints.shown_until(window)
    fixed.add(group, *shrinks, amount=last + float(window - origin))
    rising.add(group, *shrinks, amount=np.full(len(first), -1.0))
    return fixed.total() + rising.total() * (columns.days - origin)


def _leaves(known: Known, stints: Stints, terms: Terms, columns: Columns, count: int) -> dict[str, Matrix]:
    """Leaves in the window: gross, net, and settled."""
    over, gross, net, settled = stints.take(stints.last <= known.today), *(Added(columns, count) for _ in range(3))
    reasons = [REASON_CODES[reason] for reason in terms.excused]
    counts = ~(np.isin(known.rows.reason[over.row], reasons) & known.rows.accepted[over.row])
    calendar = known.calendars.of_schools(known.rows.school[over.row])
    settles = np.maximum(known.calendars.nth_open_day(calendar, over.last, terms.gap_open_days), over.last)
    gone = over.shown_until(terms.window_days)
    gross.add(over.group, over.last, gone)
    net.add(over.group[counts], over.last[counts], gone[counts])
    settled.add(over.group[counts], settles[counts], gone[counts])
    return {"gross_left": gross.total(), "net_left": net.total(), "settled_left": settled.total()}


def _followed(
    known: Known, stints: Stints, grain: Grain, terms: Terms, columns: Columns, count: int
) -> dict[str, Matrix]:
    """Leaves by what the guard did next, from the day on which it was known."""
    over, moved, kept = stints.take(stints.last <= known.today), Added(columns, count), Added(columns, count)
    rows = known.rows
    calendar = known.calendars.of_schools(rows.school[over.row])
    back_by = latest_return(known.calendars, calendar, over.last, terms.gap_open_days)
    regular, gone = rows.take(~rows.relief), over.shown_until(terms.window_days)

    def begins(by: Literal["agency", "school"]) -> Numbers:
        found = next_begin(regular, by, rows.guard[over.row], getattr(rows, by)[over.row], over.last)
        return np.where(found <= back_by, np.maximum(found, over.last), NEVER)

    at_school = begins("school") if grain == "agency_school" else np.full(len(over.row), NEVER)
    kept.add(over.group, at_school, gone)
    moved.add(over.group, begins("agency"), np.minimum(gone, at_school))
    return {"moved": moved.total(), "kept": kept.total()}


def _stability(stints: Stints, bounds: Bounds, window: int, columns: Columns, count: int) -> dict[str, Matrix]:
    """Who serves; who served on the first day of the window; and who of these serves, at the same place, on the day."""
    whole_window = stints.spell_first + window - 1
    going_on = Added(columns, count)
    going_on.add(stints.group, stints.first, stints.last)
    starting = Added(columns, count)
    starting.add(stints.group, np.maximum(stints.first, whole_window), stints.shown_until(window))
    staying = Added(columns, count)
    staying.add(stints.group, np.maximum(stints.first, whole_window), stints.last + 1)
    for now, before in _returns(stints, bounds, window):
        staying.add(
            now.group,
            np.maximum(now.first, bounds.first[before] + window - 1),
            np.minimum(now.last + 1, bounds.last[before] + window),
        )
    return {
        "open_spells": going_on.total(),
        "starting_guards": starting.total(),
        "staying_guards": staying.total(),
    }


def _returns(stints: Stints, bounds: Bounds, window: int) -> Iterable[tuple[Stints, Numbers]]:
    """Stints with an earlier spell of the guard at the place that ended within the window of their first day."""
    before = stints.spell - 1
    while True:
        some = before >= 0
        some[some] = bounds.key[before[some]] == bounds.key[stints.spell[some]]
        some[some] = bounds.last[before[some]] + window > stints.first[some]
        if not some.any():
            return
        stints, before = stints.take(some), before[some]
        yield stints, before
        before = before - 1


def _serving(stints: Stints, group: Numbers, positions: list[int], days: list[int]) -> Serving:
    columns = Columns([days[position] for position in positions])
    begin, end = columns.at(stints.first), columns.at(stints.last)
    ever = begin < end
    of_each = np.ones(int(ever.sum()), dtype=np.int64)
    return Serving(positions, group[ever], stints.spell_first[ever], begin[ever], end[ever], of_each)


def _median_half_days(serving: Serving, days: list[int], open_spells: Matrix) -> Matrix:
    """Twice the median of how long the spells that go on have, the day itself included; 0 where none does."""
    order = np.argsort(pack([serving.group, serving.first])[0])
    first, begin, end, alike = (getattr(serving, name)[order] for name in SPELLS)
    found = np.zeros(open_spells.shape, dtype=np.int64)
    for column, day in enumerate(days):
        now = (begin <= column) & (end > column)
        going_on = np.repeat(first[now], alike[now])
        number = open_spells[:, column].astype(np.int64)
        some = np.flatnonzero(number)
        start, number = (np.cumsum(number) - number)[some], number[some]
        middle = going_on[start + (number - 1) // 2] + going_on[start + number // 2]
        found[some, column] = 2 * (day + 1) - middle
    return found


def _faces(rows: Rows, group: Numbers, count: int, columns: Columns, window: int) -> Matrix:
    """How many different guards each owner saw in the window, regular or relief: each once, whatever rows he has."""
    begin = columns.at(rows.first)
    end = columns.at(rows.last.astype(np.int64) + window)
    seen = np.flatnonzero(begin < end)
    packed, base = pack([group[seen], rows.guard[seen], rows.first[seen]])
    order = np.argsort(packed)
    guard = packed[order] // base
    seen = seen[order]
    begin, end = begin[seen], end[seen].astype(np.int64)
    same = np.zeros(len(seen), dtype=bool)
    same[1:] = guard[1:] == guard[:-1]
    reached = running_maximum(end, np.cumsum(~same))
    before = np.zeros(len(seen), dtype=np.int64)
    before[1:] = np.where(same[1:], reached[:-1], 0)
    added = Added(columns, count)
    added.add_columns(group[seen], np.maximum(begin, before), end)
    return added.total()
