"""Histories: a sentence for every verb, and nothing that the reader may not know."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from access.roles import Role
from audit.models import Event
from audit.recording import record
from desks import history
from guards.models import Assignment
from staffing import actions
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    PostFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def manager() -> Any:
    return MembershipFactory(role=Role.AGENCY_MANAGER)


@pytest.fixture
def proposal(manager: Any) -> Assignment:
    return AssignmentFactory(proposal=True, agency=manager.agency, first_day=date(2026, 11, 2))


@pytest.fixture
def director(proposal: Assignment) -> Any:
    return MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=proposal.post.school)


def sentences(subject: Any, membership: Any) -> list[str]:
    return [entry.sentence for entry in history.entries(Event.objects.about(subject), membership)]


@pytest.mark.parametrize("verb", [*history.TELLINGS, "presence_marked", "something_new"])
def test_every_verb_has_a_sentence_without_gaps(verb: str, proposal: Assignment, manager: Any) -> None:
    with transaction.atomic():
        record(verb, subjects=[proposal], by=manager, guard="Ерлан Мұқашев", post="Вход", first_day="2026-11-02")
    (sentence,) = sentences(proposal, manager)
    assert sentence
    assert "%(" not in sentence
    speaks_of_guard = verb == "presence_marked" or "%(guard)s" in str(
        history.TELLINGS.get(verb, history.NEUTRAL).sentence
    )
    assert ("Ерлан Мұқашев" in sentence) == speaks_of_guard
    assert speaks_of_guard or not verb.startswith("assignment_")


def test_a_story_is_told_newest_first_with_its_ground(proposal: Assignment, manager: Any, director: Any) -> None:
    actions.confirm(assignment=proposal, by=director)
    actions.end(assignment=proposal, last_day=date(2026, 11, 30), reason="resigned", by=manager)
    ended, confirmed = history.entries(Event.objects.about(proposal), manager)
    assert (ended.shape, confirmed.shape) == ("provisional", "ok")
    assert "30.11.2026" in ended.sentence
    assert ended.note == f"Resigned · {manager.user.full_name}"


def test_what_the_director_wrote_stands_in_the_note(proposal: Assignment, manager: Any, director: Any) -> None:
    actions.decline(assignment=proposal, reason="Мы его не знаем", by=director)
    (declined,) = history.entries(Event.objects.about(proposal), manager)
    assert "“Мы его не знаем”" in declined.note


def test_a_withdrawn_proposal_is_no_longer_told_to_the_school(
    proposal: Assignment, manager: Any, director: Any
) -> None:
    school = proposal.post.school
    actions.withdraw(assignment=proposal, by=manager)
    assert len(sentences(school, manager)) == 1
    assert sentences(school, director) == []


def test_another_agency_at_the_same_school_is_told_nothing(proposal: Assignment, manager: Any) -> None:
    other = MembershipFactory(role=Role.AGENCY_MANAGER)
    ContractFactory(agency=other.agency, school=proposal.post.school)
    actions.withdraw(assignment=proposal, by=manager)
    assert sentences(proposal.post.school, other) == []


def test_a_new_agency_of_a_guard_is_not_told_where_he_stood_before(proposal: Assignment, manager: Any) -> None:
    actions.withdraw(assignment=proposal, by=manager)
    new = MembershipFactory(role=Role.AGENCY_MANAGER)
    EmploymentFactory(guard=proposal.guard, agency=new.agency)
    assert sentences(proposal.guard, new) == []


def test_days_on_which_a_guard_came_are_not_notable(proposal: Assignment, manager: Any) -> None:
    with transaction.atomic():
        for answer in ("present", "absent"):
            record("presence_marked", subjects=[proposal], by=manager, guard="Е", on="2026-11-03", answer=answer)
    assert history.notable(Event.objects.about(proposal)).count() == 1


def test_the_school_is_named_where_that_is_asked(proposal: Assignment, manager: Any) -> None:
    actions.withdraw(assignment=proposal, by=manager)
    events = Event.objects.about(proposal)
    with translation.override("ru"):
        (entry,) = history.entries(events, manager, name_school=True)
    assert entry.note.startswith(proposal.post.school.name)


@pytest.mark.parametrize("count", [1, 20])
def test_a_long_history_takes_no_more_queries(count: int, manager: Any) -> None:
    post = PostFactory()
    for _ in range(count):
        one = AssignmentFactory(proposal=True, agency=manager.agency, post=post, guard=GuardFactory(papers=True))
        actions.withdraw(assignment=one, by=manager)
    with CaptureQueriesContext(connection) as queries:
        assert len(history.entries(Event.objects.about(post.school), manager, name_school=True)) == count
    assert len(queries) == 4
