"""A school changes hands: the free places on one page, those who stay chosen already, all proposals or none."""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from zeal import zeal_ignore

from audit.models import Event
from compliance.models import ClauseVersion
from guards.models import Assignment
from staffing.candidates import Candidate, candidates
from staffing.models import SignedReason
from staffing.tasks import end_with_contracts
from tests.factories import AgencyFactory, AssignmentFactory, ContractFactory, PostFactory, RequirementFactory

DAY = "%d.%m.%Y"


class Handover:
    """The school was guarded by another agency until yesterday; from today on by this one."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.post = PostFactory(positions=2)
        self.school = self.post.school
        self.former = AgencyFactory()
        long_ago, yesterday = desk.today - timedelta(days=700), desk.today - timedelta(days=1)
        ContractFactory(agency=self.former, school=self.school, first_day=long_ago, last_day=yesterday)
        ContractFactory(agency=desk.agency, school=self.school, first_day=desk.today)
        self.stays = self.stood(guard=desk.guard())
        self.gone = self.stood()

    def stood(self, **said: Any) -> Any:
        first = self.desk.today - timedelta(days=300)
        return AssignmentFactory(post=self.post, agency=self.former, first_day=first, **said)

    def send(self, *guards: Any, **change: str) -> Any:
        names = [f"guard_{self.post.public_id}_{at}" for at in (1, 2)]
        chosen = dict(zip(names, (str(one.public_id) if one else "" for one in guards), strict=False))
        data = {"first_day": f"{self.desk.today:{DAY}}"} | chosen | change
        # Each proposal is an action of its own, with its own locks and event: writing so many asks so many times.
        with zeal_ignore():
            return self.desk.client.post(self.desk.url("take_over", self.school), data, follow=True)


@pytest.fixture
def handover(desk: Any) -> Handover:
    return Handover(desk)


def test_who_came_over_is_chosen_to_stay_and_who_did_not_is_not_named(desk: Any, handover: Handover) -> None:
    page = desk.get("take_over", handover.school)
    assert f'<option value="{handover.stays.guard.public_id}" selected>' in page
    assert f"{handover.stays.guard.name} stands here already and stays." in page
    assert handover.gone.guard.name not in page
    assert page.count("<select") == 2


def test_the_page_of_the_school_leads_there(desk: Any, handover: Handover) -> None:
    assert desk.url("take_over", handover.school) in desk.get("school", handover.school)


def test_all_are_proposed_together_each_with_its_event(desk: Any, handover: Handover) -> None:
    new = desk.guard()
    answer = handover.send(handover.stays.guard, new)
    proposed = Assignment.objects.proposed().filter(agency=desk.agency)
    assert set(proposed.values_list("guard", flat=True)) == {handover.stays.guard.pk, new.pk}
    assert Event.objects.filter(verb="assignment_proposed").count() == 2
    assert f"{handover.school.name} received 2 proposals." in answer.content.decode()


def test_one_fault_keeps_all_from_being_sent_and_stands_by_its_place(desk: Any, handover: Handover) -> None:
    new = desk.guard()
    busy = desk.guard()
    with patch("desks.agency.taking_over.candidates", wraps=candidates) as ranked:
        # Somebody proposes him elsewhere between the choice and the press of the button.
        ranked.side_effect = lambda **asked: [*candidates(**asked), Candidate(busy)]
        desk.proposal(desk.post(), guard=busy, first_day=desk.today)
        page = handover.send(new, busy).content.decode()
    assert not Assignment.objects.proposed().filter(post=handover.post).exists()
    assert f"{busy.name} is proposed for the post" in page
    assert f'<option value="{new.public_id}" selected>' in page


def test_one_guard_is_not_chosen_for_two_places(desk: Any, handover: Handover) -> None:
    new = desk.guard()
    page = handover.send(new, new).content.decode()
    assert not Assignment.objects.proposed().exists()
    assert "This guard is chosen for another place already." in page
    assert page.count(f'<option value="{new.public_id}" selected>') == 2


def test_a_place_that_another_manager_filled_meanwhile_is_said_and_nothing_is_sent(
    desk: Any, handover: Handover
) -> None:
    guards = [desk.guard(), desk.guard()]
    desk.proposal(handover.post, first_day=desk.today)
    page = handover.send(*guards).content.decode()
    assert "this place was filled in the meantime. Nothing was sent" in page
    assert not Assignment.objects.proposed().filter(guard__in=guards).exists()


def test_a_place_that_is_taken_later_is_not_free_for_good(desk: Any, handover: Handover) -> None:
    desk.stands(handover.post, first_day=desk.today + timedelta(days=30))
    page = desk.get("take_over", handover.school)
    assert page.count("<select") == 1


def test_places_have_the_numbers_of_the_page_of_the_school(desk: Any) -> None:
    post = desk.post(positions=3)
    desk.stands(post, first_day=desk.today - timedelta(days=300))
    desk.left(post, days_ago=5, first_day=desk.today - timedelta(days=200))
    desk.stands(post, first_day=desk.today - timedelta(days=100))
    school, page = desk.get("school", post.school), desk.get("take_over", post.school)
    (empty,) = [number for number in (1, 2, 3) if f"{post.name}, place {number}" in page]
    row = next(part for part in school.split("<tr>") if f"{post.name}&nbsp;· {empty}<" in part)
    assert "Empty today" in row
    assert empty == 2


def test_who_stays_is_at_the_place_that_he_has_held(desk: Any, handover: Handover) -> None:
    page = desk.get("take_over", handover.school)
    field = page[: page.index(f'<option value="{handover.stays.guard.public_id}" selected>')]
    assert field.rindex("place 1") > field.rfind("place 2")


def test_a_full_post_is_said_once_and_not_on_every_line(desk: Any) -> None:
    post = desk.post()
    held = desk.stands(post)
    for _ in range(3):
        desk.guard()
    day = f"{desk.today:{DAY}}"
    page = desk.get("place", post.school, post=str(post.public_id), first_day=day, kind="regular")
    assert page.count("has 1 place, held on") == 1 and held.guard.name in page
    assert "What stands in everybody" in page and "only what is said above" in page


def test_nobody_chosen_is_said(desk: Any, handover: Handover) -> None:
    assert "Choose a guard for at least one place." in handover.send(None, None).content.decode()


def test_policy_asks_once_for_a_reason_that_is_signed_for_each(desk: Any, handover: Handover) -> None:
    RequirementFactory(school=handover.school)
    clause = ClauseVersion.objects.get(rule="school_training", draft=None)
    new = desk.guard()
    page = handover.send(handover.stays.guard, new).content.decode()
    assert f"Why clause {clause.clause.number} is set aside" in page and f"{new.name}: Module" in page
    assert not Assignment.objects.proposed().exists()
    handover.send(handover.stays.guard, new, **{f"reason_{clause.pk}": "Trained in the first week."})
    assert SignedReason.objects.filter(text="Trained in the first week.").count() == 2


def test_who_may_not_be_placed_is_named_with_the_obstacle_and_is_no_choice(desk: Any, handover: Handover) -> None:
    elsewhere = desk.stands(desk.post())
    page = desk.get("take_over", handover.school)
    assert "Who may not be placed" in page and elsewhere.post.school.name in page
    assert f'<option value="{elsewhere.guard.public_id}"' not in page
    page = handover.send(elsewhere.guard).content.decode()
    assert "This guard may not be placed here. Choose another one." in page


def test_a_day_that_is_none_shows_no_places(desk: Any, handover: Handover) -> None:
    page = desk.get("take_over", handover.school, first_day="tomorrow")
    assert "Type a day as day, month and year: 30.11.2026." in page
    assert "<select" not in page


def test_where_every_place_is_held_nobody_is_asked_for(desk: Any) -> None:
    held = desk.stands(desk.post())
    assert "Every place is held on that day" in desk.get("take_over", held.post.school)


def test_what_outlived_the_contract_ends_with_it_by_itself_and_once(desk: Any, handover: Handover) -> None:
    assert end_with_contracts.call() == 2
    handover.gone.refresh_from_db()
    last = desk.today - timedelta(days=1)
    assert (handover.gone.status, handover.gone.last_day, handover.gone.end_reason) == ("ended", last, "contract_ended")
    assert Event.objects.filter(verb="assignment_ended", actor="").count() == 2
    assert end_with_contracts.call() == 0


def test_a_service_under_a_contract_that_was_renewed_goes_on(desk: Any) -> None:
    standing = desk.stands(desk.post())
    standing.post.school.contracts.update(last_day=desk.today - timedelta(days=1), first_day=date(2020, 1, 1))
    ContractFactory(agency=desk.agency, school=standing.post.school, first_day=desk.today)
    assert end_with_contracts.call() == 0


def test_twenty_candidates_take_as_many_queries_as_one(desk: Any, handover: Handover) -> None:
    desk.stands(desk.post())
    few = desk.queries("take_over", handover.school)
    for _ in range(10):
        desk.stands(desk.post())
        desk.guard()
    assert desk.queries("take_over", handover.school) == few
