"""The trend: the line and its interval, where it breaks, the steps of the limit, and the pages that show it."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from access.roles import Role
from compliance import trends
from compliance.findings import evaluate
from compliance.models import TrendMark
from compliance.series import month_ends
from compliance.timeline import Step
from compliance.trends import Month
from desks.pictures.trend import BOTTOM, LEFT, RIGHT, TOP, Trend, lay_out
from desks.trends import owner_trend
from tests.compliance.registers import DAY, confetti, noon
from tests.factories import MembershipFactory

FIRST = date(2025, 12, 31)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def months(*rates: float | None) -> list[Month]:
    """A month for each rate, the last one on DAY; None cannot be measured."""
    days = [*month_ends(DAY, len(rates) - 1), DAY]
    return [
        Month(day, False, 0.0, 0, 0, 0, 0, None, None, None, None, None)
        if rate is None
        else Month(day, True, 4.0, 2, 0, 2, 0, rate, rate / 2, rate * 2, 5, 0.8)
        for day, rate in zip(days, rates, strict=True)
    ]


def limited(*steps: tuple[date, float | None]) -> list[Step]:
    return [Step(day, limit) for day, limit in steps]


def laid_out(*rates: float | None, steps: list[Step] | None = None, **more: Any) -> Trend:
    found = months(*rates)
    layout = lay_out(found, limited((found[0].day, 50)) if steps is None else steps, **more)
    assert layout
    return layout


def drawn(layout: Trend) -> str:
    return Template("{% load qorgan %}{% trend layout %}").render(Context({"layout": layout}))


def test_the_line_runs_through_every_month_from_edge_to_edge():
    (run,) = laid_out(20, 40, 60).runs
    places = [tuple(float(one) for one in place.split(",")) for place in run.line.split()]
    assert len(places) == 3
    assert (places[0][0], places[-1][0]) == (0, RIGHT - LEFT)
    heights = [y for _, y in places]
    assert heights == sorted(heights, reverse=True) and heights[0] < BOTTOM - TOP


def test_the_band_goes_along_the_upper_ends_and_back_along_the_lower_ones():
    (run,) = laid_out(20, 40, 60).runs
    assert len(run.band.split()) == 6


def test_the_line_breaks_where_nothing_could_be_measured():
    layout = laid_out(20, 40, None, None, 60, 50)
    assert len(layout.runs) == 2
    assert layout.hatching
    assert "Hatched: nothing could be measured." in layout.notes
    assert not laid_out(20, 40).hatching


def test_a_month_alone_is_a_dot():
    layout = laid_out(20, 30, None, 40, None)
    assert [bool(run.dot) for run in layout.runs] == [False, True]
    assert layout.last is None and layout.last_words == ""


def test_nothing_is_drawn_of_what_was_never_measurable():
    assert lay_out(months(None, None), []) is None


def test_one_day_alone_can_be_drawn():
    layout = laid_out(0)
    assert layout.last and layout.last_words == "0\N{NO-BREAK SPACE}%"
    assert drawn(layout)


def test_the_limit_is_a_line_of_steps():
    steps = limited((date(2025, 12, 31), None), (date(2026, 3, 1), 60), (date(2026, 7, 1), 50))
    layout = laid_out(*[70] * 12, steps=steps)
    drawing = re.fullmatch(r"M(\S+) (\S+)H(\S+)V(\S+)H(\S+)", layout.limits)
    assert drawing
    begin, high, change, low, end = (float(number) for number in drawing.groups())
    assert LEFT < begin < change < end == RIGHT and high < low
    assert [label.words for label in layout.labels] == [
        "limit 60\N{NO-BREAK SPACE}% from 01.03.2026",
        "50\N{NO-BREAK SPACE}% from 01.07.2026",
    ]
    assert any(note.startswith("Before 1\N{NO-BREAK SPACE}March") for note in layout.notes)


def test_a_limit_that_is_repealed_ends_and_says_so():
    layout = laid_out(*[30] * 12, steps=limited((date(2025, 12, 31), 50), (date(2026, 7, 1), None)))
    assert layout.limits.count("M") == 1 and float(layout.limits.split("H")[1]) < RIGHT
    assert layout.labels[-1].words == "no limit from 01.07.2026"


def test_a_limit_that_returns_begins_a_line_of_its_own():
    steps = limited((date(2025, 12, 31), 50), (date(2026, 4, 1), None), (date(2026, 8, 1), 40))
    assert laid_out(*[30] * 12, steps=steps).limits.count("M") == 2


@pytest.mark.parametrize(("rate", "is_below"), [(70, True), (30, False)])
def test_the_words_of_a_limit_stand_where_the_line_is_not(rate: float, is_below: bool):
    layout = laid_out(*[rate] * 12)
    (label,) = layout.labels
    line = float(re.match(r"M\S+ (\S+)H", layout.limits)[1])
    assert (label.y > line) == is_below


def test_words_of_two_steps_do_not_meet():
    steps = limited((date(2025, 12, 31), 50), (date(2026, 1, 15), 51), (date(2026, 2, 10), 50))
    labels = laid_out(*[30] * 24, steps=steps).labels
    places = [(label.x, label.y) for label in labels]
    assert len({y for _, y in places}) > 1


def test_every_step_is_within_the_plot_and_labelled():
    layout = laid_out(*[400] * 6, steps=limited((FIRST, 50), (DAY - timedelta(days=5), 40)))
    assert len(layout.labels) == 2
    for label in layout.labels:
        assert LEFT <= label.x <= RIGHT and TOP <= label.y <= BOTTOM


def test_an_interval_that_runs_off_leaves_the_line_its_shape():
    layout = laid_out(20, 20, 20, steps=limited((date(2026, 9, 30), None)))
    assert max(float(tick.words.rstrip("%\N{NO-BREAK SPACE}")) for tick in layout.up) <= 40


def test_the_axis_names_some_months_whatever_the_length():
    for length in (1, 2, 12, 24, 61):
        layout = laid_out(*[30] * length)
        assert 1 <= len(layout.across) <= 7
        assert 2 <= len(layout.up) <= 7


def test_the_rows_below_say_the_same_newest_first():
    layout = laid_out(None, 20, 40, steps=limited((date(2026, 9, 30), None), (date(2026, 10, 15), 50)))
    assert [row.month.settled_rate for row in layout.rows] == [40, 20, None]
    assert [row.limit for row in layout.rows] == [50, 50, None]
    text = drawn(layout)
    assert "20–80" in text and "Not measurable" in text
    assert text.count("<tr>") == 4


def test_what_is_being_counted_again_is_said():
    assert not any("still being counted" in note for note in laid_out(20, 30).notes)
    assert any("still being counted" in note for note in laid_out(20, 30, due=True).notes)


def test_the_drawing_is_told_in_words():
    layout = laid_out(20, 30, 40)
    assert layout.words.startswith(
        "Settled turnover from 30.09.2026 to 25.11.2026: at first 20\N{NO-BREAK SPACE}%, at last 40\N{NO-BREAK SPACE}%"
    )
    assert layout.words.endswith("limit 50\N{NO-BREAK SPACE}%")
    assert f'aria-label="{layout.words}"' in drawn(layout)


# On pages


@pytest.fixture
def school(clock: Any) -> Any:
    post = confetti(3)
    evaluate(DAY)
    return post.school


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller:
        yield traveller


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(MembershipFactory(role=role, **of).user)
    return client


def pages_of(school: Any) -> list[tuple[Client, str, str]]:
    """Who is shown the trend on which page, and where its months stand."""
    agency = school.posts.get().assignments.first().agency
    officer, own = signed_in(Role.REGULATOR), signed_in(Role.REGULATOR, region=school.region)
    director = signed_in(Role.SCHOOL_DIRECTOR, school=school)
    manager = signed_in(Role.AGENCY_MANAGER, agency=agency)
    of_school, of_agency = {"args": [school.public_id]}, {"args": [agency.public_id]}
    return [
        (officer, reverse("regulator:overview"), reverse("regulator:months")),
        (officer, reverse("regulator:overview") + "?region=35", reverse("regulator:months") + "?region=35"),
        (own, reverse("regulator:school", **of_school), reverse("regulator:school_months", **of_school)),
        (officer, reverse("regulator:agency", **of_agency), reverse("regulator:agency_months", **of_agency)),
        (director, reverse("school:history"), reverse("school:months")),
        (manager, reverse("agency:school", **of_school), reverse("agency:school_months", **of_school)),
    ]


@pytest.mark.django_db
def test_whoever_may_see_the_figures_is_shown_the_trend(school: Any):
    for client, address, months_address in pages_of(school):
        page = client.get(address).content.decode()
        assert 'class="trend"' in page, address
        assert f'<a href="{months_address}">' in page, address


@pytest.mark.django_db
def test_the_months_have_a_page_of_their_own_that_leads_back(school: Any):
    for client, address, months_address in pages_of(school):
        client.cookies["django_language"] = "en"
        page = client.get(months_address).content.decode()
        assert 'class="trend"' in page and "<details" not in page.split("<main")[1], months_address
        assert f'<a href="{address}">' in page, months_address
        _head, line, *_lines = page.split("<tbody>")[1].split("<tr>")
        assert "3<small>of 3 in all</small>" in line, months_address


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_months_are_given_as_a_file(school: Any, ending: str):
    officer = signed_in(Role.REGULATOR)
    officer.cookies["django_language"] = "en"
    address = reverse("regulator:school_months", args=[school.public_id])
    assert f'href="?format={ending}"' in officer.get(address).content.decode()
    response: Any = officer.get(address, {"format": ending})
    assert response["Content-Disposition"] == f'attachment; filename="turnover-by-month.{ending}"'
    content = b"".join(response.streaming_content)
    if ending == "csv":
        head, latest, *_lines = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        told = dict(zip(head, latest, strict=True))
        assert (told["Day"], told["Leaves in all"], told["Leaves that count"]) == ("25.11.2026", "3", "3")
        assert (told["of them provisional"], told["Limit, %"]) == ("0", "50")


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.django_db
def test_the_page_of_months_measures_nothing_and_asks_little(school: Any, monkeypatch: pytest.MonkeyPatch):
    for name in ("count_days", "read_register", "read_blocks"):
        monkeypatch.setattr(trends, name, lambda *given: pytest.fail("measured while a page waits"))
    officer = signed_in(Role.REGULATOR)
    address = reverse("regulator:school_months", args=[school.public_id])
    # Besides what every page asks: the school, its months, its figures of today and the law.
    assert queries(officer, address) == queries(officer, reverse("account_change_password")) + 4


@pytest.mark.django_db
def test_a_page_reads_the_trend_and_measures_nothing(school: Any, monkeypatch: pytest.MonkeyPatch):
    for name in ("count_days", "read_register", "read_blocks"):
        monkeypatch.setattr(trends, name, lambda *given: pytest.fail("measured while a page waits"))
    TrendMark.objects.create(school=school)
    with CaptureQueriesContext(connection) as captured:
        assert owner_trend("school", school=school.pk)
    assert len(captured) == 3


@pytest.mark.django_db
def test_without_months_a_page_says_nothing_of_them(clock: Any):
    post = confetti(3)
    director = signed_in(Role.SCHOOL_DIRECTOR, school=post.school)
    assert 'class="trend"' not in director.get(reverse("school:history")).content.decode()


@pytest.mark.django_db
def test_where_no_month_was_counted_the_page_of_months_says_so(clock: Any):
    post = confetti(3)
    director = signed_in(Role.SCHOOL_DIRECTOR, school=post.school)
    director.cookies["django_language"] = "en"
    assert "No month was counted yet" in director.get(reverse("school:months"), {"format": "csv"}).content.decode()
