"""One address serves a list as a page and alone."""

import pytest
from django.test import Client

from tests.desks.fragments import assert_fragment_equals_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["", "?sort=name", "?sort=-days&filter-q=Бекова"])
def test_the_list_alone_stands_letter_for_letter_in_the_page(client: Client, query: str) -> None:
    assert_fragment_equals_page(client, f"/styleguide/{query}")


def test_another_target_is_given_the_whole_page(client: Client) -> None:
    response = client.get("/styleguide/", headers={"HX-Request": "true", "HX-Target": "main"})
    assert response.content.startswith(b"<!doctype html>")
