"""Claim and confirmation are compared for the agency of each shift's own day."""

from datetime import timedelta

import pytest

from compliance.engine import RegisterWorld, base_terms
from compliance.predicates import Subject
from compliance.predicates.presence import PresenceAgrees
from compliance.register import COUNTRY, Scope
from guards.models import Assignment
from tests.compliance.registers import DAY
from tests.factories import AssignmentFactory, PresenceFactory

pytestmark = pytest.mark.django_db


def found(scope: Scope) -> list[tuple[Subject, int, int]]:
    world = RegisterWorld(DAY, scope, base_terms([]))
    breaches = PresenceAgrees().breaches(world)
    return [(one.subject, one.evidence["answered"], one.evidence["disagreed"]) for one in breaches]


def shifts(of: Assignment, first: int, last: int, answer: str = "present") -> None:
    for days in range(last, first + 1):
        on = DAY - timedelta(days=days)
        PresenceFactory(guard=of.guard, post=of.post, on=on, school_confirmation=answer)


def handed_over() -> tuple[Assignment, Assignment]:
    """A guard who stood at a post for one agency until thirty days ago, and since then for another."""
    before = AssignmentFactory(left=True, last_day=DAY - timedelta(days=30))
    after = AssignmentFactory(guard=before.guard, post=before.post, first_day=DAY - timedelta(days=29))
    return before, after


@pytest.mark.parametrize("whole", [True, False])
def test_an_agency_answers_for_its_own_shifts_where_the_guard_stayed(whole: bool):
    before, after = handed_over()
    shifts(before, 54, 53, "absent")
    shifts(before, 52, 30)
    shifts(after, 29, 2)
    school = before.post.school_id
    scope = COUNTRY if whole else Scope.of([school])
    assert found(scope) == [(Subject(school, before.agency_id), 25, 2)]


def test_who_came_after_answers_for_what_was_claimed_since():
    before, after = handed_over()
    shifts(before, 60, 30)
    shifts(after, 29, 26, "other_person")
    shifts(after, 25, 2)
    assert found(COUNTRY) == [(Subject(before.post.school_id, after.agency_id), 28, 4)]


def test_shifts_of_guards_who_did_not_change_hands_are_added():
    before, after = handed_over()
    shifts(before, 40, 31, "absent")
    stayed = AssignmentFactory(post=before.post, agency=before.agency)
    shifts(stayed, 20, 1)
    assert found(COUNTRY) == [(Subject(before.post.school_id, before.agency_id), 30, 10)]
    assert after.agency_id != before.agency_id
