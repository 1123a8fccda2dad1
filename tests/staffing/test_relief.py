"""The relief pool: the agency names, the director approves; whoever is approved is asked first to stand in."""

from datetime import timedelta

import pytest

from access.roles import Role
from guards.models import Guard, Relief
from staffing import relief
from staffing.candidates import candidates
from staffing.refusals import Refused
from tests.compliance.registers import DAY
from tests.factories import EmploymentFactory, MembershipFactory, ReliefFactory, SchoolFactory
from tests.staffing.door import MONDAY, Door, told


def named(door: Door) -> Relief:
    return relief.name(guard=door.guard, school=door.school, by=door.manager)


def test_a_named_guard_is_in_the_pool_once_the_director_approves(door: Door):
    one = named(door)
    assert (one.status, one.named_on, one.named_by) == ("named", DAY, door.manager.user.get_full_name())
    one = relief.approve(relief=one, by=door.director)
    assert (one.status, one.answered_on, one.answered_by) == ("approved", DAY, door.director.user.get_full_name())
    assert told() == ["relief_named", "relief_approved"]


def test_the_director_says_why_not(door: Door):
    one = named(door)
    with pytest.raises(Refused, match="Say why"):
        relief.decline(relief=one, reason=" ", by=door.director)
    one = relief.decline(relief=one, reason="Not him.", by=door.director)
    assert (one.status, one.reason) == ("declined", "Not him.")
    # He may be named again, and then the director is asked anew.
    assert named(door).status == "named"


def test_either_side_takes_him_out(door: Door):
    for by in (door.director, door.manager):
        one = relief.approve(relief=named(door), by=door.director)
        assert relief.end(relief=one, by=by).status == "ended"


def test_nobody_is_named_twice(door: Door):
    named(door)
    with pytest.raises(Refused, match="already, or named for it"):
        named(door)


def test_the_second_answer_is_refused_and_says_what_the_first_was(door: Door):
    one = named(door)
    relief.approve(relief=one, by=door.director)
    with pytest.raises(Refused, match=f"{one.guard.name}: “Approved” by now."):
        relief.decline(relief=one, reason="No.", by=MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=door.school))


def test_only_the_own_staff_at_a_school_under_contract_is_named(door: Door):
    with pytest.raises(Refused, match="is not on your staff"):
        relief.name(guard=EmploymentFactory().guard, school=door.school, by=door.manager)
    with pytest.raises(Refused, match="You have no contract with"):
        relief.name(guard=door.guard, school=SchoolFactory(), by=door.manager)
    assert not Relief.objects.exists()


def test_the_agency_does_not_approve_and_strangers_do_nothing(door: Door):
    one = named(door)
    with pytest.raises(Refused, match="approved by its director"):
        relief.approve(relief=one, by=door.manager)
    for by in (
        MembershipFactory(),
        MembershipFactory(role=Role.SCHOOL_DIRECTOR),
        MembershipFactory(role=Role.REGULATOR),
    ):
        with pytest.raises(Refused):
            relief.end(relief=one, by=by)
    one.refresh_from_db()
    assert one.status == "named"


def test_it_is_seen_by_its_agency_its_school_and_the_regulator_of_its_region(door: Door):
    one = named(door)
    region = door.school.region
    seen_by = [
        door.manager,
        door.director,
        MembershipFactory(role=Role.REGULATOR),
        MembershipFactory(role=Role.REGULATOR, region=region),
    ]
    for membership in seen_by:
        assert list(Relief.objects.visible_to(membership)) == [one]
    for membership in (MembershipFactory(), MembershipFactory(role=Role.SCHOOL_DIRECTOR), None):
        assert not Relief.objects.visible_to(membership).exists()


def test_the_school_may_know_whoever_is_named_for_it_until_he_is_out(door: Door):
    one = named(door)
    assert list(Guard.objects.visible_to(door.director)) == [door.guard]
    relief.end(relief=one, by=door.manager)
    assert not Guard.objects.visible_to(door.director).exists()


def test_whoever_left_the_staff_is_nobody_to_call(door: Door):
    one = relief.approve(relief=named(door), by=door.director)
    assert list(Relief.objects.approved().on_staff(DAY)) == [one]
    door.guard.employments.update(last_day=DAY - timedelta(days=1))
    assert not Relief.objects.approved().on_staff(DAY).exists()


def test_approved_relief_comes_before_others_of_equal_service(door: Door):
    first, approved, named_only, elsewhere = (
        EmploymentFactory(guard__papers=True, agency=door.agency, guard__family_name=name).guard
        for name in ("Aidos", "Zhan", "Bek", "Daulet")
    )
    ReliefFactory(guard=approved, school=door.school, agency=door.agency, approved=True)
    ReliefFactory(guard=named_only, school=door.school, agency=door.agency)
    ReliefFactory(guard=elsewhere, agency=door.agency, approved=True)
    found = candidates(post=door.post, first_day=MONDAY, agency=door.agency)
    assert found[0].guard == approved
    assert [one.guard for one in found if one.approved_relief] == [approved]
    assert first in [one.guard for one in found[1:]]
