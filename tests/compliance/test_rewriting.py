"""A few rows in the place of others are what the ORM would have left."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Event
from compliance.findings import evaluate
from compliance.models import Figure, TrendMark
from compliance.prepared import keeps_plans
from compliance.rewriting import FEW, rewrite, rewritten_together
from tests.compliance.registers import DAY, confetti, leave, rows_of, staffed_post
from tests.factories import SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def values() -> list[dict[str, Any]]:
    """All figures, but for their keys."""
    return [{name: value for name, value in row.items() if name != "id"} for row in rows_of(Figure)]


NAMES = tuple(field.attname for field in Figure._meta.concrete_fields if not field.primary_key)


def anew() -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in NAMES) for row in values()]


def test_what_is_created_anew_reads_as_before(django_assert_num_queries: Any):
    leave(confetti(2))
    SchoolFactory()
    evaluate(DAY)
    before, keys, rows = values(), list(Figure.objects.values_list("pk", flat=True)), anew()
    assert {row["rate"] is None for row in before} == {True, False}
    with django_assert_num_queries(1 if keeps_plans(connection) else 1 + len(rows)):
        rewrite(Figure, keys, NAMES, rows)
    assert values() == before
    assert not Figure.objects.filter(pk__in=keys).exists()


def test_only_the_rows_that_are_named_go():
    schools = [staffed_post(1).school, confetti(2).school]
    evaluate(DAY)
    gone = list(Figure.objects.filter(school=schools[0]).values_list("pk", flat=True))
    kept = [row for row in rows_of(Figure) if row["id"] not in gone]
    rewrite(Figure, gone, NAMES, [])
    assert rows_of(Figure) == kept
    rewrite(Figure, [], NAMES, [])
    assert rows_of(Figure) == kept


def test_many_rows_are_written_as_well():
    marks = [(SchoolFactory().pk,) for _ in range(FEW + 1)]
    rewrite(TrendMark, [], ["school_id"], marks[:1])
    rewrite(TrendMark, list(TrendMark.objects.values_list("pk", flat=True)), ["school_id"], marks)
    assert {(mark.school_id,) for mark in TrendMark.objects.all()} == {*marks}
    assert TrendMark.objects.count() == FEW + 1


def test_what_is_rewritten_together_is_written_at_the_end_in_one_go(django_assert_num_queries: Any):
    leave(confetti(2))
    evaluate(DAY)
    school = SchoolFactory().pk
    before, keys, rows = values(), list(Figure.objects.values_list("pk", flat=True)), anew()
    with django_assert_num_queries(1 if keeps_plans(connection) else 2 + len(rows)), rewritten_together():
        rewrite(Figure, keys, NAMES, rows)
        rewrite(TrendMark, [], ["school_id"], [(school,)])
    assert values() == before and not Figure.objects.filter(pk__in=keys).exists()
    assert TrendMark.objects.get().school_id == school


def test_of_what_fails_nothing_is_written_and_nothing_waits_any_longer():
    school = SchoolFactory().pk

    def failing() -> None:
        with rewritten_together():
            rewrite(TrendMark, [], ["school_id"], [(school,)])
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert not TrendMark.objects.exists()
    rewrite(TrendMark, [], ["school_id"], [(school,)])
    assert TrendMark.objects.exists()


def test_a_sign_that_means_something_to_the_client_is_written_as_it_is():
    """As part of a text that is filled in before it goes."""
    mark = [name for name in (field.attname for field in Event._meta.concrete_fields) if name != "id"]
    row = {"verb": "100 %s % ; '", "at": timezone.now(), "details": {"%": "'"}}
    rewrite(Event, [], mark, [[row.get(name, "") for name in mark]])
    assert (Event.objects.get().verb, Event.objects.get().details) == (row["verb"], row["details"])
