"""The engine and the day-by-day oracle agree on random registers; and what must not change a figure does not."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import turnover
from tests.compliance import oracle, worlds
from tests.compliance.oracle import World

CASES = st.randoms(use_true_random=False).map(worlds.random_case)
SEEDED = [worlds.random_case(random.Random(seed)) for seed in range(1000, 1120)]


@settings(max_examples=400, deadline=None)
@given(CASES)
def test_engine_and_oracle_agree_on_any_register(case):
    assert worlds.first_difference(turnover, case) is None


def test_engine_and_oracle_agree_by_the_terms_of_the_law():
    """The defaults: a year's window, thirty open days, ninety days seasoned."""
    rng = random.Random(30)
    for _ in range(25):
        world = worlds.random_world(rng, 30)
        terms = {level: oracle.OracleTerms(*vars(turnover.DEFAULT_TERMS[level]).values()) for level in turnover.LEVELS}
        case = world, worlds.interesting_day(rng, world, terms["school"]), terms
        assert worlds.first_difference(turnover, case) is None


def test_the_random_registers_hold_what_the_measure_is_made_for():
    """Each thing that could go wrong occurs often enough to be found wrong."""
    seen = dict.fromkeys(("merged", "parted", "excused", "provisional", "moved", "kept", "relief", "future", "tied"), 0)
    for world, today, by_level in SEEDED:
        spells = oracle.spells(world, today, by_level["school"].gap_open_days, by_agency=False)
        table = oracle.figures(world, today, "agency_school", by_level["agency_school"]).values()
        seen["merged"] += any(len(spell.rows) > 1 for spell in spells)
        seen["parted"] += len({spell.place for spell in spells}) < len(spells)
        seen["excused"] += any(row["excused_left"] for row in table)
        seen["provisional"] += any(row["provisional_left"] for row in table)
        seen["moved"] += any(row["moved"] for row in table)
        seen["kept"] += any(row["kept"] for row in table)
        seen["relief"] += any(row.relief for row in world.rows)
        seen["future"] += any(row.first > today or (row.last or 0) > today for row in world.rows)
        rows, _, _ = worlds.to_engine(turnover, world, today)
        seen["tied"] += len(turnover.tied_rows(rows)) > 0
    assert min(seen.values()) >= 8, seen


def figures(world, today, by_level):
    return {level: worlds.answered(turnover, world, today, by_level)[level] for level in by_level}


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_rows_changes_nothing(seed):
    world, today, by_level = SEEDED[seed]
    rows = list(world.rows)
    random.Random(seed).shuffle(rows)
    assert figures(replace(world, rows=tuple(rows)), today, by_level) == figures(world, today, by_level)


def cut(world, today, rng):
    """The same register with every assignment begun before `today` cut in two on some day."""
    rows = []
    for row in world.rows:
        end = min(today if row.last is None else row.last, today)
        if row.first < end:
            middle = rng.randint(row.first, end - 1)
            rows += [row._replace(last=middle, reason="other"), row._replace(first=middle + 1)]
        else:
            rows.append(row)
    return replace(world, rows=tuple(rows))


def test_cutting_an_assignment_into_touching_ones_changes_nothing():
    # Where two rows end on one day the one that began later gives the reason, and a cut may change which that is.
    clear = [case for case in SEEDED if len({(row.guard, row.last) for row in case[0].rows}) == len(case[0].rows)]
    assert len(clear) > 20
    for world, today, by_level in clear:
        halves = cut(world, today, random.Random(today))
        assert figures(halves, today, by_level) == figures(world, today, by_level)


def test_the_future_changes_nothing():
    for world, today, by_level in SEEDED[:40]:
        past = tuple(
            row if row.last is None or row.last <= today else row._replace(last=None, reason=None, accepted=False)
            for row in world.rows
            if row.first <= today
        )
        assert figures(replace(world, rows=past), today, by_level) == figures(world, today, by_level)


def measured(world, today, by_level):
    rows, calendars, regions = worlds.to_engine(turnover, world, today)
    terms = {level: turnover.Terms(*level_terms) for level, level_terms in by_level.items()}
    return rows, lambda some: turnover.measure(some, calendars, regions, today, terms)


ADDITIVE = (
    "person_days",
    "gross_left",
    "excused_left",
    "net_left",
    "provisional_left",
    "settled_left",
    "distinct_guards",
    "seasoned_days",
    "open_spells",
    "starting_guards",
    "staying_guards",
    "moved",
    "kept",
    "left",
)


def test_what_can_be_counted_adds_up_over_guards():
    for case in SEEDED[:30]:
        rows, measure = measured(*case)
        whole = measure(rows)
        parts = [measure(rows.take(rows.guard == guard)) for guard in np.unique(rows.guard)]
        for level, table in whole.items():
            for name in ADDITIVE:
                total = sum(int(getattr(part[level], name).sum()) for part in parts)
                assert int(getattr(table, name).sum()) == total, (level, name)


def test_one_school_alone_has_the_figures_it_has_in_the_country():
    for case in SEEDED[:30]:
        rows, measure = measured(*case)
        country = measure(rows)
        for school in np.unique(rows.school).tolist():
            of_its_guards = np.isin(rows.guard, rows.guard[rows.school == school])
            alone = measure(rows.take(of_its_guards))
            assert alone["school"].where(school=school) == country["school"].where(school=school)


def test_counts_of_a_table_belong_together():
    for case in SEEDED:
        for table in measured(*case)[1](measured(*case)[0]).values():
            assert (table.gross_left == table.excused_left + table.net_left).all()
            assert (table.net_left == table.provisional_left + table.settled_left).all()
            assert (table.gross_left == table.moved + table.kept + table.left).all()
            some = table.measurable
            assert (table.rate_low[some] <= table.rate[some]).all() and (
                table.rate[some] <= table.rate_high[some]
            ).all()
            assert (some | (table.gross_left == 0)).all()


def test_rows_in_parts_are_the_rows():
    world, today, _ = SEEDED[0]
    rows, _, _ = worlds.to_engine(turnover, world, today)
    halves = [rows.take(np.arange(len(rows)) % 2 == 0), rows.take(np.arange(len(rows)) % 2 == 1)]
    joined = turnover.Rows.concat(halves)
    assert sorted(joined.first.tolist()) == sorted(rows.first.tolist())
    assert len(turnover.Rows.concat([])) == 0


def test_identifiers_far_apart_change_nothing():
    """Beyond what fits one packed number, identifiers are ranked."""
    for world, today, by_level in SEEDED[:30]:
        rows = tuple(
            row._replace(guard=row.guard * 2**60 - 2**62, agency=row.agency * 2**61 - 2**62) for row in world.rows
        )
        far = World(rows, world.calendars, world.calendar_of, world.region_of)
        for level in ("school", "region"):
            assert figures(far, today, by_level)[level] == figures(world, today, by_level)[level]
        assert list(figures(far, today, by_level)["agency"].values()) == list(
            figures(world, today, by_level)["agency"].values()
        )
