"""The director checks why a guard left: the proof, what it changes, and the two answers."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guards.models import Assignment, Cause
from tests.desks.school.conftest import queries_of
from tests.factories import AssignmentFactory, CauseFactory, StoredFileFactory

LIST = reverse("school:proposals")


@pytest.fixture
def cause(post: Any, today: date) -> Cause:
    return make_cause(post, today)


def make_cause(post: Any, today: date) -> Cause:
    leave = AssignmentFactory(post=post, left=True, end_reason="illness", last_day=today - timedelta(days=100))
    made: Cause = CauseFactory(assignment=leave, evidence=StoredFileFactory(), note="Sick note № 7")
    return made


def url(cause: Cause) -> str:
    return reverse("school:cause", args=[cause.public_id])


def test_a_cause_waits_in_the_tab_to_confirm_and_is_counted_there(desk: Client, cause: Cause) -> None:
    page = desk.get(LIST).content.decode()
    assert url(cause) in page
    assert '<span class="count">1</span>' in page
    assert "Nobody waits for your answer" in page


def test_causes_answered_or_of_another_school_do_not_wait(desk: Client, cause: Cause) -> None:
    Cause.objects.update(status="accepted")
    other = CauseFactory(assignment__left=True, assignment__last_day=date(2026, 9, 1))
    page = desk.get(LIST).content.decode()
    assert url(cause) not in page
    assert url(other) not in page


def test_the_proof_stands_open_with_what_it_changes(desk: Client, cause: Cause) -> None:
    page = desk.get(url(cause)).content.decode()
    assert "Sick note № 7" in page
    assert reverse("private:cause", args=[cause.public_id]) in page
    assert "1 guard left this school: 0 excused, 1 counted towards the limit." in page
    assert "With this cause accepted, 0 would count." in page


def test_accepting_excuses_the_leave(desk: Client, cause: Cause) -> None:
    answer = desk.post(url(cause), {"answer": "accept"}, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "The cause is accepted" in answer.content.decode()
    assert Assignment.objects.get().cause_accepted
    page = desk.get(url(cause)).content.decode()
    assert "This cause has its answer" in page
    assert "<button" not in page.partition("<main")[2].partition("</main>")[0]


def test_rejecting_needs_words(desk: Client, cause: Cause) -> None:
    answer = desk.post(url(cause), {"answer": "reject", "reason": " "})
    assert "Say why, so that the agency can bring better proof." in answer.content.decode()
    cause.refresh_from_db()
    assert cause.status == "waiting"
    desk.post(url(cause), {"answer": "reject", "reason": "No seal"})
    cause.refresh_from_db()
    assert (cause.status, cause.reason) == ("rejected", "No seal")


def test_who_answers_second_is_told(desk: Client, cause: Cause) -> None:
    Cause.objects.update(status="rejected", reason="No seal")
    answer = desk.post(url(cause), {"answer": "accept"})
    assert "This cause was answered in the meantime: Rejected." in answer.content.decode()


def test_no_button_pressed_is_no_answer(desk: Client, cause: Cause) -> None:
    assert "Press one of the two buttons." in desk.post(url(cause), {}).content.decode()


def test_twenty_causes_take_as_many_queries_as_one(desk: Client, post: Any, cause: Cause, today: date) -> None:
    few = queries_of(desk, LIST)
    for _ in range(19):
        make_cause(post, today)
    assert queries_of(desk, LIST) == few
