"""The picture of the funnel: who is named, and that no two names overlap."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from django.utils import translation

from compliance.funnel import RANKS, Funnel, Standing, funnel
from desks.pictures.funnel import (
    BOTTOM,
    CELL,
    DOTS_AT_MOST,
    HEIGHT,
    LEFT,
    LINE_OF_NAMES,
    LINKED_AT_MOST,
    NAMED_AT_MOST,
    OUTSIDE,
    RIGHT,
    TOP,
    Crowd,
    FunnelPicture,
    Heap,
    Point,
    lay_out,
)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def points(rates: list[float], standing: Standing = Standing.FAR_OVER, years: float = 50) -> list[Point]:
    return [Point(years + at, rate, standing, f"ТОО «Күзет {at}»", f"/{at}/") for at, rate in enumerate(rates)]


def crowd(some: list[Point]) -> Crowd:
    columns = ([one.guard_years for one in some], [one.rate for one in some], [RANKS[one.standing] for one in some])
    return Crowd(*(np.array(column) for column in columns))


def drawn(some: list[Point], limit: float | None = None) -> FunnelPicture:
    found = Funnel(50.0, 5000, 2500, len(some), len(some), 1.0, 0.0)
    outside = [one for one in some if one.standing in OUTSIDE][:LINKED_AT_MOST]
    picture = lay_out(found, crowd(some), outside, line_words="country", limit=limit)
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
    kinds = [(one.filled, one.is_over, len(one.linked), one.path) for one in picture.squares]
    assert kinds == [(True, True, 1, ""), (False, True, 1, ""), (True, False, 1, "")]
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
    assert lay_out(funnel(days, leaves), crowd([]), [], line_words="country") is None


def test_one_agency_alone_can_be_drawn() -> None:
    alone = crowd(points([50.0], Standing.INSIDE, 100))
    picture = lay_out(funnel([36500], [50]), alone, [], line_words="country")
    assert picture is not None and picture.dots.count("M") == 1


def test_of_many_outside_all_are_drawn_and_the_first_are_links() -> None:
    picture = drawn([*points([100.0] * (LINKED_AT_MOST + 5)), *points([80.0] * 3, Standing.OVER)])
    over, indicated = picture.squares
    assert (len(over.linked), over.path.count("M")) == (LINKED_AT_MOST, LINKED_AT_MOST + 5)
    assert (len(indicated.linked), indicated.path.count("M")) == (0, 3)


def many(count: int) -> list[Point]:
    """As many within the limits as too small, at sizes and rates of their own."""
    inside = [Point(20 + at % 190, 20 + at % 37, Standing.INSIDE, "") for at in range(count // 2)]
    return inside + [Point(1 + at % 5, at % 23, Standing.SMALL, "") for at in range(count - count // 2)]


def test_as_many_dots_as_can_be_told_apart_are_drawn_one_by_one() -> None:
    picture = drawn(many(DOTS_AT_MOST))
    assert (picture.dots + picture.pale_dots).count("M") == DOTS_AT_MOST
    assert (picture.heaps, picture.pale_heaps, picture.heap_words) == ([], [], "")


def test_more_dots_are_drawn_in_heaps_that_say_what_they_hold() -> None:
    picture = drawn(many(DOTS_AT_MOST + 1))
    assert (picture.dots, picture.pale_dots) == ("", "")
    held = [list(map(count_of, heaps)) for heaps in (picture.heaps, picture.pale_heaps)]
    assert list(map(sum, held)) == [DOTS_AT_MOST // 2, DOTS_AT_MOST // 2 + 1]
    assert "a dot stands for all in its place" in picture.heap_words
    heaps = [*picture.heaps, *picture.pale_heaps]
    assert count_of(max(heaps, key=lambda heap: heap.radius)) == max(map(max, held))
    assert all(LEFT < heap.x < RIGHT + CELL and TOP < heap.y < BOTTOM for heap in heaps)


def count_of(heap: Heap) -> int:
    return int(parts(heap)["count"].replace("\N{NO-BREAK SPACE}", ""))


def parts(heap: Heap) -> dict[str, str]:
    """What the title of a heap says."""
    words = r"agencies: (?P<count>.+); guard-years: (?P<sizes>.+); turnover: (?P<rates>.+)\s% a year"
    found = re.fullmatch(words, heap.title)
    assert found
    return found.groupdict()


def test_a_heap_names_the_sizes_and_rates_of_its_cell() -> None:
    (heap,) = drawn([Point(60, 50, Standing.INSIDE, "")] * (DOTS_AT_MOST + 1)).heaps
    assert count_of(heap) == DOTS_AT_MOST + 1
    for name, value in (("sizes", 60), ("rates", 50)):
        low, high = map(float, parts(heap)[name].split("\N{EN DASH}"))
        assert low <= value <= high
