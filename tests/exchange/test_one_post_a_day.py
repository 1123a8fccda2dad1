"""One guard is not at two posts on one day, by the package and the register together."""

from datetime import date
from random import Random

import numpy as np
import pytest

from exchange.checks import STILL, _at_two_posts
from guards.models import Assignment
from tests.exchange.packages import counts, loaded, places, said
from tests.factories import AssignmentFactory, GuardFactory, PostFactory, bin_number, iin

pytestmark = pytest.mark.django_db

HEADER = "assignment_id,iin,post_id,agency_bin,kind,first_day,last_day,end_reason,cause_accepted,status,confirmed_on\n"


def row(code: str, post: str, first: str, last: str = "", *, status: str = "", guard: str = iin(1)) -> str:
    status = status or ("ended" if last else "confirmed")
    reason = "resigned" if last else ""
    return f"{code},{guard},{post},{bin_number(2)},regular,{first},{last},{reason},0,{status},\n"


@pytest.fixture
def tried(folder, lawful):
    """Loads the lawful package with these assignments instead of its own."""

    def load(*rows: str):
        return loaded(folder({**lawful, "assignments.csv": HEADER + "".join(rows)}))

    return load


def test_the_later_row_is_blamed_and_the_other_named(tried):
    outcome = tried(row("A1", "P1", "2025-01-01", "2025-03-31"), row("A2", "P2", "2025-03-31"))
    assert said(outcome) == [
        "assignments.csv:3: first_day: On 2025-03-31 this guard is at post “P1” by assignment “A1” on line 2. A guard "
        "is at one post a day."
    ]


def test_the_order_of_the_rows_does_not_matter(tried):
    outcome = tried(row("A2", "P2", "2025-03-31"), row("A1", "P1", "2025-01-01", "2025-03-31"))
    assert places(outcome) == ["assignments.csv:2: first_day"]


def test_the_day_after_is_another_day(tried):
    assert said(tried(row("A1", "P1", "2025-01-01", "2025-03-31"), row("A2", "P2", "2025-04-01"))) == []


def test_rows_of_a_guard_at_the_same_post_may_overlap(tried):
    assert said(tried(row("A1", "P1", "2025-01-01"), row("A2", "P1", "2025-02-01"))) == []


def test_guards_do_not_disturb_each_other(tried):
    assert said(tried(row("A1", "P1", "2025-01-01"), row("A2", "P2", "2025-01-01", guard=iin(2)))) == []


@pytest.mark.parametrize(("status", "faults"), [("proposed", 1), ("confirmed", 1), ("declined", 0), ("withdrawn", 0)])
def test_only_what_holds_a_guard_counts(tried, status, faults):
    outcome = tried(row("A1", "P1", "2025-01-01"), row("A2", "P2", "2025-02-01", status=status))
    assert len(outcome.faults) == faults


def test_a_row_between_two_of_another_post_is_found_under_a_long_one(tried):
    """The neighbour before is short and at the same post; the one that overlaps began long before."""
    outcome = tried(
        row("A1", "P1", "2025-01-01"),
        row("A2", "P2", "2024-01-01", "2024-02-01"),
        row("A3", "P1", "2025-02-01", "2025-02-10"),
        row("A4", "P2", "2025-05-01"),
    )
    assert places(outcome) == ["assignments.csv:5: first_day"]
    assert "“A1” on line 2" in said(outcome)[0]


def test_a_row_of_the_register_is_named_when_it_began_before(tried, folder):
    tried(row("A1", "P1", "2025-01-01"))
    outcome = loaded(folder({"assignments.csv": HEADER + row("A2", "P2", "2025-05-01")}))
    assert said(outcome) == [
        "assignments.csv:2: first_day: On 2025-05-01 this guard is at post “P1” by assignment “A1” in the register. A "
        "guard is at one post a day."
    ]


def test_a_row_of_the_register_is_named_when_it_begins_later(tried, folder):
    tried(row("A1", "P1", "2025-05-01"))
    outcome = loaded(folder({"assignments.csv": HEADER + row("A2", "P2", "2025-01-01")}))
    assert places(outcome) == ["assignments.csv:2: last_day"]
    assert "On 2025-05-01 this guard is at post “P1” by assignment “A1” in the register." in said(outcome)[0]


def test_a_row_of_the_register_that_the_package_mends_is_not_held_against_it(tried, folder):
    """The new row stands before the one that makes room for it: only at the end must all be right."""
    tried(row("A2", "P1", "2025-01-01"))
    outcome = loaded(
        folder(
            {"assignments.csv": HEADER + row("A1", "P2", "2025-05-01") + row("A2", "P1", "2025-01-01", "2025-04-30")}
        )
    )
    assert said(outcome) == []
    assert counts(outcome) == {"assignments.csv": (1, 1, 0)}


def test_two_rows_of_the_register_may_change_places(tried):
    tried(row("A1", "P1", "2025-01-01", "2025-01-31"), row("A2", "P2", "2025-02-01", "2025-02-28"))
    outcome = tried(row("A1", "P1", "2025-02-01", "2025-02-28"), row("A2", "P2", "2025-01-01", "2025-01-31"))
    assert said(outcome) == []
    assert Assignment.objects.get(code="A1").first_day == date(2025, 2, 1)


def test_the_same_holds_across_batches(tried, monkeypatch):
    monkeypatch.setattr("exchange.rows.BATCH", 1)
    outcome = tried(row("A1", "P1", "2025-01-01"), row("A2", "P1", "2025-02-01"), row("A3", "P2", "2025-03-01"))
    assert places(outcome) == ["assignments.csv:4: first_day"]


def test_other_guards_of_the_register_are_left_alone(tried):
    """A row of the register of somebody else, in the same days at other posts."""
    AssignmentFactory(guard=GuardFactory(iin=iin(7)), post=PostFactory(), first_day=date(2025, 1, 1))
    assert said(tried(row("A1", "P1", "2025-01-01"))) == []


def test_pairs_agree_with_looking_at_every_two_rows():
    """Every row of the package that shares a day with an earlier one at another post, or with one of the register."""
    for seed in range(300):
        dice = Random(seed)
        rows = [_random_row(dice, number) for number in range(dice.randrange(1, 14))]
        rows = [row for place, row in enumerate(rows) if row[4] or not _meets_stored(row, rows[:place])]
        blamed = {row for row, _other in _at_two_posts(np.array(rows, dtype=np.int64).reshape(-1, 5).T)}
        assert blamed == _blamed(rows), seed


def _random_row(dice: Random, number: int) -> tuple[int, ...]:
    first = dice.randrange(30)
    last = STILL if dice.random() < 0.2 else first + dice.randrange(8)
    return dice.randrange(1, 3), dice.randrange(1, 4), first, last, number + 2 if dice.random() < 0.7 else 0


def _clash(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one[0] == other[0] and one[1] != other[1] and one[2] <= other[3] and other[2] <= one[3]


def _meets_stored(row: tuple[int, ...], before: list[tuple[int, ...]]) -> bool:
    return any(_clash(row, other) for other in before if not other[4])


def _blamed(rows: list[tuple[int, ...]]) -> set[int]:
    return {
        place
        for place, row in enumerate(rows)
        if row[4]
        and any(_clash(row, other) and (not other[4] or (other[2], other[4]) < (row[2], row[4])) for other in rows)
    }
