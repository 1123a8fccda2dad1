"""The country, or a region, on one page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import Evaluation, Finding
from tests.desks.country import OTHER, OWN, Country, before

URL = "/regulator/"
ANSWERS = ["present", "present", "present", ""]


@pytest.fixture
def judged(country: Country) -> Country:
    """Two regions, each with a school far beyond the limit and one that confirms nothing."""
    for region in (OWN, OTHER):
        school = country.school(region, leaves=8)
        country.attended(school, ANSWERS)
        country.silent_school(region)
    country.judge()
    return country


def page(country: Country, query: str = "") -> str:
    return country.client.get(f"{URL}{query}").content.decode()


def test_the_title_says_how_much_is_confirmed_of_what_is_claimed(judged: Country) -> None:
    judged.enter()
    text = page(judged)
    assert "Schools confirmed 75\N{NO-BREAK SPACE}% of what was claimed" in text
    assert "6 of 8 in 365 days" in text
    assert "judged on 24\N{NO-BREAK SPACE}November 2026, engine 1" in text
    assert "Policy, not law" in text


def test_the_figures_tell_established_from_indicated_and_measurable_from_silent(judged: Country) -> None:
    judged.enter()
    context = judged.client.get(URL).context["found"]
    assert (context.measurable, context.contracted, context.unmeasured) == (2, 4, 2)
    assert (context.open.schools.established, context.open.schools.indicated) == (2, 0)
    assert (context.open.agencies.established, context.open.agencies.indicated) == (2, 0)
    assert context.open.not_measurable == 2


def test_where_every_school_can_be_measured_none_is_told_as_silent(country: Country) -> None:
    country.school(leaves=0)
    country.judge()
    country.enter()
    assert "schools under contract" in page(country) and "cannot" not in page(country)


def test_the_national_map_has_twenty_tiles_that_lead_to_their_regions(judged: Country) -> None:
    judged.enter()
    text = page(judged)
    assert text.count("?region=") >= 20
    tiles = {tile.code: tile for tile in judged.client.get(URL).context["map"].tiles}
    assert len(tiles) == 20
    assert tiles[OWN].value == "75"
    assert tiles[OWN].count == "3"
    assert tiles["10"].level == 0


@pytest.mark.parametrize(("figure", "value"), [("measurable", "50"), ("turnover", "339"), ("constancy", "0")])
def test_the_map_is_shaded_by_the_chosen_figure(judged: Country, figure: str, value: str) -> None:
    judged.enter()
    tiles = {tile.code: tile for tile in judged.client.get(f"{URL}?figure={figure}").context["map"].tiles}
    assert tiles[OWN].level > 0
    if figure == "measurable":
        assert tiles[OWN].value == value


def test_turnover_on_the_map_says_what_it_is_made_of(judged: Country) -> None:
    judged.enter()
    tiles = {tile.code: tile for tile in judged.client.get(f"{URL}?figure=turnover").context["map"].tiles}
    assert ", 9 of 10 leaves count" in tiles[OWN].title


def test_a_figure_that_is_not_one_shows_the_first(judged: Country) -> None:
    judged.enter()
    assert judged.client.get(f"{URL}?figure=beauty").context["shade"].name == "confirmed"


def test_a_region_stands_alone_without_a_map(judged: Country) -> None:
    judged.enter()
    response = judged.client.get(f"{URL}?region={OWN}")
    assert response.context["map"] is None
    assert response.context["found"].contracted == 2
    assert "6 of 8" not in response.content.decode()
    assert "3 of 4 in 365 days" in response.content.decode()


def test_an_officer_of_a_region_sees_his_own_and_may_not_ask_for_another(judged: Country) -> None:
    judged.enter(region=OWN)
    response = judged.client.get(URL)
    assert response.context["found"].contracted == 2
    assert response.context["map"] is None
    assert 'name="region"' not in response.content.decode()
    assert judged.client.get(f"{URL}?region={OTHER}").status_code == 404


def test_a_region_that_is_none_is_404(judged: Country) -> None:
    judged.enter()
    assert judged.client.get(f"{URL}?region=99").status_code == 404


def test_every_open_finding_is_counted_by_what_it_is_and_where(judged: Country) -> None:
    judged.enter()
    found = judged.client.get(URL).context["found"].open
    known = Finding.objects.filter(closed_on=None)
    silent, turnover = known.filter(version__rule="measurable"), known.filter(version__rule="turnover_limit")
    assert found.count == known.count()
    assert found.by_records == known.filter(strength="").count() - silent.count()
    assert found.established == {OWN: 3, OTHER: 3}
    schools = turnover.filter(agency=None, strength="established").count()
    agencies = turnover.filter(school=None, strength="established").count()
    assert (found.schools.established, found.agencies.established) == (schools, agencies) == (2, 2)


def test_a_finding_that_closed_counts_no_longer(judged: Country) -> None:
    Finding.objects.filter(region=OTHER).update(closed_on=before(0))
    judged.enter()
    found = judged.client.get(URL).context["found"]
    assert (found.open.established, {one.region_id for one in found.findings}) == ({OWN: 3}, {OWN})


def test_findings_that_weigh_most_come_first(judged: Country) -> None:
    judged.enter()
    found = judged.client.get(URL).context["found"].findings
    assert len(found) == 6
    assert [finding.strength for finding in found] == ["established"] * 6


def test_after_the_established_come_those_by_the_records_then_the_indicated_each_newest_first(judged: Country) -> None:
    established = list(Finding.objects.filter(strength="established").order_by("pk"))
    for finding in established[2:]:
        finding.strength = Finding.Strength.INDICATED
        finding.save()
    Finding.objects.filter(pk=established[0].pk).update(opened_on=before(5))
    silent = Finding.objects.filter(strength="").order_by("-opened_on", "-pk")[:3]
    judged.enter()
    found = judged.client.get(URL).context["found"].findings
    assert found[:2] == [established[1], established[0]]
    assert found[2:5] == list(silent)
    assert found[5].strength in ("", "indicated")


def test_the_worst_are_ordered_by_the_lower_bound(country: Country) -> None:
    bad, worse = country.school(leaves=4), country.school(leaves=8)
    country.school(leaves=0)
    country.judge()
    country.enter()
    found = country.client.get(URL).context["found"]
    assert [figure.school for figure in found.worst_schools] == [worse, bad]
    assert len(found.worst_agencies) == 2


def test_before_any_day_is_judged_the_page_says_so(country: Country) -> None:
    country.enter()
    text = page(country)
    assert "No day has been judged yet" in text
    assert "There is nothing to show yet" in text


def test_where_nothing_is_claimed_nothing_is_called_confirmed(country: Country) -> None:
    country.school(leaves=0)
    country.judge()
    country.enter()
    text = page(country)
    assert "Agencies have claimed no shifts yet" in text
    assert "No finding is open here" not in text or "Nobody has left for good" in text
    assert "Schools confirmed" not in text


def test_a_judgement_of_an_earlier_day_says_how_old_it_is(judged: Country) -> None:
    Evaluation.objects.update(as_of=before(3))
    judged.enter()
    assert "(3 days ago)" in page(judged)


def test_what_the_check_found_missed_is_said_until_a_check_finds_nothing(judged: Country) -> None:
    found = Evaluation.objects.get()
    judged.enter()
    assert "actions had missed" not in page(judged)
    found.pk, found.missed = None, 3
    found.save()
    found.pk, found.missed = None, None
    found.save()
    assert "changed 3 figures and findings that actions had missed." in page(judged)
    found.pk, found.missed = None, 0
    found.save()
    assert "actions had missed" not in page(judged)


def test_the_same_number_of_queries_for_few_rows_and_many(country: Country) -> None:
    country.school(leaves=3)
    country.judge()
    country.enter()
    page(country)
    with CaptureQueriesContext(connection) as few:
        page(country)
    for _ in range(6):
        country.school(leaves=3)
    country.judge()
    with CaptureQueriesContext(connection) as many:
        page(country)
    assert len(many) == len(few)
