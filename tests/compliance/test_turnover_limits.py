"""The interval, the clause's limit, the budget of leaves, the preview and the calendars, worked by hand.

Every test takes the engine as a fixture, so that `test_turnover_faults.py` can run it on a faulty one.
"""

import math
from datetime import date
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import chi2

from compliance import turnover
from tests.compliance.oracle import Row, World
from tests.compliance.worlds import to_engine

TODAY = date(2026, 12, 31)


@pytest.fixture
def engine() -> ModuleType:
    return turnover


def settled(left, rate, low):
    """A row of a table, as far as a limit looks at it."""
    return {"settled_left": left, "settled_rate": rate, "settled_low": low}


# --- the interval


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("most", [40, 5000])
def test_the_interval_is_the_quantiles_of_chi_squared(engine, confidence, most):
    left = np.array([0, 1, 2, 7, most, most, 1])
    tail = (1 - confidence) / 2
    low, high = engine.interval(left, 3650, confidence)
    expected_low = np.where(left > 0, chi2.ppf(tail, 2 * np.maximum(left, 1)) / 2, 0)
    np.testing.assert_allclose(low, 100 * expected_low / 10, rtol=1e-12)
    np.testing.assert_allclose(high, 100 * chi2.ppf(1 - tail, 2 * left + 2) / 2 / 10, rtol=1e-12)


def test_the_interval_of_no_leave_begins_at_zero_and_ends_by_the_formula(engine):
    low, high = engine.interval(0, 365)
    assert (float(low), float(high)) == (0.0, pytest.approx(100 * -math.log(0.025)))


def test_the_interval_of_nothing_served_is_empty(engine):
    low, high = engine.interval(np.array([0, 0]), np.array([0, 365]))
    assert np.isnan([low[0], high[0]]).all() and not np.isnan([low[1], high[1]]).any()


# --- the limit


def test_a_limit_is_breached_above_the_threshold_with_enough_settled_leaves(engine):
    limit = engine.Limit(50, min_left=2)
    assert engine.breach(settled(2, 50.0, 6.0), limit) == (False, False)  # at the limit is within it
    assert engine.breach(settled(2, 50.1, 6.0), limit) == (True, False)
    assert engine.breach(settled(1, 99.0, 2.0), limit) == (False, False)
    assert engine.breach(settled(9, 200.0, 50.0), limit) == (True, False)  # indicated: chance could explain it
    assert engine.breach(settled(9, 200.0, 50.1), limit) == (True, True)
    assert engine.breach(settled(0, None, None), limit) == (False, False)


def test_a_rate_that_equals_the_threshold_by_hand_equals_it_here(engine):
    # 3 leaves in 2,190 days are exactly 50 % a year, 7 in 2,555 exactly 100 %.
    for left, person_days, threshold in ((3, 2190, 50), (7, 2555, 100), (11, 1460, 275)):
        rows = [Row(1, 1, 1, TODAY.toordinal() - person_days + 1, None)]
        rows += [Row(guard, 1, 1, TODAY.toordinal() - 40, TODAY.toordinal() - 40) for guard in range(2, left + 2)]
        rows[0] = rows[0]._replace(first=rows[0].first + left)
        world = World(tuple(rows), {"all": ("1234567", ())}, {1: "all"}, {1: 1})
        arrays, calendars, regions = to_engine(engine, world, TODAY.toordinal())
        terms = {"school": engine.Terms(window_days=person_days)}
        table = engine.measure(arrays, calendars, regions, TODAY, terms)["school"]
        assert (table.person_days.tolist(), table.settled_rate.tolist()) == ([person_days], [threshold])
        assert [one.tolist() for one in engine.breach(table, engine.Limit(threshold))] == [[False], [False]]
        assert [one.tolist() for one in engine.breach(table, engine.Limit(threshold - 1e-9))] == [[True], [False]]


@pytest.mark.parametrize(("threshold", "min_left"), [(-1, 2), (50, 0)])
def test_limits_that_make_no_sense_are_refused(engine, threshold, min_left):
    with pytest.raises(ValueError, match="limit"):
        engine.Limit(threshold, min_left)


def test_the_strictest_limit_is_taken(engine):
    assert engine.breach(settled(1, 0.1, 0.0), engine.Limit(0, min_left=1)) == (True, False)


# --- the budget


def day(text):
    return date.fromisoformat(text)


def test_the_budget_is_the_most_leaves_within_the_threshold(engine):
    terms, limit = engine.Terms(), engine.Limit(50)
    # Five guards: 2 leaves are 40 % a year, 3 are 60 %. Six guards: 3 are exactly 50 %.
    assert [engine.budget([], headcount, limit, terms, TODAY).allowed for headcount in (5, 6, 20)] == [2, 3, 10]
    # With two guards one leave is 50 %; one with none; one where nobody serves: the clause asks for two.
    assert [engine.budget([], headcount, limit, terms, TODAY).allowed for headcount in (2, 1, 0)] == [1, 1, 1]
    assert engine.budget([], 1, engine.Limit(50, min_left=4), terms, TODAY).allowed == 3
    assert engine.budget([], 0, engine.Limit(50, min_left=1), terms, TODAY).allowed == 0
    # 73 days of window: 100 * 1 / 10 * 365 / 73 = 50 %.
    assert engine.budget([], 10, engine.Limit(50, min_left=1), engine.Terms(window_days=73), TODAY).allowed == 1


def test_the_budget_holds_the_leaves_of_the_window(engine):
    leaves = [
        (day("2025-12-31"), False),  # the day before the window
        (day("2026-01-01"), False),
        (day("2026-12-31"), True),
        (day("2027-01-01"), True),  # not yet
    ]
    spent = engine.budget(leaves, 10, engine.Limit(50), engine.Terms(), TODAY)
    assert (spent.allowed, spent.used, spent.provisional, spent.left) == (5, 2, 1, 3)
    # The leave of 1 January 2026 is given back on 1 January 2027.
    assert date.fromordinal(spent.next_back) == day("2027-01-01")


def test_an_overspent_budget_leaves_nothing(engine):
    leaves = [(day("2026-03-01"), False)] * 3
    spent = engine.budget(leaves, 1, engine.Limit(50), engine.Terms(), TODAY)
    assert (spent.allowed, spent.used, spent.left) == (1, 3, 0)
    assert engine.budget([], 1, engine.Limit(50), engine.Terms(), TODAY).next_back is None


def test_the_budget_ends_where_the_breach_begins(engine):
    """For every threshold that is itself a rate: that many leaves are allowed, one more would breach."""
    terms = engine.Terms()
    for person_days in range(365, 1500, 7):
        for leaves in (2, 3, 5, 7):
            threshold = float(engine.yearly_rate(leaves, person_days))
            allowed = engine.budget([], person_days / 365, engine.Limit(threshold), terms, TODAY).allowed
            assert allowed == leaves
            more = settled(leaves + 1, float(engine.yearly_rate(leaves + 1, person_days)), 0.0)
            assert engine.breach(more, engine.Limit(threshold)) == (True, False)


def test_net_leaves_are_those_of_the_window_oldest_first(engine):
    def row(guard, last, reason="resigned"):
        return Row(guard, 1, 1, day("2025-01-01").toordinal(), day(last).toordinal(), False, reason, True)

    rows = [row(1, "2026-12-01"), row(2, "2026-01-01"), row(3, "2025-12-31"), row(4, "2026-05-01", "illness")]
    world = World(tuple(rows), {"all": ("1234567", ())}, {1: "all"}, {1: 1})
    arrays, calendars, _ = to_engine(engine, world, TODAY.toordinal())
    terms = engine.Terms()
    leaves = engine.net_leaves(engine.spells(arrays, calendars, TODAY, 30, "school"), terms)
    # 1 December has 30 open days after it, 2 to 31 December.
    assert leaves == [(day("2026-01-01").toordinal(), False), (day("2026-12-01").toordinal(), False)]


# --- the preview


def crew(engine, today="2026-12-31"):
    """Three guards of a school since 2025, and how they are judged."""
    first = day("2025-06-01").toordinal()
    rows = tuple(Row(guard, 1, 1, first, None) for guard in (1, 2, 3))
    world = World(rows, {"all": ("1234567", ())}, {1: "all"}, {1: 1})
    arrays, calendars, regions = to_engine(engine, world, day(today).toordinal())
    return arrays, calendars, regions, day(today), {"school": engine.Terms()}


def test_a_preview_shows_what_a_leave_and_a_successor_would_do(engine):
    known = crew(engine)
    before = engine.measure(*known)["school"].where(school=1)
    leaving = engine.Departure(guard=2, agency=1, school=1, last_day=day("2026-12-01"), reason="resigned")
    coming = engine.Arrival(guard=-1, agency=1, school=1, first_day=day("2026-12-02"))
    after = engine.preview(*known, [leaving], [coming])["school"].where(school=1)
    assert (before["net_left"], after["net_left"], after["settled_left"]) == (0, 1, 1)
    assert before["person_days"] == after["person_days"] == 3 * 365
    assert (after["distinct_guards"], after["open_spells"]) == (4, 3)
    assert after["rate"] == pytest.approx(100 / 3)
    assert engine.preview(*known)["school"].where(school=1) == before


def test_a_planned_end_is_excused_like_any_other(engine):
    leaving = engine.Departure(1, 1, 1, day("2026-12-31"), "illness", accepted=True)
    after = engine.preview(*crew(engine), [leaving])["school"].where(school=1)
    assert (after["gross_left"], after["excused_left"], after["net_left"]) == (1, 1, 0)


def test_a_planned_end_takes_the_rows_begun_by_then(engine):
    rows = crew(engine)[0]
    whole = engine.Departure(1, 1, 1, day("2025-06-01"), "resigned")
    assert engine.planned(rows, [whole], []).last.tolist().count(day("2025-06-01").toordinal()) == 1
    early = engine.Departure(1, 1, 1, day("2025-05-31"), "resigned")
    with pytest.raises(ValueError, match="no assignment"):
        engine.planned(rows, [early], [])
    ended = engine.planned(rows, [whole], [])
    again = engine.planned(ended, [engine.Departure(1, 1, 1, day("2025-06-01"), "died")], [])
    assert engine.END_REASONS[again.reason[0]] == "died"
    with pytest.raises(ValueError, match="no assignment"):
        engine.planned(ended, [engine.Departure(1, 1, 1, day("2025-06-02"), "died")], [])


def test_a_planned_end_needs_a_known_guard_and_reason(engine):
    rows = crew(engine)[0]
    for guard, agency, school in ((9, 1, 1), (1, 9, 1), (1, 1, 9)):
        with pytest.raises(ValueError, match="no assignment"):
            engine.planned(rows, [engine.Departure(guard, agency, school, TODAY, "resigned")], [])
    with pytest.raises(ValueError, match="end reason"):
        engine.planned(rows, [engine.Departure(1, 1, 1, TODAY, "bored")], [])
    relief = Row(1, 1, 1, day("2026-01-01").toordinal(), None, relief=True)
    world = World((relief,), {"all": ("1234567", ())}, {1: "all"}, {1: 1})
    with pytest.raises(ValueError, match="no assignment"):
        engine.planned(to_engine(engine, world, TODAY.toordinal())[0], [engine.Departure(1, 1, 1, TODAY, "died")], [])


# --- the calendars


def week(engine, weekdays="12345", closures=(), low="2026-03-02", high="2026-03-15"):
    """A calendar over two weeks; 2 March 2026 is a Monday."""
    return engine.Calendars.build({"week": (weekdays, closures)}, day(low), day(high), {5: "week"})


def number(text):
    return day(text).toordinal()


def test_open_days_are_counted_strictly_between_two_days(engine):
    calendars = week(engine)
    between = {
        ("2026-03-02", "2026-03-06"): 3,  # Tuesday, Wednesday, Thursday
        ("2026-03-05", "2026-03-09"): 1,  # Friday
        ("2026-03-06", "2026-03-09"): 0,  # the weekend
        ("2026-03-02", "2026-03-03"): 0,
        ("2026-03-02", "2026-03-02"): 0,
        ("2026-03-10", "2026-03-02"): 0,
        ("2026-03-01", "2026-03-16"): 10,  # all that the calendar holds
    }
    for (after, before), expected in between.items():
        assert calendars.open_days(0, number(after), number(before)) == expected
    after, before = (np.array([number(pair[end]) for pair in between]) for end in (0, 1))
    assert calendars.open_days(np.zeros(7, dtype=int), after, before).tolist() == list(between.values())


def test_days_outside_the_calendars_are_refused_unless_nothing_lies_between(engine):
    calendars = week(engine)
    for after, before in (("2026-02-28", "2026-03-05"), ("2026-03-05", "2026-03-17")):
        with pytest.raises(ValueError, match="do not cover"):
            calendars.open_days(0, number(after), number(before))
    assert calendars.open_days(0, number("2026-02-01"), number("2026-02-02")) == 0
    assert calendars.open_days(0, number("2026-04-01"), number("2026-04-02")) == 0
    for after in ("2026-02-28", "2026-03-16"):
        with pytest.raises(ValueError, match="do not cover"):
            calendars.nth_open_day([0], [number(after)], 1)


def test_the_nth_open_day_is_the_day_a_leave_settles(engine):
    calendars = week(engine)
    friday = number("2026-03-06")
    found = {n: int(calendars.nth_open_day([0], [friday], n)[0]) for n in (0, 1, 2, 5, 6)}
    assert found == {
        0: friday,
        1: number("2026-03-09"),
        2: number("2026-03-10"),
        5: number("2026-03-13"),
        6: engine.OPEN,  # beyond the calendar
    }
    assert calendars.nth_open_day([0], [number("2026-03-08")], 0).tolist() == [number("2026-03-08")]
    assert calendars.nth_open_day([0], [number("2026-03-01")], 10).tolist() == [number("2026-03-13")]
    assert calendars.nth_open_day([0], [number("2026-03-15")], 1).tolist() == [engine.OPEN]


def test_closures_take_their_first_and_last_day(engine):
    def days_open(*closures):
        return int(week(engine, closures=closures).open_days(0, number("2026-03-01"), number("2026-03-16")))

    assert days_open((day("2026-03-03"), day("2026-03-05"))) == 7
    assert days_open((day("2026-03-03"), day("2026-03-03"))) == 9
    assert days_open((day("2026-03-09"), None)) == 5
    assert days_open((day("2026-01-01"), day("2026-03-03"))) == 8
    assert days_open((day("2026-02-27"), day("2026-03-03"))) == 8
    assert days_open((day("2026-01-01"), day("2026-02-01"))) == 10
    assert days_open((day("2026-03-13"), day("2026-06-01"))) == 9


def test_weekdays_are_iso_digits(engine):
    everywhere = (number("2026-03-01"), number("2026-03-16"))
    assert int(week(engine, "1").nth_open_day([0], [number("2026-03-02")], 1)[0]) == number("2026-03-09")
    assert int(week(engine, "7").open_days(0, *everywhere)) == 2
    for wrong in ("", "0", "8", "mon"):
        with pytest.raises(ValueError, match="weekdays"):
            week(engine, wrong)


def test_a_calendar_may_be_one_day_long_and_not_shorter(engine):
    one = week(engine, low="2026-03-02", high="2026-03-02")
    assert one.open_days(0, number("2026-03-01"), number("2026-03-03")) == 1
    with pytest.raises(ValueError, match="before their first"):
        week(engine, low="2026-03-03", high="2026-03-02")


def test_a_school_keeps_a_calendar_that_is_given(engine):
    with pytest.raises(ValueError, match="not given"):
        engine.Calendars.build({"week": ("1", ())}, TODAY, TODAY, {1: "week", 2: "month"})
    calendars = engine.Calendars.build({"a": ("1", ()), "b": ("2", ())}, TODAY, TODAY, {9: "b", -4: "a", 5: "b"})
    assert calendars.of_schools(np.array([5, -4, 9, 5])).tolist() == [1, 0, 1, 1]
    for unknown in (-5, 0, 10):
        with pytest.raises(ValueError, match=rf"\[{unknown}\]"):
            calendars.of_schools(np.array([5, unknown]))
