"""The measure of turnover once more, in the slowest way that is surely right.

Plain Python that walks from day to day and counts, as a clerk with the register and a calendar would. It shares
nothing with the engine, neither code nor method: no arrays, no sums of differences, no closed formula where one can
count. Days are day numbers (`date.toordinal()`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from statistics import median
from typing import Any, NamedTuple

KEYS = {
    "school": ("school",),
    "agency_school": ("agency", "school"),
    "agency": ("agency",),
    "region": ("region",),
}
BY_AGENCY = ("agency_school", "agency")


class Row(NamedTuple):
    """A confirmed assignment; `last` None = still."""

    guard: int
    agency: int
    school: int
    first: int
    last: int | None
    relief: bool = False
    reason: str | None = None
    accepted: bool = False
    identifier: str = ""


class OracleTerms(NamedTuple):
    window_days: int = 365
    gap_open_days: int = 30
    seasoned_days: int = 90
    confidence: float = 0.95
    excused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class World:
    """A register: its rows, and the calendar and region of each school."""

    rows: tuple[Row, ...]
    calendars: dict[str, tuple[str, tuple[tuple[int, int], ...]]]
    calendar_of: dict[int, str]
    region_of: dict[int, int]

    def is_open(self, school: int, day: int) -> bool:
        weekdays, closures = self.calendars[self.calendar_of[school]]
        iso_weekday = (day - 1) % 7 + 1
        return str(iso_weekday) in weekdays and not any(first <= day <= last for first, last in closures)


@dataclass
class OracleSpell:
    place: tuple[int, ...]
    guard: int
    school: int
    first: int
    rows: list[Row] = field(default_factory=list)
    last_served: int = 0
    agency: int = 0
    last: int | None = None
    reason: str | None = None
    accepted: bool = False
    open_days_since: int = 0
    settled: bool = False
    kind: str | None = None

    def covers(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def existing(world: World, today: int) -> Iterator[Row]:
    """The rows as they are known today: none from the future, no last day in the future."""
    for row in world.rows:
        if row.first <= today:
            yield row if row.last is not None and row.last <= today else row._replace(last=None)


def spells(world: World, today: int, gap: int, by_agency: bool) -> list[OracleSpell]:
    """Walk each guard's days at each place from the first day of the first row to today."""
    places: dict[tuple[int, ...], list[Row]] = {}
    for row in existing(world, today):
        if not row.relief:
            key = (row.guard, row.agency, row.school) if by_agency else (row.guard, row.school)
            places.setdefault(key, []).append(row)
    found = []
    for place, rows in sorted(places.items()):
        found += _walk(world, place, rows, today, gap)
    for spell in found:
        _end(world, spell, today, gap)
        spell.kind = _kind(world, spell, today, gap, by_agency) if spell.last is not None else None
    return found


def _walk(world: World, place: tuple[int, ...], rows: list[Row], today: int, gap: int) -> list[OracleSpell]:
    found: list[OracleSpell] = []
    away, away_open = 0, 0
    for day in range(min(row.first for row in rows), today + 1):
        school = rows[0].school
        if any(row.first <= day and (row.last is None or day <= row.last) for row in rows):
            if not found or (away and away_open >= gap):
                found.append(OracleSpell(place, rows[0].guard, school, day))
            found[-1].last_served = day
            found[-1].rows += [row for row in rows if row.first == day]
            away, away_open = 0, 0
        else:
            away += 1
            away_open += world.is_open(school, day)
    return found


def _end(world: World, spell: OracleSpell, today: int, gap: int) -> None:
    ends_last = max(spell.rows, key=lambda row: (math.inf if row.last is None else row.last, row.first, row.identifier))
    spell.agency = ends_last.agency
    if ends_last.last is None:
        return
    spell.last, spell.reason, spell.accepted = spell.last_served, ends_last.reason, ends_last.accepted
    for day in range(spell.last + 1, today + 1):
        spell.open_days_since += world.is_open(spell.school, day)
    spell.settled = spell.open_days_since >= gap


def _kind(world: World, spell: OracleSpell, today: int, gap: int, by_agency: bool) -> str:
    """Follow the guard from the day after the last one until the gap is over: where is he seen?"""
    mine = [row for row in existing(world, today) if row.guard == spell.guard and not row.relief]
    kinds = set()
    day, between = spell.last + 1, 0
    while day == spell.last + 1 or (day <= today and between < gap):
        for row in mine:
            if row.first <= day and (row.last is None or day <= row.last):
                if by_agency and row.school == spell.school and row.agency != spell.agency:
                    kinds.add("kept")
                if row.agency == spell.agency and row.school != spell.school:
                    kinds.add("moved")
        between += world.is_open(spell.school, day)
        day += 1
    return "kept" if "kept" in kinds else "moved" if "moved" in kinds else "left"


def figures(world: World, today: int, level: str, terms: OracleTerms) -> dict[tuple[int, ...], dict[str, Any]]:
    """The figures of every key of the level that has a row begun by today."""

    def key_of(agency: int, school: int) -> tuple[int, ...]:
        known = {"agency": agency, "school": school, "region": world.region_of[school]}
        return tuple(known[name] for name in KEYS[level])

    window = range(today - terms.window_days + 1, today + 1)
    assert len(window) == terms.window_days
    all_spells = spells(world, today, terms.gap_open_days, level in BY_AGENCY)
    result = {}
    for key in sorted({key_of(row.agency, row.school) for row in existing(world, today)}):
        rows = [row for row in existing(world, today) if key_of(row.agency, row.school) == key]
        mine = [spell for spell in all_spells if key_of(spell.agency, spell.school) == key]
        result[key] = _figures_of(mine, rows, window, today, terms)
    return result


def _figures_of(
    mine: list[OracleSpell], rows: list[Row], window: range, today: int, terms: OracleTerms
) -> dict[str, Any]:
    leaves = [spell for spell in mine if spell.last is not None and spell.last in window]
    excused = [spell for spell in leaves if spell.reason in terms.excused and spell.accepted]
    net = [spell for spell in leaves if spell not in excused]
    settled = [spell for spell in net if spell.settled]
    served = [(spell, day) for spell in mine for day in window if spell.covers(day)]
    seasoned = [1 for spell, day in served if day - spell.first + 1 > terms.seasoned_days]
    faces = {row.guard for row in rows for day in window if row.first <= day and (row.last is None or day <= row.last)}
    starting = [spell for spell in mine if spell.covers(window[0])]
    serving_today = {spell.place for spell in mine if spell.covers(today)}
    staying = [spell for spell in starting if spell.place in serving_today]
    going_on = [today - spell.first + 1 for spell in mine if spell.last is None]
    headcount = len(served) / terms.window_days
    low, high = poisson_interval(len(net), terms.confidence)
    years = len(served) / 365
    return {
        "measurable": len(served) > 0,
        "person_days": len(served),
        "average_headcount": headcount,
        "gross_left": len(leaves),
        "excused_left": len(excused),
        "net_left": len(net),
        "provisional_left": len(net) - len(settled),
        "settled_left": len(settled),
        "rate": 100 * len(net) / headcount * 365 / terms.window_days if served else None,
        "rate_low": 100 * low / years if served else None,
        "rate_high": 100 * high / years if served else None,
        "settled_rate": 100 * len(settled) / headcount * 365 / terms.window_days if served else None,
        "settled_low": 100 * poisson_interval(len(settled), terms.confidence)[0] / years if served else None,
        "distinct_guards": len(faces),
        "seasoned_days": len(seasoned),
        "continuity": len(seasoned) / len(served) if served else None,
        "open_spells": len(going_on),
        "median_tenure_days": float(median(going_on)) if going_on else None,
        "starting_guards": len(starting),
        "staying_guards": len(staying),
        "stability": len(staying) / len(starting) if starting else None,
        "moved": sum(spell.kind == "moved" for spell in leaves),
        "kept": sum(spell.kind == "kept" for spell in leaves),
        "left": sum(spell.kind == "left" for spell in leaves),
    }


@lru_cache
def poisson_interval(count: int, confidence: float) -> tuple[float, float]:
    """The means at which `count` or more, and `count` or fewer, have the probability of one tail: by bisection."""
    tail = (1 - confidence) / 2

    def at_most(mean: float, most: int) -> float:
        return math.fsum(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(most + 1))

    def solve(rises: bool, value) -> float:
        low, high = 1e-12, 1000.0
        for _ in range(200):
            middle = (low + high) / 2
            if (value(middle) < tail) == rises:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    lower = solve(True, lambda mean: 1 - at_most(mean, count - 1)) if count else 0.0
    return lower, solve(False, lambda mean: at_most(mean, count))


def breach(
    settled_left: int, person_days: int, settled_low: float | None, threshold: Any, least: int
) -> tuple[bool, bool]:
    """(breached, established), with fractions instead of floats."""
    if person_days == 0:
        return False, False
    breached = settled_left >= least and Fraction(100 * 365 * settled_left, person_days) > Fraction(threshold)
    return breached, breached and settled_low > threshold


def budget(
    leaves: Iterable[tuple[int, bool]], person_days: int, threshold: Any, least: int, window_days: int, today: int
) -> dict[str, Any]:
    """Count up to what is allowed; wait day by day until the oldest leave is out of the window."""
    inside = [(day, flag) for day, flag in leaves if day in range(today - window_days + 1, today + 1)]
    allowed = least - 1
    while person_days and Fraction(100 * 365 * (allowed + 1), person_days) <= Fraction(threshold):
        allowed += 1
    next_back = None
    if inside:
        oldest, next_back = min(day for day, _ in inside), today
        while oldest in range(next_back - window_days + 1, next_back + 1):
            next_back += 1
    return {
        "allowed": allowed,
        "used": len(inside),
        "provisional": sum(flag for _, flag in inside),
        "left": max(allowed - len(inside), 0),
        "next_back": next_back,
    }
