"""Pages for what went wrong: in the language of the reader, and the worst of them asks nothing of anybody."""

from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from desks.public import views
from tests.factories import MembershipFactory
from tests.languages.left_overs import left_overs

pytestmark = pytest.mark.django_db
LANGUAGES = ["kk", "ru"]


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_the_page_for_our_own_fault_asks_nothing_of_the_request_or_the_database(language: str) -> None:
    with translation.override(language), CaptureQueriesContext(connection) as asked:
        page = render_to_string("500.html")
    assert len(asked) == 0
    assert f'<html lang="{language}">' in page
    assert language == "en" or left_overs(page, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_of_ours_is_answered_by_that_page(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(views, "render", fail)
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = language
    answer = client.get("/")
    assert answer.status_code == 500
    assert left_overs(answer.content.decode(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_without_its_token_is_told_what_to_do(language: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = language
    answer = client.post("/choose/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert answer.templates[0].name == "403_csrf.html"
    assert left_overs(answer.content.decode(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_another_role_says_as_whom_one_acts(client: Client, language: str) -> None:
    membership = MembershipFactory()
    client.force_login(membership.user)
    client.cookies["django_language"] = language
    answer = client.get("/school/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert left_overs(page.replace(membership.user.email, ""), language) == []
    with translation.override(language):
        assert membership.agency.name in page.partition("<main")[2]


def test_the_home_page_leads_each_role_to_its_desk(client: Client) -> None:
    client.force_login(MembershipFactory().user)
    assert client.get("/")["Location"] == "/agency/"
