"""The queue of papers: what agencies claim, verified or found wrong by the officer of the region."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guards.models import Credential
from schools.models import Region
from tests.desks.country import OTHER, OWN, TODAY, Country
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AgencyFactory, AssignmentFactory, CredentialFactory, EmploymentFactory, StoredFileFactory

QUEUE = reverse("regulator:papers")


def claimed(region: str = OWN, **options: Any) -> Any:
    agency = AgencyFactory(region=Region.objects.get(code=region))
    return CredentialFactory(guard=EmploymentFactory(agency=agency).guard, **options)


def url(paper: Any) -> str:
    return reverse("regulator:paper", args=[paper.public_id])


def shown(officer: Client, **query: str) -> set[Credential]:
    return set(officer.get(QUEUE, query).context["page"].rows)


@pytest.fixture
def officer(country: Country) -> Client:
    return country.enter(region=OWN)


def test_an_officer_sees_the_papers_of_his_region(officer: Client) -> None:
    own, _other = claimed(), claimed(OTHER)
    assert shown(officer) == {own}


def test_a_row_names_guard_agency_term_and_claim(officer: Client) -> None:
    paper = claimed(valid_until=TODAY + timedelta(days=20))
    page = officer.get(QUEUE).content.decode()
    agency = paper.guard.employments.get().agency
    for text in (paper.guard.full_name, paper.guard.masked_iin, agency.name_ru, paper.number, "Claimed, not verified"):
        assert text in page
    assert paper.guard.iin not in page


def test_papers_are_found_by_what_became_of_them(officer: Client) -> None:
    waiting, verified, doubted = claimed(), claimed(verified_on=TODAY), claimed(doubted_on=TODAY, doubt="No.")
    assert shown(officer, state="waiting") == {waiting}
    assert shown(officer, state="verified") == {verified}
    assert shown(officer, state="doubted") == {doubted}


@pytest.mark.parametrize(("days", "choice"), [(-1, "expired"), (0, "ending"), (60, "ending"), (61, "valid")])
def test_papers_are_found_by_their_term(officer: Client, days: int, choice: str) -> None:
    paper = claimed(valid_until=TODAY + timedelta(days=days))
    assert {name for name in ("valid", "ending", "expired") if shown(officer, valid=name) == {paper}} == {choice}


def test_papers_are_found_by_guard_agency_kind_and_scan(officer: Client) -> None:
    one, two = claimed(scan=StoredFileFactory()), claimed(kind="weapon_permit")
    assert shown(officer, q=one.guard.family_name) == shown(officer, q=one.guard.iin) == {one}
    assert shown(officer, agency=two.guard.employments.get().agency.bin) == {two}
    assert shown(officer, kind="weapon_permit") == {two}
    assert shown(officer, scan="yes") == {one}
    assert shown(officer, scan="no") == {two}


def test_the_national_officer_chooses_a_region(country: Country) -> None:
    own, other = claimed(), claimed(OTHER)
    national = country.enter()
    assert shown(national) == {own, other}
    assert shown(national, region=OTHER) == {other}


def test_the_oldest_claim_comes_first(officer: Client) -> None:
    papers = [claimed() for _ in range(3)]
    assert list(officer.get(QUEUE).context["page"].rows) == papers


def test_a_paper_is_verified(officer: Client) -> None:
    paper = claimed()
    assert officer.post(url(paper), {"answer": "verify"}).url == f"{QUEUE}?state=waiting"
    paper.refresh_from_db()
    assert paper.verified_on == TODAY
    page = officer.get(url(paper)).content.decode()
    assert "Verified on 24.11.2026" in page
    assert 'value="verify"' not in page


def test_the_agency_is_told_what_is_wrong(officer: Client) -> None:
    paper = claimed()
    assert officer.post(url(paper), {"answer": "doubt", "words": "No such number."}).status_code == 302
    paper.refresh_from_db()
    assert paper.doubt == "No such number."
    assert "No such number." in officer.get(url(paper)).content.decode()


def test_a_doubt_without_words_is_refused_by_its_field(officer: Client) -> None:
    paper = claimed()
    page = officer.post(url(paper), {"answer": "doubt", "words": " "})
    assert page.status_code == 200
    assert "Say what is wrong" in page.content.decode()
    assert paper in Credential.objects.waiting()


def test_a_second_verification_is_refused(officer: Client) -> None:
    paper = claimed(verified_on=TODAY)
    assert "was verified already" in officer.post(url(paper), {"answer": "verify"}).content.decode()


def test_a_paper_stands_beside_its_guard_his_posts_and_his_other_papers(officer: Client) -> None:
    paper = claimed(scan=StoredFileFactory())
    agency = paper.guard.employments.get().agency
    assignment = AssignmentFactory(guard=paper.guard, agency=agency, post__school__region=agency.region)
    other = CredentialFactory(guard=paper.guard, kind="weapon_permit")
    page = officer.get(url(paper)).content.decode()
    scan = reverse("private:scan", args=[paper.public_id])
    for text in (paper.guard.iin, assignment.post.school.name, other.number, url(other), scan):
        assert text in page


def test_a_paper_of_another_region_is_not_there(officer: Client) -> None:
    paper = claimed(OTHER)
    assert officer.get(url(paper)).status_code == 404
    assert officer.post(url(paper), {"answer": "verify"}).status_code == 404


def test_the_fragment_is_the_page(officer: Client) -> None:
    claimed()
    assert_fragment_equals_page(officer, f"{QUEUE}?state=waiting")


def test_the_queue_is_downloaded(officer: Client) -> None:
    paper = claimed()
    answer: Any = officer.get(QUEUE, {"format": "csv"})
    assert paper.number in b"".join(answer.streaming_content).decode()


def test_twenty_papers_take_as_many_queries_as_one(officer: Client) -> None:
    def queries() -> int:
        officer.get(QUEUE)
        with CaptureQueriesContext(connection) as caught:
            officer.get(QUEUE)
        return len(caught)

    claimed()
    before = queries()
    for _ in range(20):
        claimed()
    assert queries() == before
