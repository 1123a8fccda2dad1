"""The arithmetic of a turnover finding, with the rows it was made of, so that anyone can compute it again.

Identifiers are those of the register package, never those of the database: evidence outlives both.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from agencies.models import Agency
from compliance.predicates.turnover import TurnoverLimit
from compliance.records import ASSIGNMENT, KeptCalendars, Record, in_order, record
from compliance.recounting import FIGURES
from compliance.register import Register, by_key
from compliance.spell_lines import SpellLine, SpellLines, spell_order, told_spell
from compliance.turnover import (
    GRAIN_OF_LEVEL,
    KEYS_OF_LEVEL,
    Table,
    interval,
    spells,
)
from guards.models import Assignment, Guard
from schools.models import School


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


class TurnoverCase:
    """The owners of a table who break the limit of a rule (`predicates.Case`); the accused are positions in it."""

    def __init__(self, register: Register, rule: TurnoverLimit, table: Table, owners: np.ndarray, day: date) -> None:
        self._register, self._rule, self._table, self._owners, self._day = register, rule, table, owners, day
        self._told: dict[int, dict[str, Any]] = {}

    def evidence_of(self, accused: int) -> dict[str, Any]:
        """The evidence against one owner; asked unprepared, that against all of them is made at once."""
        if accused not in self._told:
            self.prepare(self._owners.tolist())
        return self._told[accused]

    def prepare(self, accused: Iterable[int]) -> None:
        owners = np.array(sorted(set(accused) - self._told.keys()), dtype=np.int64)
        self._told |= turnover_evidence(self._register, self._rule, self._table, owners, self._day)


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
    lines_of = SpellLines.followed(register.rows, register.calendars, of_grain, terms)
    picked = {}
    for owner in owners.tolist():
        key = int(table.agency[owner]), int(table.school[owner])
        mine = spell_groups.of(*key)
        in_window = mine[of_grain.last[mine] >= start.toordinal()]
        held = row_groups.of(*key)
        seen = rows.last[held] >= start.toordinal()
        served = np.isin(rows.guard[held], of_grain.guard[in_window]) | seen
        picked[owner] = lines_of.of(in_window), held[served]
    names = _Names(register, picked.values())
    highs = interval(table.settled_left[owners], table.person_days[owners], rule.confidence)[1].tolist()
    for (owner, (lines, held)), high in zip(picked.items(), highs, strict=True):
        figures = table.row(owner)
        yield (
            owner,
            {
                "day": day.isoformat(),
                "level": table.level,
                "window": [start.isoformat(), day.isoformat()],
                **terms_of(rule),
                **{name: figures[name] for name in FIGURES},
                "settled_high": high,
                "spells": sorted((names.spell(line) for line in lines), key=spell_order),
                "rows": sorted(names.rows_at(held), key=in_order),
                "calendars": names.calendars_of(held, day),
            },
        )


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


class _Names:
    """The lasting identifiers of everything that some evidence speaks of, read in a handful of queries."""

    def __init__(self, register: Register, picked: Collection[tuple[list[SpellLine], np.ndarray]]) -> None:
        lines = [line for spells_of_owner, _ in picked for line in spells_of_owner]
        held = np.unique(np.concatenate([rows for _, rows in picked]))
        self.school_of, self.first = register.rows.school, register.rows.first
        self.assignment = register.assignment
        schools = np.unique(self.school_of[held]).tolist()
        self.iin = by_key(Guard, {line.guard for line in lines}, "iin")
        self.school = by_key(School, schools, "code")
        self.bin = by_key(Agency, {line.agency for line in lines}, "bin")
        self.found = by_key(Assignment, self.assignment[held].tolist(), *ASSIGNMENT.values())
        self.calendars = KeptCalendars(schools)

    def rows_at(self, held: np.ndarray) -> list[Record]:
        """The assignments at some positions of the register's rows."""
        return [record(ASSIGNMENT, self.found[key]) for key in self.assignment[held].tolist()]

    def calendars_of(self, held: np.ndarray, day: date) -> list[Record]:
        """The calendars by which open days between some rows and the day were counted."""
        first = date.fromordinal(int(self.first[held].min()))
        return self.calendars.of(np.unique(self.school_of[held]).tolist(), first, day)

    def spell(self, line: SpellLine) -> Record:
        return told_spell(line, self.iin[line.guard], self.school[line.school], self.bin[line.agency])
