"""Assignments as arrays, and the spells they merge into (docs: "How turnover is measured", sections 1 to 3).

A *place* is what a guard can leave: the school at level "school", the school as served for one agency at level
"agency_school". A *spell* is an unbroken time of one guard at one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from compliance.keys import Numbers, pack, running_maximum, spread
from compliance.open_days import OPEN, Calendars, day_number

#: Why an assignment ended, in the order of the register.
END_REASONS = (
    "resigned",
    "dismissed",
    "dismissed_negative",
    "moved_by_agency",
    "school_request",
    "contract_ended",
    "illness",
    "parental_leave",
    "military_service",
    "retired",
    "died",
    "licence_delay",
    "other",
)

#: What a guard who left did next. The codes of `left_kinds` are positions in this tuple.
LEFT_KINDS = ("moved", "kept", "left")
MOVED, KEPT, LEFT = range(len(LEFT_KINDS))

#: Later than any day, and than OPEN.
NEVER = OPEN + 1

Grain = Literal["school", "agency_school"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rows:
    """Counted assignments (confirmed by the school: status `confirmed` or `ended`), one element each, in any order.

    guard, agency, school: identifiers. first, last: day numbers, `last` OPEN while the assignment goes on. relief: a
    stand-in, not a regular guard. reason: position in END_REASONS, -1 for none. accepted: the cause of the end was
    accepted. ident: any numbers that sort like the identifiers of the assignments; they matter only within `tied_rows`.
    ValueError when the lengths differ or a last day lies before its first day.
    """

    guard: NDArray[np.int64]
    agency: NDArray[np.int64]
    school: NDArray[np.int64]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    relief: NDArray[np.bool_]
    reason: NDArray[np.int8]
    accepted: NDArray[np.bool_]
    ident: NDArray[np.int64]

    def __post_init__(self) -> None:
        for field in fields(self):
            column: NDArray[Any] = np.asarray(getattr(self, field.name), dtype=COLUMN_TYPES[field.name])
            object.__setattr__(self, field.name, column)
        if len({getattr(self, field.name).shape for field in fields(self)}) != 1 or self.guard.ndim != 1:
            raise ValueError("The columns of assignments must have one length.")
        if (self.last < self.first).any():
            raise ValueError("An assignment ends before it begins.")

    def __len__(self) -> int:
        return len(self.guard)

    @classmethod
    def empty(cls) -> Rows:
        return cls(**{name: np.empty(0, dtype) for name, dtype in COLUMN_TYPES.items()})

    @classmethod
    def concat(cls, parts: Iterable[Rows]) -> Rows:
        """All rows of the parts, in their order."""
        parts = [cls.empty(), *parts]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMN_TYPES})

    def take(self, chosen: NDArray) -> Rows:
        """The rows a mask or an array of indices chooses."""
        taken = object.__new__(Rows)
        # Nothing has to be checked again.
        for name in COLUMN_TYPES:
            object.__setattr__(taken, name, getattr(self, name)[chosen])
        return taken

    def with_identifiers(self, indices: NDArray, identifiers: Sequence[str]) -> Rows:
        """The same rows, those at `indices` ranked by their identifiers. Use with `tied_rows`."""
        ident = self.ident.copy()
        ident[indices] = np.unique(np.asarray(identifiers, dtype=object), return_inverse=True)[1]
        return replace(self, ident=ident)


COLUMN_TYPES: dict[str, Any] = {
    "guard": np.int64,
    "agency": np.int64,
    "school": np.int64,
    "first": np.int32,
    "last": np.int32,
    "relief": np.bool_,
    "reason": np.int8,
    "accepted": np.bool_,
    "ident": np.int64,
}


@dataclass(frozen=True, eq=False)
class Spells:
    """The spells of some rows as they stand on a day, one element each, ordered by guard, agency (at level
    "agency_school"), school and first day.

    last: day number, OPEN while the spell goes on. row: the row (its index in the rows given) that ends last; agency,
    reason and accepted are that row's, so at level "school" agency is the agency that served last. reason is -1 and
    accepted False while the spell goes on. open_days_since: open days in (last, as_of], 0 while it goes on. settled:
    these are at least `gap_open_days`, so the guard can no longer return within the gap. key: equal for spells of
    the same guard at the same place, counting from 0.
    """

    grain: Grain
    as_of: int
    gap_open_days: int
    guard: Numbers
    agency: Numbers
    school: Numbers
    first: Numbers
    last: Numbers
    reason: NDArray[np.int8]
    accepted: Mask
    open_days_since: Numbers
    settled: Mask
    row: Numbers
    key: Numbers

    def __len__(self) -> int:
        return len(self.guard)

    def take(self, chosen: NDArray) -> Spells:
        """The spells a mask or an array of indices chooses, in that order; `row` still points into all rows."""
        columns = (each.name for each in fields(self) if each.name not in ("grain", "as_of", "gap_open_days"))
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})

    @property
    def open(self) -> Mask:
        """Which spells go on: no last day on or before `as_of` is known."""
        return self.last == OPEN

    def left_since(self, day: int) -> Mask:
        """Which spells ended on `day` or later, and not after `as_of`."""
        return (self.last >= day) & ~self.open

    def excused(self, reasons: Iterable[str]) -> Mask:
        """Which spells ended for one of the reasons with the cause accepted. KeyError for an unknown reason."""
        wanted = np.zeros(len(END_REASONS) + 1, dtype=bool)
        wanted[[REASON_CODES[reason] for reason in reasons]] = True
        # No reason is -1: it finds the last position, which no reason has.
        return wanted[self.reason] & self.accepted


REASON_CODES = {reason: code for code, reason in enumerate(END_REASONS)}


def tied_rows(rows: Rows) -> Numbers:
    """Indices of the rows whose identifiers can matter: regular rows of one guard at one school with one first day.

    Which of them ends last can hang on the order of identifiers, on some day judged. A register in which a guard is
    never on two posts on one day has none.
    """
    regular = np.flatnonzero(~rows.relief)
    packed, _ = pack([rows.guard[regular], rows.school[regular], rows.first[regular]])
    ordered = np.sort(packed)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return regular[np.isin(packed, twice)] if len(twice) else regular[:0]


@dataclass(frozen=True, eq=False)
class Ranged:
    """The regular rows of each guard at each place as they are known on a day, ordered by place and first day.

    row: the row of each (its index in the rows given). first, last: its days, `last` one day after the day known while
    it is open. key: of the guard at the place, counting from 0. reached: how far the rows of the key reach so far, this
    one included. begins: where a spell begins; the others go on with the spell before them.
    """

    row: Numbers
    first: Numbers
    last: Numbers
    key: Numbers
    reached: Numbers
    begins: Mask


def ranged(rows: Rows, calendars: Calendars, today: int, gap_open_days: int, grain: Grain) -> Ranged:
    """Put the rows begun by `today` in order, and find where their spells begin.

    A row opens a spell when it is the first of its key, or begins after a gap that is too long. What is later than a
    row has no part in that, so the rows begun by an earlier day open the same spells on that day.
    """
    chosen = np.flatnonzero(~rows.relief & (rows.first <= today))
    places: list[NDArray] = [rows.guard, rows.school] if grain == "school" else [rows.guard, rows.agency, rows.school]
    keys, base = pack([column[chosen] for column in (*places, rows.first)])
    order = np.argsort(keys)
    packed = keys[order]
    if (packed[1:] == packed[:-1]).any():
        order = np.lexsort((rows.ident[chosen], keys))
    chosen = chosen[order]
    first = rows.first[chosen].astype(np.int64)
    # Every row that is open today ends "tomorrow": known ends stay apart from it, the future does not count.
    last = np.minimum(rows.last[chosen], today + 1).astype(np.int64)

    place = packed // base
    begins = np.ones(len(chosen), dtype=bool)
    begins[1:] = place[1:] != place[:-1]
    key = np.cumsum(begins) - 1
    reached = running_maximum(last, key)
    after_gap = np.flatnonzero(~begins[1:] & (first[1:] > reached[:-1] + 1)) + 1
    calendar = calendars.of_schools(rows.school[chosen[after_gap]])
    gap = calendars.open_days(calendar, reached[after_gap - 1], first[after_gap])
    begins[after_gap] = gap >= gap_open_days
    return Ranged(chosen, first, last, key, reached, begins)


def spells(rows: Rows, calendars: Calendars, as_of: date | int, gap_open_days: int, grain: Grain) -> Spells:
    """Merge the regular rows of each guard at each place into spells, as they stand on the day `as_of`.

    A row that begins after `as_of` does not exist yet; a last day after it is not one yet. Rows in order of their first
    day merge when they overlap, touch, or fewer than `gap_open_days` open days of the school lie between them.
    """
    today = day_number(as_of)
    of_keys = ranged(rows, calendars, today, gap_open_days, grain)
    starts = np.flatnonzero(of_keys.begins)
    if not len(starts):
        return _bounded(rows, calendars, today, gap_open_days, grain, starts, starts, starts, starts)
    lengths = np.diff(starts, append=len(of_keys.row))
    end = of_keys.reached[starts + lengths - 1]
    # The row that ends last; rows stand in the order of first day and identifier, so among equals it is the last.
    position = np.where(of_keys.last == np.repeat(end, lengths), np.arange(len(of_keys.row)), -1)
    ending = of_keys.row[np.maximum.reduceat(position, starts)]
    return _bounded(
        rows, calendars, today, gap_open_days, grain, ending, of_keys.first[starts], end, of_keys.key[starts]
    )


def _bounded(
    rows: Rows,
    calendars: Calendars,
    today: int,
    gap_open_days: int,
    grain: Grain,
    row: Numbers,
    first: Numbers,
    end: Numbers,
    key: Numbers,
) -> Spells:
    """The spells with everything that follows from their bounds; `end` lies after `today` while a spell goes on."""
    ended = end <= today
    since = np.zeros(len(row), dtype=np.int64)
    calendar = calendars.of_schools(rows.school[row[ended]])
    since[ended] = calendars.open_days(calendar, end[ended], today + 1)
    return Spells(
        grain=grain,
        as_of=today,
        gap_open_days=gap_open_days,
        guard=rows.guard[row],
        agency=rows.agency[row],
        school=rows.school[row],
        first=first,
        last=np.where(ended, end, OPEN),
        reason=np.where(ended, rows.reason[row], -1).astype(np.int8),
        accepted=ended & rows.accepted[row],
        open_days_since=since,
        settled=ended & (since >= gap_open_days),
        row=row,
        key=key,
    )


def left_kinds(spells: Spells, rows: Rows, calendars: Calendars, chosen: Numbers) -> NDArray[np.int8]:
    """What the guard did next, for each of the ended spells at the indices `chosen`: positions in LEFT_KINDS.

    Looked at are the regular rows of the same guard, begun by the day judged, that run past the last day of the spell
    and begin before the gap is over: they overlap or touch it, or fewer than `gap_open_days` open days of the school
    that was left lie between. KEPT when one of them is at the same school (for another agency, so only at grain
    "agency_school"); else MOVED when one of them is for the same agency (at another school); else LEFT. `rows` must
    hold the guards' rows at other places too. At grain "school" the agency is the one that served last.
    """
    kind = np.full(len(chosen), LEFT, dtype=np.int8)
    if not len(chosen):
        return kind
    left_on = spells.last[chosen]
    calendar = calendars.of_schools(spells.school[chosen])
    back_by = latest_return(calendars, calendar, left_on, spells.gap_open_days)
    rows = rows.take(~rows.relief & (rows.first <= spells.as_of) & (rows.last > left_on.min()))
    # A row at the very place that was left would have prolonged the spell, so no place has to be left out below.
    kind[next_begin(rows, "agency", spells.guard[chosen], spells.agency[chosen], left_on) <= back_by] = MOVED
    if spells.grain == "agency_school":
        kind[next_begin(rows, "school", spells.guard[chosen], spells.school[chosen], left_on) <= back_by] = KEPT
    return kind


def latest_return(calendars: Calendars, calendar: Numbers, left_on: Numbers, gap_open_days: int) -> Numbers:
    """The latest day on which somebody who left on these days could be back without having interrupted anything."""
    return np.maximum(calendars.nth_open_day(calendar, left_on, gap_open_days), left_on + 1)


def next_begin(rows: Rows, by: Literal["agency", "school"], guard: Numbers, place: Numbers, after: Numbers) -> Numbers:
    """For each guard and place the first day of the earliest row that ends later than `after`; NEVER for none."""
    found = np.full(len(guard), NEVER, dtype=np.int64)
    if not len(rows) or not len(guard):
        return found
    packed, base = pack(
        [
            np.concatenate((rows.guard, guard)),
            np.concatenate((getattr(rows, by), place)),
            np.concatenate((rows.first, np.full(len(guard), rows.first.min()))),
        ]
    )
    order = np.argsort(packed[: len(rows)])
    begun, group_begin = packed[: len(rows)][order], packed[len(rows) :]
    group = begun // base
    group_number = np.cumsum(np.diff(group, prepend=group[0]) != 0)
    # Ends that rise through all groups: those of a group lie between its number and the next, in steps of their span.
    low, step = spread(np.concatenate((rows.last, after)))
    last = rows.last[order].astype(np.int64)
    risen = np.maximum.accumulate(group_number * step + (last - low))
    start = np.minimum(np.searchsorted(begun, group_begin), len(rows) - 1)
    at = np.minimum(np.searchsorted(risen, group_number[start] * step + (after - low), side="right"), len(rows) - 1)
    some = (group[at] == group_begin // base) & (last[at] > after)
    found[some] = rows.first[order[at[some]]]
    return found
