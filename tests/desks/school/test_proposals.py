"""Proposed guards: the proof behind each, confirming, declining, and what became of it meanwhile."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from guards.models import Assignment, Credential
from staffing import actions
from staffing.refusals import Refused
from tests.desks.school.conftest import queries_of
from tests.desks.school.test_door import text
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CredentialFactory,
    GuardFactory,
    MembershipFactory,
    PostFactory,
    RequirementFactory,
    TrainingRecordFactory,
    days,
)
from tests.languages.left_overs import left_overs

LIST = reverse("school:proposals")
Kind = Credential.Kind
Status = Assignment.Status


@pytest.fixture
def proposal(post: Any, today: date) -> Any:
    """Yerlan, proposed for the main entrance from the day after tomorrow."""
    guard = GuardFactory(papers=True, given_name="Ерлан", family_name="Мұқашев")
    return AssignmentFactory(post=post, guard=guard, first_day=today + days(2), proposal=True)


def page_of(assignment: Any) -> str:
    return reverse("school:proposal", args=[assignment.public_id])


def decline_of(assignment: Any) -> str:
    return reverse("school:decline", args=[assignment.public_id])


def test_the_list_names_those_who_wait_and_the_tab_counts_them(desk: Client, proposal: Any) -> None:
    AssignmentFactory()
    response = desk.get(LIST)
    assert "1 guard waits for your answer" in text(response)
    assert "Ерлан Мұқашев" in text(response) and page_of(proposal) in response.content.decode()
    assert '<span class="count">1</span>' in response.content.decode()


def test_an_empty_list_says_what_will_appear(desk: Client) -> None:
    page = text(desk.get(LIST))
    assert "Nobody waits for your answer" in page and "When an agency proposes a guard" in page


def test_a_guard_who_may_already_stand_is_marked(desk: Client, post: Any, today: date) -> None:
    AssignmentFactory(post=post, proposal=True, first_day=today)
    assert "May already stand at the post" in text(desk.get(LIST))


def test_the_proof_names_each_paper_and_what_is_missing(desk: Client, proposal: Any, today: date) -> None:
    proposal.guard.credentials.all().delete()
    CredentialFactory(guard=proposal.guard, kind=Kind.MEDICAL_CERTIFICATE, number="77", valid_until=today + days(100))
    CredentialFactory(guard=proposal.guard, kind=Kind.IDENTITY_DOCUMENT, valid_until=today + days(1))
    page = text(desk.get(page_of(proposal)))
    assert "Do you agree to this guard?" in page and proposal.guard.iin in page
    assert f"Medical certificate № 77 · until {today + days(100):%d.%m.%Y}, 100 days left" in page
    assert "Training centre certificate Not in the register" in page
    # Judged for his first day, on which the identity document has expired; the licence is in force.
    assert "2 of 6" in page


def test_the_proof_counts_the_modules_of_this_school(desk: Client, proposal: Any, school: Any, today: date) -> None:
    done, old = RequirementFactory(school=school).module, RequirementFactory(school=school).module
    RequirementFactory(school=school)
    TrainingRecordFactory(guard=proposal.guard, school=school, module=done, completed_on=today)
    TrainingRecordFactory(guard=proposal.guard, school=school, module=old, completed_on=today - days(500))
    page = text(desk.get(page_of(proposal)))
    assert "Trained for your school: 1 of 3" in page
    assert "no longer valid" in page and "not completed" in page


def test_training_at_another_school_does_not_count_here(desk: Client, proposal: Any, school: Any, today: date) -> None:
    module = RequirementFactory(school=school).module
    TrainingRecordFactory(guard=proposal.guard, module=module, completed_on=today)
    assert "Trained for your school: 0 of 1" in text(desk.get(page_of(proposal)))


def test_the_proof_tells_experience_without_naming_other_schools(
    desk: Client, proposal: Any, post: Any, today: date
) -> None:
    elsewhere = PostFactory(school__name_ru="Школа Другая", school__name_kk="Басқа мектеп")
    served = {"guard": proposal.guard, "agency": proposal.agency, "left": True}
    AssignmentFactory(**served, post=elsewhere, first_day=today - days(99), last_day=today - days(90))
    AssignmentFactory(**served, post=post, kind="relief", first_day=today - days(30), last_day=today - days(26))
    page = text(desk.get(page_of(proposal)))
    assert f"he stood in at your school for 5 days, last on {today - days(26):%d.%m.%Y}" in page
    assert "He stood at 1 other school, for 10 days." in page
    assert "Другая" not in page


def test_a_new_guard_is_said_to_be_new(desk: Client, proposal: Any) -> None:
    page = text(desk.get(page_of(proposal)))
    assert "He is new at your school." in page and "knows of no other school" in page


def test_the_proof_names_who_left_the_post(desk: Client, proposal: Any, post: Any, today: date) -> None:
    left = AssignmentFactory(post=post, last_day=today, left=True)
    AssignmentFactory(post=post, last_day=today - days(60), left=True)
    assert f"Before him at this post: {left.guard.name}, until {today:%d.%m.%Y}. Reason: Resigned." in text(
        desk.get(page_of(proposal))
    )


def test_an_earlier_refusal_is_quoted(desk: Client, proposal: Any, post: Any) -> None:
    AssignmentFactory(
        post=post, guard=proposal.guard, status=Status.DECLINED, confirmed_on=None, decline_reason="Came late twice"
    )
    assert "You said no to this guard before: «Came late twice»" in text(desk.get(page_of(proposal)))


def test_the_proof_shows_what_would_change(desk: Client, proposal: Any, post: Any, today: date) -> None:
    assert "Turnover is not measurable yet." in text(desk.get(page_of(proposal)))
    AssignmentFactory(post=post)
    page = text(desk.get(page_of(proposal)))
    assert "Faces at the doors in 365 days 1 → becomes 2" in page
    assert "limit 50\N{NO-BREAK SPACE}%" in page or "limit 50 %" in page


def test_a_stand_in_changes_no_turnover(desk: Client, post: Any, today: date) -> None:
    relief = AssignmentFactory(post=post, kind="relief", proposal=True, first_day=today, last_day=today + days(3))
    assert "A stand-in changes no turnover." in text(desk.get(page_of(relief)))


def test_what_stands_against_him_is_cited(desk: Client, proposal: Any, school: Any) -> None:
    proposal.guard.credentials.filter(kind=Kind.TRAINING_CERTIFICATE).delete()
    response = desk.get(page_of(proposal))
    assert "What stands against him" in text(response)
    assert 'class="law-mark law"' in response.content.decode()
    assert "until then you can only decline" in text(response)
    assert 'class="button primary"' not in response.content.decode()


def test_confirming_says_what_it_means(desk: Client, proposal: Any, director: Any, today: date) -> None:
    response = desk.post(page_of(proposal), follow=True)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.confirmed_on) == (Status.CONFIRMED, today)
    assert response.redirect_chain == [(LIST, 302)]
    assert f"You confirmed Ерлан Мұқашев. From {today + days(2):%d.%m.%Y} he is expected" in text(response)
    assert Event.objects.get().actor == director.user.email


def test_declining_asks_for_a_reason_and_keeps_it(desk: Client, proposal: Any) -> None:
    assert "Decline Ерлан Мұқашев?" in text(desk.get(decline_of(proposal)))
    response = desk.post(decline_of(proposal), {"reason": "  Needs the evacuation module  "}, follow=True)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decline_reason) == (Status.DECLINED, "Needs the evacuation module")
    assert "You declined Ерлан Мұқашев." in text(response) and "sees why" in text(response)


@pytest.mark.parametrize("reason", ["", "   "])
def test_declining_without_a_reason_shows_the_form_again(desk: Client, proposal: Any, reason: str) -> None:
    response = desk.post(decline_of(proposal), {"reason": reason})
    assert response.status_code == 200
    assert "Say why, so that the agency can propose somebody who fits." in text(response)
    proposal.refresh_from_db()
    assert proposal.status == Status.PROPOSED


def test_a_reason_too_long_comes_back_in_the_field(desk: Client, proposal: Any) -> None:
    response = desk.post(decline_of(proposal), {"reason": "Words " * 300})
    assert response.status_code == 200
    assert "Words Words" in response.context["form"]["reason"].value()


@pytest.mark.parametrize("address", [page_of, decline_of])
def test_a_proposal_withdrawn_meanwhile_says_so(desk: Client, proposal: Any, address: Any) -> None:
    actions.withdraw(assignment=proposal, by=MembershipFactory(agency=proposal.agency))
    response = desk.post(address(proposal), {"reason": "No"})
    assert response.status_code == 200
    assert "The agency has withdrawn this proposal" in text(response) and "Nothing was saved" in text(response)
    assert "Мұқашев" not in text(response)
    assert "There is nothing left to answer." in text(desk.get(address(proposal)))


def test_a_refusal_of_the_action_is_shown_with_the_proof(
    desk: Client, proposal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_given: Any) -> None:
        raise Refused("He holds another post.")

    monkeypatch.setattr(actions, "confirm", refuse)
    response = desk.post(page_of(proposal))
    assert response.status_code == 200
    assert "Nothing was saved. He holds another post." in text(response)
    assert "Do you agree to this guard?" in text(response)
    monkeypatch.setattr(actions, "decline", refuse)
    assert "He holds another post." in text(desk.post(decline_of(proposal), {"reason": "No"}))


def test_answering_twice_changes_nothing(desk: Client, proposal: Any) -> None:
    desk.post(page_of(proposal))
    response = desk.post(page_of(proposal))
    assert "This proposal has its answer" in text(response) and "Nothing was saved." in text(response)
    assert Event.objects.count() == 1
    assert desk.get(decline_of(proposal))["Location"] == page_of(proposal)
    assert "by now" in text(desk.post(decline_of(proposal), {"reason": "No"}))


def test_an_answered_proposal_shows_its_answer(desk: Client, proposal: Any) -> None:
    desk.post(decline_of(proposal), {"reason": "No time"})
    page = text(desk.get(page_of(proposal)))
    assert "Your school declined him" in page and "No time" in page


@pytest.mark.parametrize("address", [page_of, decline_of])
def test_the_proposal_of_another_school_is_not_found(desk: Client, proposal: Any, address: Any) -> None:
    other = AssignmentFactory(proposal=True)
    assert desk.get(address(other)).status_code == 404
    assert desk.post(address(other), {"reason": "No"}).status_code == 404
    withdrawn = AssignmentFactory(status=Status.WITHDRAWN, confirmed_on=None)
    assert desk.get(address(withdrawn)).status_code == 404


def test_the_answer_bar_holds_the_three_answers_in_order(desk: Client, proposal: Any) -> None:
    page = desk.get(page_of(proposal)).content.decode()
    bar = page[page.index('class="answer-bar"') :]
    assert re.findall(r'class="button[^"]*"[^>]*>([^<]+)<', bar) == ["Confirm", "Decline", "Ask a question"]


def test_as_many_queries_for_twenty_proposals_as_for_one(desk: Client, proposal: Any, post: Any) -> None:
    for_one = queries_of(desk, LIST)
    for _ in range(19):
        AssignmentFactory(post=post, proposal=True)
    assert queries_of(desk, LIST) == for_one


def test_as_many_queries_for_much_proof_as_for_little(
    desk: Client, proposal: Any, post: Any, school: Any, today: date
) -> None:
    def add() -> None:
        module = RequirementFactory(school=school).module
        TrainingRecordFactory(guard=proposal.guard, school=school, module=module)
        CredentialFactory(guard=proposal.guard)
        AssignmentFactory(post=post, agency=proposal.agency, last_day=today - days(1), left=True)

    AssignmentFactory(post=post, agency=AgencyFactory())
    add()
    little = queries_of(desk, page_of(proposal))
    for _ in range(9):
        add()
    assert queries_of(desk, page_of(proposal)) == little


def test_the_pages_are_all_kazakh(desk: Client, proposal: Any, post: Any, school: Any, today: date) -> None:
    RequirementFactory(school=school)
    AssignmentFactory(post=post, agency=proposal.agency, last_day=today, left=True)
    CredentialFactory(guard=proposal.guard, valid_until=today + days(20))
    post.name = "Бас кіреберіс"
    post.save()
    desk.cookies["django_language"] = "kk"
    for url in (LIST, page_of(proposal), decline_of(proposal)):
        assert left_overs(desk.get(url).content.decode(), "kk") == [], url
