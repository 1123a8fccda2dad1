"""The guards of a region before its officer, and one of them: papers, training, places, findings, history."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.findings import evaluate
from compliance.models import Finding
from schools.models import Region
from tests.desks.country import OTHER, OWN, Country
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CauseFactory,
    CredentialFactory,
    PostFactory,
    PresenceFactory,
    PresenceNoteFactory,
    TrainingRecordFactory,
    days,
)

pytestmark = pytest.mark.django_db
URL = reverse("regulator:guards")


@pytest.fixture
def officer(country: Country) -> Client:
    """Of the region in which the factories found agencies and schools."""
    return country.enter(region=OTHER)


@pytest.fixture
def elsewhere() -> Region:
    return Region.objects.get(code=OWN)


@pytest.fixture
def held() -> Any:
    """Somebody who stands at a school of the region for an agency of it."""
    agency = AgencyFactory()
    return AssignmentFactory(agency=agency, post=PostFactory())


def page_of(client: Client, guard: Any) -> str:
    response = client.get(reverse("regulator:guard", args=[guard.public_id]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_list_names_agency_place_and_what_is_verified(officer: Client, held: Any, today: date) -> None:
    CredentialFactory(guard=held.guard, valid_until=today + days(400), verified_on=today)
    page = officer.get(URL).content.decode()
    for words in (held.guard.full_name, held.guard.masked_iin, held.agency.name, held.post.school.name):
        assert words in page
    assert "All verified by the authorised body" in page
    assert held.guard.iin not in page
    assert_fragment_equals_page(officer, URL)


@pytest.mark.parametrize("word", ["name", "iin", "agency", "school"])
def test_a_guard_is_found_by(officer: Client, held: Any, word: str) -> None:
    other = AssignmentFactory(agency__name_ru="Другое", guard__family_name="Иной", post__school__name_ru="Иная")
    asked = {
        "name": f"q={held.guard.family_name}",
        "iin": f"q={held.guard.iin}",
        "agency": f"agency={held.agency.bin}",
        "school": f"school={held.post.school.code}",
    }[word]
    page = officer.get(f"{URL}?{asked}").content.decode()
    assert held.guard.full_name in page and other.guard.full_name not in page


def test_the_page_masks_his_number_and_says_all_that_is_known(officer: Client, held: Any, today: date) -> None:
    paper = CredentialFactory(guard=held.guard, doubted_on=today, doubt="No such number.")
    record = TrainingRecordFactory(guard=held.guard, completed_on=today - days(10))
    page = page_of(officer, held.guard)
    for words in (held.guard.masked_iin, paper.number, "No such number.", record.module.title_en, held.post.name):
        assert words in page
    assert held.guard.iin not in page
    assert "<form method=" not in page.split("<main", 1)[1]


def test_a_guard_of_another_region_is_not_there(officer: Client, held: Any, elsewhere: Region) -> None:
    stranger = AssignmentFactory(agency__region=elsewhere, post__school__region=elsewhere).guard
    assert officer.get(reverse("regulator:guard", args=[stranger.public_id])).status_code == 404
    assert stranger.masked_iin not in officer.get(URL).content.decode()


def test_a_place_in_another_region_is_not_told(officer: Client, held: Any, elsewhere: Region) -> None:
    other = AssignmentFactory(
        guard=held.guard,
        post__school__region=elsewhere,
        first_day=date(2015, 1, 1),
        left=True,
        last_day=date(2015, 5, 1),
    )
    assert other.post.school.name not in page_of(officer, held.guard)


def test_papers_causes_findings_schools_and_agencies_lead_to_him(officer: Client, held: Any, today: date) -> None:
    there = reverse("regulator:guard", args=[held.guard.public_id])
    paper = CredentialFactory(guard=held.guard)
    held.guard.citizenship = "RU"
    held.guard.save()
    evaluate(today)
    finding = Finding.objects.filter(guard=held.guard).first()
    assert finding is not None
    leave = AssignmentFactory(guard=held.guard, post=held.post, agency=held.agency, left=True, last_day=today - days(9))
    pages = [
        reverse("regulator:papers"),
        reverse("regulator:paper", args=[paper.public_id]),
        reverse("regulator:cause", args=[CauseFactory(assignment=leave).public_id]),
        reverse("regulator:finding", args=[finding.public_id]),
        reverse("regulator:school", args=[held.post.school.public_id]),
    ]
    for address in pages:
        assert there in officer.get(address).content.decode(), address
    agency = officer.get(reverse("regulator:agency", args=[held.agency.public_id])).content.decode()
    assert f"{URL}?agency={held.agency.bin}" in agency


def test_as_many_queries_for_one_guard_as_for_twenty(officer: Client, held: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(URL).status_code == 200
        return len(asked)

    CredentialFactory(guard=held.guard)
    queries()
    of_one = queries()
    for _more in range(19):
        further = AssignmentFactory(agency=held.agency, post=PostFactory())
        CredentialFactory(guard=further.guard)
    assert queries() == of_one


def test_a_disagreement_is_read_and_not_written(officer: Client, held: Any, today: date) -> None:
    shift = PresenceFactory(
        guard=held.guard, post=held.post, on=today - days(1), agency_claim=True, school_confirmation="absent"
    )
    PresenceNoteFactory(presence=shift, text="He came at nine.")
    listed = officer.get(reverse("regulator:disagreements")).content.decode()
    address = reverse("regulator:disagreement", args=[held.post.public_id, held.guard.public_id, shift.on.isoformat()])
    assert address in listed and "Claimed, the school says absent" in listed
    page = officer.get(address).content.decode()
    assert "He came at nine." in page
    assert "<textarea" not in page
    assert officer.post(address, {"text": "My word"}).status_code == 405
    assert_fragment_equals_page(officer, reverse("regulator:disagreements"))


def test_a_disagreement_of_another_region_is_not_there(officer: Client, today: date, elsewhere: Region) -> None:
    shift = PresenceFactory(
        post__school__region=elsewhere, on=today - days(1), agency_claim=True, school_confirmation="absent"
    )
    address = reverse(
        "regulator:disagreement", args=[shift.post.public_id, shift.guard.public_id, shift.on.isoformat()]
    )
    assert officer.get(address).status_code == 404
    assert shift.guard.masked_iin not in officer.get(reverse("regulator:disagreements")).content.decode()


def test_as_many_queries_for_one_disagreement_as_for_twenty(officer: Client, held: Any, today: date) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(reverse("regulator:disagreements")).status_code == 200
        return len(asked)

    def differ(back: int) -> None:
        shift = PresenceFactory(
            guard=held.guard, post=held.post, on=today - days(back), agency_claim=True, school_confirmation="absent"
        )
        PresenceNoteFactory(presence=shift)

    differ(1)
    queries()
    of_one = queries()
    for back in range(2, 21):
        differ(back)
    assert queries() == of_one
