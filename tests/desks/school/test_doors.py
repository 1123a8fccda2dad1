"""Who is expected at a post on a day, and what the day's dot says."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from desks.pictures.dots import Mark
from desks.school import door
from guards.models import Presence
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CalendarFactory,
    ClosureFactory,
    PostFactory,
    PresenceFactory,
    SchoolFactory,
    days,
)

Answer = Presence.Answer


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def post_day(post: Any, director: Any, day: date) -> door.PostDay:
    today = timezone.localdate()
    return door.read(post.school, director, min(day, today) - days(13), today).at(post, day)


def names(at: door.PostDay) -> list[str]:
    return [one.guard.family_name for one in at.guards]


def test_the_confirmed_guard_of_a_post_is_expected(post: Any, director: Any, today: date) -> None:
    held = AssignmentFactory(post=post)
    AssignmentFactory(post=post, proposal=True)
    assert names(post_day(post, director, today)) == [held.guard.family_name]


@pytest.mark.parametrize(("first", "last", "expected"), [(0, None, 1), (-1, None, 0), (5, 0, 1), (5, 1, 0)])
def test_a_guard_is_expected_on_his_days_alone(
    post: Any, director: Any, today: date, first: int, last: int | None, expected: int
) -> None:
    """Days before today: from `first` to `last`, both included."""
    ends = {} if last is None else {"last_day": today - days(last), "left": True}
    AssignmentFactory(post=post, first_day=today - days(first), **ends)
    assert len(post_day(post, director, today).guards) == expected


def test_whom_the_agency_claims_is_expected_alone(post: Any, director: Any, today: date) -> None:
    AssignmentFactory(post=post)
    claimed = AssignmentFactory(post=post)
    PresenceFactory(post=post, guard=claimed.guard, on=today)
    at = post_day(post, director, today)
    assert names(at) == [claimed.guard.family_name]
    assert (at.expected, at.one_of_several) == (1, False)


def test_without_a_claim_one_of_the_guards_is_expected(post: Any, director: Any, today: date) -> None:
    first, second = AssignmentFactory(post=post), AssignmentFactory(post=post)
    at = post_day(post, director, today)
    assert (at.expected, at.marked, at.one_of_several, len(at.unanswered)) == (1, 0, True, 2)
    PresenceFactory(post=post, guard=first.guard, on=today, agency_claim=False, school_confirmation=Answer.PRESENT)
    at = post_day(post, director, today)
    assert (at.marked, at.unanswered) == (1, [])
    assert [one.guard for one in at.resting] == [second.guard]


def test_a_refusal_of_one_of_several_leaves_the_others_to_answer_for(post: Any, director: Any, today: date) -> None:
    first, second = AssignmentFactory(post=post), AssignmentFactory(post=post)
    PresenceFactory(post=post, guard=first.guard, on=today, agency_claim=False, school_confirmation=Answer.ABSENT)
    assert [one.guard for one in post_day(post, director, today).unanswered] == [second.guard]


def test_on_a_closed_day_only_those_claimed_are_expected(director: Any, post: Any, today: date) -> None:
    ClosureFactory(calendar=post.school.calendar, first_day=today, last_day=today)
    held = AssignmentFactory(post=post)
    assert post_day(post, director, today).guards == []
    PresenceFactory(post=post, guard=held.guard, on=today)
    assert names(post_day(post, director, today)) == [held.guard.family_name]


def test_the_next_open_day_is_the_first_after_the_closure(director: Any, school: Any, today: date) -> None:
    ClosureFactory(calendar=school.calendar, first_day=today, last_day=today + days(9))
    doors = door.read(school, director, today, today)
    assert (doors.open_days, doors.next_open) == (set(), today + days(10))


def test_guards_of_another_school_are_not_seen(director: Any, post: Any, today: date) -> None:
    other = PostFactory(school=SchoolFactory(calendar=CalendarFactory(code="daily", weekdays="1234567")))
    held = AssignmentFactory(post=other)
    PresenceFactory(post=other, guard=held.guard, on=today)
    doors = door.read(post.school, director, today, today)
    assert [at.post for at in doors.on(today)] == [post]
    assert door.read(other.school, director, today, today).on(today) == []


def test_a_claim_of_a_guard_who_was_never_placed_here_shows_no_name(director: Any, post: Any, today: date) -> None:
    stranger = AssignmentFactory()
    PresenceFactory(post=post, guard=stranger.guard, on=today)
    assert post_day(post, director, today).guards == []


def test_a_post_that_has_closed_expects_nobody(director: Any, post: Any, today: date) -> None:
    AssignmentFactory(post=post)
    post.last_day = today - days(1)
    post.save()
    assert post_day(post, director, today).mark(today) == Mark.NOT_EXPECTED
    assert len(post_day(post, director, today - days(1)).guards) == 1


@pytest.mark.parametrize(
    ("answer", "later", "mark"),
    [
        (Answer.PRESENT, 0, Mark.PRESENT),
        (Answer.PRESENT, 1, Mark.LATE),
        (Answer.PRESENT, None, Mark.PRESENT),
        (Answer.ABSENT, 0, Mark.ABSENT),
        (Answer.OTHER_PERSON, 1, Mark.OTHER),
        ("", None, Mark.UNMARKED),
    ],
)
def test_the_dot_of_a_day_gone_by(
    post: Any, director: Any, today: date, answer: str, later: int | None, mark: Mark
) -> None:
    """`later`: how many days after the day the school answered; None when nobody knows."""
    held, day = AssignmentFactory(post=post), today - days(3)
    given = None if later is None else at_noon(day + days(later))
    PresenceFactory(post=post, guard=held.guard, on=day, school_confirmation=answer, answered_at=given)
    assert post_day(post, director, day).mark(today) == mark


def test_the_dot_of_today_is_a_point_until_everybody_is_marked(post: Any, director: Any, today: date) -> None:
    agency = AgencyFactory()
    first, second = AssignmentFactory(post=post, agency=agency), AssignmentFactory(post=post, agency=agency)
    PresenceFactory(post=post, guard=first.guard, on=today, school_confirmation=Answer.PRESENT)
    PresenceFactory(post=post, guard=second.guard, on=today)
    assert post_day(post, director, today).mark(today) == Mark.NOT_YET


def test_one_of_several_who_came_outweighs_another_who_did_not(post: Any, director: Any, today: date) -> None:
    day = today - days(2)
    for answer in (Answer.PRESENT, Answer.ABSENT):
        held = AssignmentFactory(post=post)
        PresenceFactory(post=post, guard=held.guard, on=day, agency_claim=False, school_confirmation=answer)
    assert post_day(post, director, day).mark(today) == Mark.PRESENT


def test_missed_days_are_those_unmarked_the_latest_first(post: Any, director: Any, today: date) -> None:
    held = AssignmentFactory(post=post, first_day=today - timedelta(days=3))
    PresenceFactory(post=post, guard=held.guard, on=today - days(2), school_confirmation=Answer.PRESENT)
    doors = door.read(post.school, director, today - days(13), today)
    assert doors.missed(today) == [today - days(1), today - days(3)]
