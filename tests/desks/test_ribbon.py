"""A handover stays within one row of the ribbon; who stands beyond the positions for longer has a row of his own."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import translation

from desks.pictures import text
from desks.pictures.ribbon import RibbonBar, RibbonPost, allot, lay_out
from desks.proof.paper import WIDTH

POST = RibbonPost("p", "Main entrance", "", 1)
LEAVES = date(2026, 11, 30)


def bar(guard: str, first: date, last: date | None = None) -> RibbonBar:
    return RibbonBar(guard, guard, guard, guard, "p", first, last)


@pytest.mark.parametrize(("days", "rows"), [(1, 1), (14, 1), (31, 1), (32, 2)])
def test_a_successor_takes_the_row_of_whom_he_follows(days: int, rows: int) -> None:
    former = bar("A", date(2025, 1, 1), LEAVES)
    successor = bar("B", LEAVES - timedelta(days=days - 1))
    lanes = allot([POST], [former, successor])
    assert len(lanes) == rows
    assert [one.guard_key for one in lanes[0].bars] == (["A", "B"] if rows == 1 else ["A"])


def test_who_does_not_leave_hands_nothing_over() -> None:
    lanes = allot([POST], [bar("A", date(2025, 1, 1)), bar("B", LEAVES)])
    assert [lane.is_extra for lane in lanes] == [False, True]


def test_a_row_is_free_only_when_everybody_in_it_has_left() -> None:
    """B came to hand over with A and left before him: until A is gone the row is not free."""
    early = bar("B", LEAVES - timedelta(days=5), LEAVES - timedelta(days=3))
    third = bar("C", LEAVES + timedelta(days=1))
    lanes = allot([POST], [bar("A", date(2025, 1, 1), LEAVES), early, third])
    assert [[one.guard_key for one in lane.bars] for lane in lanes] == [["A", "B", "C"]]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("width", [500, WIDTH, 900, 1216])
def test_names_of_months_do_not_meet_and_follow_each_other_where_they_fit(language: str, width: int) -> None:
    with translation.override(language):
        drawn = lay_out([POST], [], window=None, from_day=date(2025, 10, 12), today=date(2026, 11, 25), width=width)
    assert all(left.x + text.width(left.text, 12) < right.x for left, right in pairwise(drawn.months))
    assert len(drawn.months) >= (13 if width >= WIDTH else 5)


def test_a_first_month_cut_too_short_for_its_name_leaves_the_place_to_the_next() -> None:
    drawn = lay_out([POST], [], window=None, from_day=date(2025, 10, 28), today=date(2026, 11, 25), width=900)
    assert len(drawn.months) == 13
