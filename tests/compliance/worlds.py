"""Registers to judge the engine by: random ones that seek the edges, and the same seen by engine and oracle."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from types import ModuleType
from typing import Any

import numpy as np

from tests.compliance import oracle
from tests.compliance.oracle import OracleTerms, Row, World

DAY = date(2026, 4, 15).toordinal()

CALENDARS = {
    "school days": (
        "12345",
        (
            (date(2025, 12, 29).toordinal(), date(2026, 1, 8).toordinal()),
            (date(2026, 5, 26).toordinal(), date(2026, 8, 31).toordinal()),
        ),
    ),
    "every day": ("1234567", ()),
    "six days": ("123456", ((date(2026, 3, 20).toordinal(), date(2026, 3, 24).toordinal()),)),
}
REASONS = ("resigned", "dismissed_negative", "contract_ended", "illness", "school_request", "died")
THRESHOLDS = (0, 25, 50, 62.5, 100, 150, 200, 365, 400, 730)


def to_engine(engine: ModuleType, world: World, high_day: int) -> tuple[Any, Any, dict[int, int]]:
    """Rows, calendars and regions as the engine takes them; ties are ranked by identifier, as a caller would."""
    rows = world.rows
    codes = {reason: code for code, reason in enumerate(engine.END_REASONS)}
    arrays = engine.Rows(
        guard=[row.guard for row in rows],
        agency=[row.agency for row in rows],
        school=[row.school for row in rows],
        first=[row.first for row in rows],
        last=[engine.OPEN if row.last is None else row.last for row in rows],
        relief=[row.relief for row in rows],
        reason=[-1 if row.reason is None else codes[row.reason] for row in rows],
        accepted=[row.accepted for row in rows],
        ident=np.zeros(len(rows)),
    )
    ties = engine.tied_rows(arrays)
    arrays = arrays.with_identifiers(ties, [rows[index].identifier for index in ties])
    low_day = min((row.first for row in rows), default=high_day)
    calendars = engine.Calendars.build(world.calendars, min(low_day, high_day), high_day, world.calendar_of)
    return arrays, calendars, world.region_of


def nth_day_with_open_days_between(world: World, school: int, after: int, wanted: int) -> int:
    """The latest day with `wanted` open days of the school between `after` and it."""
    day, between = after + 1, 0
    while True:
        between += world.is_open(school, day)
        if between > wanted:
            return day
        day += 1


def random_world(rng: random.Random, gap: int) -> World:
    """A small register full of edges: gaps around the limit, touching, nested and equal rows, the future, relief."""
    schools, agencies = range(1, rng.randint(1, 3) + 1), range(1, rng.randint(1, 3) + 1)
    calendar_of = {school: rng.choice(sorted(CALENDARS)) for school in schools}
    world = World((), CALENDARS, calendar_of, {school: rng.randint(1, 2) for school in schools})
    rows: list[Row] = []
    for guard in range(1, rng.randint(1, 4) + 1):
        school, agency = rng.choice(schools), rng.choice(agencies)
        first = DAY - rng.randint(0, 150)
        for _ in range(rng.randint(1, 6)):
            last = None if rng.random() < 0.15 else first + rng.choice((0, 1, 3, 10, 30, 60)) + rng.randint(0, 3)
            rows.append(
                Row(
                    guard=guard,
                    agency=agency,
                    school=school,
                    first=first,
                    last=last,
                    relief=rng.random() < 0.12,
                    reason=None if last is None else rng.choice(REASONS),
                    accepted=rng.random() < 0.6,
                    identifier=rng.choice("ABC") + str(rng.randint(1, 20)),
                )
            )
            first = _next_first(rng, world, rows[-1], gap)
            if rng.random() < 0.35:
                school = rng.choice(schools)
            if rng.random() < 0.35:
                agency = rng.choice(agencies)
    rng.shuffle(rows)
    distinct = {(row.guard, row.school, row.first, row.identifier): row for row in rows}
    return World(tuple(distinct.values()), world.calendars, world.calendar_of, world.region_of)


def _next_first(rng: random.Random, world: World, row: Row, gap: int) -> int:
    """When the guard's next row begins: before, at, or after the end of the last one, often just around the limit."""
    if row.last is None:
        return row.first + rng.randint(0, 20)
    step = rng.choice(("same", "inside", "touch", "short", "limit", "long", "any"))
    around = {"short": gap - 1, "limit": gap, "long": gap + 1}
    if step in around:
        latest = nth_day_with_open_days_between(world, row.school, row.last, max(around[step], 0))
        return max(latest - rng.randint(0, 1), row.last + 1)
    return {
        "same": row.first,
        "inside": rng.randint(row.first, row.last),
        "touch": row.last + 1,
        "any": row.last + rng.randint(1, 40),
    }[step]


def random_terms(rng: random.Random) -> OracleTerms:
    return OracleTerms(
        window_days=rng.choice((1, 2, 30, 60, 73, 100)),
        gap_open_days=rng.choice((0, 1, 2, 3, 5, 10)),
        seasoned_days=rng.choice((0, 1, 5, 20)),
        confidence=rng.choice((0.8, 0.95)),
        excused=frozenset(rng.sample(REASONS, rng.randint(0, 4))),
    )


def interesting_day(rng: random.Random, world: World, terms: OracleTerms) -> int:
    """A day to judge, on or beside a day on which something changes."""
    row = rng.choice(world.rows)
    end = row.first if row.last is None else row.last
    settles = nth_day_with_open_days_between(world, row.school, end, max(terms.gap_open_days - 1, 0))
    anchor = rng.choice((DAY, row.first, end, settles, end + terms.window_days, row.first + terms.window_days))
    return anchor + rng.choice((-1, 0, 0, 1))


def random_case(rng: random.Random) -> tuple[World, int, dict[str, OracleTerms]]:
    """A world, the day to judge, and terms for every level, sometimes different ones."""
    terms = random_terms(rng)
    world = random_world(rng, terms.gap_open_days)
    by_level = {level: terms if rng.random() < 0.8 else random_terms(rng) for level in oracle.KEYS}
    return world, interesting_day(rng, world, terms), by_level


def expected(world: World, today: int, by_level: dict[str, OracleTerms]) -> dict[str, Any]:
    """All that the oracle says of a case, in plain values."""
    found: dict[str, Any] = {}
    for level, terms in by_level.items():
        tables = oracle.figures(world, today, level, terms)
        found[level] = tables
        for threshold in THRESHOLDS:
            for least in (1, 2):
                found[f"breach {level} {threshold} {least}"] = {
                    key: oracle.breach(row["settled_left"], row["person_days"], row["settled_low"], threshold, least)
                    for key, row in tables.items()
                }
    for grain in ("school", "agency_school"):
        terms = by_level[grain]
        spells = oracle.spells(world, today, terms.gap_open_days, grain == "agency_school")
        found[f"spells {grain}"] = sorted(
            (
                s.guard,
                s.school,
                s.agency,
                s.first,
                s.last or 0,
                s.reason or "",
                s.accepted,
                s.open_days_since,
                s.settled,
            )
            for s in spells
        )
        leaves = sorted((s.last, not s.settled) for s in net_leaves_of(spells, today, terms))
        found[f"leaves {grain}"] = leaves
        person_days = sum(row["person_days"] for row in found[grain].values())
        for threshold in THRESHOLDS:
            found[f"budget {grain} {threshold}"] = oracle.budget(
                leaves, person_days, threshold, 2, terms.window_days, today
            )
    return found


def net_leaves_of(spells: list[oracle.OracleSpell], today: int, terms: OracleTerms) -> Iterator[oracle.OracleSpell]:
    for spell in spells:
        excused = spell.reason in terms.excused and spell.accepted
        if spell.last in range(today - terms.window_days + 1, today + 1) and not excused:
            yield spell


def answered(engine: ModuleType, world: World, today: int, by_level: dict[str, OracleTerms]) -> dict[str, Any]:
    """All that the engine says of a case, in the same plain values."""
    rows, calendars, regions = to_engine(engine, world, today)
    terms = {level: engine.Terms(*level_terms) for level, level_terms in by_level.items()}
    tables = engine.measure(rows, calendars, regions, today, terms)
    found: dict[str, Any] = {}
    for level, table in tables.items():
        figures = [table.row(index) for index in range(len(table))]
        keys = [tuple(row[name] for name in oracle.KEYS[level]) for row in figures]
        found[level] = {key: without_keys(row) for key, row in zip(keys, figures, strict=True)}
        for threshold in THRESHOLDS:
            for least in (1, 2):
                breached, established = engine.breach(table, engine.Limit(threshold, least))
                pairs = zip(breached.tolist(), established.tolist(), strict=True)
                found[f"breach {level} {threshold} {least}"] = dict(zip(keys, pairs, strict=True))
    for grain in ("school", "agency_school"):
        spells = engine.spells(rows, calendars, today, terms[grain].gap_open_days, grain)
        found[f"spells {grain}"] = sorted(plain_spells(engine, spells))
        leaves = [tuple(leave) for leave in engine.net_leaves(spells, terms[grain])]
        found[f"leaves {grain}"] = leaves
        headcount = float(tables[grain].average_headcount.sum())
        for threshold in THRESHOLDS:
            budget = engine.budget(leaves, headcount, engine.Limit(threshold, 2), terms[grain], today)
            found[f"budget {grain} {threshold}"] = vars(budget)
    return found


def plain_spells(engine: ModuleType, spells: Any) -> Iterator[tuple]:
    for index in range(len(spells)):
        last, reason = int(spells.last[index]), int(spells.reason[index])
        yield (
            int(spells.guard[index]),
            int(spells.school[index]),
            int(spells.agency[index]),
            int(spells.first[index]),
            0 if last == engine.OPEN else last,
            engine.END_REASONS[reason] if reason >= 0 else "",
            bool(spells.accepted[index]),
            int(spells.open_days_since[index]),
            bool(spells.settled[index]),
        )


def without_keys(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("level", "school", "agency", "region")}


def same(one: Any, other: Any) -> bool:
    """Equal, floats within 1e-9 of their size, and of the same kind."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return type(one) is type(other) and one == other


def first_difference(engine: ModuleType, case: tuple, known: dict[str, Any] | None = None) -> str | None:
    """Where engine and oracle disagree on a case, None where nowhere."""
    wanted = expected(*case) if known is None else known
    given = answered(engine, *case)
    for name, value in wanted.items():
        if not same(value, given.get(name)):
            return f"{name}: oracle {value!r}, engine {given.get(name)!r}"
    return None
