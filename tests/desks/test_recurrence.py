"""A finding that closed and was found again: each says so of the other, on every desk that may know of both."""

from typing import Any

import pytest
from django.test import Client

from access.roles import Role
from compliance.models import Finding
from desks.recurrence import kin
from tests.desks.country import OTHER, OWN, TODAY, Country, before, country, today
from tests.factories import MembershipFactory
from tests.languages.left_overs import left_overs

__all__ = ["country", "today"]
LEVELS = {"school": ("school", False), "agency": ("agency_school", True), "regulator": ("school", False)}


@pytest.fixture
def school(country: Country) -> Any:
    """Every finding about turnover at a school closed in spring and was found again today."""
    found = country.school(OWN, leaves=8)
    country.judge()
    for one in Finding.objects.filter(version__rule="turnover_limit"):
        later = Finding.objects.get(pk=one.pk)
        Finding.objects.filter(pk=one.pk).update(opened_on=before(200), closed_on=before(100))
        later.pk, later.previous_id = None, one.pk
        later._state.adding = True
        later.public_id = Finding._meta.get_field("public_id").get_default()
        later.save()
    return found


def pair(school: Any, level: str) -> tuple[Finding, Finding]:
    found = Finding.objects.filter(version__rule="turnover_limit", school=school, evidence__level=level)
    return found.get(previous__isnull=True), found.get(previous__isnull=False)


def enter(client: Client, desk: str, school: Any, language: str = "en") -> None:
    agency = school.contracts.get().agency
    owner = {
        "school": {"role": Role.SCHOOL_DIRECTOR, "school": school},
        "agency": {"role": Role.AGENCY_MANAGER, "agency": agency},
        "regulator": {"role": Role.REGULATOR},
    }[desk]
    client.force_login(MembershipFactory(**owner).user)
    client.cookies["django_language"] = language


@pytest.mark.parametrize("desk", ["school", "agency", "regulator"])
def test_each_finding_leads_to_the_other(client: Client, school: Any, desk: str) -> None:
    former, latter = pair(school, LEVELS[desk][0])
    enter(client, desk, school)
    text = client.get(f"/{desk}/findings/{latter.public_id}/").content.decode()
    assert f"The same was found on {before(200):%d.%m.%Y} and closed on {before(100):%d.%m.%Y}:" in text
    assert f"/{desk}/findings/{former.public_id}/" in text
    assert "The same was found before:" in text
    assert "left for good 8 (leaves in all 10, without excused ones 9)" in text
    text = client.get(f"/{desk}/findings/{former.public_id}/").content.decode()
    assert f"It was found again on {TODAY:%d.%m.%Y}:" in text
    assert f"/{desk}/findings/{latter.public_id}/" in text
    assert "Found again:" in text


@pytest.mark.parametrize("desk", ["school", "agency", "regulator"])
def test_a_finding_of_its_own_says_nothing(client: Client, country: Country, desk: str) -> None:
    school = country.school(OWN, leaves=8)
    country.judge()
    found = Finding.objects.get(version__rule="turnover_limit", school=school, evidence__level=LEVELS[desk][0])
    enter(client, desk, school)
    text = client.get(f"/{desk}/findings/{found.public_id}/").content.decode()
    assert "The same was found" not in text and "found again" not in text


def test_they_stand_in_the_timeline_at_their_days(client: Client, school: Any) -> None:
    _former, latter = pair(school, "school")
    enter(client, "regulator", school)
    entries = client.get(f"/regulator/findings/{latter.public_id}/").context["proof"].entries
    assert [entry.day for entry in entries] == [TODAY, before(200)]


def test_who_may_not_know_of_the_other_is_not_told(school: Any) -> None:
    _former, latter = pair(school, "school")
    stranger = MembershipFactory(role=Role.REGULATOR, region_id=OTHER)
    assert kin(latter, stranger, lambda one: "").previous is None


def test_a_finding_without_figures_is_told_by_its_days(client: Client, country: Country) -> None:
    country.silent_school()
    country.judge()
    one = country.finding("measurable")
    former = Finding.objects.get(pk=one.pk)
    former.pk, former.opened_on, former.closed_on = None, before(90), before(80)
    former.public_id = Finding._meta.get_field("public_id").get_default()
    former._state.adding = True
    former.save()
    Finding.objects.filter(pk=one.pk).update(previous=former)
    text = country.enter().get(f"/regulator/findings/{one.public_id}/").content.decode()
    assert f"The same was found on {before(90):%d.%m.%Y}" in text
    assert "Then:" not in text


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("desk", ["school", "agency", "regulator"])
def test_nothing_is_left_in_another_language(client: Client, school: Any, desk: str, language: str) -> None:
    enter(client, desk, school, language)
    for one in pair(school, LEVELS[desk][0]):
        text = client.get(f"/{desk}/findings/{one.public_id}/").content.decode()
        assert left_overs(text, language) == []
