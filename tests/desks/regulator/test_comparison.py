"""Agencies compared: the picture, the list, its file, and who may know of whom."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency
from compliance import countrywide
from compliance.models import ClauseVersion, Figure
from tests.desks.country import OTHER, OWN, Country, before
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AgencyFactory, ContractFactory, SchoolFactory
from tests.languages.left_overs import left_overs

URL = "/regulator/agencies/compare/"


def measured(region: str, years: float, leaves: int, *, provisional: int = 0, excused: int = 0) -> Agency:
    """An agency with figures as they are stored once a day was judged."""
    agency = AgencyFactory(region_id=region)
    net = leaves + provisional
    served = {"measurable": True, "person_days": round(365 * years), "average_headcount": years, "distinct_guards": 5}
    left = {"gross_left": net + excused, "excused_left": excused, "net_left": net, "provisional_left": provisional}
    rates = {"rate": 100 * net / years, "rate_low": 1, "rate_high": 2, "settled_rate": 100 * leaves / years}
    Figure.objects.create(
        level="agency", agency=agency, region_id=region, as_of=before(0), settled_low=1, **served, **left, **rates
    )
    return agency  # type: ignore[no-any-return]


def compared() -> None:
    """Compare as the judging of a day does."""
    countrywide.store(before(0))


@pytest.fixture
def funnel(country: Country) -> dict[str, Agency]:
    """Twelve alike, one far above them, one far below, one too small, and one of another region."""
    for _ in range(12):
        measured(OWN, 50, 25)
    found = {
        "worst": measured(OWN, 60, 80, provisional=2, excused=7),
        "calm": measured(OWN, 80, 8),
        "small": measured(OWN, 2, 9),
        "other": measured(OTHER, 50, 70),
    }
    compared()
    return found


def rows(country: Country, query: str = "") -> list[Agency]:
    return [one.agency for one in country.client.get(f"{URL}?{query}").context["page"].rows]


def test_who_stands_out_is_first_and_named_in_the_picture(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    response = country.client.get(f"{URL}?limits=chance")
    found = response.context["found"]
    first = response.context["page"].rows[0]
    assert (first.agency, first.settled_left, first.net_left, first.gross_left) == (funnel["worst"], 80, 82, 89)
    assert first.said == "above the 99.8 percent limit"
    assert first.excess == pytest.approx(80 - 60 * found.funnel.line / 100)
    named = [label.name for label in found.picture.labels if label.kind == "agency"]
    assert set(named) == {funnel["worst"].name, funnel["other"].name, funnel["calm"].name}
    assert "2 agencies lose guards more often than chance explains" in response.content.decode()


def test_a_small_agency_is_neither_named_nor_judged(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    response = country.client.get(URL)
    assert funnel["small"].name not in response.content.decode().partition("Where each stands")[0].split("</form>")[-1]
    assert rows(country, "standing=small") == [funnel["small"]]


def test_what_agencies_differ_by_widens_the_limits(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    wide = country.client.get(URL).context
    narrow = country.client.get(f"{URL}?limits=chance").context
    assert wide["found"].funnel.tau2 > 0 == narrow["found"].funnel.tau2
    assert wide["found"].over <= narrow["found"].over
    assert "differ by more than chance" in wide["explained"]
    assert "know chance alone" in narrow["explained"]


def test_the_limit_of_the_clause_is_drawn(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    picture = country.client.get(URL).context["found"].picture
    assert [(label.name, label.value) for label in picture.labels if label.kind == "limit"] == [
        ("limit", "50\N{NO-BREAK SPACE}%")
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("standing=far_over&limits=chance", {"worst", "other"}),
        ("standing=under&limits=chance", {"calm"}),
        (f"region={OTHER}", {"other"}),
        ("standing=nowhere", {"worst", "calm", "small", "other"}),
    ],
)
def test_filters_narrow_the_list(country: Country, funnel: dict[str, Agency], query: str, names: set[str]) -> None:
    country.enter()
    found = rows(country, query)
    assert {name for name, agency in funnel.items() if agency in found} == names


def test_a_region_has_a_line_of_its_own(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    whole = country.client.get(URL).context["found"].funnel
    region = country.client.get(f"{URL}?region={OTHER}").context["found"].funnel
    assert (region.line, region.agencies) == (140.0, 1)
    assert whole.agencies == 16


def test_a_region_that_is_none_compares_the_country(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    assert country.client.get(f"{URL}?region=99").context["found"].funnel.agencies == 16
    assert country.client.get(f"{URL}?region=x").context["found"].funnel.agencies == 16


def test_an_officer_of_a_region_compares_those_he_may_know_of(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter(region=OWN)
    response = country.client.get(f"{URL}?region={OTHER}&limits=chance")
    assert response.context["found"].funnel.agencies == 15
    assert funnel["other"].bin not in response.content.decode()
    assert funnel["other"] not in rows(country)
    ContractFactory(agency=funnel["other"], school=SchoolFactory(region_id=OWN))
    compared()
    assert funnel["other"] in rows(country)
    assert country.client.get(URL).context["found"].funnel.agencies == 16


def test_the_national_office_compares_a_region_as_its_own_officer_does(
    country: Country, funnel: dict[str, Agency]
) -> None:
    ContractFactory(agency=funnel["other"], school=SchoolFactory(region_id=OWN))
    compared()
    country.enter(region=OWN)
    own = country.client.get(URL).context["found"]
    country.enter()
    national = country.client.get(f"{URL}?region={OWN}").context["found"]
    assert (own.funnel, own.over) == (national.funnel, national.over)
    assert own.funnel.agencies == 16


@pytest.mark.parametrize("by", ["standing", "name", "size", "excess", "turnover"])
def test_every_sort_turns_round(country: Country, funnel: dict[str, Agency], by: str) -> None:
    country.enter()
    there = rows(country, f"sort={by}")
    assert len(there) == 16
    back = rows(country, f"sort=-{by}")
    assert {one.pk for one in back} == {one.pk for one in there}
    if by == "excess":
        assert back[0] == funnel["worst"]


def test_the_pages_hold_every_agency_once(country: Country, funnel: dict[str, Agency]) -> None:
    for _ in range(20):
        measured(OWN, 30, 15)
    compared()
    country.enter()
    page = country.client.get(URL).context["page"]
    second = country.client.get(page.next_url).context["page"]
    assert len({one.pk for one in [*page.rows, *second.rows]}) == 36


def test_the_file_holds_gross_net_and_settled_leaves(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    response = country.client.get(f"{URL}?format=csv&limits=chance&q={funnel['worst'].bin}")
    lines = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))
    line = dict(zip(*lines, strict=True))
    assert (line["Left for good"], line["Leaves that count"], line["Leaves in all"]) == ("80", "82", "89")
    assert line["Where it stands"] == "above the 99.8 percent limit"


def test_before_a_day_is_judged_there_is_nobody_to_compare(country: Country) -> None:
    country.enter()
    assert "There is no agency to compare" in country.client.get(URL).content.decode()


def test_where_nobody_left_there_is_nothing_to_draw(country: Country) -> None:
    measured(OWN, 50, 0)
    compared()
    country.enter()
    text = country.client.get(URL).content.decode()
    assert "Nobody has left for good in the window" in text
    assert "No agency loses guards more often than chance explains" in text


def test_the_list_alone_is_the_list_of_the_page(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    assert_fragment_equals_page(country.client, f"{URL}?sort=-size")


def test_the_same_number_of_queries_for_few_agencies_and_many(country: Country) -> None:
    measured(OWN, 50, 90)
    measured(OWN, 50, 2)
    compared()
    country.enter()
    with CaptureQueriesContext(connection) as few:
        assert len(rows(country, "limits=chance")) == 2
    for _ in range(20):
        measured(OWN, 40, 20)
    compared()
    with CaptureQueriesContext(connection) as many:
        assert len(rows(country, "limits=chance")) == 22
    assert len(many) == len(few)


def test_the_overview_draws_the_same_funnel(country: Country, funnel: dict[str, Agency]) -> None:
    country.school(leaves=2)
    country.judge()
    for agency in funnel.values():
        Figure.objects.get(agency=agency).delete()
    for _ in range(5):
        measured(OWN, 50, 20)
    worst = measured(OTHER, 60, 200)
    compared()
    country.enter()
    text = country.client.get("/regulator/").content.decode()
    assert f"{worst.name}" in text and "Agencies: turnover and size" in text
    country.enter(region=OWN)
    assert worst.name not in country.client.get("/regulator/").content.decode()


def test_the_page_says_of_which_day_it_is(country: Country, funnel: dict[str, Agency]) -> None:
    country.enter()
    assert "As judged on 24\N{NO-BREAK SPACE}November 2026." in country.client.get(URL).content.decode()


def test_more_than_can_be_links_are_drawn_all_the_same(country: Country) -> None:
    for _ in range(60):
        measured(OWN, 50, 10)
    for number in range(45):
        measured(OWN, 100, 150 + number)
    compared()
    country.enter()
    with CaptureQueriesContext(connection) as captured:
        picture = country.client.get(f"{URL}?limits=chance").context["found"].picture
    far_over = picture.squares[0]
    assert (len(far_over.linked), far_over.path.count("M")) == (40, 45)
    # The worst are the links, and no further ones are looked up.
    assert "194\N{NO-BREAK SPACE}% a year" in far_over.linked[0].title
    assert len(captured) < 25


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_nothing_is_left_in_another_language(country: Country, funnel: dict[str, Agency], language: str) -> None:
    page = country.enter(language=language).get(f"{URL}?limits=chance").content.decode()
    assert left_overs(page, language) == []


def test_the_page_counts_by_the_window_that_the_law_says(country: Country) -> None:
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="agency").clause
    ClauseVersion.objects.create(
        clause=clause,
        effective_from=before(9),
        rule="turnover_limit",
        parameters={"level": "agency", "window_days": 180},
    )
    country.enter()
    text = country.client.get(URL).content.decode()
    assert "over 180\N{NO-BREAK SPACE}days" in text or "over 180 days" in text
    assert "365" not in text
