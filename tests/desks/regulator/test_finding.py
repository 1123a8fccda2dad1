"""The proof page of a finding, and its rows as a file."""

import csv
import io
from datetime import timedelta

import pytest

from compliance.models import Finding
from desks.regulator.views.findings import NAMED_AT_MOST
from schools.models import Region
from tests.desks.country import OTHER, OWN, TODAY, Country
from tests.desks.proof.evidence import FLAT
from tests.desks.proof.test_flat import flat_finding
from tests.factories import AgencyFactory, AssignmentFactory, GuardFactory, PostFactory
from tests.languages.left_overs import left_overs


@pytest.fixture
def finding(country: Country) -> Finding:
    """Turnover at a school of the officers' region, established."""
    country.attended(country.school(OWN, leaves=8), ["present", "absent"])
    country.judge()
    return country.finding("turnover_limit", agency=None)


def url(finding: Finding, what: str = "") -> str:
    return f"/regulator/findings/{finding.public_id}/{what}"


def test_the_page_holds_all_that_the_finding_rests_on(country: Country, finding: Finding) -> None:
    text = country.enter().get(url(finding)).content.decode()
    assert f"№\N{NO-BREAK SPACE}{finding.number}" in text
    assert "chance does not explain it" in text
    assert "Who stood at the doors" in text
    assert "Rows of the calculation" in text
    assert "Claimed and confirmed" in text
    assert "Policy, not law" in text
    assert finding.version.text_en in text
    assert url(finding, "rows.csv") in text
    assert url(finding, "proof.pdf") in text
    assert "Opened: Established" in text


def test_no_iin_stands_on_the_page(country: Country, finding: Finding) -> None:
    text = country.enter().get(url(finding)).content.decode()
    for row in finding.evidence["rows"]:
        assert row["iin"] not in text


def test_beside_the_proof_stand_a_dozen_guards_and_how_many_more(country: Country) -> None:
    country.school(OWN, leaves=20)
    country.judge()
    finding = country.finding("turnover_limit", agency=None)
    guards = len({row["iin"] for row in finding.evidence["rows"]})
    response = country.enter().get(url(finding))
    assert len(response.context["guards"]) == NAMED_AT_MOST
    assert response.context["further_guards"] == guards - NAMED_AT_MOST > 0
    assert f"and {guards - NAMED_AT_MOST} more, in the rows" in response.content.decode()


def test_a_guard_of_another_agency_is_not_named_beside_a_finding_against_one(country: Country) -> None:
    school = country.school(OWN, leaves=0)
    post = PostFactory(school=school, positions=3)
    own = AssignmentFactory(post=post, agency=school.contracts.get().agency, first_day=TODAY - timedelta(days=200))
    other = AssignmentFactory(post=post, first_day=TODAY - timedelta(days=200))
    country.judge()
    finding = country.finding("post_covered", evidence__post=post.code)
    assert {own.guard.iin, other.guard.iin} == {row["iin"] for row in finding.evidence["rows"]}
    response = country.enter().get(url(finding))
    assert list(response.context["guards"]) == [own.guard]
    assert other.guard.family_name not in response.content.decode()


def test_a_finding_of_another_region_does_not_exist(country: Country, finding: Finding) -> None:
    country.enter(region=OTHER)
    for what in ("", "rows.csv", "proof.pdf"):
        assert country.client.get(url(finding, what)).status_code == 404


def test_a_closed_finding_says_when_it_closed(country: Country, finding: Finding) -> None:
    Finding.objects.filter(pk=finding.pk).update(closed_on=TODAY)
    assert "closed on 24\N{NO-BREAK SPACE}November 2026" in country.enter().get(url(finding)).content.decode()


def test_the_rows_can_be_taken_away(country: Country, finding: Finding) -> None:
    response = country.enter().get(url(finding, "rows.csv"))
    assert response["Content-Disposition"] == f'attachment; filename="finding-{finding.number}.csv"'
    lines = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [line["assignment_id"] for line in lines] == [row["assignment_id"] for row in finding.evidence["rows"]]
    assert [line["leave"] for line in lines].count("left") == 8


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_nothing_on_the_page_is_left_in_another_language(country: Country, finding: Finding, language: str) -> None:
    page = country.enter(language=language).get(url(finding)).content.decode()
    assert left_overs(page, language) == []


@pytest.mark.parametrize("rule", FLAT)
def test_the_page_of_every_further_rule_opens_in_kazakh_without_left_overs(country: Country, rule: str) -> None:
    post = PostFactory(
        code="P7", name="Кіреберіс", school__region=Region.objects.get(code=OWN), school__locality="Абай ауылы"
    )
    owners = {"school": post.school, "agency": AgencyFactory(bin="601240000004"), "guard": GuardFactory()}
    finding = flat_finding(rule, FLAT[rule], **owners)
    page = country.enter(language="kk").get(url(finding)).content.decode()
    assert finding.version.text_kk in page
    assert left_overs(page, "kk") == []
