"""The months that are kept equal a rebuild, and both the day-by-day oracle; actions have them counted again."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from audit.recording import record
from compliance import engine, months, register, trends
from compliance.engine import base_terms, versions_judged
from compliance.findings import evaluate, rejudge
from compliance.models import ClauseVersion, Evaluation, Figure, Trend, TrendMark
from compliance.register import Scope
from compliance.series import MONTHS, month_ends
from compliance.tasks import count_trends, sweep
from compliance.timeline import LawInTime, Step
from compliance.turnover import KEYS_OF_LEVEL, LEVELS, Level
from guards.models import Assignment
from schools.models import Region
from staffing import actions
from tests.compliance import oracle, worlds
from tests.compliance.oracle import OracleTerms, World
from tests.compliance.registers import DAY, SPRING, confetti, leave, noon, rows_of, staffed_post
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CalendarFactory,
    ClosureFactory,
    GuardFactory,
    MembershipFactory,
    PostFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ENDS = month_ends(DAY)
# From this day on turnover at a school is counted otherwise: another limit, window, gap and list of reasons.
CHANGE = date(2026, 5, 1)


@pytest.fixture
def a_change_of_law() -> None:
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school").clause
    ClauseVersion.objects.create(
        clause=clause,
        effective_from=CHANGE,
        rule="turnover_limit",
        mark="policy",
        parameters={
            "level": "school",
            "threshold_percent": 40.0,
            "confidence": 0.9,
            "window_days": 100,
            "gap_open_days": 10,
            "seasoned_days": 20,
            "excused": ["died"],
        },
    )


# Random registers


def registered(world: World, regions: list[Region]) -> dict[str, dict[int, int]]:
    """Write a world to the register; the primary keys by the numbers that the world has for them."""
    posts = {}
    for school, name in world.calendar_of.items():
        weekdays, closures = world.calendars[name]
        calendar = CalendarFactory(code=name, name=name, weekdays=weekdays)
        if not calendar.closures.exists():
            for first, last in closures:
                ClosureFactory(calendar=calendar, first_day=date.fromordinal(first), last_day=date.fromordinal(last))
        region = regions[world.region_of[school] - 1]
        posts[school] = PostFactory(school__calendar=calendar, school__region=region)
    guards = {row.guard: GuardFactory() for row in world.rows}
    agencies = {row.agency: AgencyFactory() for row in world.rows}
    for row in world.rows:
        ended = (
            {} if row.last is None else {"status": "ended", "end_reason": row.reason, "cause_accepted": row.accepted}
        )
        AssignmentFactory(
            guard=guards[row.guard],
            agency=agencies[row.agency],
            post=posts[row.school],
            first_day=date.fromordinal(row.first),
            last_day=None if row.last is None else date.fromordinal(row.last),
            kind="relief" if row.relief else "regular",
            **ended,
        )
    return {
        "school": {number: post.school_id for number, post in posts.items()},
        "agency": {number: agency.pk for number, agency in agencies.items()},
        "region": {number: int(region.code) for number, region in enumerate(regions, start=1)},
    }


def without_two_posts_at_once(world: World) -> World:
    """The world without the regular rows that a register refuses: nobody is on two posts on one day."""
    kept: list[oracle.Row] = []
    for row in sorted(world.rows, key=lambda row: (row.guard, row.first)):
        before = [one for one in kept if one.guard == row.guard and not one.relief]
        if row.relief or all(one.last is not None and one.last < row.first for one in before):
            kept.append(row)
    return replace(world, rows=tuple(kept))


def random_registers() -> Iterator[tuple[World, dict[str, dict[int, int]]]]:
    """Ten worlds side by side, each with two regions of its own, full of gaps around the limit of the law."""
    regions = list(Region.objects.order_by("code"))
    for seed in range(10):
        rng = random.Random(seed)
        worlds_ = (without_two_posts_at_once(worlds.random_world(rng, 30)) for _ in range(100))
        world = next(world for world in worlds_ if len(world.rows) > 6)
        yield world, registered(world, regions[2 * seed : 2 * seed + 2])


def by_the_oracle(world: World, keys: dict[str, dict[int, int]]) -> dict[tuple[Any, ...], dict[str, list[Any]]]:
    """What the oracle counts of each owner at each month's end, by level and primary keys."""
    found: dict[tuple[Any, ...], dict[str, list[Any]]] = {}
    terms = [base_terms(versions_judged(end)) for end in ENDS]
    for level in LEVELS:
        for position, end in enumerate(ENDS):
            by_terms = OracleTerms(*vars(terms[position][level]).values())
            for key, row in oracle.figures(world, end.toordinal(), level, by_terms).items():
                owner = (level, *(keys[name][number] for name, number in zip(KEYS_OF_LEVEL[level], key, strict=True)))
                columns = found.setdefault(owner, {name: [None] * MONTHS for name in row})
                for name, value in row.items():
                    columns[name][position] = value
    return found


def kept_months() -> dict[tuple[Any, ...], dict[str, list[Any]]]:
    """All figures of every owner that follow from what is kept, by level and primary keys."""
    found, law = {}, LawInTime.read()
    for row in Trend.objects.order_by("pk"):
        counts = dict(zip(trends.KEPT, trends.unpacked(row), strict=True))
        figures = trends.figures(row.level, counts, ENDS, law)
        names = {"school": row.school_id, "agency": row.agency_id, "region": int(row.region_id)}
        owner = (row.level, *(names[name] for name in KEYS_OF_LEVEL[row.level]))
        found[owner] = {name: plain(column) for name, column in figures.items()}
    return found


def plain(column: np.ndarray) -> list[Any]:
    return [None if value != value else value for value in column.tolist()]


# How many schools, agencies and guards are counted at once: each by itself, or as they are in a country.
AT_ONCE = [(1, 1, 1), (2, 3, 5), (months.SCHOOLS_AT_ONCE, months.AGENCIES_AT_ONCE, months.GUARDS_AT_ONCE)]


@pytest.mark.usefixtures("a_change_of_law")
@pytest.mark.parametrize("at_once", AT_ONCE)
def test_what_is_kept_is_what_the_oracle_counts_day_by_day(at_once: tuple[int, ...], monkeypatch: pytest.MonkeyPatch):
    for name, number in zip(("SCHOOLS_AT_ONCE", "AGENCIES_AT_ONCE", "GUARDS_AT_ONCE"), at_once, strict=True):
        monkeypatch.setattr(months, name, number)
    worlds_ = list(random_registers())
    evaluate(DAY)
    kept = kept_months()
    wanted = {owner: row for world, keys in worlds_ for owner, row in by_the_oracle(world, keys).items()}
    assert kept.keys() == wanted.keys() and len(wanted) > 50
    for owner, columns in wanted.items():
        for name in kept[owner].keys() & columns.keys():
            for position, value in enumerate(columns[name]):
                # Before the owner had a guard the oracle does not know of it; nothing was counted then.
                ours = kept[owner][name][position]
                assert ours in (0, None) if value is None else worlds.same(value, ours), (owner, name, ENDS[position])


@pytest.mark.usefixtures("a_change_of_law")
def test_the_random_registers_hold_the_edges():
    terms = {end: base_terms(versions_judged(end)) for end in ENDS}
    seen = dict.fromkeys(("provisional", "excused", "returned", "unmeasurable", "interrupted"), 0)
    for world, keys in random_registers():
        for (level, *_), columns in by_the_oracle(world, keys).items():
            if level == "school":
                seen["provisional"] += any(columns["provisional_left"])
                seen["excused"] += any(columns["excused_left"])
                left = [value or 0 for value in columns["gross_left"]]
                seen["returned"] += any(later < before for before, later in pairwise(left))
                seen["unmeasurable"] += False in columns["measurable"]
        spells = oracle.spells(world, DAY.toordinal(), 30, by_agency=False)
        seen["interrupted"] += any(len(spell.rows) > 1 for spell in spells)
    assert min(seen.values()) >= 2, seen
    assert len({terms[end]["school"] for end in ENDS}) == 2


def test_months_before_the_first_guard_count_nothing_and_the_first_one_counts():
    post = PostFactory()
    AssignmentFactory(post=post, first_day=date(2026, 3, 31))
    evaluate(DAY)
    row = Trend.objects.get(level="school", school=post.school)
    days = trends.unpacked(row)[trends.KEPT.index("person_days")].tolist()
    march = ENDS.index(date(2026, 3, 31))
    assert days[: march + 1] == [0] * march + [1]
    assert days[march + 1] == 31


def test_who_has_no_assignment_has_no_months():
    post = PostFactory()
    evaluate(DAY)
    assert not Trend.objects.filter(school=post.school).exists()
    assert trends.trend("school", school=post.school_id) is None


# When they are counted


def rebuilt() -> list[dict[str, Any]]:
    """The months as they are when nothing is kept yet."""
    Trend.objects.all().delete()
    Evaluation.objects.update(months="")
    evaluate(DAY)
    return kept_rows()


def kept_rows() -> list[dict[str, Any]]:
    rows = [{name: value for name, value in row.items() if name != "id"} for row in rows_of(Trend)]
    return sorted(({**row, "counts": bytes(row["counts"])} for row in rows), key=str)


def test_nothing_is_written_where_nothing_changed():
    confetti(3)
    evaluate(DAY)
    before = rows_of(Trend)
    Evaluation.objects.update(months="")
    evaluate(DAY)
    assert rows_of(Trend) == before


def test_months_are_not_counted_from_the_very_same_again(monkeypatch: pytest.MonkeyPatch):
    post = confetti(3)
    evaluate(DAY)
    before = rows_of(Trend)
    monkeypatch.setattr("compliance.months.count_days", lambda *given: pytest.fail("counted again"))
    evaluate(DAY)
    assert rows_of(Trend) == before
    monkeypatch.undo()
    Assignment.objects.filter(post=post, status="ended").update(end_reason="illness", cause_accepted=True)
    evaluate(DAY)
    assert rows_of(Trend) != before


def test_the_country_is_read_once(monkeypatch: pytest.MonkeyPatch):
    """For figures and months together, whether or not these were counted from the very same before."""
    post = confetti(3)
    read: list[date] = []

    def reading(day: date) -> Iterator[register.Register]:
        read.append(day)
        return register.read_blocks(day)

    for module in (engine, trends):
        monkeypatch.setattr(module, "read_blocks", reading)
    for _ in range(2):
        evaluate(DAY)
        assert read == [DAY]
        read.clear()
    # Only what was not expected to change is read once more.
    Assignment.objects.filter(post=post, status="ended").update(end_reason="illness", cause_accepted=True)
    evaluate(DAY)
    assert read == [DAY, DAY]


def test_months_of_an_owner_without_rows_are_kept_no_longer():
    gone, stays = staffed_post(1), staffed_post(1)
    agency = gone.assignments.get().agency_id
    evaluate(DAY)
    assert Trend.objects.filter(Q(school=gone.school) | Q(agency=agency)).count() == 3
    Assignment.objects.filter(post=gone).update(status="withdrawn", confirmed_on=None)
    evaluate(DAY)
    assert not Trend.objects.filter(Q(school=gone.school) | Q(agency=agency)).exists()
    assert Trend.objects.filter(school=stays.school).count() == 2


def test_a_calendar_of_days_to_come_changes_no_month(monkeypatch: pytest.MonkeyPatch):
    post = confetti(3)
    evaluate(DAY)
    monkeypatch.setattr("compliance.months.count_days", lambda *given: pytest.fail("counted again"))
    ClosureFactory(calendar=post.school.calendar, first_day=DAY, last_day=DAY + timedelta(days=5))
    evaluate(DAY)
    monkeypatch.undo()
    before = kept_rows()
    ClosureFactory(calendar=post.school.calendar, first_day=date(2026, 3, 2), last_day=date(2026, 10, 25))
    evaluate(DAY)
    assert kept_rows() != before


def test_what_happened_after_the_last_month_changes_none(monkeypatch: pytest.MonkeyPatch):
    post = confetti(3)
    evaluate(DAY)
    Assignment.objects.filter(post=post, last_day=None).update(status="ended", last_day=DAY, end_reason="resigned")
    monkeypatch.setattr("compliance.months.count_days", lambda *given: pytest.fail("counted again"))
    evaluate(DAY)


def test_a_month_later_there_is_a_month_more(clock: Any):
    confetti(3)
    evaluate(DAY)
    later = DAY + timedelta(days=20)
    clock.move_to(noon(later))
    evaluate(later)
    assert set(Trend.objects.values_list("until", flat=True)) == {date(2026, 11, 30)}


def test_an_action_marks_whom_it_touched_and_a_worker_counts_them():
    post, calm = confetti(3), confetti(2)
    standing = post.assignments.filter(last_day=None).first()
    evaluate(DAY)
    before = {row["id"]: row for row in rows_of(Trend)}
    manager = MembershipFactory(agency=standing.agency)
    actions.end(assignment=standing, last_day=SPRING, reason="resigned", by=manager)
    marked = set(TrendMark.objects.values_list("school", "agency"))
    assert marked == {(post.school_id, None), (None, standing.agency_id)}
    trend = trends.trend("school", school=post.school_id)
    assert trend and trend.due
    assert not trends.trend("school", school=calm.school_id).due
    assert count_trends.call() == 2
    assert not TrendMark.objects.exists()
    kept = [row for row in rows_of(Trend) if row["school_id"] == calm.school_id]
    assert kept and kept == [before[row["id"]] for row in kept]
    counted = [row for row in kept_rows() if row["level"] != "region"]
    assert counted == [row for row in rebuilt() if row["level"] != "region"]
    assert trends.trend("school", school=post.school_id).months[-2].gross_left == 4


def test_an_accepted_cause_changes_the_months_past():
    post = confetti(3)
    left = post.assignments.filter(status="ended").first()
    evaluate(DAY)
    Assignment.objects.filter(pk=left.pk).update(end_reason="illness", cause_accepted=True)
    record("cause_accepted", subjects=[left.guard, post.school], by=None)
    count_trends.call()
    assert trends.trend("school", school=post.school_id).months[-2].excused_left == 1


def test_a_day_of_presence_has_no_month_counted():
    post = staffed_post(2)
    evaluate(DAY)
    record("presence_marked", subjects=[post.school], by=None)
    assert not TrendMark.objects.exists()


def test_marks_are_counted_at_the_next_tick(monkeypatch: pytest.MonkeyPatch):
    enqueued: list[str] = []
    monkeypatch.setattr("django_tasks.base.Task.enqueue", lambda task, *args: enqueued.append(task.name))
    trends.mark(Scope.of([staffed_post(1).school_id]))
    sweep()
    assert enqueued == ["count_trends"]


def test_many_actions_are_one_counting(monkeypatch: pytest.MonkeyPatch):
    post = staffed_post(2)
    evaluate(DAY)
    for _ in range(3):
        trends.mark(Scope.of([post.school_id]))
    assert count_trends.call() == 1


def test_the_whole_country_answers_the_marks_that_were_there():
    post = confetti(2)
    evaluate(DAY)
    left = leave(post, after=9)
    rejudge(Scope.of([post.school_id], [left.agency_id]), DAY)
    assert TrendMark.objects.exists()
    evaluate(DAY)
    assert not TrendMark.objects.exists()
    assert Evaluation.objects.latest("pk").missed == 0
    assert trends.trend("school", school=post.school_id).months[-2].gross_left == 3


def test_months_that_no_action_marked_are_missed():
    post = confetti(2)
    evaluate(DAY)
    # Too long ago for the figures of the day: the months of the school, of the agency there and of the agency.
    leave(post, first_day=date(2024, 1, 1), last_day=date(2024, 3, 1))
    _, outcome = evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 3 + outcome.opened


# For a page


def test_a_trend_is_read_in_three_queries_whatever_its_length():
    post = confetti(3)
    agency = post.assignments.first().agency
    evaluate(DAY)
    owners: list[dict[str, Any]] = [
        {"level": "school", "school": post.school_id},
        {"level": "agency_school", "school": post.school_id, "agency": agency.pk},
        {"level": "agency", "agency": agency.pk},
        {"level": "region", "region": "35"},
        {"level": "region"},
    ]
    for owner in owners:
        with CaptureQueriesContext(connection) as captured:
            found = trends.trend(**owner)
        assert found and len(captured) == 3, [query["sql"] for query in captured.captured_queries]
        assert found.months[-1].day == DAY


def test_the_last_month_is_the_day_judged_last():
    post = confetti(3)
    evaluate(DAY)
    last = trends.trend("school", school=post.school_id).months[-1]
    figure = Figure.objects.get(level="school", school=post.school)
    assert (last.day, last.settled_rate, last.settled_low) == (DAY, figure.settled_rate, figure.settled_low)
    assert last.settled_high > last.settled_rate
    assert last.continuity == figure.continuity
    assert (last.gross_left, last.distinct_guards) == (3, 5)


def test_assignments_renewed_from_one_day_to_the_next_raise_no_peak():
    """On the last day of a contract nobody knows yet who stays: those leaves are not settled, and are none later."""
    post = staffed_post(2)
    month_end = date(2026, 8, 31)
    for standing in list(post.assignments.all()):
        AssignmentFactory(
            guard=standing.guard, post=post, agency=standing.agency, first_day=month_end + timedelta(days=1)
        )
    post.assignments.filter(first_day__lt=month_end).update(
        status="ended", last_day=month_end, end_reason="contract_ended"
    )
    evaluate(DAY)
    by_day = {month.day: month for month in trends.trend("school", school=post.school_id).months}
    renewed = by_day[month_end]
    assert (renewed.net_left, renewed.provisional_left, renewed.settled_rate) == (2, 2, 0)
    assert by_day[date(2026, 9, 30)].net_left == 0


def test_the_country_adds_up_its_regions():
    confetti(3)
    other = confetti(5, school__region=Region.objects.get(code="75"))
    evaluate(DAY)
    country = trends.trend("region")
    parts = [trends.trend("region", region=code) for code in ("35", "75")]
    for position in (-1, -2):
        month = country.months[position]
        assert month.gross_left == 8 == sum(part.months[position].gross_left for part in parts)
        headcount = sum(part.months[position].average_headcount for part in parts)
        assert month.average_headcount == pytest.approx(headcount)
        assert month.settled_rate == pytest.approx(100 * 8 / headcount)
        assert month.distinct_guards is None
    assert other.school.region_id == "75"


@pytest.mark.usefixtures("a_change_of_law")
def test_a_trend_shows_the_limit_that_was_in_force_at_each_time():
    post = confetti(3)
    evaluate(DAY)
    trend = trends.trend("school", school=post.school_id)
    first = trend.months[0].day
    assert trend.steps == [Step(first, None), Step(date(2022, 8, 24), 50.0), Step(CHANGE, 40.0)]
    by_day = {month.day: month for month in trend.months}
    # The window of the later version is 100 days: by the end of October it has passed the leaves of spring.
    assert (by_day[date(2026, 4, 30)].gross_left, by_day[date(2026, 10, 31)].gross_left) == (3, 0)


def test_a_limit_that_is_repealed_ends_on_its_day():
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school").clause
    ClauseVersion.objects.create(clause=clause, effective_from=CHANGE, rule="")
    steps = LawInTime.read().steps("school", date(2026, 1, 31), DAY)
    assert steps == [Step(date(2026, 1, 31), 50.0), Step(CHANGE, None)]


@pytest.mark.usefixtures("a_change_of_law")
def test_the_law_in_time_is_the_law_of_each_day():
    law = LawInTime.read()
    for day in (date(2020, 1, 1), date(2022, 8, 23), date(2022, 8, 24), CHANGE - timedelta(days=1), CHANGE, DAY):
        limiting = [version for version in versions_judged(day) if version.rule == "turnover_limit"]
        assert law.on(day) == limiting
        assert law.terms([day]) == [base_terms(versions_judged(day))]
        limiting_at = {version.judging_rule.level: version for version in reversed(limiting)}
        assert {level: law.limiting(level, day)[0] for level in limiting_at} == limiting_at


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_limited_as_its_clause_says_and_a_region_as_its_schools(level: Level):
    assert LawInTime.read().steps(level, date(2026, 1, 1), DAY) == [Step(date(2026, 1, 1), 50.0)]


def test_a_trend_is_visible_to_whom_the_figures_are():
    post = confetti(2)
    agency = post.assignments.first().agency
    neighbour = staffed_post(1, school__region=Region.objects.get(code="75"))
    evaluate(DAY)
    director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=post.school)
    regional = MembershipFactory(role=Role.REGULATOR, region=neighbour.school.region)
    manager = MembershipFactory(agency=agency)
    seen = {
        name: set(Trend.objects.visible_to(member).values_list("level", "school", "agency"))
        for name, member in {"director": director, "regional": regional, "manager": manager, "nobody": None}.items()
    }
    other = neighbour.assignments.get().agency_id
    assert seen["director"] == {("school", post.school_id, None)}
    assert seen["manager"] >= {("agency", None, agency.pk), ("agency_school", post.school_id, agency.pk)}
    assert ("agency", None, other) not in seen["manager"]
    assert {school for _, school, _ in seen["regional"] if school} == {neighbour.school_id}
    assert seen["nobody"] == set()
