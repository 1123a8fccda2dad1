"""`manage.py add_member`: who may sign in, said in one line; a mistake is told in a sentence."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from access.roles import Role
from accounts.models import Membership, User
from audit.models import Event
from tests.factories import AgencyFactory, SchoolFactory

pytestmark = pytest.mark.django_db
EMAIL = "a.zhunisova@qorgan.example"


def add(*words: str) -> str:
    output = StringIO()
    call_command("add_member", *words, stdout=output)
    return output.getvalue()


def named(*words: str) -> str:
    return add(EMAIL, "--name", "Айгүл Жүнісова", *words)


def test_each_role_follows_from_the_organisation() -> None:
    agency, school = AgencyFactory(), SchoolFactory()
    named("--agency", agency.bin)
    add(EMAIL, "--school", school.code)
    add(EMAIL, "--region", "35")
    add(EMAIL, "--country")
    held = Membership.objects.order_by("pk").values_list("role", "agency", "school", "region")
    assert list(held) == [
        (Role.AGENCY_MANAGER, agency.pk, None, None),
        (Role.SCHOOL_DIRECTOR, None, school.pk, None),
        (Role.REGULATOR, None, None, "35"),
        (Role.REGULATOR, None, None, None),
    ]
    assert User.objects.get().full_name == "Айгүл Жүнісова"


def test_a_new_person_sets_a_password_at_the_printed_address_and_signs_in(client: Client) -> None:
    path = named("--country").split(" set at ")[1].split(",")[0]
    form = client.get(path)["Location"]
    client.post(form, {"password1": "a long phrase of words", "password2": "a long phrase of words"})
    client.post("/accounts/login/", {"login": EMAIL, "password": "a long phrase of words"})
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_an_ended_membership_holds_no_more_and_can_begin_again() -> None:
    named("--region", "35")
    add(EMAIL, "--region", "35", "--end")
    assert Membership.objects.get().ended_on == timezone.localdate()
    assert not Membership.objects.in_use().exists()
    add(EMAIL, "--region", "35")
    assert Membership.objects.get().ended_on is None


def test_every_change_leaves_an_event_that_names_person_and_organisation() -> None:
    named("--region", "35")
    add(EMAIL, "--region", "35", "--end")
    told = Event.objects.about(Membership.objects.get()).values_list("verb", "actor", "details")
    said = {"person": EMAIL, "role": "regulator", "organisation": "regulator 35"}
    assert list(told) == [("membership_ended", "", said), ("member_added", "", said)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((EMAIL, "--country"), "is new here. Say the person's name"),
        ((EMAIL, "--name", "А. Б.", "--agency", "1"), "does not hold an agency with the BIN 1"),
        ((EMAIL, "--name", "А. Б.", "--school", "S"), "does not hold a school with the code S"),
        ((EMAIL, "--name", "А. Б.", "--region", "99"), "does not hold a region with the code 99"),
        (("no-address", "--name", "А. Б.", "--country"), "valid email address"),
        ((EMAIL, "--country", "--end"), "nothing to end"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_changes_nothing(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        add(*words)
    assert not User.objects.exists()
    assert not Membership.objects.exists()


def test_the_same_membership_twice_is_refused() -> None:
    named("--country")
    with pytest.raises(CommandError, match="already acts"):
        add(EMAIL, "--country")
    assert Event.objects.count() == 1
