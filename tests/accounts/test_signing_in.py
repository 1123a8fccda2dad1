"""Signing in by e-mail, a new password by a link, the limit of attempts, and no sign-up."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.factories import MembershipFactory, UserFactory
from tests.languages.left_overs import left_overs

pytestmark = pytest.mark.django_db
PASSWORD = "a long phrase of words"
NEW = "another phrase of words"
PAGES = ["", "accounts/login/", "accounts/inactive/", "accounts/password/reset/", "accounts/password/reset/done/"]
PAGES += ["accounts/password/reset/key/done/", "accounts/password/reset/key/1-nothing/", "no/such/page/"]


@pytest.fixture
def person() -> User:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, email: str, password: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_a_person_signs_in_by_email_whatever_its_case(client: Client, person: User) -> None:
    assert sign_in(client, person.email.upper(), PASSWORD)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_says_what_to_do_and_keeps_the_email(client: Client, person: User) -> None:
    response = sign_in(client, person.email, "wrong")
    page = response.content.decode()
    assert response.status_code == 200
    assert f'value="{person.email}"' in page
    assert "wrong" not in re.findall(r'value="([^"]*)"', page)


def test_an_unknown_address_is_told_the_same_as_a_wrong_password(client: Client, person: User) -> None:
    told = []
    for email in (person.email, "nobody@qorgan.example"):
        page = sign_in(client, email, "wrong").content.decode().replace(email, "")
        told.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert told[0] == told[1]


def test_signing_in_is_limited_in_the_cache_that_all_processes_share(
    client: Client, person: User, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    for _attempt in range(3):
        sign_in(client, person.email, "wrong")
    sign_in(client, person.email, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_a_closed_account_does_not_sign_in(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    sign_in(client, person.email, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_himself_up(client: Client) -> None:
    assert client.post("/accounts/signup/", {"email": "new@qorgan.example"}).status_code == 404


def test_signing_out_asks_once_and_lands_on_the_home_page(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_new_password_comes_by_a_link_that_works_once(client: Client, person: User, language: str) -> None:
    client.cookies["django_language"] = language
    client.post("/accounts/password/reset/", {"email": person.email})
    letter = mail.outbox[-1]
    link = re.search(r"http://testserver(/\S+)", letter.body)
    assert link
    form = client.get(link[1])["Location"]
    answer = client.post(form, {"password1": NEW, "password2": NEW})
    assert answer["Location"] == "/accounts/password/reset/key/done/"
    assert User.objects.get(pk=person.pk).check_password(NEW)
    again = Client().get(link[1], follow=True).content.decode()
    assert 'name="password1"' not in again
    if language != "en":
        said = letter.subject + letter.body.replace(link[0], "").replace("Qorgan", "")
        assert re.findall("[A-Za-z]{2,}", said.replace("Qorgan", "")) == []


def test_a_reset_for_an_unknown_address_answers_alike_and_sends_nothing(client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@qorgan.example"})
    assert answer["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []


def test_the_password_is_changed_by_who_knows_the_old_one(client: Client, person: User) -> None:
    client.force_login(person)
    wrong = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", wrong).status_code == 200
    client.post("/accounts/password/change/", {**wrong, "oldpassword": PASSWORD})
    assert User.objects.get(pk=person.pk).check_password(NEW)


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_before_signing_in_speak_one_language(client: Client, path: str, language: str) -> None:
    client.cookies["django_language"] = language
    assert left_overs(client.get(f"/{path}").content.decode(), language) == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_is_said_to_a_mistake_is_in_the_language_of_the_page(client: Client, person: User, language: str) -> None:
    client.cookies["django_language"] = language
    pages = [
        sign_in(client, person.email, "wrong"),
        sign_in(client, "no address", ""),
        client.post("/accounts/password/reset/", {"email": "no address"}),
    ]
    client.force_login(person)
    for password in ("short", "1234567890", "password12", "qwertyuiop"):
        sent = {"oldpassword": "wrong", "password1": password, "password2": "other"}
        pages.append(client.post("/accounts/password/change/", sent))
    pages += [client.get("/accounts/password/change/"), client.get("/accounts/logout/"), client.get("/")]
    for page in pages:
        assert left_overs(page.content.decode().replace(person.email, ""), language) == []


def test_a_person_without_an_organisation_is_told_so(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get("/").templates[0].name == "public/no_membership.html"


def test_an_ended_membership_opens_nothing(client: Client) -> None:
    membership = MembershipFactory(ended_on="2026-01-01")
    client.force_login(membership.user)
    assert client.get("/").templates[0].name == "public/no_membership.html"
