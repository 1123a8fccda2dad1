"""Counting again from the records that a finding keeps (`compliance.records`), and from nothing else.

Every rule that counts makes its totals of them here or by its own code, whatever the register knows by now.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from compliance.open_days import Calendars, counted_from
from compliance.records import Record
from compliance.spell_lines import SpellLines, spell_order, told_spell
from compliance.turnover import (
    END_REASONS,
    GRAIN_OF_LEVEL,
    OPEN,
    Level,
    Rows,
    Spells,
    Terms,
    interval,
    measure,
    service,
    spells,
    window_start,
)
from guards.models import Assignment

# What a turnover finding states.
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
Evidence = Mapping[str, Any]


def day_judged(evidence: Evidence) -> date:
    return date.fromisoformat(evidence["day"])


def numbered(values: Iterable[Any]) -> dict[Any, int]:
    """A number for each of some identifiers, in their order."""
    return {value: number for number, value in enumerate(sorted(set(values)))}


def day_numbers(days: Iterable[str | None]) -> np.ndarray:
    """Days of evidence as day numbers, OPEN where there is none."""
    return np.array([date.fromisoformat(day).toordinal() if day else OPEN for day in days], dtype=np.int64)


def laid_out(evidence: Evidence, first: date | int, schools: Mapping[str, int]) -> Calendars:
    """The calendars of some evidence from a day to the day judged, kept by those of its schools that have a number."""
    told: dict[Hashable, tuple[str, Iterable[tuple[date, date]]]] = {}
    kept: dict[int, Hashable] = {}
    for one in evidence["calendars"]:
        closures = [(date.fromisoformat(begin), date.fromisoformat(end)) for begin, end in one["closures"]]
        told[one["calendar"]] = one["weekdays"], closures
        kept |= {schools[school]: one["calendar"] for school in one["schools"] if school in schools}
    return Calendars.build(told, first, day_judged(evidence), kept)


def which_open(evidence: Evidence, first: date) -> np.ndarray:
    """For each day from `first` to the day judged, both included, whether the one school of some evidence is open."""
    opened: np.ndarray = np.diff(laid_out(evidence, first, {}).opened[0]) > 0
    return opened


def open_days(evidence: Evidence, since: str) -> int:
    """Open days of the one school of some evidence since somebody stands there, the day judged included."""
    day = day_judged(evidence)
    first = max(date.fromisoformat(since), counted_from(day))
    return int(which_open(evidence, first).sum()) if first <= day else 0


def figures(evidence: Evidence, level: Level, terms: Terms) -> dict[str, Any]:
    """The figures that the engine makes of the assignments and calendars of some evidence, with `settled_high`, up to
    which chance could have brought what settled; none of no rows."""
    if not evidence["rows"]:
        return {}
    rows, calendars, names = _arrays(evidence)
    regions = dict.fromkeys(range(len(names["school_id"])), 0)
    table = measure(rows, calendars, regions, day_judged(evidence), {level: terms})[level]
    high = interval(table.settled_left[:1], table.person_days[:1], terms.confidence)[1]
    return table.row(0) | {"settled_high": float(high[0])}


def counted_spells(evidence: Evidence, level: Level, terms: Terms) -> list[Record]:
    """The spells that the assignments of some evidence make, as a turnover finding tells them. What a guard did next is
    taken from there: the register told it of all schools, and no figure rests on it."""
    if not evidence["rows"]:
        return []
    rows, calendars, names = _arrays(evidence)
    found = _spells(evidence, rows, calendars, level, terms)
    lines = SpellLines(found, terms)
    told = [
        told_spell(line, names["iin"][line.guard], names["school_id"][line.school], names["agency_bin"][line.agency])
        for line in lines.of(np.flatnonzero(found.last >= lines.start))
    ]
    after = {spell_order(one): one["next"] for one in evidence["spells"]}
    return sorted(({**one, "next": after.get(spell_order(one))} for one in told), key=spell_order)


def served(evidence: Evidence, level: Level, terms: Terms) -> list[Record]:
    """The spells that reach into the window of some evidence, the longest in it first: who, where, from when to when,
    and of how many days in the window how many were seasoned."""
    if not evidence["rows"]:
        return []
    rows, calendars, names = _arrays(evidence)
    day = day_judged(evidence)
    found = _spells(evidence, rows, calendars, level, terms)
    start, each = window_start(day.toordinal(), terms), np.arange(len(found))
    days = service(found, start, day.toordinal(), terms.seasoned_days, each, len(found))
    told = [
        {
            "iin": names["iin"][int(found.guard[at])],
            "school_id": names["school_id"][int(found.school[at])],
            "first_day": date.fromordinal(int(found.first[at])).isoformat(),
            "last_day": date.fromordinal(int(found.last[at])).isoformat() if found.last[at] < OPEN else None,
            "days_in_window": int(days["person_days"][at]),
            "seasoned_in_window": int(days["seasoned_days"][at]),
        }
        for at in np.flatnonzero(days["person_days"]).tolist()
    ]
    return sorted(told, key=lambda one: (-one["days_in_window"], one["first_day"], one["iin"], one["school_id"]))


def _spells(evidence: Evidence, rows: Rows, calendars: Calendars, level: Level, terms: Terms) -> Spells:
    return spells(rows, calendars, day_judged(evidence), terms.gap_open_days, GRAIN_OF_LEVEL[level])


def _arrays(evidence: Evidence) -> tuple[Rows, Calendars, dict[str, list[str]]]:
    """The assignments of some evidence as the engine counts them, their calendars, and the identifiers by number."""
    rows = evidence["rows"]
    numbers = {
        name: numbered(row[name] for row in rows) for name in ("iin", "agency_bin", "school_id", "assignment_id")
    }
    columns = {"guard": "iin", "agency": "agency_bin", "school": "school_id", "ident": "assignment_id"}
    arrays = Rows(
        **{column: np.array([numbers[name][row[name]] for row in rows]) for column, name in columns.items()},
        first=day_numbers(row["first_day"] for row in rows),
        last=day_numbers(row["last_day"] for row in rows),
        relief=np.array([row["kind"] == Assignment.Kind.RELIEF for row in rows]),
        reason=np.array([END_REASONS.index(row["end_reason"]) if row["end_reason"] else -1 for row in rows]),
        accepted=np.array([bool(row["cause_accepted"]) for row in rows]),
    )
    calendars = laid_out(evidence, int(arrays.first.min()), numbers["school_id"])
    return arrays, calendars, {name: list(numbered_by) for name, numbered_by in numbers.items()}
