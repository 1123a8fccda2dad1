"""Photographs and scans: shown to agency, school and regulator of the region, to nobody else, and as what they are."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import Role
from schools.models import Region
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CredentialFactory,
    MembershipFactory,
    SchoolFactory,
    StoredFileFactory,
)

pytestmark = pytest.mark.django_db
HERE, THERE = "35", "71"


@pytest.fixture
def assignment() -> Any:
    """A guard with a photograph and a scanned paper, at a school."""
    here = Region.objects.get(code=HERE)
    found = AssignmentFactory(post__school__region=here, agency__region=here)
    found.guard.photo = StoredFileFactory(name="face.png", content_type="image/png")
    found.guard.save()
    CredentialFactory(guard=found.guard, scan=StoredFileFactory())
    return found


def ask(client: Client, name: str, assignment: Any, **membership: Any) -> Any:
    client.force_login(MembershipFactory(**membership).user)
    record = assignment.guard if name == "photo" else assignment.guard.credentials.get()
    return client.get(reverse(f"private:{name}", args=[record.public_id]))


@pytest.mark.parametrize("name", ["photo", "scan"])
def test_those_concerned_open_it(client: Client, assignment: Any, name: str) -> None:
    regulator = {"role": Role.REGULATOR}
    concerned: list[dict[str, Any]] = [
        {"agency": assignment.agency},
        {"role": Role.SCHOOL_DIRECTOR, "school": assignment.post.school},
        regulator | {"region_id": HERE},
        regulator,
    ]
    assert [ask(client, name, assignment, **one).status_code for one in concerned] == [200] * 4


@pytest.mark.parametrize("name", ["photo", "scan"])
def test_to_neighbours_it_is_not_there(client: Client, assignment: Any, name: str) -> None:
    neighbours: list[dict[str, Any]] = [
        {"agency": AgencyFactory()},
        {"role": Role.SCHOOL_DIRECTOR, "school": SchoolFactory()},
        {"role": Role.REGULATOR, "region_id": THERE},
    ]
    assert [ask(client, name, assignment, **one).status_code for one in neighbours] == [404] * 3


@pytest.mark.parametrize("name", ["photo", "scan"])
def test_without_a_file_there_is_nothing_to_open(client: Client, name: str) -> None:
    assignment = AssignmentFactory()
    CredentialFactory(guard=assignment.guard)
    assert ask(client, name, assignment, agency=assignment.agency).status_code == 404


def test_a_scan_is_saved_as_what_it_is_and_never_guessed_at(client: Client, assignment: Any) -> None:
    answer = ask(client, "scan", assignment, agency=assignment.agency)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_photograph_opens_in_the_page(client: Client, assignment: Any) -> None:
    answer = ask(client, "photo", assignment, agency=assignment.agency)
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer["Content-Disposition"].startswith("attachment")


def test_a_photograph_stands_where_the_director_meets_the_guard(client: Client, assignment: Any) -> None:
    director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=assignment.post.school)
    assignment.status, assignment.confirmed_on = "proposed", None
    assignment.save()
    client.force_login(director.user)
    address = reverse("private:photo", args=[assignment.guard.public_id])
    assert address in client.get(reverse("school:proposal", args=[assignment.public_id])).content.decode()
