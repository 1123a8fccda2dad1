"""The arithmetic of a turnover finding, with the rows it was made of, so that anyone can compute it again.

Identifiers are those of the register package, never those of the database: evidence outlives both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from agencies.models import Agency
from compliance.predicates.turnover import TurnoverLimit
from compliance.register import Register, by_key
from compliance.turnover import (
    END_REASONS,
    GRAIN_OF_LEVEL,
    KEYS_OF_LEVEL,
    LEFT_KINDS,
    OPEN,
    Spells,
    Table,
    interval,
    left_kinds,
    spells,
)
from guards.models import Assignment, Guard
from schools.models import School

FIGURES = (
    "person_days",
    "average_headcount",
    "gross_left",
    "excused_left",
    "net_left",
    "provisional_left",
    "settled_left",
    "rate",
    "rate_low",
    "rate_high",
    "settled_rate",
    "settled_low",
    "distinct_guards",
)
ASSIGNMENT_FIELDS = (
    "code",
    "guard__iin",
    "post__code",
    "agency__bin",
    "kind",
    "first_day",
    "last_day",
    "end_reason",
    "cause_accepted",
    "confirmed_on",
)


def as_date(day: int) -> date | None:
    """A day number as a date; None while it is open."""
    return None if day == OPEN else date.fromordinal(day)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


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


def spell_lines(register: Register, of_grain: Spells, chosen: np.ndarray, rule: TurnoverLimit) -> list[SpellLine]:
    """The chosen spells, in order, with how each of them counts under the terms of the rule."""
    terms = rule.terms
    start = of_grain.as_of - terms.window_days + 1
    left_now, excused = of_grain.left_since(start), of_grain.excused(terms.excused)
    leavers = chosen[left_now[chosen]]
    kinds = dict(zip(leavers.tolist(), left_kinds(of_grain, register.rows, register.calendars, leavers), strict=True))
    lines = []
    for index in chosen.tolist():
        first, last = int(of_grain.first[index]), int(of_grain.last[index])
        leave = ""
        if left_now[index]:
            leave = "excused" if excused[index] else "left" if of_grain.settled[index] else "provisional"
        lines.append(
            SpellLine(
                guard=int(of_grain.guard[index]),
                school=int(of_grain.school[index]),
                agency=int(of_grain.agency[index]),
                first_day=date.fromordinal(first),
                last_day=as_date(last),
                days_in_window=max(min(last, of_grain.as_of) - max(first, start) + 1, 0),
                reason=END_REASONS[of_grain.reason[index]] if of_grain.reason[index] >= 0 else "",
                accepted=bool(of_grain.accepted[index]),
                leave=leave,
                open_days_since=int(of_grain.open_days_since[index]),
                next=LEFT_KINDS[kinds[index]] if index in kinds else "",
            )
        )
    return lines


class Groups:
    """Which positions of some columns belong to an owner: a school, an agency, or an agency at a school."""

    def __init__(self, level: str, agency: np.ndarray, school: np.ndarray) -> None:
        self.level = level
        keys = self._keys(agency, school)
        self.order = np.argsort(keys, kind="stable")
        self.sorted = keys[self.order]

    def _keys(self, agency: Any, school: Any) -> Any:
        if self.level == "school":
            return school
        return agency if self.level == "agency" else agency * 2**31 + school

    def of(self, agency: int, school: int) -> np.ndarray:
        """The positions of one owner, in the order they came."""
        key = self._keys(agency, school)
        return self.order[np.searchsorted(self.sorted, key) : np.searchsorted(self.sorted, key, side="right")]


def turnover_evidence(
    register: Register, rule: TurnoverLimit, table: Table, owners: np.ndarray, day: date
) -> Iterator[tuple[int, dict[str, Any]]]:
    """For each owner (a position in the table): the figures, the terms, the spells and the rows that they rest on."""
    if not len(owners):
        return
    register = _of_owners(register, table, owners)
    rows, terms = register.rows, rule.terms
    start = day - timedelta(days=terms.window_days - 1)
    of_grain = spells(rows, register.calendars, day, terms.gap_open_days, GRAIN_OF_LEVEL[table.level])
    spell_groups = Groups(table.level, of_grain.agency, of_grain.school)
    row_groups = Groups(table.level, rows.agency, rows.school)
    picked = {}
    for owner in owners.tolist():
        key = int(table.agency[owner]), int(table.school[owner])
        mine = spell_groups.of(*key)
        in_window = mine[of_grain.last[mine] >= start.toordinal()]
        held = row_groups.of(*key)
        seen = rows.last[held] >= start.toordinal()
        served = np.isin(rows.guard[held], of_grain.guard[in_window]) | seen
        picked[owner] = spell_lines(register, of_grain, in_window, rule), register.assignment[held[served]].tolist()
    names = _Names(picked.values())
    for owner, (lines, assignments) in picked.items():
        yield (
            owner,
            {
                "day": day.isoformat(),
                "level": table.level,
                "window": [start.isoformat(), day.isoformat()],
                **terms_of(rule),
                **_figures(table.row(owner), rule),
                "spells": sorted((names.spell(line) for line in lines), key=_spell_order),
                "rows": sorted(
                    (names.rows[key] for key in assignments), key=lambda row: (row["first_day"], row["assignment_id"])
                ),
            },
        )


def _spell_order(spell: dict[str, Any]) -> tuple[str, ...]:
    """By lasting identifiers, so that the same register in another database is told in the same words."""
    return spell["iin"], spell["school_id"], spell["first_day"], spell["agency_bin"]


def _of_owners(register: Register, table: Table, owners: np.ndarray) -> Register:
    """All rows of the guards who were ever at these owners: the accused are few, the country is large."""
    wanted = np.ones(len(register.rows), dtype=bool)
    for name in KEYS_OF_LEVEL[table.level]:
        wanted &= np.isin(getattr(register.rows, name), getattr(table, name)[owners])
    return register.of_guards(np.unique(register.rows.guard[wanted]))


def terms_of(rule: TurnoverLimit) -> dict[str, Any]:
    """The numbers of the clause that the figures were counted by."""
    return {
        "window_days": rule.window_days,
        "gap_open_days": rule.gap_open_days,
        "seasoned_days": rule.seasoned_days,
        "confidence": rule.confidence,
        "excused": sorted(rule.terms.excused),
        "threshold_percent": rule.threshold_percent,
        "min_left": rule.min_left,
    }


def _figures(figures: dict[str, Any], rule: TurnoverLimit) -> dict[str, Any]:
    _, high = interval(figures["settled_left"], figures["person_days"], rule.confidence)
    return {name: figures[name] for name in FIGURES} | {"settled_high": float(high)}


class _Names:
    """The lasting identifiers of everything that some evidence speaks of, read in a handful of queries."""

    def __init__(self, picked: Iterable[tuple[list[SpellLine], list[int]]]) -> None:
        lines = [line for spells_of_owner, _ in picked for line in spells_of_owner]
        assignments = {key for _, keys in picked for key in keys}
        self.iin = by_key(Guard, {line.guard for line in lines}, "iin")
        self.school = by_key(School, {line.school for line in lines}, "code")
        self.bin = by_key(Agency, {line.agency for line in lines}, "bin")
        found = by_key(Assignment, assignments, *ASSIGNMENT_FIELDS)
        self.rows = {key: _row(*values) for key, values in found.items()}

    def spell(self, line: SpellLine) -> dict[str, Any]:
        return {
            "iin": self.iin[line.guard],
            "school_id": self.school[line.school],
            "agency_bin": self.bin[line.agency],
            "first_day": line.first_day.isoformat(),
            "last_day": _iso(line.last_day),
            "days_in_window": line.days_in_window,
            "end_reason": line.reason,
            "cause_accepted": line.accepted,
            "leave": line.leave,
            "open_days_since": line.open_days_since,
            "next": line.next,
        }


def _row(code: str, iin: str, post: str, bin: str, kind: str, *rest: Any) -> dict[str, Any]:
    first_day, last_day, end_reason, cause_accepted, confirmed_on = rest
    return {
        "assignment_id": code,
        "iin": iin,
        "post_id": post,
        "agency_bin": bin,
        "kind": kind,
        "first_day": first_day.isoformat(),
        "last_day": _iso(last_day),
        "end_reason": end_reason,
        "cause_accepted": cause_accepted,
        "confirmed_on": _iso(confirmed_on),
    }
