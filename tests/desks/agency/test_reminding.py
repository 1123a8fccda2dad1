"""A school that has not answered is reminded by a button, once a day, and the line returns where it was pressed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.utils import timezone

from access.roles import Role
from audit.models import Event
from tests.factories import MembershipFactory


@pytest.fixture
def proposal(desk: Any) -> Any:
    return desk.proposal(desk.post(), proposed_at=timezone.now() - timedelta(days=3))


@pytest.fixture
def director(proposal: Any) -> Any:
    return MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=proposal.post.school)


def press(desk: Any, proposal: Any, back: str = "/agency/") -> Any:
    return desk.client.post(desk.url("remind", proposal), {"next": back})


def test_every_director_of_the_school_gets_a_letter_in_both_languages(
    desk: Any, proposal: Any, director: Any, django_capture_on_commit_callbacks: Any
) -> None:
    MembershipFactory(role=Role.SCHOOL_DIRECTOR)
    MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=proposal.post.school, ended_on=desk.today)
    with django_capture_on_commit_callbacks(execute=True):
        press(desk, proposal)
    (letter,) = mail.outbox
    assert letter.to == [director.user.email]
    assert proposal.guard.name in letter.subject
    assert letter.body.count(proposal.guard.name) == 2
    proposal.refresh_from_db()
    assert proposal.reminded_on == desk.today
    event = Event.objects.about(proposal).get()
    assert (event.verb, event.actor) == ("proposal_reminded", desk.membership.user.email)


def test_a_second_letter_waits_for_tomorrow(
    desk: Any, proposal: Any, director: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        press(desk, proposal)
        answer = desk.client.post(desk.url("remind", proposal), {"back": "today"}, follow=True)
    assert len(mail.outbox) == 1
    assert "The school was reminded today already." in answer.content.decode()
    assert "Reminded today" in desk.get("today")
    proposal.reminded_on = desk.today - timedelta(days=1)
    proposal.save()
    with django_capture_on_commit_callbacks(execute=True):
        press(desk, proposal)
    assert len(mail.outbox) == 2


def test_a_proposal_that_was_answered_is_not_spoken_of(
    desk: Any, director: Any, proposal: Any, django_capture_on_commit_callbacks: Any
) -> None:
    proposal.status = "withdrawn"
    proposal.save()
    with django_capture_on_commit_callbacks(execute=True):
        press(desk, proposal)
    assert mail.outbox == []


def test_one_answered_between_the_press_and_the_letter_is_not_spoken_of(
    desk: Any, director: Any, proposal: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        press(desk, proposal)
    proposal.status = "withdrawn"
    proposal.save()
    for callback in callbacks:
        callback()
    assert mail.outbox == []


@pytest.mark.parametrize("page", ["today", "proposals"])
def test_the_button_returns_to_its_page(desk: Any, proposal: Any, page: str) -> None:
    back = f"{desk.url(page)}#proposals"
    assert f"{desk.url('remind', proposal)}?{urlencode({'next': back})}" in desk.get(page)
    assert press(desk, proposal, back)["Location"] == back


def test_from_the_schools_page_it_returns_there(desk: Any, proposal: Any) -> None:
    assert desk.url("remind", proposal) in desk.get("school", proposal.post.school)
    assert press(desk, proposal, "https://example.com")["Location"] == desk.url("school", proposal.post.school)


def test_a_link_cannot_remind(desk: Any, proposal: Any) -> None:
    assert desk.client.get(desk.url("remind", proposal)).status_code == 405
