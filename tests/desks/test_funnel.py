"""The picture of the funnel: who is named, and that no two names overlap."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.utils import translation

from compliance.funnel import Funnel, Standing, funnel
from desks.pictures.funnel import HEIGHT, LINE_OF_NAMES, NAMED_AT_MOST, TOP, FunnelPicture, Point, lay_out


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def points(rates: list[float], standing: Standing = Standing.FAR_OVER, years: float = 50) -> list[Point]:
    return [Point(years + at, rate, standing, f"ТОО «Күзет {at}»", f"/{at}/") for at, rate in enumerate(rates)]


def drawn(some: list[Point], limit: float | None = None) -> FunnelPicture:
    found = Funnel(50.0, 5000, 2500, len(some), len(some), 1.0, 0.0)
    picture = lay_out(found, some, line_words="country", limit=limit)
    assert picture is not None
    return picture


def test_names_stand_apart_and_within_the_picture_in_the_order_of_their_marks() -> None:
    picture = drawn(points([120.0] * 15 + [52, 51, 50, 49, 300]), limit=50)
    places = [label.y for label in picture.labels]
    assert all(after - before >= LINE_OF_NAMES - 0.11 for before, after in pairwise(places))
    assert places[0] >= TOP and places[-1] <= HEIGHT
    marks = [label.mark_y for label in picture.labels]
    assert marks == sorted(marks)


def test_a_name_that_has_room_stands_beside_its_mark() -> None:
    picture = drawn(points([120.0, 200.0]))
    assert [label.y for label in picture.labels] == [label.mark_y for label in picture.labels]


def test_only_so_many_are_named_and_the_rest_are_counted() -> None:
    picture = drawn(points([100.0 + at for at in range(NAMED_AT_MOST + 3)]))
    named = [label for label in picture.labels if label.kind == "agency"]
    assert len(named) == NAMED_AT_MOST
    assert picture.unnamed_words == "in the table: 3 more"
    # The largest excess is named first: rates rise with size here.
    assert "ТОО «Күзет 0»" not in [label.name for label in named]


def test_each_standing_has_its_mark() -> None:
    some = [
        *points([400.0], Standing.SMALL, 1),
        *points([45.0, 55.0], Standing.INSIDE),
        *points([90.0], Standing.OVER),
        *points([200.0], Standing.FAR_OVER),
        *points([3.0], Standing.FAR_UNDER),
    ]
    picture = drawn(some)
    assert picture.dots.count("M") == 2
    assert [(one.filled, one.is_over) for one in picture.squares] == [(False, True), (True, True), (True, False)]
    assert (picture.has_outer, picture.has_inner, picture.has_under) == (True, True, True)
    assert {label.name for label in picture.labels if label.kind == "agency"} == {"ТОО «Күзет 0»"}
    # The small one is above a scale that is made for those who are large enough.
    assert (picture.pale_dots, picture.off_words) == ("", "above the scale: 1")


def test_the_small_are_drawn_pale_and_counted_by_the_bound_of_the_limits() -> None:
    picture = drawn([*points([60.0], Standing.SMALL, 2), *points([45.0], Standing.INSIDE)])
    assert picture.pale_dots.count("M") == 1
    assert picture.small_words == "under 7.4 guard-years, nobody named: 1"
    assert [label.kind for label in picture.labels] == ["line"]


def test_without_a_clause_no_limit_is_drawn() -> None:
    assert drawn(points([90.0])).limit_y is None
    limited = drawn(points([90.0]), limit=50)
    assert limited.limit_y == limited.line_y


@pytest.mark.parametrize(("days", "leaves"), [([], []), ([0], [0]), ([36500], [0])])
def test_there_is_nothing_to_draw_where_nobody_left(days: list[int], leaves: list[int]) -> None:
    assert lay_out(funnel(days, leaves), [], line_words="country") is None


def test_one_agency_alone_can_be_drawn() -> None:
    picture = lay_out(funnel([36500], [50]), points([50.0], Standing.INSIDE, 100), line_words="country")
    assert picture is not None and picture.dots.count("M") == 1
