"""Candidates for a post: who comes before whom, and everything that stands in the way of each."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import LicenceEvent
from guards.models import Guard
from staffing.candidates import Candidate, candidates
from tests.compliance.registers import DAY
from tests.factories import (
    AssignmentFactory,
    EmploymentFactory,
    LicenceEventFactory,
    ModuleFactory,
    PostFactory,
    RequirementFactory,
    TrainingRecordFactory,
)
from tests.staffing.door import MONDAY, Door

LAST_YEAR = date(2025, 11, 24)


def colleague(door: Door, name: str) -> Guard:
    guard: Guard = EmploymentFactory(guard__papers=True, agency=door.agency, guard__family_name=name).guard
    return guard


def stood(guard: Guard, door: Door, days: int, **fields: Any) -> None:
    asked = {"post": door.post, "agency": door.agency, "first_day": LAST_YEAR, "left": True} | fields
    AssignmentFactory(guard=guard, last_day=asked["first_day"] + timedelta(days=days - 1), **asked)


def ranked(door: Door, **asked: Any) -> list[Candidate]:
    return candidates(**({"post": door.post, "first_day": MONDAY, "agency": door.agency} | asked))


def names(found: list[Candidate]) -> list[str]:
    return [one.guard.family_name for one in found]


def of(found: list[Candidate], guard: Guard) -> Candidate:
    return next(one for one in found if one.guard == guard)


def test_the_staff_of_the_first_day_are_the_candidates(door: Door):
    EmploymentFactory()
    EmploymentFactory(guard__papers=True, agency=door.agency, last_day=MONDAY - timedelta(days=1))
    EmploymentFactory(guard__papers=True, agency=door.agency, first_day=MONDAY + timedelta(days=1))
    leaving = EmploymentFactory(guard__papers=True, agency=door.agency, last_day=MONDAY).guard
    assert {one.guard for one in ranked(door)} == {door.guard, leaving}


def test_whom_the_school_knows_longest_comes_first(door: Door):
    long, short, new = colleague(door, "Long"), colleague(door, "Short"), colleague(door, "New")
    stood(short, door, 30)
    stood(long, door, 200)
    stood(long, door, 10, first_day=date(2026, 10, 1))
    found = ranked(door)
    assert names(found)[:2] == ["Long", "Short"]
    assert (of(found, long).days_here, of(found, long).last_here) == (210, date(2026, 10, 10))
    assert (of(found, new).days_here, of(found, new).last_here) == (0, None)


def test_then_who_was_trained_here_then_who_is_near_then_by_name(door: Door):
    near, trained, far, also_far = (colleague(door, name) for name in ("Near", "Trained", "Azat", "Bolat"))
    elsewhere = PostFactory(school__locality=door.school.locality)
    stood(near, door, 50, post=elsewhere)
    TrainingRecordFactory(guard=trained, school=door.school)
    found = [one for one in ranked(door) if one.guard != door.guard]
    assert names(found) == ["Trained", "Near", "Azat", "Bolat"]
    assert of(found, trained).trained_here and not of(found, far).trained_here
    assert of(found, near).experience.near and not of(found, also_far).experience.near


def test_of_equal_service_relief_comes_before_none(door: Door):
    regular, relief = colleague(door, "Aman"), colleague(door, "Bek")
    stood(regular, door, 30)
    stood(relief, door, 30, kind="relief")
    assert names(ranked(door))[:2] == ["Bek", "Aman"]
    assert of(ranked(door), relief).relieved_here and not of(ranked(door), regular).relieved_here


def test_a_training_after_the_day_or_at_another_school_is_none(door: Door):
    TrainingRecordFactory(guard=door.guard, school=door.school, completed_on=MONDAY + timedelta(days=1))
    TrainingRecordFactory(guard=door.guard)
    assert not of(ranked(door), door.guard).trained_here


def test_who_holds_a_post_comes_last_and_it_is_named(door: Door):
    free, held = colleague(door, "Zhan"), colleague(door, "Aidos")
    stood(held, door, 300)
    elsewhere = AssignmentFactory(guard=held, agency=door.agency, first_day=DAY).post
    found = ranked(door)
    assert found[-1].guard == held and found[0].may_be_proposed
    assert of(found, held).standing_at == elsewhere.school
    (obstacle,) = of(found, held).obstacles
    assert str(obstacle) == f"{held.name} has held the post “Главный вход” at {elsewhere.school} since 25.11.2026."
    assert (obstacle.cure, obstacle.assignment.post) == ("End that service first.", elsewhere)
    assert (obstacle.mark, obstacle.blocks, obstacle.version) == ("", True, None)
    assert of(found, free).standing_at is None


def test_a_post_held_later_is_no_obstacle_to_relief_before(door: Door):
    AssignmentFactory(guard=door.guard, agency=door.agency, first_day=MONDAY + timedelta(days=7))
    assert not of(ranked(door), door.guard).may_be_proposed
    assert of(ranked(door, last_day=MONDAY + timedelta(days=6)), door.guard).may_be_proposed


def test_an_obstacle_of_law_blocks_and_cites_its_clause(door: Door):
    door.guard.credentials.filter(kind="medical_certificate").update(valid_until=MONDAY - timedelta(days=1))
    candidate = of(ranked(door), door.guard)
    (obstacle,) = candidate.obstacles
    assert not candidate.may_be_proposed
    assert (obstacle.mark, obstacle.blocks) == ("law", True)
    assert obstacle.version is not None and obstacle.version.citation
    assert "“Medical certificate” was valid until" in str(obstacle)
    assert str(obstacle.cure).startswith("Enter a “Medical certificate”")


def test_an_obstacle_of_policy_is_a_reservation(door: Door):
    RequirementFactory(school=door.school, module=ModuleFactory(code="FIRE", title_en="What to do in a fire"))
    candidate = of(ranked(door), door.guard)
    (reservation,) = candidate.reservations
    assert candidate.may_be_proposed and candidate.obstacles == []
    assert (reservation.mark, reservation.blocks) == ("policy", False)
    assert "“What to do in a fire”" in str(reservation) and "FIRE" not in str(reservation)


def test_who_needs_no_reason_comes_before_who_does(door: Door):
    module = ModuleFactory()
    RequirementFactory(school=door.school, module=module)
    known, ready = colleague(door, "Known"), colleague(door, "Ready")
    stood(known, door, 300)
    TrainingRecordFactory(guard=ready, school=door.school, module=module, completed_on=date(2026, 11, 1))
    assert names(ranked(door))[0] == "Ready"


def test_a_full_post_is_an_obstacle_of_the_post_and_says_who_stands_there(door: Door):
    held = [AssignmentFactory(post=door.post, agency=door.agency) for _ in range(door.post.positions)]
    full = [one for one in of(ranked(door), door.guard).obstacles if one.of_post]
    assert [one.version for one in full] == [None]
    assert all(one.guard.name in str(full[0]) for one in held)
    assert str(full[0].cure) == "Choose another day, or end or replace one of those who stand there."


def test_a_post_that_is_closed_is_an_obstacle_of_the_post(door: Door):
    door.post.last_day = MONDAY - timedelta(days=1)
    (closed,) = of(ranked(door), door.guard).obstacles
    assert closed.of_post and str(closed) == "The post “Главный вход” is not open on these days."


def test_an_obstacle_of_the_guard_is_none_of_the_post_and_says_what_he_lacks(door: Door):
    door.guard.credentials.filter(kind="medical_certificate").delete()
    RequirementFactory(school=door.school, module=ModuleFactory(code="FIRE"))
    candidate = of(ranked(door), door.guard)
    assert [(one.of_post, one.paper) for one in candidate.obstacles] == [(False, "medical_certificate")]
    assert [(one.of_post, one.module) for one in candidate.reservations] == [(False, "FIRE")]


def test_a_suspended_licence_is_an_obstacle_to_everybody(door: Door):
    licence = door.agency.contracts.get().licence
    LicenceEventFactory(licence=licence, on=DAY, event=LicenceEvent.Kind.SUSPENDED)
    colleague(door, "Other")
    for candidate in ranked(door):
        assert [one.version.rule for one in candidate.obstacles if one.version] == ["licence_in_force"]
        assert candidate.obstacles[0].of_post


def queries_of(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_many_candidates_cost_no_more_queries_than_one(door: Door):
    RequirementFactory(school=door.school)
    AssignmentFactory(guard=colleague(door, "First"), agency=door.agency, first_day=DAY)
    few = queries_of(lambda: ranked(door))
    for number in range(8):
        guard = colleague(door, f"Guard {number}")
        stood(guard, door, 10 + number)
        AssignmentFactory(guard=guard, agency=door.agency, first_day=DAY)
    assert queries_of(lambda: ranked(door)) == few
