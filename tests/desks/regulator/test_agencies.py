"""The list of agencies and the file of one."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Licence
from tests.desks.country import OTHER, OWN, Country, before
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AgencyFactory, ContractFactory, LicenceEventFactory, LicenceFactory, SchoolFactory
from tests.languages.left_overs import left_overs

URL = "/regulator/agencies/"


@pytest.fixture
def agency(country: Country) -> Agency:
    """An agency whose guards leave, under a suspended licence, and a calm one of another region."""
    school = country.school(OWN, leaves=8)
    country.attended(school, ["present", ""])
    country.suspend(school)
    country.school(OTHER, leaves=0)
    country.judge()
    return school.contracts.get().agency  # type: ignore[no-any-return]


def rows(country: Country, query: str = "") -> list[Agency]:
    return list(country.client.get(f"{URL}?{query}").context["page"].rows)


def test_a_line_shows_licence_schools_staff_and_figures(country: Country, agency: Agency) -> None:
    country.enter()
    row = next(row for row in rows(country) if row == agency)
    assert row.licence.text == f"Suspended on {before(30):%d.%m.%Y}"
    assert (row.school_count, row.staff_count) == (1, 11)
    assert row.confirmed == 50
    assert row.worst == ("established", "Established")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("licence=none", True),
        ("licence=in_force", False),
        ("findings=established", True),
        ("findings=none", False),
        (f"region={OWN}", True),
        (f"region={OTHER}", False),
        ("q=нигде", False),
    ],
)
def test_filters_narrow_the_list(country: Country, agency: Agency, query: str, found: bool) -> None:
    country.enter()
    assert (agency in rows(country, query)) == found


def test_an_agency_is_found_by_its_bin(country: Country, agency: Agency) -> None:
    country.enter()
    assert rows(country, f"q={agency.bin}") == [agency]


def test_sorted_by_turnover_the_worst_comes_first(country: Country, agency: Agency) -> None:
    country.enter()
    assert rows(country, "sort=-turnover")[0] == agency


def test_the_file_of_the_list_holds_the_figures(country: Country, agency: Agency) -> None:
    country.enter()
    response = country.client.get(f"{URL}?licence=none&format=csv")
    lines = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))
    line = dict(zip(*lines, strict=True))
    assert (line["BIN"], line["Schools"], line["Guards on staff"]) == (agency.bin, "1", "11")


def test_the_list_alone_is_the_list_of_the_page(country: Country, agency: Agency) -> None:
    country.enter()
    assert_fragment_equals_page(country.client, f"{URL}?sort=headcount")


def test_the_same_number_of_queries_for_one_row_and_for_twenty(country: Country) -> None:
    country.silent_school()
    country.judge()
    country.enter()
    with CaptureQueriesContext(connection) as one:
        assert len(rows(country)) == 1
    for _ in range(19):
        country.silent_school()
    country.judge()
    with CaptureQueriesContext(connection) as many:
        assert len(rows(country)) == 20
    assert len(many) == len(one)


def test_an_agency_that_guards_in_a_region_is_known_there_wherever_it_is_registered(
    country: Country, agency: Agency
) -> None:
    country.enter(region=OTHER)
    assert agency not in rows(country)
    assert country.client.get(f"{URL}{agency.public_id}/").status_code == 404
    ContractFactory(agency=agency, school=SchoolFactory(region_id=OTHER, name_kk="Көрші мектеп"))
    assert agency in rows(country)
    text = country.client.get(f"{URL}{agency.public_id}/").content.decode()
    assert "Көрші мектеп" in text or "Школа" in text
    own = agency.contracts.order_by("pk")[0].school
    assert str(own.public_id) not in text


# The file of an agency


def file(country: Country, agency: Agency) -> str:
    return country.client.get(f"{URL}{agency.public_id}/").content.decode()


def test_the_file_shows_licences_schools_contracts_staff_and_findings(country: Country, agency: Agency) -> None:
    country.enter()
    text = file(country, agency)
    contract = agency.contracts.get()
    for words in (agency.bin, contract.number, "Приказ № 12", "Suspended", "Issued", contract.school.name):
        assert words in text
    context = country.client.get(f"{URL}{agency.public_id}/").context
    assert (context["staff"].employed, context["staff"].standing) == (11, 1)
    assert country.finding("licence_in_force").number in text


def test_the_history_of_a_licence_is_told_newest_first(country: Country) -> None:
    licence = LicenceFactory(issued_on=date(2024, 1, 1))
    for day, event in ((date(2025, 1, 1), "suspended"), (date(2025, 2, 1), "resumed"), (date(2026, 3, 1), "revoked")):
        LicenceEventFactory(licence=licence, on=day, event=event)
    country.enter()
    (told,) = country.client.get(f"{URL}{licence.agency.public_id}/").context["licences"]
    assert [entry.sentence for entry in told.entries] == ["Revoked", "Resumed", "Suspended", "Issued"]
    assert told.state.text == "Revoked on 01.03.2026"


def test_one_licence_in_force_is_enough(country: Country, agency: Agency) -> None:
    LicenceFactory(agency=agency, issued_on=date(2020, 1, 1))
    country.enter()
    assert next(row for row in rows(country) if row == agency).licence.text == "In force"


def test_an_agency_about_which_nothing_is_known_still_opens(country: Country) -> None:
    agency = AgencyFactory()
    Licence.objects.all().delete()
    country.enter()
    text = file(country, agency)
    for words in ("No licence", "No contract of guarding is in the register", "No figure is stored for its schools"):
        assert words in text


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("path", ["", "file"])
def test_nothing_is_left_in_another_language(country: Country, agency: Agency, language: str, path: str) -> None:
    url = URL if not path else f"{URL}{agency.public_id}/"
    page = country.enter(language=language).get(url).content.decode()
    assert left_overs(page, language) == []
