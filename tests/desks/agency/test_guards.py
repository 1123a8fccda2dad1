"""The list of guards and the page of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from guards.models import Credential, Guard
from schools.models import Region
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import (
    CredentialFactory,
    EmploymentFactory,
    GuardFactory,
    RequirementFactory,
    TrainingRecordFactory,
)

# What the law in force lets nobody stand at a post without.
ASKED_FOR = (
    Credential.Kind.TRAINING_CERTIFICATE,
    Credential.Kind.MEDICAL_CERTIFICATE,
    Credential.Kind.NO_CRIMINAL_RECORD,
    Credential.Kind.IDENTITY_DOCUMENT,
)


def shown(desk: Any, **query: str) -> set[Guard]:
    response = desk.client.get(desk.url("guards"), query)
    return set(response.context["page"].rows)


def test_a_guard_stands_with_his_school_his_days_and_his_papers(desk: Any) -> None:
    first = desk.today - timedelta(days=9)
    assignment = desk.stands(desk.post(), first_day=first)
    page = desk.get("guards")
    assert assignment.guard.full_name in page
    assert assignment.guard.masked_iin in page
    assert assignment.guard.iin not in page
    assert assignment.post.school.name in page
    assert ">10<" in page
    assert "In order" in page


def test_an_agency_without_guards_sees_when_some_will_appear(desk: Any) -> None:
    assert "Nobody is on your staff yet" in desk.get("guards")


def test_a_filter_that_nobody_fits_offers_to_be_reset(desk: Any) -> None:
    desk.guard()
    assert "No guard fits these filters" in desk.get("guards", q="Nobody")


def test_guards_are_found_by_name_and_iin(desk: Any) -> None:
    one, _two = desk.guard(family_name="Мұқашев"), desk.guard(family_name="Руденко")
    assert shown(desk, q="мұқаш") == {one}
    assert shown(desk, q=one.iin) == {one}
    assert shown(desk, q=one.iin[-5:]) == {one}


def test_guards_are_found_by_where_they_stand(desk: Any) -> None:
    free = desk.guard()
    standing = desk.stands(desk.post()).guard
    proposed = desk.proposal(desk.post()).guard
    assert shown(desk, status="standing") == {standing}
    assert shown(desk, status="proposed") == {proposed}
    assert shown(desk, status="free") == {free}


def test_guards_are_found_by_school_and_region(desk: Any) -> None:
    here = desk.stands(desk.post(school__region=Region.objects.get(code="35")))
    there = desk.stands(desk.post(school__region=Region.objects.get(code="71")))
    assert shown(desk, school=str(here.post.school.public_id)) == {here.guard}
    assert shown(desk, region="71") == {there.guard}


@pytest.mark.parametrize(
    ("papers", "days"), [("valid", 400), ("ending", 60), ("ending", 0), ("expired", -1), ("none", None)]
)
def test_guards_are_found_by_the_state_of_their_papers(desk: Any, papers: str, days: int | None) -> None:
    guard = GuardFactory()
    EmploymentFactory(guard=guard, agency=desk.agency)
    if days is not None:
        for kind in ASKED_FOR:
            CredentialFactory(guard=guard, kind=kind, valid_until=timezone.localdate() + timedelta(days=days))
    assert shown(desk, papers=papers) == {guard}
    states = ("valid", "ending", "expired", "incomplete", "none")
    assert {name for name in states if shown(desk, papers=name)} == {papers}


def test_papers_of_which_one_was_never_entered_are_not_in_order(desk: Any) -> None:
    guard = desk.guard()
    guard.credentials.filter(kind=Credential.Kind.MEDICAL_CERTIFICATE).delete()
    for page in (desk.get("guards"), desk.get("guard", guard)):
        assert "Not entered: Medical certificate" in page
        assert "In order" not in page.replace(">In order</option>", "")
    assert shown(desk, papers="incomplete") == {guard}
    assert shown(desk, papers="valid") == set()


def test_the_list_is_sorted_by_the_days_at_the_post(desk: Any) -> None:
    late = desk.stands(desk.post(), first_day=desk.today - timedelta(days=3)).guard
    early = desk.stands(desk.post(), first_day=desk.today - timedelta(days=300)).guard
    rows = desk.client.get(desk.url("guards"), {"sort": "days"}).context["page"].rows
    assert list(rows) == [late, early]


def test_the_export_masks_the_iin_and_says_where_they_stand(desk: Any) -> None:
    assignment = desk.stands(desk.post())
    response = desk.client.get(desk.url("guards"), {"format": "csv"})
    text = response.getvalue().decode()
    assert assignment.guard.masked_iin in text
    assert assignment.guard.iin not in text
    assert assignment.post.school.name in text


def test_the_list_alone_is_a_part_of_the_page(desk: Any) -> None:
    desk.guard()
    assert_fragment_equals_page(desk.client, desk.url("guards"))


def test_twenty_guards_take_as_many_queries_as_one(desk: Any) -> None:
    desk.stands(desk.post())
    few = desk.queries("guards")
    for _ in range(19):
        desk.stands(desk.post())
    assert desk.queries("guards") == few


def test_a_guards_page_tells_papers_training_and_every_service(desk: Any) -> None:
    post = desk.post()
    guard = desk.guard()
    desk.left(post, days_ago=300, guard=guard, first_day=desk.today - timedelta(days=400))
    desk.stands(post, guard=guard, first_day=desk.today - timedelta(days=100))
    record = TrainingRecordFactory(guard=guard, school=post.school)
    page = desk.get("guard", guard)
    assert "Medical certificate" in page
    assert record.module.title in page
    assert ">101<" in page
    assert "Resigned" in page
    assert guard.masked_iin in page
    assert guard.iin not in page


def test_a_new_guards_page_says_what_will_appear(desk: Any) -> None:
    guard = GuardFactory()
    EmploymentFactory(guard=guard, agency=desk.agency)
    page = desk.get("guard", guard)
    for heading in ("He has not stood at any school yet", "No papers entered", "No training entered"):
        assert heading in page


def test_what_the_guard_did_for_another_agency_is_not_told(desk: Any, other: Any) -> None:
    guard = desk.guard()
    theirs = other.left(other.post(), days_ago=500, guard=guard)
    assert theirs.post.school.name not in desk.get("guard", guard)


def test_a_guard_who_left_the_staff_is_not_found(desk: Any) -> None:
    guard = desk.guard()
    guard.employments.update(last_day=desk.today - timedelta(days=1))
    assert desk.client.get(desk.url("guard", guard)).status_code == 404


def test_a_long_life_takes_as_many_queries_as_a_short_one(desk: Any) -> None:
    guard = desk.guard()

    def serve(count: int) -> None:
        for _ in range(count):
            at = 4000 - 20 * guard.assignments.count()
            first, last = (desk.today - timedelta(days=days) for days in (at, at - 10))
            desk.stands(desk.post(), guard=guard, first_day=first, last_day=last, left=True)
            TrainingRecordFactory(guard=guard, completed_on=first)

    serve(1)
    few = desk.queries("guard", guard)
    serve(19)
    assert desk.queries("guard", guard) == few


@pytest.mark.parametrize(
    ("days", "choice"), [(1, "month"), (30, "month"), (31, "quarter"), (365, "year"), (366, "longer")]
)
def test_guards_are_found_by_how_long_they_have_stood(desk: Any, days: int, choice: str) -> None:
    guard = desk.stands(desk.post(), first_day=desk.today - timedelta(days=days - 1)).guard
    desk.guard()
    assert {name for name in ("month", "quarter", "year", "longer") if guard in shown(desk, tenure=name)} == {choice}


def test_guards_are_found_by_what_their_school_asks_of_them(desk: Any) -> None:
    post = desk.post()
    trained, untrained, free = desk.stands(post).guard, desk.stands(post).guard, desk.guard()
    module = RequirementFactory(school=post.school).module
    TrainingRecordFactory(guard=trained, module=module, school=post.school, completed_on=desk.today)
    assert shown(desk, training="complete") == {trained}
    assert shown(desk, training="lacking") == {untrained}
    rows = desk.client.get(desk.url("guards")).context["page"].rows
    told = {guard: guard.trained and guard.trained.text for guard in rows}
    assert told == {trained: "Everything that is asked for", untrained: "Something is missing", free: None}
    response = desk.client.get(desk.url("guards"), {"format": "csv"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    line = next(one for one in lines if one.startswith(untrained.family_name))
    assert line.endswith(";Something is missing") and f";{post.school.region.name};" in line


def test_guards_are_found_by_what_the_regulator_said_of_their_papers(desk: Any) -> None:
    waiting, doubted, verified = desk.guard(), desk.guard(), desk.guard()
    doubted.credentials.update(doubted_on=desk.today, doubt="No such number.")
    verified.credentials.update(verified_on=desk.today)
    assert shown(desk, papers="waiting") == {waiting}
    assert shown(desk, papers="doubted") == {doubted}


def test_where_he_may_stand_names_the_law_before_policy_and_what_holds_everywhere_once(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    RequirementFactory(school=post.school)
    guard.credentials.all().delete()
    CredentialFactory(guard=guard, kind="medical_certificate", valid_until=desk.today - timedelta(days=1))
    page = desk.get("guard", guard)
    said = page[page.index("At every school") :]
    assert said.index("law-mark law") < said.index("law-mark policy")
    assert "only what is said above" in said
