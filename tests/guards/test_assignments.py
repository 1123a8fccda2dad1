"""Assignments and presence: constraints, days, one post a day, and what a membership sees."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from access.roles import Role
from guards.models import Assignment, Presence
from tests.claims import constraint_holds
from tests.factories import AssignmentFactory, MembershipFactory, PostFactory, PresenceFactory

pytestmark = pytest.mark.django_db
Status = Assignment.Status
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no exclusion constraints")


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            {"first_day": date(2026, 2, 2), "last_day": date(2026, 2, 1)},
            "An assignment ends on or after its first day.",
        ),
        (
            {"status": "ended", "last_day": date(2026, 2, 1), "end_reason": ""},
            "An ended assignment has a last day and a reason.",
        ),
        ({"end_reason": "resigned"}, "A reason for ending needs a last day."),
    ],
)
def test_a_constraint_says_its_sentence_and_holds_in_the_database(broken: dict[str, Any], sentence: str):
    constraint_holds(AssignmentFactory(), sentence, **broken)


def test_a_day_at_the_door_is_marked_once():
    first = PresenceFactory()
    twin = PresenceFactory.build(guard=first.guard, post=first.post, on=first.on)
    constraint_holds(twin, "This day is already marked for this guard and post.")


def days_of(*days: tuple[int, int] | None) -> list[date | None]:
    return [date(2026, *day) if day else None for day in days]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((1, 1), (1, 31), False),
        ((1, 1), (2, 1), True),
        ((2, 2), (2, 2), True),
        ((2, 3), None, True),
        ((2, 4), None, False),
        ((1, 1), None, True),
    ],
)
def test_assignments_overlap_when_they_share_a_day(first: tuple[int, int], last: tuple[int, int], expected: bool):
    AssignmentFactory(first_day=date(2026, 2, 1), last_day=date(2026, 2, 3))
    assert Assignment.objects.overlapping(*days_of(first, last)).exists() == expected


def test_an_assignment_holds_from_its_first_day_to_its_last():
    AssignmentFactory(first_day=date(2026, 2, 1), last_day=date(2026, 2, 3))
    days = days_of((1, 31), (2, 1), (2, 3), (2, 4))
    assert [Assignment.objects.on(day).exists() for day in days] == [False, True, True, False]


def test_what_counts_and_what_holds():
    ended = {"last_day": date(2026, 2, 1), "end_reason": "resigned"}
    made = {
        status: AssignmentFactory(status=status, **(ended if status == "ended" else {})) for status in Status.values
    }
    assert set(Assignment.objects.counted()) == {made["confirmed"], made["ended"]}
    assert set(Assignment.objects.holding()) == {made["proposed"], made["confirmed"], made["ended"]}
    assert list(Assignment.objects.proposed()) == [made["proposed"]]


def at_two_posts(first: dict[str, Any], second: dict[str, Any]) -> None:
    one = AssignmentFactory(**first)
    AssignmentFactory(guard=one.guard, agency=one.agency, **second)


@on_postgresql
@pytest.mark.parametrize("status", ["proposed", "confirmed"])
def test_the_database_refuses_one_guard_on_two_posts_on_one_day(status: str):
    with pytest.raises(IntegrityError, match="guards_assignment_one_post_a_day"), transaction.atomic():
        at_two_posts(
            {"first_day": date(2026, 2, 1), "last_day": date(2026, 2, 3)},
            {"first_day": date(2026, 2, 3), "status": status},
        )


@on_postgresql
def test_the_database_allows_the_next_day_the_same_post_and_what_does_not_hold():
    days = {"first_day": date(2026, 2, 1), "last_day": date(2026, 2, 3)}
    at_two_posts(days, {"first_day": date(2026, 2, 4)})
    post = PostFactory()
    at_two_posts({**days, "post": post}, {**days, "post": post})
    for status in ("declined", "withdrawn"):
        at_two_posts(days, {**days, "status": status})


def test_who_sees_which_assignments_and_days_at_the_door():
    assignment, other = AssignmentFactory(), AssignmentFactory()
    withdrawn = AssignmentFactory(post=assignment.post, agency=assignment.agency, status="withdrawn")
    taken_over = AssignmentFactory(post=assignment.post)
    presence = PresenceFactory(guard=assignment.guard, post=assignment.post)
    at_school = {assignment, taken_over}
    sees = {
        "manager": (MembershipFactory(agency=assignment.agency), {assignment, withdrawn}),
        "new manager": (MembershipFactory(agency=taken_over.agency), {taken_over}),
        "director": (MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=assignment.post.school), at_school),
        "officer": (
            MembershipFactory(role=Role.REGULATOR, region=assignment.post.school.region),
            {assignment, withdrawn, taken_over, other},
        ),
    }
    for who, (membership, assignments) in sees.items():
        assert set(Assignment.objects.visible_to(membership)) == assignments, who
        assert list(Presence.objects.visible_to(membership)) == [presence], who
    for nobody in (None, MembershipFactory()):
        assert not Assignment.objects.visible_to(nobody).exists()
        assert not Presence.objects.visible_to(nobody).exists()
