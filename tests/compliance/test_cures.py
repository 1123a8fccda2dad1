"""A cure that names a day comes true: on the eve the clause is still broken, from the day on it holds."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from compliance.engine import RegisterWorld, base_terms
from compliance.predicates import Breach
from compliance.predicates.turnover import TurnoverLimit
from compliance.register import COUNTRY
from guards.models import Assignment
from schools.models import Post
from tests.compliance.registers import DAY, staffed_post
from tests.factories import AssignmentFactory, CalendarFactory

pytestmark = pytest.mark.django_db
RULE = TurnoverLimit(level="school", threshold_percent=20.0)
ONE_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def post() -> Post:
    """Two guards stay at a school that is open every day."""
    return staffed_post(2, school__calendar=CalendarFactory(code="all", weekdays="1234567"))


def succeeded(post: Post, last_day: date, **fields: Any) -> None:
    """A guard left, and another one came the next day: as many stand there as before."""
    agency = post.assignments.earliest("pk").agency
    AssignmentFactory(post=post, agency=agency, left=True, last_day=last_day, **fields)
    AssignmentFactory(post=post, agency=agency, first_day=last_day + ONE_DAY)


def breaches(day: date) -> list[Breach]:
    return list(RULE.breaches(RegisterWorld(day, COUNTRY, base_terms([]))))


def promised(breach: Breach) -> date:
    day, month, year = re.search(r"(\d\d)\.(\d\d)\.(\d{4})", str(RULE.cure(breach))).groups()  # type: ignore[union-attr]
    return date(int(year), int(month), int(day))


def comes_true(day: date) -> None:
    assert breaches(day - ONE_DAY)
    assert not any(breaches(day + timedelta(days=after)) for after in range(0, 90, 10))


def test_when_enough_leaves_have_dropped_out_of_the_window(post: Post):
    for months in (3, 5, 7):
        succeeded(post, date(2026, months, 1))
    (found,) = breaches(DAY)
    # One leave of five guards is 20 % a year: two of the three have to drop out.
    assert promised(found) == date(2027, 5, 1)
    comes_true(date(2027, 5, 1))


def test_a_leave_that_is_not_settled_yet_will_be(post: Post):
    for last_day in (date(2025, 12, 1), date(2026, 3, 1), DAY - timedelta(days=10)):
        succeeded(post, last_day)
    (found,) = breaches(DAY)
    assert found.evidence["settled_left"] == 2 and found.evidence["provisional_left"] == 1
    comes_true(promised(found))


def test_an_excused_leave_is_no_hindrance(post: Post):
    for last_day in (date(2025, 12, 1), date(2026, 3, 1)):
        succeeded(post, last_day)
    succeeded(post, date(2026, 6, 1), end_reason="retired", cause_accepted=True)
    (found,) = breaches(DAY)
    assert promised(found) == date(2026, 12, 1)
    comes_true(date(2026, 12, 1))
    assert Assignment.objects.filter(cause_accepted=True).exists()
