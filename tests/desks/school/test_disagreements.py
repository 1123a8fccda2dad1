"""The director sees where the agency says otherwise, answers, and corrects his own word while he may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guards.models import Presence
from tests.desks.fragments import assert_fragment_equals_page
from tests.desks.school.conftest import queries_of
from tests.factories import AssignmentFactory, PresenceFactory

LIST = reverse("school:disagreements")


@pytest.fixture
def differs(post: Any, today: date) -> Presence:
    return make(post, today - timedelta(days=3))


def make(post: Any, on: date, **changed: Any) -> Presence:
    stands = AssignmentFactory(post=post)
    of = {"guard": stands.guard, "post": post, "on": on, "school_confirmation": "absent"}
    return PresenceFactory(**(of | changed))  # type: ignore[no-any-return]


def url(one: Presence) -> str:
    return reverse("school:disagreement", args=[one.post.public_id, one.guard.public_id, one.on.isoformat()])


def test_the_history_leads_to_the_disagreements(desk: Client, differs: Presence) -> None:
    assert LIST in desk.get(reverse("school:history")).content.decode()
    page = desk.get(LIST).content.decode()
    assert url(differs) in page
    assert "Claimed, the school says absent" in page
    assert "3 days ago" in page


def test_shifts_of_other_schools_and_those_that_agree_are_not_listed(desk: Client, post: Any, today: date) -> None:
    make(post, today, school_confirmation="present")
    elsewhere = make(AssignmentFactory().post, today)
    assert desk.get(LIST).context["page"].rows == []
    assert desk.get(url(elsewhere)).status_code == 404


def test_the_disagreements_become_a_file(desk: Client, differs: Presence) -> None:
    file = b"".join(desk.get(LIST, {"format": "csv"}).streaming_content).decode()
    assert len(file.splitlines()) == 2
    assert differs.guard.full_name in file


def test_a_settled_shift_stays_listed_as_settled(desk: Client, differs: Presence) -> None:
    desk.post(url(differs), {"text": "He came after all."})
    desk.post(url(differs), {"answer": "present"})
    assert list(desk.get(LIST, {"state": "open"}).context["page"].rows) == []
    assert list(desk.get(LIST, {"state": "settled"}).context["page"].rows) == [differs]


def test_the_director_corrects_his_answer(desk: Client, differs: Presence) -> None:
    page = desk.post(url(differs), {"answer": "present"}, follow=True).content.decode()
    assert "Your answer is corrected." in page
    assert "The words agree again" in page
    assert Presence.objects.get().school_confirmation == "present"


def test_after_a_fortnight_the_answer_stays_but_words_still_reach_the_agency(
    desk: Client, post: Any, today: date
) -> None:
    old = make(post, today - timedelta(days=15))
    page = desk.get(url(old)).content.decode()
    assert "your answer stays as it is" in page
    assert 'name="answer"' not in page
    refused = desk.post(url(old), {"answer": "present"}).content.decode()
    assert "is too long ago" in refused
    assert Presence.objects.get().school_confirmation == "absent"
    desk.post(url(old), {"text": "The lesson journal says so."})
    assert old.notes.get().text == "The lesson journal says so."


@pytest.mark.parametrize("answer", ["maybe"])
def test_an_answer_that_is_none_is_refused(desk: Client, differs: Presence, answer: str) -> None:
    assert "Choose one of the answers." in desk.post(url(differs), {"answer": answer}).content.decode()


def test_a_word_without_words_is_refused(desk: Client, differs: Presence) -> None:
    assert "Write what you know of this shift." in desk.post(url(differs), {"text": " "}).content.decode()
    assert not differs.notes.exists()


def test_what_the_agency_says_stands_there(desk: Client, differs: Presence) -> None:
    differs.notes.create(role="agency_manager", author="Айгерим Жүнісова", text="He came at nine.")
    page = desk.get(url(differs)).content.decode()
    assert "He came at nine." in page
    assert "Айгерим Жүнісова, for the agency" in page


def test_the_list_alone_is_a_part_of_the_page(desk: Client, differs: Presence) -> None:
    assert_fragment_equals_page(desk, LIST)


def test_twenty_shifts_take_as_many_queries_as_one(desk: Client, post: Any, today: date, differs: Presence) -> None:
    few = queries_of(desk, LIST)
    for back in range(19):
        make(post, today - timedelta(days=back))
    assert queries_of(desk, LIST) == few
