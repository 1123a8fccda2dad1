"""A query written once answers for every day and all keys as the ORM would."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet

from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.findings import evaluate
from compliance.predicates.base import RowRule
from compliance.prepared import MOST_KEYS, Given, Statement, _written, ask, ask_made, asked_together, keeps_plans
from compliance.register import Scope
from guards.models import Assignment
from staffing import actions
from tests.compliance.registers import DAY, confetti, leave, staffed_post
from tests.factories import AssignmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def begun(given: Given) -> QuerySet[Any, Any]:
    """Assignments at posts, begun in the last ten days."""
    rows = Assignment.objects.filter(post__in=given.posts, first_day__gt=given.day - timedelta(days=10))
    return rows.filter(first_day__lte=given.day).order_by("pk").values_list("pk", "first_day")


def by_name(given: Given) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(post__in=given.posts).annotate(school_key=F("post__school"))
    return rows.order_by("pk").values_list("code", "school_key", named=True)


def in_the_month(given: Given) -> QuerySet[Any, Any]:
    return Assignment.objects.filter(first_day__month=given.day.month).values_list("pk")


def in_summer_only(given: Given) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(first_day__lte=given.day).values_list("pk")
    return rows if given.day.year < 1900 else rows.filter(last_day__isnull=True)


def test_the_day_and_the_keys_are_those_asked_for():
    late, early = AssignmentFactory(first_day=DAY), AssignmentFactory(first_day=DAY - timedelta(days=9))
    posts = [late.post_id, early.post_id]
    assert ask(begun, Given.of(DAY, posts=posts)) == [(late.pk, DAY), (early.pk, early.first_day)]
    assert ask(begun, Given.of(DAY - timedelta(days=1), posts=posts)) == [(early.pk, early.first_day)]
    assert ask(begun, Given.of(DAY + timedelta(days=1), posts=posts)) == [(late.pk, DAY)]
    assert ask(begun, Given.of(DAY, posts=posts[1:])) == [(early.pk, early.first_day)]


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_any_number_of_keys_is_asked_for(number: int):
    rows = [AssignmentFactory(first_day=DAY) for _ in range(6)]
    asked = ask(begun, Given.of(DAY, posts=[row.post_id for row in rows[:number]]))
    assert asked == [(row.pk, DAY) for row in rows[:number]]


def test_without_keys_there_are_no_rows_and_no_query(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        assert ask(begun, Given.of(DAY)) == []


def test_very_many_keys_are_asked_for_by_the_orm():
    row = AssignmentFactory(first_day=DAY)
    assert ask(begun, Given.of(DAY, posts=range(row.post_id, row.post_id + MOST_KEYS + 1))) == [(row.pk, DAY)]


def test_columns_are_read_by_name():
    row = AssignmentFactory()
    (found,) = ask(by_name, Given.of(DAY, posts=[row.post_id]))
    assert (found.code, found.school_key) == (row.code, row.post.school_id)


@pytest.mark.parametrize("hidden", [in_the_month, in_summer_only])
def test_a_query_that_depends_on_the_day_unseen_is_refused(hidden: Any):
    with pytest.raises(ValueError, match="query of"):
        ask(hidden, Given.of(DAY))


def test_a_query_is_written_once():
    row = AssignmentFactory(first_day=DAY)
    ask(begun, Given.of(DAY, posts=[row.post_id]))
    before = _written.cache_info().misses
    for day in range(3):
        ask(begun, Given.of(DAY + timedelta(days=day), posts=[row.post_id + day]))
    assert _written.cache_info().misses == before


def test_every_rule_about_rows_asks_what_it_would_ask_of_the_orm():
    for post in (confetti(2), staffed_post(3)):
        leave(post)
        AssignmentFactory(post=post, first_day=date(2026, 11, 2), proposal=True)
        agencies = set(post.assignments.values_list("agency", flat=True))
        versions = versions_judged(DAY)
        world = RegisterWorld(DAY, Scope.of([post.school_id], agencies), base_terms(versions))
        for rule in (version.build_rule() for version in versions):
            if isinstance(rule, RowRule):
                by_orm = list(rule.failing_in(world))
                assert sorted(map(str, world.ask(rule.failing_in))) == sorted(map(str, by_orm))


def with_post(given: Given) -> QuerySet[Any, Any]:
    return Assignment.objects.select_related("post__school").filter(pk__in=given.assignments)


def test_records_are_those_of_the_orm(django_assert_num_queries: Any):
    row = AssignmentFactory(first_day=DAY)
    (expected,) = with_post(given := Given.of(DAY, assignments=[row.pk]))
    with django_assert_num_queries(1):
        (found,) = ask(with_post, given)
        assert found.post.school.name == expected.post.school.name
    for one, other in ((found, expected), (found.post, expected.post), (found.post.school, expected.post.school)):
        assert {**vars(one), "_state": None} == {**vars(other), "_state": None}


def test_questions_asked_together_are_answered_in_their_order(django_assert_num_queries: Any):
    row, other = AssignmentFactory(first_day=DAY), AssignmentFactory(first_day=DAY - timedelta(days=1))
    here, there = (Given.of(DAY, posts=[one.post_id]) for one in (row, other))
    nowhere, everywhere = Given.of(DAY), Given.of(DAY, posts=range(row.post_id, row.post_id + MOST_KEYS + 1))
    questions = [(begun, here), (by_name, here), (begun, nowhere), (begun, there), (begun, here), (begun, everywhere)]
    with django_assert_num_queries(1 if keeps_plans(connection) else 3), asked_together(*questions):
        assert ask(begun, here) == [(row.pk, DAY)]
        assert [one.code for one in ask(by_name, here)] == [row.code]
        assert ask(begun, there) == [(other.pk, other.first_day)]
        assert ask(begun, nowhere) == []
        assert ask(begun, here) == [(row.pk, DAY)]


def test_what_was_asked_together_is_answered_as_it_was_then_and_no_longer():
    row = AssignmentFactory(first_day=DAY)
    given = Given.of(DAY, posts=[row.post_id])
    with asked_together((begun, given)):
        Assignment.objects.filter(pk=row.pk).update(first_day=DAY - timedelta(days=2))
        with asked_together((begun, given), (by_name, given)):
            assert ask(begun, given) == [(row.pk, DAY)]
        assert ask(begun, given) == [(row.pk, DAY)]
    assert ask(begun, given) == [(row.pk, DAY - timedelta(days=2))]


def test_a_rule_tells_beforehand_all_that_it_asks(monkeypatch: pytest.MonkeyPatch):
    """What it does not tell would be a way to the server of its own."""
    asked: set[Any] = set()
    ask_one = RegisterWorld.ask

    def noted(world: RegisterWorld, build: Any) -> list[Any]:
        asked.add(build)
        return ask_one(world, build)

    monkeypatch.setattr(RegisterWorld, "ask", noted)
    post = confetti(2)
    versions = versions_judged(DAY)
    scope = Scope.of([post.school_id], post.assignments.values_list("agency", flat=True))
    for rule in (version.build_rule() for version in versions):
        asked.clear()
        list(rule.breaches(RegisterWorld(DAY, scope, base_terms(versions))))
        assert asked == set(rule.asks())


def in_order(given: Given) -> QuerySet[Any, Any]:
    return Assignment.objects.filter(post__in=given.posts).order_by("pk").values_list("pk", "first_day")


def made(row: Any) -> list[Any]:
    return [*row]


def test_what_was_made_of_a_row_is_kept_while_it_reads_the_same():
    row = AssignmentFactory(first_day=DAY)
    given = Given.of(DAY, posts=[row.post_id])
    (before,) = ask_made(in_order, given, made)
    assert before == [row.pk, DAY]
    assert ask_made(in_order, given, made)[0] is before
    Assignment.objects.filter(pk=row.pk).update(first_day=DAY - timedelta(days=1))
    assert ask_made(in_order, given, made) == [[row.pk, DAY - timedelta(days=1)]]


# Tables whose size does not depend on that of the country.
SMALL = {"compliance_clauseversion", "compliance_evaluation", "guards_module", "schools_calendar"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL walks tables as small as those of a test")
def test_no_question_that_a_change_asks_walks_a_table_that_grows_with_the_country(monkeypatch: pytest.MonkeyPatch):
    asked: dict[Statement, Any] = {}
    fetch = Statement.fetch

    def noted(statement: Statement, day: date, keys: Any) -> Any:
        asked[statement] = keys
        return fetch(statement, day, keys)

    post = confetti(2)
    evaluate(DAY)
    monkeypatch.setattr(Statement, "fetch", noted)
    actions.end(assignment=post.assignments.filter(last_day=None)[0], last_day=DAY, reason="resigned", by=None)
    assert len(asked) > 30
    walked = {line.split()[1] for statement, keys in asked.items() for line in plan_of(statement, keys)}
    assert walked <= SMALL


def plan_of(statement: Statement, keys: Any) -> list[str]:
    """The lines of SQLite's plan that walk something from its beginning to its end."""
    adapted = connection.ops.adapt_datefield_value
    values = [statement._value(each, DAY, keys, adapted) for each in statement.parameters]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement.sql}", values)
        return [line for *_, line in cursor.fetchall() if line.startswith("SCAN")]
