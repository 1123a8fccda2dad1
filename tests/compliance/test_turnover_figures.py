"""Each figure of "How turnover is measured", worked by hand.

Every test takes the engine as a fixture, so that `test_turnover_faults.py` can run it on a faulty one.
"""

from datetime import date
from types import ModuleType

import numpy as np
import pytest

from compliance import turnover
from tests.compliance.oracle import Row, World
from tests.compliance.worlds import to_engine

SUMMER = (date(2026, 5, 26).toordinal(), date(2026, 8, 31).toordinal())
CALENDARS = {
    "every day": ("1234567", ()),
    "school days": ("12345", (SUMMER,)),
    "six days": ("123456", ()),
}


@pytest.fixture
def engine() -> ModuleType:
    return turnover


def row(guard, first, last=None, *, agency=1, school=1, relief=False, reason=None, accepted=False, identifier=""):
    first, last = (day and date.fromisoformat(day).toordinal() for day in (first, last))
    return Row(guard, agency, school, first, last, relief, reason, accepted, identifier)


def tables(engine, rows, today, *, calendar="every day", regions=None, **terms):
    """The tables of all levels on a day; schools 1 to 9 keep the calendar named."""
    world = World(tuple(rows), CALENDARS, dict.fromkeys(range(1, 10), calendar), regions or dict.fromkeys(range(10), 1))
    today = date.fromisoformat(today)
    arrays, calendars, region_of = to_engine(engine, world, today.toordinal())
    at_school = engine.Terms(**terms)
    at_agency = engine.Terms(excused=engine.DEFAULT_EXCUSED_AGENCY, **terms)
    by_level = {"school": at_school, "agency_school": at_agency, "agency": at_agency, "region": at_school}
    return engine.measure(arrays, calendars, region_of, today, by_level)


def at_school(engine, rows, today, **options):
    """The figures of school 1."""
    return tables(engine, rows, today, **options)["school"].where(school=1)


def spells_of(engine, rows, today, gap, calendar="every day", grain="school"):
    """The spells of the rows as (guard, first day, last day or None)."""
    world = World(tuple(rows), CALENDARS, dict.fromkeys(range(1, 10), calendar), {})
    today = date.fromisoformat(today)
    arrays, calendars, _ = to_engine(engine, world, today.toordinal())
    found = engine.spells(arrays, calendars, today, gap, grain)
    days = [
        (
            date.fromordinal(int(first)).isoformat(),
            None if last == engine.OPEN else date.fromordinal(int(last)).isoformat(),
        )
        for first, last in zip(found.first, found.last, strict=True)
    ]
    return [(int(guard), *pair) for guard, pair in zip(found.guard, days, strict=True)]


# One school, judged on 31 December 2026: the window is the year 2026. Guard 1 stays, 2 goes after 100 days
# (31 + 28 + 31 + 10), 3 comes the day after, 4 stands in for two days.
YEAR = [
    row(1, "2025-01-01"),
    row(2, "2026-01-01", "2026-04-10", reason="resigned"),
    row(3, "2026-04-11"),
    row(4, "2026-02-01", "2026-02-02", relief=True),
]


def test_person_days_are_the_days_of_all_spells_in_the_window(engine):
    figures = at_school(engine, YEAR, "2026-12-31")
    assert figures["person_days"] == 365 + 100 + 265  # relief does not count
    assert figures["average_headcount"] == 730 / 365 == 2.0
    assert figures["measurable"] is True


def test_the_rate_is_leaves_over_average_headcount_in_percent_a_year(engine):
    figures = at_school(engine, YEAR, "2026-12-31")
    assert figures["gross_left"] == figures["net_left"] == 1
    assert figures["rate"] == 100 * 1 / 2.0 * 365 / 365 == 50.0
    half = at_school(engine, YEAR, "2026-04-30", window_days=73)
    # The window is 17 February to 30 April: 73 days of guard 1, 53 of guard 2, 20 of guard 3.
    assert half["person_days"] == 73 + (12 + 31 + 10) + 20 == 146
    assert half["rate"] == 100 * 1 / 2.0 * 365 / 73 == 250.0


def test_the_interval_of_a_count_is_one_whether_it_is_kept_or_reckoned(engine):
    together = engine.interval(np.arange(200), np.full(200, 365))
    for count in (0, 1, 127, 128, 199):
        alone = engine.interval([count], [365])
        assert [end[count] for end in together] == [end[0] for end in alone]


def test_the_interval_of_one_leave_in_two_years_of_service(engine):
    figures = at_school(engine, YEAR, "2026-12-31")
    # chi2.ppf(0.025, 2) / 2 = -ln 0.975 = 0.0253178; chi2.ppf(0.975, 4) / 2 = 5.5716434; over 2 person-years.
    assert figures["rate_low"] == pytest.approx(100 * 0.0253178080 / 2)
    assert figures["rate_high"] == pytest.approx(100 * 5.5716433909 / 2)
    assert figures["settled_low"] == figures["rate_low"]


def test_faces_are_all_guards_of_the_window_relief_included(engine):
    assert at_school(engine, YEAR, "2026-12-31")["distinct_guards"] == 4
    # From 2 February on the stand-in's last day is in a window of 30 days, from 4 March on it is not.
    assert at_school(engine, YEAR, "2026-03-03", window_days=30)["distinct_guards"] == 3
    assert at_school(engine, YEAR, "2026-03-04", window_days=30)["distinct_guards"] == 2


def test_continuity_is_the_share_of_days_from_the_ninety_first_day_of_a_spell_on(engine):
    figures = at_school(engine, YEAR, "2026-12-31")
    # Guard 1 all 365 days; guard 2 from 1 to 10 April; guard 3 from 10 July on.
    assert figures["seasoned_days"] == 365 + (100 - 90) + (265 - 90)
    assert figures["continuity"] == 550 / 730


def test_median_tenure_is_over_spells_that_go_on_mean_of_the_middle_two(engine):
    assert at_school(engine, YEAR, "2026-12-31")["median_tenure_days"] == (730 + 265) / 2
    assert (
        at_school(engine, [*YEAR, row(5, "2026-12-31")], "2026-12-31")["median_tenure_days"] == 265.0
    )  # of 1, 265, 730
    assert at_school(engine, YEAR[1:2], "2026-12-31")["median_tenure_days"] is None


def test_stability_is_who_stays_of_those_on_the_first_day_of_the_window(engine):
    figures = at_school(engine, YEAR, "2026-12-31")
    assert (figures["starting_guards"], figures["staying_guards"], figures["stability"]) == (2, 1, 0.5)
    assert at_school(engine, YEAR[2:3], "2026-12-31")["stability"] is None


def test_a_guard_who_returned_after_the_gap_is_stable_though_he_left(engine):
    rows = [row(1, "2025-06-01", "2026-03-01"), row(1, "2026-06-01")]
    figures = at_school(engine, rows, "2026-12-31")
    assert (figures["gross_left"], figures["stability"]) == (1, 1.0)


def test_a_leave_counts_from_its_last_day_until_the_window_has_passed(engine):
    leave = [row(1, "2025-06-01", "2026-03-10", reason="resigned")]
    # On the last day itself; 364 days later for the last time: 10 March 2026 to 9 March 2027 are 365 days.
    counts = {
        day: at_school(engine, leave, day)["gross_left"]
        for day in ("2026-03-09", "2026-03-10", "2027-03-09", "2027-03-10")
    }
    assert counts == {"2026-03-09": 0, "2026-03-10": 1, "2027-03-09": 1, "2027-03-10": 0}


def test_nothing_served_is_not_measurable_and_never_zero(engine):
    only_relief = at_school(engine, [row(1, "2026-02-01", relief=True)], "2026-12-31")
    assert only_relief["measurable"] is False
    assert [only_relief[name] for name in ("rate", "rate_low", "rate_high", "settled_rate", "settled_low")] == [
        None
    ] * 5
    assert [only_relief[name] for name in ("continuity", "median_tenure_days", "stability")] == [None] * 3
    assert (only_relief["person_days"], only_relief["average_headcount"], only_relief["distinct_guards"]) == (0, 0.0, 1)


def test_a_school_without_rows_has_figures_of_nothing(engine):
    found = tables(engine, YEAR, "2026-12-31")
    never = found["school"].where(school=9)
    assert list(never) == list(found["school"].row(0))
    assert (never["school"], never["agency"], never["measurable"], never["person_days"]) == (9, None, False, 0)
    assert (never["rate"], never["distinct_guards"], never["average_headcount"]) == (None, 0, 0.0)


def test_without_rows_there_are_tables_without_keys(engine):
    assert {level: len(table) for level, table in tables(engine, [], "2026-12-31").items()} == {
        "school": 0,
        "agency_school": 0,
        "agency": 0,
        "region": 0,
    }
    assert len(tables(engine, [row(1, "2027-01-01")], "2026-12-31")["school"]) == 0


def test_excused_is_a_listed_reason_with_the_cause_accepted(engine):
    rows = [
        row(1, "2026-01-01"),
        row(2, "2026-01-01", "2026-04-10", reason="illness", accepted=True),
        row(3, "2026-01-01", "2026-04-10", reason="illness", accepted=False),
        row(4, "2026-01-01", "2026-04-10", reason="resigned", accepted=True),
    ]
    figures = at_school(engine, rows, "2026-12-31")
    assert (figures["gross_left"], figures["excused_left"], figures["net_left"]) == (3, 1, 2)


def test_the_end_of_a_contract_is_excused_for_agencies_only(engine):
    found = tables(engine, [row(1, "2026-01-01", "2026-06-30", reason="contract_ended", accepted=True)], "2026-12-31")
    assert {level: int(table.excused_left[0]) for level, table in found.items()} == {
        "school": 0,
        "agency_school": 1,
        "agency": 1,
        "region": 0,
    }


def test_a_leave_is_provisional_until_thirty_open_days_have_passed(engine):
    leave = [row(1, "2026-01-01", "2026-03-10", reason="resigned")]
    early = at_school(engine, leave, "2026-04-08")  # 21 days of March and 8 of April: 29
    assert (early["net_left"], early["provisional_left"], early["settled_left"]) == (1, 1, 0)
    assert (early["settled_rate"], early["settled_low"]) == (0.0, 0.0)
    assert early["rate"] == 100 * 365 / 69  # 31 + 28 + 10 days served
    late = at_school(engine, leave, "2026-04-09")
    assert (late["net_left"], late["provisional_left"], late["settled_left"]) == (1, 0, 1)
    assert late["settled_rate"] == 100 * 365 / 69


@pytest.mark.parametrize(
    ("calendar", "still_one", "two"),
    [
        # After 10 March 2026, a Tuesday: 29 open days between at most, and 30 at least.
        ("every day", "2026-04-09", "2026-04-10"),  # 29 days: 11 March to 8 April
        ("six days", "2026-04-14", "2026-04-15"),  # 29: five weeks less one day, 11 March to 13 April
        ("school days", "2026-04-21", "2026-04-22"),  # 29: 11 March to 20 April
    ],
)
def test_a_gap_of_open_days_under_the_limit_is_no_interruption(engine, calendar, still_one, two):
    before = row(1, "2026-01-12", "2026-03-10")
    assert spells_of(engine, [before, row(1, still_one)], "2026-12-31", 30, calendar) == [(1, "2026-01-12", None)]
    assert spells_of(engine, [before, row(1, two)], "2026-12-31", 30, calendar) == [
        (1, "2026-01-12", "2026-03-10"),
        (1, two, None),
    ]


def test_the_summer_closure_is_no_interruption_on_school_days(engine):
    rows = [row(1, "2026-01-12", "2026-05-25"), row(1, "2026-09-01")]
    assert spells_of(engine, rows, "2026-12-31", 30, "school days") == [(1, "2026-01-12", None)]
    assert len(spells_of(engine, rows, "2026-12-31", 30, "every day")) == 2
    # And nobody has left for good while the school is closed.
    figures = at_school(engine, rows[:1], "2026-08-31", calendar="school days")
    assert (figures["net_left"], figures["provisional_left"]) == (1, 1)


def test_rows_that_touch_are_one_spell_even_without_any_gap_allowed(engine):
    touching = [row(1, "2026-01-01", "2026-01-31"), row(1, "2026-02-01", "2026-02-28")]
    assert spells_of(engine, touching, "2026-12-31", 0) == [(1, "2026-01-01", "2026-02-28")]
    apart = [touching[0], row(1, "2026-02-02", "2026-02-28")]
    assert len(spells_of(engine, apart, "2026-12-31", 0)) == 2
    assert len(spells_of(engine, apart, "2026-12-31", 1)) == 2  # one open day lies between, not fewer than one
    assert len(spells_of(engine, apart, "2026-12-31", 2)) == 1


def test_a_row_inside_another_does_not_shorten_the_spell(engine):
    rows = [row(1, "2026-01-01", "2026-06-30"), row(1, "2026-02-01", "2026-02-10"), row(1, "2026-07-01", "2026-07-31")]
    assert spells_of(engine, rows, "2026-12-31", 5) == [(1, "2026-01-01", "2026-07-31")]


def test_what_lies_after_the_day_judged_is_not_known(engine):
    rows = [row(1, "2026-01-01", "2026-06-30", reason="resigned"), row(2, "2026-07-01")]
    assert spells_of(engine, rows, "2026-06-29", 30) == [(1, "2026-01-01", None)]
    assert spells_of(engine, rows, "2026-06-30", 30) == [(1, "2026-01-01", "2026-06-30")]
    assert len(spells_of(engine, rows, "2026-07-01", 30)) == 2
    # On his last day the guard has left, and was there.
    figures = at_school(engine, rows, "2026-06-30", window_days=30)
    assert (figures["gross_left"], figures["staying_guards"], figures["open_spells"]) == (1, 1, 0)


def test_the_reason_is_that_of_the_row_that_ends_last(engine):
    def reason(*rows):
        world = World(rows, CALENDARS, {1: "every day"}, {})
        arrays, calendars, _ = to_engine(engine, world, date(2026, 12, 31).toordinal())
        found = engine.spells(arrays, calendars, date(2026, 12, 31), 30, "school")
        return [engine.END_REASONS[code] for code in found.reason]

    long = row(1, "2026-01-01", "2026-06-30", reason="illness", identifier="A-9")
    assert reason(long, row(1, "2026-02-01", "2026-03-01", reason="resigned")) == ["illness"]
    assert reason(long, row(1, "2026-02-01", "2026-06-30", reason="resigned")) == ["resigned"]  # began later
    assert reason(long, long._replace(identifier="A-10", reason="retired")) == ["illness"]  # "A-10" sorts before "A-9"
    assert reason(long, long._replace(identifier="B-1", reason="retired")) == ["retired"]


def test_a_handover_changes_nothing_for_the_school_and_is_kept_for_the_agency(engine):
    rows = [
        row(1, "2026-01-01", "2026-06-30", agency=1, reason="contract_ended", accepted=True),
        row(1, "2026-07-01", agency=2),
    ]
    found = tables(engine, rows, "2026-12-31")
    assert found["school"].where(school=1)["gross_left"] == 0
    assert found["school"].where(school=1)["median_tenure_days"] == 365.0
    old = found["agency_school"].where(agency=1, school=1)
    assert (old["gross_left"], old["excused_left"], old["kept"], old["left"]) == (1, 1, 1, 0)
    assert found["agency"].where(agency=2)["person_days"] == 184


def test_what_the_guard_did_next(engine):
    def kinds(level, *rows):
        table = tables(engine, rows, "2026-12-31", calendar="every day")[level]
        return {name: int(getattr(table, name).sum()) for name in ("moved", "kept", "left")}

    gone = row(1, "2026-01-01", "2026-03-10", agency=1, school=1)
    elsewhere = {
        "moved": row(1, "2026-04-09", agency=1, school=2),  # 29 open days between
        "kept": row(1, "2026-04-09", agency=2, school=1),
        "left": row(1, "2026-04-09", agency=2, school=2),
    }
    for kind, other in elsewhere.items():
        assert kinds("agency_school", gone, other) == {"moved": 0, "kept": 0, "left": 0} | {kind: 1}
    assert kinds("agency", gone, *elsewhere.values())["kept"] == 1  # kept before moved
    assert kinds("school", gone, elsewhere["moved"]) == {"moved": 1, "kept": 0, "left": 0}
    late = row(1, "2026-04-10", agency=1, school=2)  # 30 open days between
    assert kinds("school", gone, late) == {"moved": 0, "kept": 0, "left": 1}
    already = row(1, "2026-02-01", "2026-03-11", agency=1, school=2)  # runs past the last day
    assert kinds("school", gone, already)["moved"] == 1
    assert kinds("school", gone, already._replace(last=gone.last)) == {"moved": 0, "kept": 0, "left": 2}
    assert kinds("school", gone, elsewhere["moved"]._replace(relief=True))["left"] == 1


def test_agency_and_region_sum_places_and_count_each_guard_once(engine):
    rows = [
        row(1, "2026-01-01", "2026-05-31", agency=1, school=1, reason="moved_by_agency"),
        row(1, "2026-06-01", agency=1, school=2),
        row(2, "2026-01-01", agency=1, school=2),
        row(3, "2026-12-01", agency=1, school=3),
    ]
    found = tables(engine, rows, "2026-12-31", regions={1: 10, 2: 10, 3: 20})
    agency, region = found["agency"].where(agency=1), found["region"].where(region=10)
    assert agency["person_days"] == 365 + 365 + 31
    assert region["person_days"] == 365 + 365
    assert (agency["gross_left"], agency["moved"], region["gross_left"]) == (1, 1, 1)
    assert (agency["distinct_guards"], region["distinct_guards"]) == (3, 2)
    assert agency["median_tenure_days"] == 214.0  # of 31, 214 (June to December) and 365
    assert region["median_tenure_days"] == (214 + 365) / 2
    # Guard 1 began the year at school 1 and ended it at school 2: the place he began at lost him.
    assert (agency["starting_guards"], agency["staying_guards"], agency["stability"]) == (2, 1, 0.5)
    assert (agency["agency"], agency["school"], agency["region"]) == (1, None, None)


def test_each_level_is_measured_by_its_own_terms(engine):
    world = World(tuple(YEAR), CALENDARS, {1: "every day"}, {1: 1})
    arrays, calendars, region_of = to_engine(engine, world, date(2026, 12, 31).toordinal())
    terms = {"school": engine.Terms(window_days=100), "region": engine.Terms(gap_open_days=400)}
    found = engine.measure(arrays, calendars, region_of, date(2026, 12, 31), terms)
    assert list(found) == ["school", "region"]
    assert found["school"].person_days.tolist() == [200]
    assert found["region"].provisional_left.tolist() == [1]


def test_identifiers_may_be_any_64_bit_numbers(engine):
    wide = {1: -(2**62), 2: 2**62 + 7, 3: 3}
    rows = [found._replace(guard=wide[found.guard], agency=wide[1]) for found in YEAR[:3]]
    found = tables(engine, rows, "2026-12-31")
    plain = tables(engine, YEAR[:3], "2026-12-31")
    for level, table in found.items():
        assert {**table.row(0), "agency": 0} == {**plain[level].row(0), "agency": 0}


def test_assignments_of_one_day_are_counted_and_backward_ones_refused(engine):
    assert at_school(engine, [row(1, "2026-01-01", "2026-01-01")], "2026-01-02")["person_days"] == 1
    with pytest.raises(ValueError, match="ends before it begins"):
        to_engine(engine, World((row(1, "2026-01-02", "2026-01-01"),), CALENDARS, {1: "every day"}, {}), 740_000)


def test_columns_of_unequal_length_are_refused(engine):
    with pytest.raises(ValueError, match="one length"):
        engine.Rows(**{**vars(engine.Rows.empty()), "guard": np.array([1])})


def test_a_school_without_calendar_or_region_is_named(engine):
    rows = [row(1, "2026-01-01", "2026-02-01", school=77)]
    with pytest.raises(ValueError, match=r"without a calendar: \[77\]"):
        tables(engine, rows, "2026-12-31", regions={77: 1})
    arrays, calendars, _ = to_engine(
        engine, World(tuple(rows), CALENDARS, {77: "every day"}, {}), date(2026, 12, 31).toordinal()
    )
    with pytest.raises(ValueError, match=r"without a region: \[77\]"):
        engine.measure(arrays, calendars, {}, date(2026, 12, 31), {"region": engine.Terms()})


def test_a_table_is_looked_up_by_its_whole_key(engine):
    with pytest.raises(ValueError, match="agency and school"):
        tables(engine, YEAR, "2026-12-31")["agency_school"].where(school=1)


def test_only_equal_beginnings_of_one_guard_at_one_school_are_tied(engine):
    rows = [
        row(1, "2026-01-01"),
        row(1, "2026-01-01", "2026-02-01", agency=2),
        row(1, "2026-01-01", school=2),
        row(2, "2026-01-01"),
        row(1, "2026-01-01", relief=True),
        row(1, "2026-01-02"),
    ]
    world = World(tuple(rows), CALENDARS, {1: "every day", 2: "every day"}, {})
    arrays, _, _ = to_engine(engine, world, date(2026, 12, 31).toordinal())
    assert engine.tied_rows(arrays).tolist() == [0, 1]
    assert engine.tied_rows(engine.Rows.empty()).tolist() == []


@pytest.mark.parametrize(
    "terms",
    [
        {"window_days": 0},
        {"gap_open_days": -1},
        {"seasoned_days": -1},
        {"confidence": 0},
        {"confidence": 1},
        {"excused": {"bored"}},
    ],
)
def test_terms_that_make_no_sense_are_refused(engine, terms):
    with pytest.raises(ValueError, match=r"window|negative|confidence|reasons"):
        engine.Terms(**terms)


def test_the_smallest_terms_are_taken(engine):
    terms = engine.Terms(window_days=1, gap_open_days=0, seasoned_days=0, confidence=0.001, excused=[])
    assert terms.excused == frozenset()
