"""What a guard has behind him: each day once, his own school apart from the others, nothing unconfirmed."""

from datetime import date
from typing import Any

import pytest

from guards.models import Assignment
from staffing.experience import Experience, experience
from tests.factories import AssignmentFactory, GuardFactory, PostFactory, days

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture
def guard() -> Any:
    return GuardFactory()


@pytest.fixture
def post() -> Any:
    return PostFactory()


def served(guard: Any, post: Any, first: int, last: int | None, **more: Any) -> Any:
    """From `first` to `last` days before the day, both included; None while it goes on."""
    ends = {} if last is None else {"last_day": DAY - days(last), "left": True}
    return AssignmentFactory(guard=guard, post=post, first_day=DAY - days(first), **ends, **more)


def test_nobody_has_nothing(guard: Any, post: Any) -> None:
    assert experience(guard, post.school, DAY) == Experience()


def test_days_here_and_elsewhere_are_kept_apart(guard: Any, post: Any) -> None:
    served(guard, post, 10, 6)
    served(guard, PostFactory(), 30, 21)
    served(guard, PostFactory(), 50, 41)
    found = experience(guard, post.school, DAY)
    assert (found.days_here, found.last_here) == (5, DAY - days(6))
    assert (found.days_elsewhere, found.schools_elsewhere) == (20, 2)


def test_a_day_on_two_rows_counts_once(guard: Any, post: Any) -> None:
    served(guard, post, 10, 1)
    served(guard, post, 5, 3)
    served(guard, post, 4, None)
    assert experience(guard, post.school, DAY).days_here == 10


def test_the_day_itself_and_later_ones_do_not_count(guard: Any, post: Any) -> None:
    served(guard, post, 1, None)
    served(guard, post, 0, None)
    found = experience(guard, post.school, DAY)
    assert (found.days_here, found.last_here) == (1, DAY - days(1))


@pytest.mark.parametrize(
    "status", [Assignment.Status.PROPOSED, Assignment.Status.DECLINED, Assignment.Status.WITHDRAWN]
)
def test_what_no_director_confirmed_does_not_count(guard: Any, post: Any, status: str) -> None:
    served(guard, post, 10, None, status=status, confirmed_on=None)
    assert experience(guard, post.school, DAY) == Experience()


def test_relief_alone_is_told_apart_from_service(guard: Any, post: Any) -> None:
    served(guard, post, 10, 8, kind="relief")
    assert experience(guard, post.school, DAY).only_relieved_here
    served(guard, post, 5, 4)
    found = experience(guard, post.school, DAY)
    assert (found.days_here, found.relief_days_here, found.only_relieved_here) == (5, 3, False)
