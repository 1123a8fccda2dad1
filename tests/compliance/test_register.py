"""From the database to arrays: one query for the rows of a scope, one set of figures for a school and the country."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.engine import base_terms, judge, versions_judged
from compliance.predicates.columns import Day
from compliance.register import COUNTRY, Scope, read_register
from compliance.turnover import END_REASONS, OPEN, measure
from guards.models import Assignment, EndReason
from tests.compliance.registers import DAY, confetti, leave, staffed_post
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CalendarFactory,
    ClosureFactory,
    GuardFactory,
    PostFactory,
)

pytestmark = pytest.mark.django_db


def queries_of(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return [one["sql"] for one in captured.captured_queries]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_a_date_is_the_day_number_of_python(day: date):
    assignment = Assignment.objects.first() or AssignmentFactory()
    Assignment.objects.filter(pk=assignment.pk).update(first_day=day, last_day=None)
    assert Assignment.objects.values_list(Day(F("first_day")), flat=True).get(pk=assignment.pk) == day.toordinal()


def test_a_row_is_read_as_it_stands():
    left = leave(staffed_post(1), end_reason="illness", cause_accepted=True, kind="relief")
    register = read_register(DAY)
    (index,) = [place for place, key in enumerate(register.assignment.tolist()) if key == left.pk]
    rows = register.rows.take([index])
    assert (rows.guard[0], rows.agency[0], rows.school[0]) == (left.guard_id, left.agency_id, left.post.school_id)
    assert (rows.first[0], rows.last[0]) == (left.first_day.toordinal(), left.last_day.toordinal())
    assert (bool(rows.relief[0]), bool(rows.accepted[0])) == (True, True)
    assert END_REASONS[rows.reason[0]] == "illness"


def test_what_goes_on_is_open_and_has_no_reason():
    staffed_post(1)
    rows = read_register(DAY).rows
    assert (rows.last.tolist(), rows.reason.tolist()) == ([OPEN], [-1])


def test_the_reasons_of_the_register_are_those_of_the_measure():
    assert list(END_REASONS) == EndReason.values


def test_each_reason_is_read_as_itself():
    """They are told apart by their first letter and their length."""
    post = staffed_post(1)
    left = {leave(post, end_reason=reason).pk: reason for reason in EndReason.values}
    register = read_register(DAY)
    read = dict(zip(register.assignment.tolist(), register.rows.reason.tolist(), strict=True))
    assert {key: END_REASONS[read[key]] for key in left} == left


def test_only_confirmed_assignments_begun_by_the_day_are_read():
    post = staffed_post(1)
    for status in ("proposed", "declined", "withdrawn"):
        AssignmentFactory(post=post, status=status)
    AssignmentFactory(post=post, first_day=date(2026, 11, 26))
    begun = AssignmentFactory(post=post, first_day=DAY)
    read = read_register(DAY)
    assert sorted(read.assignment.tolist()) == sorted([post.assignments.earliest("pk").pk, begun.pk])


def test_the_rows_of_a_scope_come_in_one_query(monkeypatch: pytest.MonkeyPatch):
    # Where a plan is kept, a query names it and says nothing of columns.
    monkeypatch.setattr("compliance.prepared.keeps_plans", lambda _connection: False)
    post = confetti(2)
    for scope in (COUNTRY, Scope.of([post.school_id]), Scope.of([], [post.assignments.first().agency_id])):
        read = [sql for sql in queries_of(lambda scope=scope: read_register(DAY, scope)) if "end_reason" in sql]
        assert len(read) == 1


def test_as_many_queries_for_a_country_as_for_a_school():
    confetti(2)
    few = len(queries_of(lambda: read_register(DAY)))
    for _ in range(8):
        confetti(3)
    assert len(queries_of(lambda: read_register(DAY))) == few


def test_a_scope_brings_all_rows_of_the_guards_who_were_ever_there():
    """What a guard who left did next is told by where he stands now."""
    post, elsewhere = staffed_post(1), staffed_post(1)
    left = leave(post)
    moved = AssignmentFactory(guard=left.guard, post=elsewhere, agency=left.agency, first_day=date(2026, 3, 5))
    read = read_register(DAY, Scope.of([post.school_id])).assignment.tolist()
    assert moved.pk in read
    assert set(read) == set(
        Assignment.objects.filter(guard__in=post.assignments.values("guard")).values_list("pk", flat=True)
    )
    of_agency = read_register(DAY, Scope.of([], [left.agency_id])).assignment.tolist()
    assert set(of_agency) == set(read)


def test_a_school_has_the_figures_in_its_own_scope_that_it_has_in_the_country():
    every_day = CalendarFactory(code="every-day", weekdays="1234567")
    ClosureFactory(first_day=date(2026, 6, 1), last_day=date(2026, 8, 31))
    agency = AgencyFactory()
    posts = [
        confetti(2),
        confetti(5, school__calendar=every_day),
        staffed_post(3, agency=agency),
        staffed_post(2, agency=agency),
        PostFactory(),
    ]
    left = leave(posts[2], last_day=date(2026, 11, 2))
    AssignmentFactory(guard=left.guard, post=posts[3], agency=agency, first_day=date(2026, 11, 4))
    leave(posts[3], kind="relief", last_day=date(2026, 11, 20))
    country = judge(DAY).tables
    for post in posts:
        alone = judge(DAY, scope=Scope.of([post.school_id])).tables["school"]
        assert alone.where(school=post.school_id) == country["school"].where(school=post.school_id)
    alone = judge(DAY, scope=Scope.of([], [agency.pk])).tables["agency"]
    assert alone.where(agency=agency.pk) == country["agency"].where(agency=agency.pk)


def test_of_rows_that_end_together_the_identifier_that_sorts_later_gives_the_reason():
    """Two rows of one guard with one first day and one last: the second by identifier tells why he left."""
    post = staffed_post(1)
    guard, agency = GuardFactory(), post.assignments.get().agency
    for code, reason, accepted in (("Z-later", "illness", True), ("A-earlier", "resigned", False)):
        leave(post, agency=agency, guard=guard, code=code, end_reason=reason, cause_accepted=accepted)
    register = read_register(DAY)
    terms = base_terms(versions_judged(DAY))
    row = measure(register.rows, register.calendars, register.region_of_school, DAY, terms)["school"].row(0)
    assert (row["gross_left"], row["excused_left"]) == (1, 1)


def test_a_school_without_any_assignment_can_be_read():
    post = PostFactory()
    register = read_register(DAY, Scope.of([post.school_id]))
    assert len(register.rows) == 0
    assert register.region_of_school == {post.school_id: 35}
