"""The director's question about a proposal reaches the agency on Today, and the answer goes back."""

from typing import Any

import pytest

from guards.models import ProposalNote
from tests.factories import ProposalNoteFactory
from tests.languages.left_overs import left_overs


@pytest.fixture
def asked(desk: Any) -> Any:
    """A proposal about which the director asks something, after one that nobody speaks of."""
    desk.proposal(desk.post())
    return ProposalNoteFactory(assignment=desk.proposal(desk.post()), text="Has he a first-aid course?").assignment


def test_today_shows_the_question_first_and_leads_to_its_answer_and_back(desk: Any, asked: Any) -> None:
    today = desk.get("today")
    proposals = today[today.index('id="proposals"') :]
    assert proposals.index(asked.guard.name) < proposals.index("Remind")
    assert "The school asks you" in proposals
    assert f"{desk.url('proposal', asked)}?next=%2Fagency%2F%23proposals#talk" in proposals
    page = desk.get("proposal", asked, next="/agency/#proposals")
    assert "Has he a first-aid course?" in page
    data = {"text": "Since March.", "next": "/agency/#proposals"}
    answer = desk.client.post(desk.url("proposal", asked), data)
    assert answer["Location"] == "/agency/#proposals"
    said = asked.notes.last()
    assert (said.text, said.role, said.author) == (
        "Since March.",
        "agency_manager",
        desk.membership.user.get_full_name(),
    )
    assert "The school asks you" not in desk.get("today") and "The school asks you" not in desk.get("proposals")


def test_the_list_of_proposals_and_the_school_say_it_too(desk: Any, asked: Any) -> None:
    for page in (desk.get("proposals"), desk.get("school", asked.post.school)):
        assert "The school asks you" in page and desk.url("proposal", asked) in page


def test_nothing_is_sent_without_words(desk: Any, asked: Any) -> None:
    page = desk.client.post(desk.url("proposal", asked), {"text": " "}).content.decode()
    assert "Write what you want to say." in page
    assert ProposalNote.objects.count() == 1


def test_a_proposal_that_was_answered_meanwhile_says_how(desk: Any, asked: Any) -> None:
    asked.status, asked.decline_reason = "declined", "No."
    asked.save()
    page = desk.client.post(desk.url("proposal", asked), {"text": "Since March."}).content.decode()
    assert "This assignment is “Declined” by now." in page
    assert "The school declined" in page


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_page_is_in_the_readers_language(desk: Any, asked: Any, language: str) -> None:
    desk.client.cookies["django_language"] = language
    page = desk.get("proposal", asked).replace("Has he a first-aid course?", "")
    assert left_overs(page, language) == []
