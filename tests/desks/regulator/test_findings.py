"""The list of findings: filters, order, pages, file, and the number in the navigation."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import Clause, Finding
from tests.desks.country import OTHER, OWN, TODAY, Country, before
from tests.desks.fragments import assert_fragment_equals_page

URL = "/regulator/findings/"


@pytest.fixture
def judged(country: Country) -> Country:
    """In one region a school beyond the limit, in the other a silent one and one under a suspended licence."""
    country.school(OWN, leaves=8)
    country.silent_school(OTHER)
    country.suspend(country.school(OTHER, leaves=0))
    country.judge()
    return country


def rows(country: Country, query: str = "") -> list[Finding]:
    response = country.client.get(f"{URL}?{query}")
    assert response.status_code == 200
    return list(response.context["page"].rows)


def test_each_line_says_what_where_how_sure_and_by_which_clause(judged: Country) -> None:
    judged.enter()
    finding = judged.finding("turnover_limit", agency=None)
    text = judged.client.get(f"{URL}?rule=turnover_limit").content.decode()
    assert "Turnover above the limit" in text
    assert f"№\N{NO-BREAK SPACE}{finding.number}" in text
    assert finding.school and finding.school.name in text
    assert f"{finding.evidence['settled_rate']:.0f}\N{NO-BREAK SPACE}% a year" in text
    assert "left for good 8, counted 9 of 10 leaves" in text
    assert "Established" in text
    assert "Policy, not law" in text


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ("rule=turnover_limit", {"turnover_limit"}),
        ("rule=measurable", {"measurable"}),
        ("strength=established", {"turnover_limit"}),
        (f"region={OTHER}&rule=licence_in_force", {"licence_in_force"}),
        (f"region={OWN}&rule=licence_in_force", set()),
    ],
)
def test_filters_narrow_the_list(judged: Country, query: str, rules: set[str]) -> None:
    judged.enter()
    assert {finding.version.rule for finding in rows(judged, query)} == rules


def test_findings_by_the_records_have_no_strength(judged: Country) -> None:
    judged.enter()
    found = rows(judged, "strength=by_records")
    assert found
    assert {finding.strength for finding in found} == {""}


def test_a_clause_is_chosen_by_its_number(judged: Country) -> None:
    judged.enter()
    finding = judged.finding("licence_in_force")
    clause = Clause.objects.get(versions=finding.version)
    assert rows(judged, f"clause={clause.pk}") == [finding]


def test_an_agency_is_found_by_its_name_or_bin_and_a_school_by_its_name_or_place(judged: Country) -> None:
    judged.enter()
    finding = judged.finding("licence_in_force")
    assert finding.agency and finding.school
    of_agency = {one.agency_id for one in rows(judged, f"agency={finding.agency.bin}")}
    assert of_agency == {finding.agency_id}
    of_school = {one.school_id for one in rows(judged, f"school={finding.school.name_ru.lower()}")}
    assert of_school == {finding.school_id}
    assert rows(judged, "agency=нет такой") == []


def test_open_and_closed_are_told_apart(judged: Country) -> None:
    judged.enter()
    one = judged.finding("measurable")
    Finding.objects.filter(pk=one.pk).update(closed_on=TODAY)
    assert rows(judged, "state=closed") == [one]
    assert one not in rows(judged, "state=open")


def test_the_day_of_opening_is_typed_as_day_month_year(judged: Country) -> None:
    judged.enter()
    one = judged.finding("measurable")
    Finding.objects.filter(pk=one.pk).update(opened_on=before(20))
    assert rows(judged, f"opened_to={before(10):%d.%m.%Y}") == [one]
    assert one not in rows(judged, f"opened_from={before(10):%d.%m.%Y}")
    assert rows(judged, f"opened_from={before(25):%d.%m.%Y}&opened_to={before(15):%d.%m.%Y}") == [one]


def test_a_day_that_is_none_is_said_by_its_field(judged: Country) -> None:
    judged.enter()
    response = judged.client.get(f"{URL}?opened_from=31.02.2026")
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()


def test_the_oldest_come_first_when_the_order_is_turned(judged: Country) -> None:
    judged.enter()
    one = judged.finding("measurable")
    Finding.objects.filter(pk=one.pk).update(opened_on=before(20))
    assert rows(judged)[-1] == one
    assert rows(judged, "sort=opened")[0] == one


def test_an_officer_of_a_region_sees_its_findings_alone(judged: Country) -> None:
    judged.enter(region=OWN)
    assert {finding.region_id for finding in rows(judged)} == {OWN}
    text = judged.client.get(URL).content.decode()
    assert 'name="region"' not in text
    assert rows(judged, f"region={OTHER}") == rows(judged)


def test_an_empty_list_says_how_to_see_more(country: Country) -> None:
    country.enter()
    text = country.client.get(f"{URL}?rule=measurable").content.decode()
    assert "Nothing matches" in text
    assert "Reset" in text


def test_the_navigation_counts_what_is_open(judged: Country) -> None:
    count = Finding.objects.filter(region=OWN).open().count()
    judged.enter(region=OWN)
    assert f'<span class="count">{count}</span>' in judged.client.get(URL).content.decode()


def test_the_file_holds_every_row_that_passes_the_filter(judged: Country) -> None:
    judged.enter()
    response = judged.client.get(f"{URL}?rule=turnover_limit&format=csv")
    lines = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 1 + Finding.objects.filter(version__rule="turnover_limit").count()
    heads, first = lines[0], dict(zip(lines[0], lines[1], strict=True))
    assert len(heads) == len(lines[1])
    assert first["What is breached"] == "Turnover above the limit"
    assert (first["Left for good"], first["Leaves that count"], first["Leaves in all"]) == ("8", "9", "10")
    assert first["Opened"] == "24.11.2026"


def test_the_list_alone_is_the_list_of_the_page(judged: Country) -> None:
    judged.enter()
    assert_fragment_equals_page(judged.client, f"{URL}?state=open&sort=school")


def test_the_same_number_of_queries_for_one_row_and_for_twenty(country: Country) -> None:
    country.silent_school()
    country.judge()
    country.enter()
    with CaptureQueriesContext(connection) as one:
        assert len(rows(country)) == 1
    for _ in range(3):
        country.suspend(country.school(leaves=8))
    country.judge()
    rows(country)
    with CaptureQueriesContext(connection) as many:
        assert len(rows(country)) > 12
    assert len(many) == len(one)
