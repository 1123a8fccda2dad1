"""Which places are empty, on which of the coming days, and why."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import signals

from desks.agency import places as places_module
from desks.agency.places import FORTNIGHT, Place, places
from guards.models import Guard
from schools.models import Post
from tests.factories import AgencyFactory, AssignmentFactory, ContractFactory, PostFactory


def days(count: int) -> timedelta:
    return timedelta(days=count)


def only(desk: Any) -> Place:
    (place,) = places(desk.membership, desk.today, holders=True)
    return place


def test_a_place_that_somebody_holds_is_covered_for_a_fortnight(desk: Any) -> None:
    assignment = desk.stands(desk.post())
    place = only(desk)
    assert place.covered == [True] * FORTNIGHT
    assert (place.holder, place.empty_from) == (assignment, None)


def test_a_place_is_empty_from_the_day_after_the_last_day(desk: Any) -> None:
    leaving = desk.stands(desk.post(), last_day=desk.today, left=True)
    place = only(desk)
    assert place.empty_from == desk.today + days(1)
    assert place.before == leaving
    assert place.status(desk.today) == ("established", "Empty from tomorrow")
    assert place.why(desk.today) == f"{leaving.guard.name} leaves on {desk.today:%d.%m.%Y}. Resigned."


def test_a_place_where_nobody_ever_stood_says_so(desk: Any) -> None:
    desk.post()
    place = only(desk)
    assert place.empty_from == desk.today
    assert place.why(desk.today) == "None of your guards has stood here before."


def test_a_proposal_does_not_fill_a_place_and_is_named(desk: Any) -> None:
    post = desk.post()
    proposal = desk.proposal(post)
    place = only(desk)
    assert place.is_empty_on(proposal.first_day)
    assert place.proposal == proposal
    assert f"{proposal.guard.name} is proposed" in place.why(desk.today)


def test_of_two_places_the_held_one_is_covered(desk: Any) -> None:
    desk.stands(desk.post(positions=2))
    assert [place.empty_from for place in places(desk.membership, desk.today)] == [None, desk.today]


def test_relief_beyond_the_positions_fills_a_place_that_falls_empty(desk: Any) -> None:
    post = desk.post()
    desk.stands(post, last_day=desk.today + days(2), left=True)
    desk.stands(post, kind="relief", first_day=desk.today + days(1), last_day=desk.today + days(6))
    place = only(desk)
    assert place.empty_from == desk.today + days(7)


def test_who_came_before_his_predecessor_left_holds_the_place_now(desk: Any) -> None:
    post = desk.post()
    desk.left(post, days_ago=3, first_day=desk.today - days(100))
    successor = desk.stands(post, first_day=desk.today - days(5))
    assert only(desk).holder == successor


def test_another_agencys_guard_fills_a_place_and_is_not_named(desk: Any) -> None:
    post = desk.post()
    AssignmentFactory(post=post)
    place = only(desk)
    assert place.empty_from is None
    assert place.holder is None


def test_a_place_is_not_answered_for_beyond_the_contract(desk: Any) -> None:
    post = PostFactory(positions=1)
    ContractFactory(agency=desk.agency, school=post.school, last_day=desk.today + days(3))
    assert only(desk).covered == [False] * 4


@pytest.mark.parametrize("change", [{"first_day": 20}, {"last_day": -1}])
def test_a_post_outside_its_days_has_no_place(desk: Any, change: dict[str, int]) -> None:
    desk.post(**{name: desk.today + days(count) for name, count in change.items()})
    assert places(desk.membership, desk.today) == []


def test_a_school_without_contract_has_no_place(desk: Any, other: Any) -> None:
    other.post()
    assert places(desk.membership, desk.today) == []


def test_who_comes_first_is_told_by_the_place_that_falls_empty_first(desk: Any) -> None:
    post = desk.post(positions=2)
    later = desk.stands(post, last_day=desk.today + days(6), left=True)
    sooner = desk.stands(post, last_day=desk.today + days(5), left=True)
    second = AssignmentFactory(post=post, agency=desk.agency, status="proposed", first_day=desk.today + days(7))
    first = AssignmentFactory(post=post, agency=desk.agency, status="proposed", first_day=desk.today + days(6))
    found = places(desk.membership, desk.today)
    assert {place.before: place.proposal for place in found} == {sooner: first, later: second}


def test_of_all_who_ever_stood_there_only_who_is_told_of_is_made(desk: Any) -> None:
    post = desk.post()
    for back in range(12, 0, -1):
        last = desk.stands(
            post, first_day=desk.today - days(30 * back), last_day=desk.today - days(30 * back - 9), left=True
        )
    made: list[Any] = []

    def note(instance: Any, **_: Any) -> None:
        made.append(instance)

    signals.post_init.connect(note, sender=Guard)
    try:
        (place,) = places(desk.membership, desk.today)
    finally:
        signals.post_init.disconnect(note, sender=Guard)
    assert place.before == last
    assert made == [last.guard]


def test_a_full_post_needs_no_history_to_say_so(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever has happened at some posts, the places are the same as if each of them were numbered."""
    chance = random.Random(3)
    for _ in range(6):
        post = desk.post(positions=chance.randrange(1, 4))
        for _ in range(chance.randrange(9)):
            first = desk.today - days(chance.randrange(-9, 500))
            stays = {} if chance.random() < 0.5 else {"last_day": first + days(chance.randrange(300)), "left": True}
            AssignmentFactory(post=post, agency=chance.choice([desk.agency, AgencyFactory()]), first_day=first, **stays)

    def told() -> list[Any]:
        found = places(desk.membership, desk.today)
        return [(one.post, one.number, one.covered, one.before, one.empty_from) for one in found]

    by_shortcut = told()
    staying = places_module._staying(Post.objects.all(), desk.membership, desk.today)
    assert any(staying.get(post.pk, 0) >= post.positions for post in Post.objects.all())
    monkeypatch.setattr(places_module, "_staying", lambda *_: {})
    assert told() == by_shortcut
