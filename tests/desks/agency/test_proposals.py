"""Proposals with their answers, and taking one back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.desks.fragments import assert_fragment_equals_page


def shown(desk: Any, **query: str) -> set[Any]:
    return set(desk.client.get(desk.url("proposals"), query).context["page"].rows)


@pytest.mark.parametrize(
    ("days_ago", "begins_in", "words"),
    [
        (0, 5, "Proposed today"),
        (1, 5, "Waits 1 day"),
        (4, 5, "Waits 4 days"),
        (4, 1, "Waits 4 days, begins tomorrow"),
        (4, 0, "Waits 4 days, begins today"),
        (4, -1, "Waits 4 days, already at the post"),
    ],
)
def test_a_proposal_says_how_long_it_waits(desk: Any, days_ago: int, begins_in: int, words: str) -> None:
    desk.proposal(
        desk.post(),
        first_day=desk.today + timedelta(days=begins_in),
        proposed_at=timezone.now() - timedelta(days=days_ago),
    )
    assert f"<span>{words}</span>" in desk.get("proposals")


def test_answers_are_told(desk: Any) -> None:
    post = desk.post(positions=3)
    desk.proposal(post, status="declined", decline_reason="Мы его не знаем")
    desk.proposal(post, status="withdrawn")
    desk.stands(post)
    page = desk.get("proposals")
    for words in ("The school declined", "Мы его не знаем", "Withdrawn", "Confirmed on 01.01.2020"):
        assert words in page


def test_proposals_are_found_by_school_and_answer(desk: Any) -> None:
    waiting, declined = desk.proposal(desk.post()), desk.proposal(desk.post(), status="declined")
    assert shown(desk, school=str(waiting.post.school.public_id)) == {waiting}
    assert shown(desk, status="declined") == {declined}
    assert shown(desk) == {waiting, declined}


def test_an_agency_that_proposed_nobody_sees_what_will_appear(desk: Any) -> None:
    assert "You have proposed nobody yet" in desk.get("proposals")


def test_a_filter_that_nothing_fits_offers_to_be_reset(desk: Any) -> None:
    desk.proposal(desk.post())
    assert "No proposal fits these filters" in desk.get("proposals", status="declined")


def test_the_export_masks_the_iin(desk: Any) -> None:
    proposal = desk.proposal(desk.post())
    text = desk.client.get(desk.url("proposals"), {"format": "csv"}).getvalue().decode()
    assert proposal.guard.masked_iin in text
    assert proposal.guard.iin not in text


def test_the_list_alone_is_a_part_of_the_page(desk: Any) -> None:
    desk.proposal(desk.post())
    assert_fragment_equals_page(desk.client, desk.url("proposals"))


def test_twenty_proposals_take_as_many_queries_as_one(desk: Any) -> None:
    desk.proposal(desk.post())
    few = desk.queries("proposals")
    for _ in range(19):
        desk.proposal(desk.post())
    assert desk.queries("proposals") == few


def test_withdrawing_asks_once_and_then_withdraws(desk: Any) -> None:
    proposal = desk.proposal(desk.post())
    assert f"Withdraw the proposal of {proposal.guard.name}?" in desk.get("withdraw", proposal)
    proposal.refresh_from_db()
    assert proposal.status == "proposed"
    answer = desk.client.post(desk.url("withdraw", proposal), follow=True)
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    assert answer.redirect_chain == [(desk.url("proposals"), 302)]
    assert f"The proposal of {proposal.guard.name} was withdrawn" in answer.content.decode()


def test_an_answered_proposal_cannot_be_withdrawn(desk: Any) -> None:
    confirmed = desk.stands(desk.post())
    assert "This proposal has its answer" in desk.get("withdraw", confirmed)
    answer = desk.client.post(desk.url("withdraw", confirmed))
    assert "This assignment is “Confirmed” by now." in answer.content.decode()
    confirmed.refresh_from_db()
    assert confirmed.status == "confirmed"
