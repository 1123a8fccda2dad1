"""The regulator's queue of causes: filters, the proof of one, the two answers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guards.models import Assignment, Cause
from tests.desks.country import OTHER, OWN, Country, before
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AssignmentFactory, CauseFactory, StoredFileFactory

URL = reverse("regulator:causes")


def make_cause(region: str = OWN, **changed: Any) -> Cause:
    leave = AssignmentFactory(
        post__school__region_id=region, left=True, end_reason="illness", last_day=before(100), **changed
    )
    made: Cause = CauseFactory(assignment=leave, evidence=StoredFileFactory())
    return made


@pytest.fixture
def cause(country: Country) -> Cause:
    country.enter(region=OWN)
    return make_cause()


def shown(country: Country, query: str = "") -> set[Cause]:
    return set(country.client.get(f"{URL}?{query}").context["page"].rows)


def test_the_queue_holds_the_causes_of_the_region(country: Country, cause: Cause) -> None:
    other = make_cause(OTHER)
    assert shown(country) == {cause}
    country.enter()
    assert shown(country) == {cause, other}
    assert shown(country, f"region={OTHER}") == {other}


def test_filters_narrow_the_queue(country: Country, cause: Cause) -> None:
    answered = make_cause()
    Cause.objects.filter(pk=answered.pk).update(status="rejected", reason="No seal")
    Assignment.objects.filter(pk=answered.assignment_id).update(end_reason="retired")
    assert shown(country, "state=waiting") == {cause}
    assert shown(country, "reason=retired") == {answered}
    assert shown(country, f"agency={cause.assignment.agency.bin}") == {cause}
    assert shown(country, f"school={cause.assignment.post.school.code}") == {cause}


def test_the_number_of_those_that_wait_stands_in_the_navigation(country: Country, cause: Cause) -> None:
    page = country.client.get(URL).content.decode()
    assert 'Causes of leaves<span class="count">1</span>' in page


def test_an_officer_accepts(country: Country, cause: Cause) -> None:
    address = reverse("regulator:cause", args=[cause.public_id])
    assert "With this cause accepted, 0 would count." in country.client.get(address).content.decode()
    # Back to those that still wait, of which there are none.
    back = country.client.post(address, {"answer": "accept"})["Location"]
    assert back == f"{URL}?state=waiting"
    assert "No cause waits for an answer" in country.client.get(back).content.decode()
    cause.refresh_from_db()
    assert (cause.status, cause.decided_role) == ("accepted", "regulator")
    assert "for the regulator" in country.client.get(address).content.decode()


def test_an_officer_rejects_with_a_reason(country: Country, cause: Cause) -> None:
    address = reverse("regulator:cause", args=[cause.public_id])
    assert "Say why" in country.client.post(address, {"answer": "reject"}).content.decode()
    country.client.post(address, {"answer": "reject", "reason": "No seal"})
    cause.refresh_from_db()
    assert (cause.status, cause.reason) == ("rejected", "No seal")


def test_the_list_alone_is_a_part_of_the_page_and_the_file_tells_the_same(country: Country, cause: Cause) -> None:
    assert_fragment_equals_page(country.client, URL)
    text = country.client.get(f"{URL}?format=csv").getvalue().decode()  # type: ignore[attr-defined]
    assert cause.assignment.guard.masked_iin in text


def test_twenty_causes_take_as_many_queries_as_one(country: Country, cause: Cause) -> None:
    def queries() -> int:
        country.client.get(URL)
        with CaptureQueriesContext(connection) as caught:
            country.client.get(URL)
        return len(caught)

    few = queries()
    for _ in range(19):
        make_cause()
    assert queries() == few
