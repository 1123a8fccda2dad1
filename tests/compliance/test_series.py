"""A series says of each day what `measure` and the day-by-day oracle say of it, by the terms given for that day."""

import functools
import random
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import series, turnover
from compliance.turnover import KEYS_OF_LEVEL, LEVELS, Rows, Terms
from tests.compliance import oracle, worlds
from tests.compliance.oracle import OracleTerms, Row, World


def random_case(rng: random.Random) -> tuple[World, list[int], list[dict[str, OracleTerms]]]:
    """A world, days on which something changes, and the terms of each: in many cases others from one of them on."""
    terms = worlds.random_terms(rng)
    world = worlds.random_world(rng, terms.gap_open_days)
    days = sorted({worlds.interesting_day(rng, world, terms) for _ in range(rng.randint(1, 8))})
    before, after = (
        {level: terms if rng.random() < 0.7 else worlds.random_terms(rng) for level in LEVELS} for _ in range(2)
    )
    changes_on = rng.choice(days)
    return world, days, [before if day < changes_on else after for day in days]


CASES = st.randoms(use_true_random=False).map(random_case)
SEEDED = [random_case(random.Random(seed)) for seed in range(60)]


def measured(world: World, days: list[int], terms: list[dict[str, OracleTerms]]):
    rows, calendars, regions = worlds.to_engine(turnover, world, max(days))
    by_day = [{level: Terms(*given) for level, given in of_day.items()} for of_day in terms]
    return (
        rows,
        calendars,
        regions,
        by_day,
        series.series(series.count_days(rows, calendars, regions, days, by_day), days, by_day),
    )


def difference(case) -> str | None:
    """Where a series and `measure` disagree: in any column of any level, on any of the days."""
    world, days, terms = case
    rows, calendars, regions, by_day, found = measured(world, days, terms)
    for position, day in enumerate(days):
        for level, table in turnover.measure(rows, calendars, regions, day, by_day[position]).items():
            other = found[level].table(position)
            for name in vars(table):
                ours, theirs = getattr(table, name), getattr(other, name)
                if name != "level" and not np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"):
                    return f"{level} on {day}: {name} {ours} {theirs}"
    return None


@settings(max_examples=300, deadline=None)
@given(CASES)
def test_a_series_says_what_measure_says_of_each_day(case):
    with np.errstate(all="raise"):
        assert difference(case) is None


def test_a_series_says_what_the_oracle_says_of_each_day():
    owners = 0
    for world, days, terms in SEEDED:
        *_, found = measured(world, days, terms)
        for level in LEVELS:
            for position, day in enumerate(days):
                table = found[level].table(position)
                wanted = oracle.figures(world, day, level, terms[position][level])
                rows = [table.row(index) for index in range(len(table))]
                given_ = {tuple(row[name] for name in KEYS_OF_LEVEL[level]): worlds.without_keys(row) for row in rows}
                assert worlds.same(wanted, given_), (level, day)
                owners += len(rows)
    assert owners > 1000


def test_the_random_series_hold_what_they_are_made_for():
    """Terms that change on the way, spells that were interrupted, guards who returned after a real gap."""
    changing = sum(terms[0] != terms[-1] for _, _, terms in SEEDED)
    returned = 0
    for world, days, terms in SEEDED:
        spells = oracle.spells(world, days[-1], terms[-1]["school"].gap_open_days, by_agency=False)
        returned += len({spell.place for spell in spells}) < len(spells)
    assert changing > 15
    assert returned > 15


def test_what_was_counted_of_some_guards_adds_up():
    """A country is counted in parts: each guard, with all his rows, in one of them."""
    for world, days, terms in SEEDED[:40]:
        rows, calendars, regions, by_day, whole = measured(world, days, terms)
        guards = [rows.guard == guard for guard in np.unique(rows.guard)]
        parts = [series.count_days(rows.take(mine), calendars, regions, days, by_day) for mine in guards]
        added = series.series(functools.reduce(series.add_parts, parts), days, by_day)
        for level in LEVELS:
            for position in range(len(days)):
                one, other = whole[level].table(position), added[level].table(position)
                assert [one.row(index) for index in range(len(one))] == [
                    other.row(index) for index in range(len(other))
                ]


def one_guard(*spans: tuple[int, int | None]) -> World:
    rows = tuple(Row(1, 1, 1, first, last, reason=None if last is None else "resigned") for first, last in spans)
    return World(rows, worlds.CALENDARS, {1: "every day"}, {1: 1})


BEGIN = date(2025, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        # A leave is shown from its last day until it is known that the gap was none.
        (((0, 9), (15, None)), {8: 0, 9: 1, 14: 1, 15: 0, 40: 0}),
        # A gap of ten open days is one: the leave stays, until the window has passed it.
        (((0, 9), (20, None)), {9: 1, 20: 1, 38: 1, 39: 0}),
        # Rows that touch are parted on the last day of the first alone.
        (((0, 9), (10, None)), {9: 1, 10: 0}),
        (((0, 9), (5, None)), {9: 0, 10: 0}),
    ],
)
def test_a_leave_is_shown_while_it_is_one(spans, shown):
    world = one_guard(*((BEGIN + first, None if last is None else BEGIN + last) for first, last in spans))
    days = [BEGIN + day for day in shown]
    terms = dict.fromkeys(LEVELS, OracleTerms(30, 10, 5))
    case = world, days, [terms] * len(days)
    *_, found = measured(*case)
    assert found["school"].counts["gross_left"][0].tolist() == list(shown.values())
    assert difference(case) is None


def test_an_owner_is_there_from_its_first_row_on():
    world = one_guard((BEGIN + 10, None))
    *_, found = measured(world, [BEGIN + 9, BEGIN + 10], [dict.fromkeys(LEVELS, OracleTerms())] * 2)
    assert [len(found[level].table(0)) for level in LEVELS] == [0, 0, 0, 0]
    assert [len(found[level].table(1)) for level in LEVELS] == [1, 1, 1, 1]


def test_an_empty_register_has_a_series_without_owners():
    _, calendars, regions = worlds.to_engine(turnover, one_guard((BEGIN, None)), BEGIN)
    terms = [dict.fromkeys(LEVELS, Terms())]
    found = series.series(series.count_days(Rows.empty(), calendars, regions, [BEGIN], terms), [BEGIN], terms)
    assert [len(found[level]) for level in LEVELS] == [0, 0, 0, 0]
    assert [len(found[level].table(0)) for level in LEVELS] == [0, 0, 0, 0]


@pytest.mark.parametrize("days", [[], [2, 1], [1, 1]])
def test_days_are_given_in_order(days):
    _, calendars, regions = worlds.to_engine(turnover, one_guard((BEGIN, None)), BEGIN)
    with pytest.raises(ValueError, match="days in order"):
        series.count_days(Rows.empty(), calendars, regions, days, [dict.fromkeys(LEVELS, Terms())] * len(days))


def test_month_ends_are_those_before_the_month_of_the_day():
    assert series.month_ends(date(2026, 3, 31), 3) == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
    assert len(series.month_ends(date(2026, 11, 25))) == series.MONTHS
