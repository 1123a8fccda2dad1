"""The director's side of the relief pool and of a question: what is shown before the answer, and the answer."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guards.models import ProposalNote
from tests.desks.school.conftest import queries_of
from tests.desks.school.test_door import text
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    ProposalNoteFactory,
    ReliefFactory,
)
from tests.languages.left_overs import left_overs

LIST = reverse("school:proposals")


def of(relief: Any) -> str:
    return reverse("school:relief", args=[relief.public_id])


@pytest.fixture
def agency(post: Any) -> Any:
    return ContractFactory(school=post.school).agency


def named(agency: Any, school: Any, **said: Any) -> Any:
    guard = GuardFactory(papers=True)
    EmploymentFactory(guard=guard, agency=agency)
    return ReliefFactory(guard=guard, school=school, agency=agency, **said)


def test_who_is_named_waits_beside_the_proposals_and_counts_there(desk: Client, agency: Any, school: Any) -> None:
    one = named(agency, school)
    page = desk.get(LIST).content.decode()
    assert one.guard.full_name in page and of(one) in page
    assert "waits for your answer" in page


def test_the_director_sees_papers_and_what_speaks_against_him_and_approves(
    desk: Client, agency: Any, school: Any
) -> None:
    one = named(agency, school)
    one.guard.credentials.filter(kind="medical_certificate").delete()
    page = text(desk.get(of(one)))
    assert one.guard.iin in page and "He is new at your school." in page
    assert "Forbidden by law" in page and "“Medical certificate”" in page
    answer = desk.post(of(one), {"answer": "approve"}, follow=True)
    one.refresh_from_db()
    assert one.status == "approved"
    assert f"{one.guard.name} is in your relief pool." in text(answer)
    assert "You approved him on" in text(answer)


def test_a_refusal_says_why(desk: Client, agency: Any, school: Any) -> None:
    one = named(agency, school)
    page = text(desk.post(of(one), {"answer": "decline", "reason": ""}))
    assert "Say why, so that the agency can name somebody who fits." in page
    desk.post(of(one), {"answer": "decline", "reason": "He came late twice."})
    one.refresh_from_db()
    assert (one.status, one.reason) == ("declined", "He came late twice.")


def test_who_left_the_agency_is_not_in_the_pool(desk: Client, agency: Any, school: Any, today: Any) -> None:
    one = named(agency, school, approved=True)
    assert one.guard.full_name in text(desk.get(LIST))
    one.guard.employments.update(last_day="2026-01-01")
    assert one.guard.full_name not in text(desk.get(LIST))


def test_he_is_taken_out(desk: Client, agency: Any, school: Any) -> None:
    one = named(agency, school, approved=True)
    desk.post(of(one), {"answer": "end"})
    one.refresh_from_db()
    assert one.status == "ended"
    assert "No longer in the pool" in text(desk.get(of(one)))


def test_many_in_the_pool_take_no_more_queries(desk: Client, agency: Any, school: Any) -> None:
    named(agency, school)
    named(agency, school, approved=True)
    few = queries_of(desk, LIST)
    for _ in range(5):
        named(agency, school)
        named(agency, school, approved=True)
    assert queries_of(desk, LIST) == few


def test_the_director_asks_before_he_answers(desk: Client, post: Any) -> None:
    proposal = AssignmentFactory(post=post, proposal=True)
    ask = reverse("school:ask", args=[proposal.public_id])
    assert "Write your question." not in text(desk.get(ask))
    assert "Write what you want to say." in text(desk.post(ask, {"text": ""}))
    answer = desk.post(ask, {"text": "Has he a first-aid course?"}, follow=True)
    assert "Has he a first-aid course?" in text(answer) and "reads your question." in text(answer)
    assert ProposalNote.objects.get().assignment == proposal
    proposal.refresh_from_db()
    assert proposal.status == "proposed"
    assert "Your question waits for an answer" in text(desk.get(LIST))
    ProposalNoteFactory(assignment=proposal, role="agency_manager", text="Since March.")
    assert "The agency answered your question" in text(desk.get(LIST))
    assert "Since March." in text(desk.get(reverse("school:proposal", args=[proposal.public_id])))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_pages_are_in_the_readers_language(
    desk: Client, agency: Any, school: Any, post: Any, language: str
) -> None:
    post.name = "Бас кіреберіс"
    post.save()
    one, proposal = named(agency, school), AssignmentFactory(post=post, proposal=True)
    desk.cookies["django_language"] = language
    for url in (of(one), reverse("school:ask", args=[proposal.public_id]), LIST):
        assert left_overs(desk.get(url).content.decode(), language) == [], url
