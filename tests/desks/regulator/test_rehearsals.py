"""The page of a rehearsal: the result in its title, one clause at a time, how far it is, and whose mark changes."""

import csv
import html
import io
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.models import Draft, Finding, Rehearsal, RehearsedMark
from compliance.rehearsing import Counts
from schools.models import Region
from tests.compliance.drafts import adding, drafted, officer, rehearsed, repealing
from tests.desks.country import OTHER, OWN, TODAY, Country
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AssignmentFactory

NO_BREAK = "\N{NO-BREAK SPACE}"


def url(draft: Draft, query: str = "") -> str:
    return f"{reverse('regulator:rehearsal', args=[draft.public_id])}{query}"


def marks_url(draft: Draft, query: str = "") -> str:
    return f"{reverse('regulator:rehearsal_marks', args=[draft.public_id])}{query}"


def text_of(country: Country, address: str) -> str:
    """The page without its tags, each run of spaces as one."""
    response = country.client.get(address)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace(NO_BREAK, " ").split())


def title_of(country: Country, address: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", country.client.get(address).content.decode(), re.S)
    assert found
    return found[1].replace(NO_BREAK, " ")


def between_the_limits(country: Country, region: str = OWN, **names: Any) -> Any:
    """Four guards stay and two left: 48 % a year of four guards, and a school that is marked already."""
    school = country.school(region, leaves=0, **names)
    post = school.posts.get()
    agency = post.assignments.earliest("pk").agency
    stands = {"post": post, "agency": agency}
    for _ in range(3):
        AssignmentFactory(**stands, first_day=TODAY - timedelta(days=700))
    for number in range(2):
        first = TODAY - timedelta(days=300 - number)
        AssignmentFactory(**stands, left=True, first_day=first, last_day=first + timedelta(days=28))
    return school


@pytest.fixture
def two_regions(country: Country) -> Country:
    between_the_limits(country, OWN, name="№ 1 бекет")
    between_the_limits(country, OTHER)
    country.school(OWN, leaves=8)
    country.judge()
    return country


# The result


def test_the_title_says_the_result_and_the_page_for_whom_by_size_and_by_region(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    assert title_of(two_regions, url(draft)) == "The draft marks 2 more schools"
    text = text_of(two_regions, url(draft))
    assert "Judged on 24 November 2026, the whole country. This is a rehearsal: no finding is opened" in text
    assert "50 % a year" in text and "40 % a year" in text
    assert "Distribution: 3 schools" in text
    assert "2 of 2 new marks are at schools with 5 guards or fewer. Established there: 0;" in text
    assert "4–5 2 0 2 +2 0 0 0" in text
    assert "Country 3 1 3 +2 1 1 0" in text
    assert text.count("becomes: indicated") == 2
    assert text.count("2 of 2 leaves count") == 2


def with_regions(draft: Draft, count: int) -> Rehearsal:
    """A rehearsal of one clause in so many regions: in each of them one new mark more than in the one before."""
    rehearsal = rehearsed(draft)
    codes = list(Region.objects.order_by("pk").values_list("pk", flat=True)[:count])
    counts = [asdict(Counts(measured=10, then=number, newly=number)) for number in range(count)]
    rehearsal.summary["clauses"][0]["regions"] = dict(zip(codes, counts, strict=True))
    rehearsal.save()
    return rehearsal


def region_lines(country: Country, address: str) -> list[list[str]]:
    """The lines of the table by region, each as its cells."""
    section = country.client.get(address).content.decode().split('id="regions"')[1].split("</section>")[0]
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", section.split("<tbody>")[1], re.S)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", line)] for line in lines]


def test_regions_where_little_changes_stand_in_one_line_that_opens(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    with_regions(draft, 12)
    lines = region_lines(two_regions, url(draft))
    assert [line[3] for line in lines[:5]] == ["11", "10", "9", "8", "7"]
    assert [line[0] for line in lines[5:]] == ["The other 7", "Country"]
    assert lines[5][1:5] == ["70", "0", "21", "+21"]
    page = two_regions.client.get(url(draft)).content.decode()
    opened = re.search(r'<a href="([^"]+)">The other 7</a>', page)
    assert opened and opened[1].endswith("#regions")
    address = html.unescape(opened[1])
    lines = region_lines(two_regions, address)
    assert [line[3] for line in lines[:-1]] == [str(number) for number in reversed(range(12))]
    assert "Only where most changes" in text_of(two_regions, address)
    assert "Only where most changes" not in text_of(two_regions, url(draft))


def test_no_line_stands_for_one_region_alone(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    with_regions(draft, 6)
    assert len(region_lines(two_regions, url(draft))) == 7
    assert "regions=all" not in two_regions.client.get(url(draft)).content.decode()
    assert "Only where most changes" not in text_of(two_regions, url(draft, "?regions=all"))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ru", "Проект отметит на 2 школы больше"),
        ("kk", "Жоба 2 мектепті артық белгілейді"),
    ],
)
def test_the_title_is_said_in_each_language(two_regions: Country, language: str, title: str) -> None:
    two_regions.enter(language=language)
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    assert title_of(two_regions, url(draft)) == title


def test_what_is_let_go_is_said_as_plainly(two_regions: Country) -> None:
    two_regions.enter()
    draft = repealing("1")
    rehearsed(draft)
    assert title_of(two_regions, url(draft)) == "The draft marks 1 school less"
    text = text_of(two_regions, url(draft))
    assert "Whom it marks no longer" in text
    assert "no longer by the draft" in text
    assert "new mark" not in text


def test_a_draft_may_add_and_take_back(two_regions: Country) -> None:
    two_regions.enter()
    drafted("1", threshold_percent=40.0)
    draft = repealing("2")
    rehearsed(draft)
    assert title_of(two_regions, url(draft)) == "The draft adds 2 marks and takes back 1"


def test_a_draft_that_changes_no_mark_says_so(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=49.0)
    rehearsed(draft)
    assert title_of(two_regions, url(draft)) == "The draft marks nobody new"
    assert "By this clause the draft marks the same" in text_of(two_regions, url(draft))


def test_other_words_alone_change_nobody(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1")
    rehearsed(draft)
    assert "It changes words alone" in text_of(two_regions, url(draft))


def test_each_clause_has_its_own_view_and_the_one_that_changes_most_comes_first(two_regions: Country) -> None:
    two_regions.enter()
    drafted("1", threshold_percent=40.0)
    draft = drafted("4", grace_open_days=1)
    rehearsed(draft)
    assert "Clause 1: Turnover above the limit" in text_of(two_regions, url(draft))
    other = text_of(two_regions, url(draft, "?clause=4"))
    assert "Clause 4: Unconfirmed guard" in other
    assert "This clause counts what the records show" in other


def test_a_clause_of_a_floor_is_drawn_too(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("7", floor=0.99)
    rehearsed(draft)
    text = text_of(two_regions, url(draft))
    assert "draft 99 %" in text and "now 60 %" in text
    assert "becomes: by the records" in text


def test_a_new_clause_stands_beside_nothing(two_regions: Country) -> None:
    two_regions.enter()
    draft = adding("90", "turnover_limit", level="agency", threshold_percent=10.0)
    rehearsed(draft)
    assert title_of(two_regions, url(draft)) == "The draft marks 3 more agencies"
    text = text_of(two_regions, url(draft))
    assert "Not in force" in text
    assert "By size of the school" not in text


# How far it is


def test_before_anybody_rehearsed_it_the_page_offers_it(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    assert "has not been rehearsed here yet" in text_of(two_regions, url(draft))
    found = list(Finding.objects.values_list("pk", "closed_on"))
    response = two_regions.client.post(url(draft))
    assert (response.status_code, response["Location"]) == (302, url(draft))
    assert title_of(two_regions, url(draft)) == "The draft marks 2 more schools"
    assert list(Finding.objects.values_list("pk", "closed_on")) == found
    assert mail.outbox == []


def test_what_is_refused_is_said_on_the_page(two_regions: Country) -> None:
    two_regions.enter()
    draft = Draft.objects.create(code="empty", paragraph=drafted("1").paragraph)
    response = two_regions.client.post(url(draft))
    assert response.status_code == 200
    assert "The draft changes no clause yet" in response.content.decode()


def under_way(draft: Draft, **fields: Any) -> Rehearsal:
    rehearsal = rehearsed(draft)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(summary={}, **fields)
    return rehearsal


def test_while_it_is_done_the_page_asks_again_and_can_be_asked_without_script(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    under_way(draft, state="running", done=5, total=20)
    page = two_regions.client.get(url(draft)).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert 'value="25"' in page
    assert f'<a href="{url(draft)}">Refresh</a>' in page
    assert '<form method="post"' not in page.split('id="rehearsal"')[1]


def test_one_that_waits_says_for_whom(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    under_way(draft, state="queued", done=0, total=0)
    assert "Waiting for a worker" in text_of(two_regions, url(draft))


def test_one_that_broke_off_says_why_and_can_be_begun_again(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    under_way(draft, state="failed", reason="ValueError: no such calendar")
    text = text_of(two_regions, url(draft))
    assert "The rehearsal broke off" in text
    assert "ValueError: no such calendar" in text
    two_regions.client.post(url(draft))
    assert title_of(two_regions, url(draft)) == "The draft marks 2 more schools"


def test_a_changed_draft_makes_it_outdated(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    assert "Rehearse again" not in text_of(two_regions, url(draft))
    drafted("7", floor=0.7)
    assert "The draft was changed since." in text_of(two_regions, url(draft))


def test_the_next_day_it_is_outdated(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    with time_machine.travel(TODAY + timedelta(days=1), tick=False):
        two_regions.enter()
        assert "The day judged has passed." in text_of(two_regions, url(draft))


# Regions


def test_an_officer_of_a_region_rehearses_and_sees_his_region_alone(two_regions: Country) -> None:
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    two_regions.enter(region=OWN)
    assert "has not been rehearsed here yet" in text_of(two_regions, url(draft))
    two_regions.client.post(url(draft), {"region": OTHER})
    assert Rehearsal.objects.filter(region=OWN).count() == 1
    assert not Rehearsal.objects.filter(region=OTHER).exists()
    assert title_of(two_regions, url(draft)) == "The draft marks 1 more school"
    response = two_regions.client.get(marks_url(draft))
    assert {row.region_id for row in response.context["page"].rows} == {OWN}


def test_an_officer_is_shown_no_other_scope_by_its_address(two_regions: Country) -> None:
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    rehearsed(draft, officer(OTHER))
    two_regions.enter(region=OWN)
    assert "has not been rehearsed here yet" in text_of(two_regions, url(draft, f"?scope={OTHER}"))
    assert two_regions.client.get(marks_url(draft, f"?scope={OTHER}")).status_code == 404


def test_the_national_office_may_rehearse_one_region(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    response = two_regions.client.post(url(draft), {"region": OTHER})
    assert response["Location"] == url(draft, f"?scope={OTHER}")
    assert title_of(two_regions, response["Location"]) == "The draft marks 1 more school"
    assert "has not been rehearsed here yet" in text_of(two_regions, url(draft))


# Whose mark changes


def test_leaves_stand_net_and_gross_beside_those_for_good(two_regions: Country) -> None:
    two_regions.enter()
    draft = repealing("1")
    rehearsed(draft)
    for address in (url(draft), marks_url(draft)):
        assert " 8 9 of 10 leaves count " in text_of(two_regions, address)
    # What was rehearsed before they were kept says what it knows.
    RehearsedMark.objects.update(net_left=None, gross_left=None)
    assert "leaves count" not in text_of(two_regions, marks_url(draft))


def rows(country: Country, draft: Draft, query: str = "") -> list[RehearsedMark]:
    response = country.client.get(marks_url(draft, f"?{query}"))
    assert response.status_code == 200
    return list(response.context["page"].rows)


def test_the_list_is_filtered_by_change_region_school_and_clause(two_regions: Country) -> None:
    two_regions.enter()
    drafted("1", threshold_percent=40.0)
    draft = repealing("2")
    rehearsed(draft)
    assert len(rows(two_regions, draft)) == 3
    assert {row.change for row in rows(two_regions, draft, "change=gone")} == {"gone"}
    assert {row.region_id for row in rows(two_regions, draft, f"region={OTHER}")} == {OTHER}
    assert {row.clause.number for row in rows(two_regions, draft, "clause=1")} == {"1"}
    assert {row.after for row in rows(two_regions, draft, "after=indicated")} == {"indicated"}
    assert rows(two_regions, draft, "q=нет такой") == []
    agency = rows(two_regions, draft, "change=gone")[0].agency
    assert agency and {row.agency for row in rows(two_regions, draft, f"agency={agency.bin}")} == {agency}


@pytest.mark.parametrize(
    "sort", ["weight", "-weight", "low", "-low", "value", "headcount", "left", "school", "agency", "region"]
)
def test_the_list_is_sorted(two_regions: Country, sort: str) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    assert len(rows(two_regions, draft, f"sort={sort}")) == 2


def test_the_list_alone_is_the_list_of_the_page(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    assert_fragment_equals_page(two_regions.client, marks_url(draft, "?change=newly"))


def test_the_file_holds_all_with_their_figures(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    response: Any = two_regions.client.get(marks_url(draft, "?change=newly&format=csv"))
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(content), delimiter=";")
    assert len(lines) == 2
    line = dict(zip(head, lines[0], strict=True))
    assert (line["Left for good"], line["Marked now"], line["By the draft"]) == ("2", "Not marked", "Indicated")
    assert (line["Leaves that count"], line["Leaves in all"]) == ("2", "2")


def test_without_a_finished_rehearsal_there_is_no_list(two_regions: Country) -> None:
    two_regions.enter()
    draft = drafted("1", threshold_percent=40.0)
    assert two_regions.client.get(marks_url(draft)).status_code == 404


def queries(country: Country, address: str) -> int:
    country.client.get(address)
    with CaptureQueriesContext(connection) as found:
        country.client.get(address)
    return len(found)


@pytest.mark.parametrize("page", [url, marks_url])
def test_more_rows_ask_no_more_of_the_database(country: Country, page: Any) -> None:
    country.enter()
    between_the_limits(country)
    draft = drafted("1", threshold_percent=40.0)
    rehearsed(draft)
    few = queries(country, page(draft))
    for _ in range(5):
        between_the_limits(country, OTHER)
    rehearsed(draft)
    # By region only where more than one was judged: the names of the regions.
    assert queries(country, page(draft)) <= few + 1
