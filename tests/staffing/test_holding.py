"""A post has room for as many as it has places; whoever hands over may stand beside the one who follows him."""

from datetime import date, timedelta
from typing import Any

import pytest

from guards.models import Assignment
from staffing import actions
from staffing.refusals import Refused
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    PostFactory,
)
from tests.staffing.door import MONDAY, Door

ONE_DAY = timedelta(days=1)


@pytest.fixture
def narrow(door: Door) -> Door:
    """A post of one place."""
    door.post.positions = 1
    door.post.save()
    return door


def stands(door: Door, **said: Any) -> Assignment:
    found: Assignment = AssignmentFactory(post=door.post, **({"agency": door.agency} | said))
    return found


def test_a_post_that_is_full_takes_nobody_and_says_who_holds_it(narrow: Door):
    held = stands(narrow, guard=GuardFactory(family_name="Сейтқалиев", given_name="Болат"))
    with pytest.raises(Refused) as refusal:
        narrow.propose()
    assert refusal.value.field == "post"
    assert str(refusal.value) == (
        f"The post “{narrow.post.name}” has 1 place, held on 30.11.2026: {held.guard.name}. "
        "Choose another day, or end or replace one of those who stand there."
    )


def test_a_proposal_holds_a_place_too(narrow: Door):
    stands(narrow, proposal=True, first_day=MONDAY)
    with pytest.raises(Refused):
        narrow.propose()


def test_a_guard_of_another_agency_is_counted_and_not_named(narrow: Door):
    other = AgencyFactory()
    held = stands(narrow, agency=other)
    with pytest.raises(Refused) as refusal:
        narrow.propose()
    assert "a guard of another agency" in str(refusal.value)
    assert held.guard.name not in str(refusal.value)


def test_a_place_that_is_free_in_between_is_not_free_for_ever(narrow: Door):
    stands(narrow, first_day=MONDAY + timedelta(days=30))
    assert narrow.propose(kind="regular", last_day=MONDAY + timedelta(days=29))
    with pytest.raises(Refused):
        narrow.propose(guard=EmploymentFactory(guard__papers=True, agency=narrow.agency).guard, first_day=MONDAY)


def test_relief_stands_beside_those_who_hold_the_places_and_is_counted_apart(narrow: Door):
    stands(narrow)
    last = MONDAY + timedelta(days=9)
    narrow.propose(kind="relief", last_day=last)
    with pytest.raises(Refused):
        narrow.propose(
            guard=EmploymentFactory(guard__papers=True, agency=narrow.agency).guard, kind="relief", last_day=last
        )


@pytest.mark.parametrize(("days", "together"), [(13, True), (14, False)])
def test_who_hands_over_stands_beside_his_successor_for_two_weeks_at_most(narrow: Door, days: int, together: bool):
    leaves = MONDAY + timedelta(days=days)
    stands(narrow, last_day=leaves, left=True)
    if together:
        assert narrow.confirmed().status == "confirmed"
    else:
        with pytest.raises(Refused):
            narrow.propose()


def test_three_do_not_hand_over_one_place_at_once(narrow: Door):
    stands(narrow, last_day=MONDAY + 3 * ONE_DAY, left=True)
    narrow.propose(last_day=MONDAY + 5 * ONE_DAY)
    with pytest.raises(Refused):
        narrow.propose(
            guard=EmploymentFactory(guard__papers=True, agency=narrow.agency).guard, first_day=MONDAY + ONE_DAY
        )


def test_a_post_filled_in_the_meantime_is_not_confirmed_beyond_its_places(narrow: Door):
    proposal = narrow.propose()
    stands(narrow, first_day=MONDAY)
    with pytest.raises(Refused):
        actions.confirm(assignment=proposal, by=narrow.director)


def test_nobody_holds_a_place_longer_than_his_agency_has_a_contract(narrow: Door):
    former = ContractFactory(school=narrow.school, first_day=date(2025, 1, 1), last_day=MONDAY - ONE_DAY)
    stands(narrow, agency=former.agency, first_day=date(2025, 1, 1))
    assert narrow.propose()


def test_who_stays_while_the_school_changes_hands_keeps_his_place_and_only_that(narrow: Door):
    former = ContractFactory(school=narrow.school, first_day=date(2025, 1, 1), last_day=MONDAY - ONE_DAY)
    stands(narrow, agency=former.agency, first_day=date(2025, 1, 1), guard=narrow.guard)
    elsewhere = PostFactory(school=narrow.school)
    with pytest.raises(Refused):
        narrow.propose(post=elsewhere)
    assert narrow.confirmed().status == "confirmed"
