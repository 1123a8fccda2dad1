"""Placing a guard: the candidates with what speaks against them, the preview, and the proposal."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from compliance.models import ClauseVersion
from guards.models import Assignment
from staffing.models import SignedReason
from tests.factories import CredentialFactory, RequirementFactory

DAY = "%d.%m.%Y"


def asked(desk: Any, post: Any, **change: str) -> dict[str, str]:
    tomorrow = desk.today + timedelta(days=1)
    return {"post": str(post.public_id), "first_day": f"{tomorrow:{DAY}}", "kind": "regular", "last_day": ""} | change


def send(desk: Any, at: Any, guard: Any, **change: str) -> Any:
    data = asked(desk, at) | {"guard": str(guard.public_id)} | change
    return desk.client.post(desk.url("place", at.school), data, follow=True)


def test_the_school_is_chosen_first(desk: Any) -> None:
    post = desk.post()
    assert post.school.name in desk.get("place_choose")
    answer = desk.client.get(desk.url("place_choose"), {"school": str(post.school.public_id)})
    assert answer["Location"] == desk.url("place", post.school)


def test_a_school_of_another_agency_cannot_be_chosen(desk: Any, other: Any) -> None:
    desk.post()
    theirs = other.post().school
    assert "Choose a school." in desk.get("place_choose", school=str(theirs.public_id))


def test_without_a_contract_there_is_no_school_to_choose(desk: Any) -> None:
    assert "You have no contract with a school yet" in desk.get("place_choose")


def test_the_first_page_asks_for_post_and_day_and_shows_nobody_yet(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    page = desk.get("place", post.school)
    assert post.name in page
    assert f'value="{desk.today:{DAY}}"' in page
    assert guard.name not in page


def test_candidates_are_ranked_by_how_long_they_stood_here(desk: Any) -> None:
    post = desk.post(positions=3)
    stranger = desk.guard()
    known = desk.left(post, days_ago=50, first_day=desk.today - timedelta(days=149)).guard
    page = desk.get("place", post.school, **asked(desk, post))
    assert page.index(known.name) < page.index(stranger.name)
    assert "Stood here 100 days" in page
    assert "No obstacles" in page


def test_whoever_holds_a_post_is_named_with_that_and_cannot_be_chosen(desk: Any) -> None:
    post = desk.post()
    standing = desk.stands(desk.post())
    page = desk.get("place", post.school, **asked(desk, post))
    assert "May not be placed" in page
    assert standing.post.school.name in page
    assert f"guard={standing.guard.public_id}" not in page


def test_a_clause_of_law_closes_a_candidate_with_its_source(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    CredentialFactory(guard=guard, kind="medical_certificate", valid_until=desk.today - timedelta(days=1))
    guard.credentials.exclude(valid_until__lt=desk.today).delete()
    page = desk.get("place", post.school, **asked(desk, post))
    assert "Closed by law" in page
    assert "law-mark law" in page
    assert f"guard={guard.public_id}" not in page


def test_a_clause_of_policy_is_named_and_leaves_the_choice(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    RequirementFactory(school=post.school)
    page = desk.get("place", post.school, **asked(desk, post))
    assert "Needs a signed reason" in page
    assert "law-mark policy" in page
    assert f"guard={guard.public_id}" in page


def test_nobody_on_the_staff_is_said(desk: Any) -> None:
    post = desk.post()
    assert "Nobody is on your staff on that day" in desk.get("place", post.school, **asked(desk, post))


def test_a_chosen_guard_shows_what_becomes_of_the_school_and_the_last_step(desk: Any) -> None:
    post = desk.post(positions=2)
    desk.stands(post, first_day=desk.today - timedelta(days=300))
    guard = desk.guard()
    page = desk.get("place", post.school, **asked(desk, post, guard=str(guard.public_id)))
    assert f"Propose {guard.name} to the school?" in page
    assert "Faces at the doors" in page
    assert "Chosen" in page


def test_a_proposal_reaches_the_school_and_can_be_withdrawn_from_the_message(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    answer = send(desk, post, guard)
    proposal = Assignment.objects.get(guard=guard)
    assert (proposal.status, proposal.post, proposal.first_day) == ("proposed", post, desk.today + timedelta(days=1))
    assert answer.redirect_chain == [(desk.url("school", post.school), 302)]
    assert desk.url("withdraw", proposal) in answer.content.decode()


def test_relief_is_proposed_with_its_last_day(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    last = desk.today + timedelta(days=9)
    send(desk, post, guard, kind="relief", last_day=f"{last:{DAY}}")
    proposal = Assignment.objects.get(guard=guard)
    assert (proposal.kind, proposal.last_day) == ("relief", last)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"post": ""}, "Choose a post."),
        ({"first_day": ""}, "Type the first day."),
        ({"first_day": "31.11.2026"}, "Type a day as day, month and year: 30.11.2026."),
        ({"last_day": "01.12.2035"}, "A regular guard comes without a last day."),
        ({"kind": "relief", "last_day": "01.01.2021"}, "The last day is the first day or later."),
    ],
)
def test_a_form_with_a_fault_comes_back_filled_and_places_nobody(desk: Any, change: dict[str, str], error: str) -> None:
    post, guard = desk.post(), desk.guard()
    page = send(desk, post, guard, **change).content.decode()
    assert error in page
    for name, value in (asked(desk, post) | change).items():
        if value:
            assert f'value="{value}"' in page, name
    assert not Assignment.objects.exists()


def test_a_refusal_comes_back_filled_with_its_reason(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    desk.agency.contracts.update(last_day=date(2035, 1, 1))
    page = send(desk, post, guard, first_day="01.06.2035").content.decode()
    assert "You have no contract with" in page
    assert 'value="01.06.2035"' in page
    assert f"{guard.name} cannot be proposed" in page
    assert not Assignment.objects.exists()


def test_a_guard_of_another_agency_cannot_be_placed(desk: Any, other: Any) -> None:
    post, theirs = desk.post(), other.guard()
    send(desk, post, theirs)
    assert not Assignment.objects.exists()


def test_a_post_of_another_school_is_no_choice(desk: Any) -> None:
    here, elsewhere = desk.post(), desk.post()
    page = desk.get("place", here.school, **asked(desk, elsewhere))
    assert "Choose a post." in page


def test_twenty_candidates_take_as_many_queries_as_one(desk: Any) -> None:
    post = desk.post()
    desk.stands(desk.post())
    few = desk.queries("place", post.school, **asked(desk, post))
    for _ in range(10):
        desk.stands(desk.post())
        desk.guard()
    assert desk.queries("place", post.school, **asked(desk, post)) == few


def test_policy_is_set_aside_with_a_reason_for_its_clause_and_not_without(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    RequirementFactory(school=post.school)
    clause = ClauseVersion.objects.get(rule="school_training", draft=None)
    page = desk.get("place", post.school, **asked(desk, post, guard=str(guard.public_id)))
    assert f"Why clause {clause.clause.number} is set aside" in page
    page = send(desk, post, guard).content.decode()
    assert "Say why. The director reads this reason with your name." in page
    assert not Assignment.objects.exists()
    send(desk, post, guard, **{f"reason_{clause.pk}": "The trainer comes on Friday."})
    signed = SignedReason.objects.get(assignment__guard=guard)
    assert (signed.text, signed.signed_by) == ("The trainer comes on Friday.", desk.membership.user.email)


def test_a_post_that_is_full_closes_every_candidate_and_says_who_holds_it(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    holder = desk.stands(post).guard
    page = desk.get("place", post.school, **asked(desk, post))
    assert f"has 1 place, held on {desk.today + timedelta(days=1):{DAY}}: {holder.name}." in page
    assert f"guard={guard.public_id}" not in page


def test_a_candidate_says_how_many_faces_the_school_would_have_seen(desk: Any) -> None:
    post = desk.post(positions=3)
    known = desk.left(post, days_ago=50, first_day=desk.today - timedelta(days=149)).guard
    stranger = desk.guard()
    page = desk.get("place", post.school, **asked(desk, post))
    rows = {name: page[page.index(name) :].partition("</tr>")[0] for name in (known.name, stranger.name)}
    assert ">1</td>" in rows[known.name]
    assert ">2</td>" in rows[stranger.name]


def test_a_form_sent_after_the_post_was_filled_says_so_and_sends_nothing(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    RequirementFactory(school=post.school)
    clause = ClauseVersion.objects.get(rule="school_training", draft=None)
    assert f"guard={guard.public_id}" in desk.get("place", post.school, **asked(desk, post))
    other = desk.proposal(post, first_day=desk.today + timedelta(days=1))
    page = send(desk, post, guard, **{f"reason_{clause.pk}": "He learns it on Friday."}).content.decode()
    assert f"{other.guard.name}. Choose another day" in page
    assert f"{guard.name} cannot be proposed" in page
    assert not Assignment.objects.filter(guard=guard).exists()


def test_a_second_manager_who_proposes_the_same_guard_is_told_where_he_is_proposed(desk: Any) -> None:
    first, second, guard = desk.post(), desk.post(), desk.guard()
    send(desk, first, guard)
    page = send(desk, second, guard).content.decode()
    assert f"{guard.name} is proposed for the post “{first.name}” at {first.school.name}" in page
    assert Assignment.objects.get(guard=guard).post == first


def test_of_many_candidates_the_best_are_shown_and_the_others_are_a_page_away_or_found_by_name(desk: Any) -> None:
    post = desk.post(positions=1)
    staff = sorted((desk.guard(family_name=f"Ахметов{number:02}") for number in range(15)), key=lambda one: one.name)
    asked = {"post": str(post.public_id), "first_day": f"{desk.today + timedelta(days=3):%d.%m.%Y}", "kind": "regular"}
    first = desk.get("place", post.school, **asked)
    shown = [one for one in staff if one.name in first]
    assert len(shown) == 12 and "shown 12 of 15" in first
    following = unescape(re.search(r'rel="next" href="([^"#]*)', first)[1])  # type: ignore[index]
    second = desk.client.get(desk.url("place", post.school) + following).content.decode()
    others = [one for one in staff if one.name in second]
    assert len(others) == 3 and not set(others) & set(shown)
    assert 'rel="prev"' in second and 'rel="next"' not in second
    found = desk.get("place", post.school, q="ахметов07", **asked)
    assert [one.family_name for one in staff if one.name in found] == ["Ахметов07"]
    assert "is called “Никто”" in desk.get("place", post.school, q="Никто", **asked)
    # Whoever is chosen stays in sight, wherever he stands.
    chosen = desk.get("place", post.school, guard=str(others[0].public_id), **asked)
    assert others[0].name in chosen and "Chosen" in chosen


@pytest.mark.parametrize("start", ["-1", "x", "9" * 30, "40"])
def test_a_made_up_place_in_the_list_shows_none_or_the_first(desk: Any, start: str) -> None:
    post = desk.post()
    desk.guard()
    asked = {"post": str(post.public_id), "first_day": f"{desk.today:%d.%m.%Y}", "kind": "regular", "from": start}
    assert "Whom to place" in desk.get("place", post.school, **asked)
