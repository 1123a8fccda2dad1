"""Spells as a proof tells them: each with how it counts under the terms of a clause."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from compliance.records import Record
from compliance.turnover import END_REASONS, LEFT_KINDS, OPEN, Calendars, Rows, Spells, Terms, left_kinds, window_start

# What a guard who did not leave in the window did next; of whom that was not asked, nothing either.
NEVER = -1


def as_date(day: int) -> date | None:
    """A day number as a date; None while it is open."""
    return None if day == OPEN else date.fromordinal(day)


@dataclass(frozen=True)
class SpellLine:
    """One spell as it counts: `leave` is empty while the guard serves or left before the window, else left, excused or
    provisional; `next` is what he did then."""

    guard: int
    school: int
    agency: int
    first_day: date
    last_day: date | None
    days_in_window: int
    reason: str
    accepted: bool
    leave: str
    open_days_since: int
    next: str


class SpellLines:
    """How spells count under some terms. What can be told of all of them is told of all at once: a country holds
    thousands of accused."""

    def __init__(self, of_grain: Spells, terms: Terms) -> None:
        self.spells = of_grain
        self.start = window_start(of_grain.as_of, terms)
        self.left, self.excused = of_grain.left_since(self.start), of_grain.excused(terms.excused)
        self.next = np.full(len(of_grain), NEVER, dtype=np.int8)

    @classmethod
    def followed(cls, rows: Rows, calendars: Calendars, of_grain: Spells, terms: Terms) -> "SpellLines":
        """With what those did next who left; `rows` hold the guards' rows at other places too."""
        lines = cls(of_grain, terms)
        leavers = np.flatnonzero(lines.left)
        lines.next[leavers] = left_kinds(of_grain, rows, calendars, leavers)
        return lines

    def of(self, chosen: np.ndarray) -> list[SpellLine]:
        """The lines of the chosen spells, in their order."""
        found = self.spells
        columns = (found.guard, found.school, found.agency, found.first, found.last, found.reason, found.accepted)
        picked = [column[chosen].tolist() for column in (*columns, found.open_days_since, self.next)]
        leaves = [self._leave(index) for index in chosen.tolist()]
        return [
            SpellLine(
                guard=guard,
                school=school,
                agency=agency,
                first_day=date.fromordinal(first),
                last_day=as_date(last),
                days_in_window=max(min(last, found.as_of) - max(first, self.start) + 1, 0),
                reason=END_REASONS[reason] if reason >= 0 else "",
                accepted=accepted,
                leave=leave,
                open_days_since=since,
                next=LEFT_KINDS[kind] if kind != NEVER else "",
            )
            for leave, guard, school, agency, first, last, reason, accepted, since, kind in zip(
                leaves, *picked, strict=True
            )
        ]

    def _leave(self, index: int) -> str:
        if not self.left[index]:
            return ""
        if self.excused[index]:
            return "excused"
        return "left" if self.spells.settled[index] else "provisional"


def told_spell(line: SpellLine, iin: str, school: str, agency: str) -> Record:
    """A spell as evidence keeps it, by the identifiers of the register package."""
    return {
        "iin": iin,
        "school_id": school,
        "agency_bin": agency,
        "first_day": line.first_day.isoformat(),
        "last_day": line.last_day.isoformat() if line.last_day else None,
        "days_in_window": line.days_in_window,
        "end_reason": line.reason,
        "cause_accepted": line.accepted,
        "leave": line.leave,
        "open_days_since": line.open_days_since,
        "next": line.next,
    }


def spell_order(spell: Record) -> tuple[Any, ...]:
    """By lasting identifiers, so that the same register in another database is told in the same words."""
    return spell["iin"], spell["school_id"], spell["first_day"], spell["agency_bin"]
