"""Filters kept under a name: chosen, listed and taken away by whoever kept them, and nobody else."""

from typing import Any

import pytest

from accounts.models import SavedFilter
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import SavedFilterFactory

KEEP = "/filters/?page=agency:guards&query=status%3Dfree%26after%3Dabc%26q%3D"


def test_a_filter_is_kept_without_the_place_in_the_list(desk: Any) -> None:
    assert "Keep this filter" in desk.get("guards", status="free")
    response = desk.client.post(KEEP, {"name": "Free"})
    assert response.url == f"{desk.url('guards')}?status=free"
    assert SavedFilter.objects.get().query == "status=free"
    assert "The filter “Free” is kept." in desk.client.get(response.url).content.decode()


def test_a_kept_filter_is_chosen_by_its_name(desk: Any) -> None:
    kept = SavedFilterFactory(membership=desk.membership)
    assert f'<a href="{desk.url("guards")}?status=free">{kept.name}</a>' in desk.get("guards")
    chosen = desk.get("guards", status="free")
    assert f'<a href="{desk.url("guards")}?status=free" aria-current="true">{kept.name}</a>' in chosen
    assert "Keep this filter" not in chosen
    assert_fragment_equals_page(desk.client, f"{desk.url('guards')}?status=free")


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "Give the filter a name."), ("Free", "You already keep a filter under this name.")]
)
def test_a_name_that_cannot_be_is_refused_by_its_field(desk: Any, name: str, sentence: str) -> None:
    SavedFilterFactory(membership=desk.membership, name="Free", query="status=proposed")
    page = desk.client.post(KEEP, {"name": name})
    assert page.status_code == 200
    assert sentence in page.content.decode()


def test_filters_are_kept_of_one_list_by_one_person(desk: Any, other: Any) -> None:
    SavedFilterFactory(membership=other.membership, name="Not mine")
    SavedFilterFactory(membership=desk.membership, name="Of schools", page="agency:schools")
    page = desk.get("guards")
    assert "Not mine" not in page
    assert "Of schools" not in page


def test_a_filter_is_taken_away(desk: Any) -> None:
    kept = SavedFilterFactory(membership=desk.membership)
    assert kept.name in desk.client.get("/filters/?page=agency:guards").content.decode()
    assert desk.client.post(f"/filters/{kept.public_id}/delete/").url == "/filters/?page=agency:guards"
    assert not SavedFilter.objects.exists()


def test_another_persons_filter_is_not_taken_away(desk: Any, other: Any) -> None:
    kept = SavedFilterFactory(membership=other.membership)
    assert desk.client.post(f"/filters/{kept.public_id}/delete/").status_code == 404
    assert SavedFilter.objects.exists()


@pytest.mark.parametrize("page", ["", "nowhere", "agency:guard", "https://elsewhere.example/"])
def test_what_is_no_list_keeps_nothing(desk: Any, page: str) -> None:
    assert desk.client.get("/filters/", {"page": page, "query": "a=b"}).status_code == 404


def test_a_list_takes_as_many_queries_with_twenty_kept_filters(desk: Any) -> None:
    SavedFilterFactory(membership=desk.membership)
    before = desk.queries("guards")
    for _ in range(20):
        SavedFilterFactory(membership=desk.membership)
    assert desk.queries("guards") == before
