"""Today: the state in the title, and each line on the way to where it is mended."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from compliance.models import Finding
from desks.agency.overview import Overview
from tests.factories import CredentialFactory


def title(desk: Any) -> str:
    return Overview.of(desk.membership, desk.today).title


def test_the_title_counts_the_places_that_are_empty_tomorrow(desk: Any) -> None:
    desk.post(positions=2)
    assert title(desk) == "Tomorrow two places are empty"
    assert "<h1>Tomorrow two places are empty</h1>" in desk.get("today")


def test_the_title_says_until_when_every_place_is_filled(desk: Any) -> None:
    last = desk.today + timedelta(days=5)
    desk.stands(desk.post(), last_day=last, left=True)
    assert title(desk) == f"Every place is filled until {last.day}\N{NO-BREAK SPACE}{last:%B}, 5 days left"


def test_the_title_says_that_nothing_is_empty(desk: Any) -> None:
    desk.stands(desk.post())
    assert title(desk) == "Every place is filled for fourteen days"


def test_an_agency_without_schools_sees_what_will_appear(desk: Any) -> None:
    page = desk.get("today")
    assert "You have no posts to guard yet" in page
    for heading in (
        "Somebody stands at every place",
        "The schools answered all proposals",
        "No school is near its limit",
        "Nothing is held against you",
        "No paper ends within sixty days",
    ):
        assert heading in page


def test_an_empty_place_leads_to_placing_somebody_there_on_that_day(desk: Any) -> None:
    post = desk.post()
    link = (
        f"{desk.url('place', post.school)}?post={post.public_id}&amp;first_day={desk.today:%d.%m.%Y}&amp;kind=regular"
    )
    assert link in desk.get("today")


def test_a_place_with_a_proposal_leads_to_the_proposals_of_the_school(desk: Any) -> None:
    post = desk.post()
    desk.proposal(post)
    page = desk.get("today")
    assert f"{desk.url('proposals')}?school={post.school.public_id}&amp;status=proposed" in page
    assert "Proposed today" in page


@pytest.mark.parametrize(
    ("days", "word"),
    [(-3, "Expired"), (0, "Last day"), (5, "7 days or less"), (20, "30 days or less"), (55, "60 days")],
)
def test_a_paper_that_runs_out_is_named_with_its_guard(desk: Any, days: int, word: str) -> None:
    guard = desk.guard()
    CredentialFactory(guard=guard, kind="weapon_permit", valid_until=desk.today + timedelta(days=days))
    (paper,) = Overview.of(desk.membership, desk.today).papers
    assert paper.validity.text.startswith(word)
    assert guard.name in desk.get("today")


def test_a_paper_is_renewed_from_the_line_and_the_manager_is_back_on_today(desk: Any) -> None:
    guard = desk.guard()
    CredentialFactory(guard=guard, kind="weapon_permit", valid_until=desk.today + timedelta(days=7))
    line = f"{desk.url('paper_add', guard)}?kind=weapon_permit&next=%2Fagency%2F%23papers"
    assert line.replace("&", "&amp;") in desk.get("today")
    assert f'href="{desk.url("today")}#papers">Go back' in desk.client.get(line).content.decode()
    answer = desk.client.post(line, {"kind": "weapon_permit", "number": "W-2", "issued_on": "01.09.2026"})
    assert answer["Location"] == f"{desk.url('today')}#papers"


def test_a_paper_beyond_sixty_days_and_one_that_was_renewed_are_not_named(desk: Any) -> None:
    guard = desk.guard()
    CredentialFactory(guard=guard, valid_until=desk.today + timedelta(days=3))
    CredentialFactory(guard=guard, kind="weapon_permit", valid_until=desk.today + timedelta(days=61))
    assert Overview.of(desk.membership, desk.today).papers == []


def test_a_school_with_one_leave_left_is_near_its_limit(desk: Any) -> None:
    post = desk.post(positions=2)
    desk.stands(post)
    desk.left(post, days_ago=100)
    (near,) = Overview.of(desk.membership, desk.today).near
    assert (near.school, near.line.used) == (post.school, 1)
    assert post.school.name in desk.get("today")


def test_a_finding_leads_to_its_proof(desk: Any) -> None:
    desk.proposal(desk.post(), first_day=desk.today - timedelta(days=40))
    call_command("evaluate", verbosity=0)
    finding = Finding.objects.get(version__rule="director_confirmation")
    assert desk.url("finding", finding) in desk.get("today")


def test_nothing_of_another_agency_is_shown(desk: Any, other: Any) -> None:
    post = other.post()
    theirs = [other.stands(post), other.proposal(post)]
    CredentialFactory(guard=theirs[0].guard, kind="weapon_permit", valid_until=other.today)
    page = desk.get("today")
    assert post.school.name not in page
    assert not any(one.guard.name in page for one in theirs)


def test_twenty_of_everything_take_as_many_queries_as_one(desk: Any) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            post = desk.post(positions=2)
            one = desk.left(post, days_ago=100)
            desk.proposal(post, first_day=desk.today - timedelta(days=40))
            CredentialFactory(guard=one.guard, kind="weapon_permit", valid_until=desk.today)
        call_command("evaluate", verbosity=0)

    more(1)
    few = desk.queries("today")
    more(19)
    assert desk.queries("today") == few
