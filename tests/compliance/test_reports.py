"""What a page says of one owner, live from the register, and what a plan would do."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.engine import judge
from compliance.models import Clause, ClauseVersion
from compliance.prepared import keeps_plans
from compliance.reports import BudgetLine, budgets, effect, rate_with_one_more, report
from compliance.turnover import Arrival, Departure
from schools.models import Post
from tests.compliance.registers import DAY, confetti, leave, staffed_post
from tests.factories import AgencyFactory, AssignmentFactory, GuardFactory, PostFactory

pytestmark = pytest.mark.django_db
NEWCOMER = -1


def plan(post: Post, last_day: date = DAY, reason: str = "resigned", accepted: bool = False) -> dict[str, list]:
    """The first of the post's guards leaves, and somebody new comes the next day."""
    first = post.assignments.earliest("pk")
    return {
        "departures": [Departure(first.guard_id, first.agency_id, post.school_id, last_day, reason, accepted)],
        "arrivals": [Arrival(NEWCOMER, first.agency_id, post.school_id, last_day + timedelta(days=1))],
    }


def test_a_report_has_the_figures_that_are_judged():
    post = confetti(2)
    agency = post.assignments.first().agency
    tables = judge(DAY).tables
    said = {
        "school": report("school", DAY, school=post.school_id),
        "agency_school": report("agency_school", DAY, school=post.school_id, agency=agency.pk),
        "agency": report("agency", DAY, agency=agency.pk),
    }
    assert said["school"].figures == tables["school"].where(school=post.school_id)
    assert said["agency_school"].figures == tables["agency_school"].where(school=post.school_id, agency=agency.pk)
    assert said["agency"].figures == tables["agency"].where(agency=agency.pk)
    for level, one in said.items():
        assert (one.breached, one.established, one.rule.level) == (True, False, level)
        assert one.version is not None and one.version.rule == "turnover_limit"
        assert one.window == (date(2025, 11, 26), DAY)
        assert len(one.spells) == 4


def test_a_report_of_an_agency_at_a_school_leaves_out_its_other_schools_and_the_schools_other_agencies():
    post, elsewhere = confetti(2), staffed_post(1)
    mine = post.assignments.first().agency
    AssignmentFactory(post=elsewhere, agency=mine)
    leave(post, agency=elsewhere.assignments.first().agency)
    said = report("agency_school", DAY, school=post.school_id, agency=mine.pk)
    assert {(line.school, line.agency) for line in said.spells} == {(post.school_id, mine.pk)}
    assert (said.figures["net_left"], said.budget.used) == (2, 2)


def test_spells_say_how_they_count():
    post = staffed_post(1)
    leave(post)
    leave(post, end_reason="illness", cause_accepted=True)
    leave(post, last_day=DAY - timedelta(days=3))
    leave(post, first_day=date(2024, 1, 1))
    said = report("school", DAY, school=post.school_id)
    assert sorted(line.leave for line in said.spells) == ["", "", "excused", "left", "provisional"]
    provisional = next(line for line in said.spells if line.leave == "provisional")
    assert (provisional.last_day, provisional.open_days_since, provisional.next) == (date(2026, 11, 22), 3, "left")


def test_an_owner_without_assignments_is_not_measurable():
    post = PostFactory()
    said = report("school", DAY, school=post.school_id)
    assert (said.figures["measurable"], said.figures["rate"], said.breached, said.spells) == (False, None, False, [])
    assert (said.budget.allowed, said.budget.used, said.budget.next_back) == (1, 0, None)


def test_without_a_clause_the_defaults_count():
    post = confetti(2)
    said = report("school", date(2010, 1, 1), school=post.school_id)
    assert (said.version, said.rule.threshold_percent) == (None, 50)


def test_a_report_reads_the_version_of_its_day():
    post = confetti(2)
    clause = Clause.objects.get(paragraph__code="school-guards", number="1")
    ClauseVersion.objects.create(
        clause=clause,
        effective_from=DAY,
        rule="turnover_limit",
        parameters={"level": "school", "threshold_percent": 200.0},
    )
    before = report("school", DAY - timedelta(days=1), school=post.school_id)
    after = report("school", DAY, school=post.school_id)
    assert (before.limit.threshold_percent, before.breached) == (50, True)
    assert (after.limit.threshold_percent, after.breached) == (200, False)


def test_the_budget_counts_net_leaves_and_says_when_one_is_given_back():
    post = staffed_post(4)
    leave(post)
    leave(post, last_day=DAY - timedelta(days=3))
    leave(post, end_reason="retired", cause_accepted=True)
    said = report("school", DAY, school=post.school_id).budget
    # 4 guards all year and three for a while: two leaves a year are within 50 %, three are not.
    assert (said.allowed, said.used, said.provisional, said.left, said.over) == (2, 2, 1, 0, 0)
    assert said.next_back == date(2026, 3, 2) + timedelta(days=365)
    assert said.near


def test_budgets_of_many_schools_are_those_of_each_and_cost_no_more_queries():
    posts = [confetti(2), staffed_post(3), confetti(5), PostFactory()]
    keys = [post.school_id for post in posts]
    found = budgets(keys, DAY)
    assert found == {key: report("school", DAY, school=key).budget for key in keys}

    def queries(some: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            budgets(some, DAY)
        return len(captured)

    assert queries(keys) == queries(keys[:1])


def test_a_plan_is_shown_beside_what_would_be_without_it():
    post = staffed_post(3)
    leave(post)
    seen = effect(post.school_id, DAY + timedelta(days=1), **plan(post))
    assert (seen.before["net_left"], seen.after["net_left"], seen.after["provisional_left"]) == (1, 2, 1)
    assert seen.faces == (4, 5)
    assert seen.before["person_days"] == seen.after["person_days"]
    assert seen.after["rate"] == pytest.approx(2 * seen.before["rate"])
    assert (seen.budget_before.used, seen.budget_after.used, seen.budget_after.allowed) == (1, 2, 1)
    assert (seen.budget_after.over, seen.budget_after.provisional) == (1, 1)
    assert seen.budget_after.next_back == date(2026, 3, 2) + timedelta(days=365)


def test_a_plan_asks_the_database_twice_where_the_way_is_long(django_assert_num_queries: Any):
    """Of the law of its day and of the day on which it has settled, and of the register; then of the places."""
    post = staffed_post(3)
    changes = plan(post)
    with django_assert_num_queries(2 if keeps_plans(connection) else 5):
        assert effect(post.school_id, DAY, **changes).settles_on


def test_a_plan_is_judged_once_its_leave_has_settled():
    post = staffed_post(3)
    leave(post)
    seen = effect(post.school_id, DAY, **plan(post))
    # Thirty open days, Monday to Friday, after 25 November 2026.
    assert seen.settles_on == date(2027, 1, 6)
    assert (seen.breach_before, seen.breach_after, seen.breaks_limit) == ("", "indicated", True)


def test_a_plan_is_judged_by_the_law_of_the_day_on_which_it_has_settled():
    post = confetti(1)
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school").clause
    seen = effect(post.school_id, DAY, **plan(post))
    assert seen.breaks_limit and seen.settles_on
    laxer = {"level": "school", "threshold_percent": 400.0}
    made = {"clause": clause, "rule": "turnover_limit", "mark": "policy"}
    version = ClauseVersion.objects.create(**made, parameters=laxer, effective_from=seen.settles_on)
    again = effect(post.school_id, DAY, **plan(post))
    assert (again.breach_after, again.then_version, again.then_limit.threshold_percent) == ("", version, 400.0)
    # Today the limit is what it was.
    assert (again.limit.threshold_percent, again.version) == (50.0, seen.version)
    ClauseVersion.objects.create(
        **made,
        parameters={"level": "school", "threshold_percent": 10.0, "gap_open_days": 40},
        effective_from=seen.settles_on + timedelta(days=1),
    )
    later = effect(post.school_id, seen.settles_on + timedelta(days=1), **plan(post))
    assert later.settles_on and later.settles_on > seen.settles_on and later.breach_after


def test_a_plan_whose_clause_is_repealed_before_it_has_settled_breaks_no_limit():
    post = confetti(1)
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school").clause
    ClauseVersion.objects.create(clause=clause, effective_from=DAY + timedelta(days=1))
    seen = effect(post.school_id, DAY, **plan(post))
    assert (seen.breach_after, seen.then_version) == ("", None) and seen.version


def test_a_plan_within_the_budget_breaks_no_limit():
    post = staffed_post(3)
    seen = effect(post.school_id, DAY, **plan(post))
    assert (seen.breach_after, seen.breaks_limit, seen.budget_after.left) == ("", False, 0)


def test_an_accepted_cause_spares_the_budget():
    post = staffed_post(3)
    leave(post)
    seen = effect(post.school_id, DAY, **plan(post, reason="illness", accepted=True))
    assert (seen.after["gross_left"], seen.after["excused_left"], seen.after["net_left"]) == (2, 1, 1)
    assert (seen.budget_after.used, seen.breach_after) == (1, "")


def test_a_school_already_over_the_limit_is_not_brought_over_it_by_the_plan():
    post = confetti(2)
    seen = effect(post.school_id, DAY, **plan(post))
    assert (seen.breach_before, seen.breach_after, seen.breaks_limit) == ("indicated", "indicated", False)


def test_a_first_guard_can_be_planned_for_a_school_without_any():
    post = PostFactory()
    guard = GuardFactory()
    agency = AssignmentFactory().agency
    seen = effect(post.school_id, DAY, arrivals=[Arrival(guard.pk, agency.pk, post.school_id, DAY)])
    assert (seen.before["measurable"], seen.after["person_days"], seen.settles_on) == (False, 1, None)


def test_a_plan_to_end_what_does_not_exist_is_refused():
    post = staffed_post(1)
    nobody = Departure(GuardFactory().pk, post.assignments.get().agency_id, post.school_id, DAY, "resigned")
    with pytest.raises(ValueError, match="no assignment"):
        effect(post.school_id, DAY, departures=[nobody])


def test_a_preview_writes_nothing():
    post = staffed_post(3)
    effect(post.school_id, DAY, **plan(post))
    assert report("school", DAY, school=post.school_id).figures["gross_left"] == 0
    assert set(post.assignments.values_list("status", flat=True)) == {"confirmed"}


# Early warning


def test_one_more_leave_is_what_the_engine_says_of_the_register_after_it():
    post = staffed_post(4)
    leave(post)
    said = report("school", DAY, school=post.school_id, warn=True).one_more
    assert said is not None
    effect_of_it = said.effect
    assert (effect_of_it.before["net_left"], effect_of_it.after["net_left"]) == (1, 2)
    assert (effect_of_it.before["gross_left"], effect_of_it.after["gross_left"]) == (1, 2)
    assert (effect_of_it.budget_before.left, effect_of_it.budget_after.left) == (1, 0)
    # The one who left today served today: the headcount is the same, and the rate doubles.
    assert effect_of_it.after["person_days"] == effect_of_it.before["person_days"]
    assert effect_of_it.after["rate"] == pytest.approx(2 * effect_of_it.before["rate"])
    assert effect_of_it.after["rate"] == rate_with_one_more(1, effect_of_it.before["person_days"])
    longest = post.assignments.order_by("first_day", "pk")[0]
    longest.last_day, longest.end_reason, longest.status = DAY, "resigned", "ended"
    longest.save()
    assert report("school", DAY, school=post.school_id).figures == effect_of_it.after


def test_one_more_leave_says_what_the_limit_finds_once_it_is_settled():
    post = staffed_post(3)
    leave(post)
    said = report("school", DAY, school=post.school_id, warn=True).one_more
    assert said is not None and said.effect.settles_on is not None
    assert (said.effect.breach_before, said.effect.breach_after) == ("", "indicated")


def test_the_longest_serving_is_taken_and_a_newcomer_costs_constancy():
    post = staffed_post(2)
    old = AssignmentFactory(post=post, agency=post.assignments.first().agency, first_day=date(2015, 1, 1))
    said = report("school", DAY, school=post.school_id, warn=True).one_more
    assert said is not None
    assert said.later == DAY + timedelta(days=90)
    assert said.changed["continuity"] < said.kept["continuity"]
    assert said.changed["distinct_guards"] == said.kept["distinct_guards"] + 1
    tenure = (DAY - old.first_day).days + 1
    assert said.effect.before["median_tenure_days"] < tenure
    assert said.effect.after["median_tenure_days"] <= said.effect.before["median_tenure_days"]


def test_an_agency_and_an_agency_at_a_school_are_warned_by_their_own_clause():
    post, elsewhere = staffed_post(4), staffed_post(2)
    agency = post.assignments.first().agency
    for row in elsewhere.assignments.all():
        row.agency = agency
        row.save()
    leave(post, agency=agency)
    whole = report("agency", DAY, agency=agency.pk, warn=True)
    here = report("agency_school", DAY, school=post.school_id, agency=agency.pk, warn=True)
    assert whole.version is not None and here.version is not None and whole.version != here.version
    assert (whole.budget.allowed, here.budget.allowed) == (3, 2)
    for said in (whole, here):
        assert said.one_more is not None
        assert said.one_more.effect.version == said.version
        assert (said.one_more.effect.before["net_left"], said.one_more.effect.after["net_left"]) == (1, 2)


def test_where_nobody_serves_nobody_can_leave():
    post = PostFactory()
    assert report("school", DAY, school=post.school_id, warn=True).one_more is None
    leave(post, agency=AgencyFactory())
    assert report("school", DAY, school=post.school_id, warn=True).one_more is None


def test_the_warning_asks_nothing_further():
    post = confetti(2)

    def queries(warn: bool) -> int:
        with CaptureQueriesContext(connection) as captured:
            report("school", DAY, school=post.school_id, warn=warn)
        return len(captured)

    assert queries(True) == queries(False)


def test_a_stored_budget_is_the_one_counted_now_without_its_day():
    post = confetti(5)
    said = report("school", DAY, school=post.school_id)
    found = said.figures
    stored = BudgetLine.stored(said.budget.allowed, found["net_left"], found["provisional_left"])
    assert stored == replace(said.budget, next_back=None)
    assert rate_with_one_more(3, 0) is None
