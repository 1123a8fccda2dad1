"""Counting again from the records that a finding keeps (`compliance.records`), and from nothing else.

Every rule that counts makes its totals of them here or by its own code, whatever the register knows by now.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from compliance.open_days import Calendars, counted_from
from compliance.turnover import END_REASONS, OPEN, Level, Rows, Terms, measure
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
    """The figures that the engine makes of the assignments and calendars of some evidence; none of no rows."""
    rows = evidence["rows"]
    if not rows:
        return {}
    numbers = {
        name: numbered(row[name] for row in rows) for name in ("iin", "agency_bin", "school_id", "assignment_id")
    }
    arrays = Rows(
        **{
            column: np.array([numbers[name][row[name]] for row in rows])
            for column, name in (
                ("guard", "iin"),
                ("agency", "agency_bin"),
                ("school", "school_id"),
                ("ident", "assignment_id"),
            )
        },
        first=day_numbers(row["first_day"] for row in rows),
        last=day_numbers(row["last_day"] for row in rows),
        relief=np.array([row["kind"] == Assignment.Kind.RELIEF for row in rows]),
        reason=np.array([END_REASONS.index(row["end_reason"]) if row["end_reason"] else -1 for row in rows]),
        accepted=np.array([bool(row["cause_accepted"]) for row in rows]),
    )
    schools = numbers["school_id"]
    calendars = laid_out(evidence, int(arrays.first.min()), schools)
    regions = dict.fromkeys(schools.values(), 0)
    return measure(arrays, calendars, regions, day_judged(evidence), {level: terms})[level].row(0)
