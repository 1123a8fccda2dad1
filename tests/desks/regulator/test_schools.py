"""The list of schools and the file of one."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import ClauseVersion
from schools.models import School
from staffing import actions
from tests.desks.country import OTHER, OWN, Country, before
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AssignmentFactory, MembershipFactory, SchoolFactory
from tests.languages.left_overs import left_overs

URL = "/regulator/schools/"


@pytest.fixture
def confetti(country: Country) -> School:
    """A school beyond the limit, a calm one in the same region, a silent one in another."""
    school: School = country.school(OWN, leaves=8)
    country.attended(school, ["present", "present", "present", ""])
    country.school(OWN, leaves=0)
    country.silent_school(OTHER)
    country.judge()
    return school


def rows(country: Country, query: str = "") -> list[School]:
    return list(country.client.get(f"{URL}?{query}").context["page"].rows)


def test_a_line_shows_the_rate_with_its_interval_and_how_much_is_confirmed(country: Country, confetti: School) -> None:
    country.enter()
    row = next(row for row in rows(country) if row == confetti)
    assert row.is_measurable
    assert row.interval.count("–") == 1
    assert row.confirmed == 75
    assert row.worst == ("established", "Established")
    assert row.under_contract == [confetti.contracts.get().agency]


def test_a_school_that_confirms_nothing_is_not_measurable(country: Country, confetti: School) -> None:
    country.enter()
    found = rows(country, "measurable=no")
    assert len(found) == 1
    assert found[0].region_id == OTHER
    assert "Not measurable" in country.client.get(f"{URL}?measurable=no").content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("measurable=yes", 2),
        ("findings=established", 1),
        ("findings=none", 0),
        ("contract=in_force", 3),
        ("contract=none", 0),
        (f"region={OTHER}", 1),
        ("q=абай", 3),
        ("q=нигде", 0),
    ],
)
def test_filters_narrow_the_list(country: Country, confetti: School, query: str, count: int) -> None:
    country.enter()
    assert len(rows(country, query)) == count


def test_sorted_by_turnover_the_worst_comes_first_and_the_unmeasurable_last(country: Country, confetti: School) -> None:
    country.enter()
    found = rows(country, "sort=-turnover")
    assert found[0] == confetti
    assert not found[-1].is_measurable
    assert not rows(country, "sort=turnover")[-1].is_measurable


def test_an_officer_of_a_region_sees_its_schools_alone(country: Country, confetti: School) -> None:
    country.enter(region=OTHER)
    assert {row.region_id for row in rows(country)} == {OTHER}
    assert country.client.get(f"{URL}{confetti.public_id}/").status_code == 404


def test_an_empty_list_says_how_to_see_more(country: Country) -> None:
    country.enter()
    assert "Nothing matches" in country.client.get(URL).content.decode()


def test_the_file_holds_the_figures(country: Country, confetti: School) -> None:
    country.enter()
    response = country.client.get(f"{URL}?findings=established&format=csv")
    lines = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))
    line = dict(zip(*lines, strict=True))
    assert line["School"] == confetti.name
    assert line["Leaves that count"] == "9"
    assert line["Confirmed, %"] == "75"
    assert int(line["Open findings"]) >= 1


def test_the_list_alone_is_the_list_of_the_page(country: Country, confetti: School) -> None:
    country.enter()
    assert_fragment_equals_page(country.client, f"{URL}?sort=-turnover&measurable=yes")


def test_the_same_number_of_queries_for_one_row_and_for_twenty(country: Country) -> None:
    country.school(leaves=4)
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


# The file of a school


def file(country: Country, school: School) -> str:
    return country.client.get(f"{URL}{school.public_id}/").content.decode()


def test_the_file_shows_ribbon_figures_contracts_posts_and_findings(country: Country, confetti: School) -> None:
    country.enter()
    text = file(country, confetti)
    contract = confetti.contracts.get()
    for words in ("Who stood at the doors", "Turnover in 365 days", f"contract {contract.number}", "№ 1 бекет"):
        assert words in text
    assert "in force, no end named" in text
    assert "Limit breached: established" in text
    assert country.finding("turnover_limit", school=confetti, agency=None).number in text
    assert "Nobody has acted here yet" in text


def test_a_contract_that_ends_says_how_many_days_are_left(country: Country, confetti: School) -> None:
    country.enter()
    contract = confetti.contracts.get()
    contract.last_day = before(-10)
    contract.save()
    assert "10 days left" in file(country, confetti)


def test_the_history_tells_what_the_agency_and_the_director_did(country: Country, confetti: School) -> None:
    proposal = AssignmentFactory(
        post=confetti.posts.get(), agency=confetti.contracts.get().agency, first_day=before(1), proposal=True
    )
    director = MembershipFactory(role="school_director", school=confetti)
    actions.confirm(assignment=proposal, by=director)
    country.enter()
    text = file(country, confetti)
    assert "The director confirmed the guard" in text
    assert director.user.full_name in text


def test_a_school_about_which_nothing_is_known_still_opens(country: Country) -> None:
    school = SchoolFactory()
    text = country.enter() and file(country, school)
    for words in ("No contract of guarding is in the register", "No post is in the register", "Nothing was found here"):
        assert words in text
    assert "Not measurable" in text


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("path", ["", "file", "overview", "findings"])
def test_nothing_is_left_in_another_language(country: Country, confetti: School, language: str, path: str) -> None:
    country.suspend(confetti)
    country.judge()
    urls = {
        "": URL,
        "file": f"{URL}{confetti.public_id}/",
        "overview": "/regulator/",
        "findings": "/regulator/findings/",
    }
    page = country.enter(language=language).get(urls[path]).content.decode()
    assert left_overs(page, language) == []


def test_the_page_counts_by_the_window_that_the_law_says(country: Country) -> None:
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school").clause
    ClauseVersion.objects.create(
        clause=clause,
        effective_from=before(9),
        rule="turnover_limit",
        parameters={"level": "school", "window_days": 180},
    )
    country.enter()
    text = country.client.get(URL).content.decode()
    assert "over 180\N{NO-BREAK SPACE}days" in text or "over 180 days" in text
    assert "365" not in text
