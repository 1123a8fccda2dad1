"""Counted block by block of guards, however the guards fall, the figures are those of all rows at once."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from compliance import register, turnover
from compliance.blocks import measure_blocks
from compliance.register import Register, read_blocks, read_register
from compliance.turnover import DEFAULT_TERMS, LEFT_KINDS, Table, Terms, measure
from tests.compliance.registers import DAY, confetti, leave, staffed_post
from tests.compliance.worlds import random_case, to_engine
from tests.factories import AgencyFactory, AssignmentFactory

WORLDS = 250


def same(one: Table, other: Table) -> bool:
    names = [name for name in vars(one) if name != "level"]
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f")
        for name in names
    )


def blocks_of(rows: Any, calendars: Any, regions: dict[int, int], rng: random.Random) -> Iterator[Register]:
    """The guards, dealt out at random to up to twenty blocks, some of which stay empty."""
    many = rng.randint(1, 20)
    block_of = {guard: rng.randrange(many) for guard in np.unique(rows.guard).tolist()}
    block = np.array([block_of[guard] for guard in rows.guard.tolist()])
    for number in range(many):
        chosen = np.flatnonzero(block == number)
        yield Register(rows.take(chosen), chosen, calendars, regions)


@pytest.mark.parametrize("seed", range(5))
def test_blocks_of_random_worlds_count_what_the_whole_counts(seed: int):
    rng = random.Random(seed)
    for _ in range(WORLDS // 5):
        world, today, by_level = random_case(rng)
        rows, calendars, regions = to_engine(turnover, world, today + 400)
        terms = {
            level: Terms(one.window_days, one.gap_open_days, one.seasoned_days, one.confidence, one.excused)
            for level, one in by_level.items()
        }
        whole = measure(rows, calendars, regions, today, terms)
        found = measure_blocks(blocks_of(rows, calendars, regions, rng), today, list(terms.items()))
        assert all(same(whole[level], found[level, terms[level]]) for level in terms)


def test_a_level_is_measured_by_several_terms_at_once():
    rng = random.Random(7)
    world, today, _ = random_case(rng)
    rows, calendars, regions = to_engine(turnover, world, today + 400)
    terms = [Terms(window_days=window) for window in (30, 73, 365)]
    found = measure_blocks(blocks_of(rows, calendars, regions, rng), today, [("school", each) for each in terms])
    for each in terms:
        assert same(measure(rows, calendars, regions, today, {"school": each})["school"], found["school", each])


@pytest.mark.django_db
def test_a_country_read_in_blocks_of_one_guard_is_the_same_country(monkeypatch: pytest.MonkeyPatch):
    agency = AgencyFactory()
    posts = [confetti(3), staffed_post(2, agency=agency)]
    left = leave(posts[1])
    AssignmentFactory(guard=left.guard, post=posts[0], agency=agency, first_day=left.last_day + timedelta(days=1))
    asked = list(DEFAULT_TERMS.items())
    whole = measure_blocks(read_blocks(DAY), DAY, asked)
    one = read_register(DAY)
    monkeypatch.setattr(register, "GUARDS_AT_ONCE", 1)
    blocks = list(read_blocks(DAY))
    assert len(blocks) > 5
    assert all(len(set(block.rows.guard.tolist())) <= 1 for block in blocks)
    assert sorted(key for block in blocks for key in block.assignment.tolist()) == sorted(one.assignment.tolist())
    found = measure_blocks(blocks, DAY, asked)
    assert all(same(whole[each], found[each]) for each in asked)
    assert whole["school", DEFAULT_TERMS["school"]].where(school=posts[1].school_id)["moved"] == 1


def test_what_nobody_asks_of_those_who_left_is_not_counted():
    rng = random.Random(3)
    world, today, _ = random_case(rng)
    rows, calendars, regions = to_engine(turnover, world, today + 400)
    asked = list(DEFAULT_TERMS.items())
    followed = measure_blocks(blocks_of(rows, calendars, regions, rng), today, asked)
    found = measure_blocks(blocks_of(rows, calendars, regions, rng), today, asked, followed=False)
    for each in asked:
        for index in range(len(followed[each])):
            assert found[each].row(index) == followed[each].row(index) | dict.fromkeys(LEFT_KINDS)


@pytest.mark.django_db
def test_a_country_without_a_guard_has_no_figures():
    (block,) = read_blocks(DAY)
    assert len(block.rows) == 0
    tables = measure_blocks([block], DAY, list(DEFAULT_TERMS.items()))
    assert [len(table) for table in tables.values()] == [0, 0, 0, 0]
