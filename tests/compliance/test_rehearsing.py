"""Two readings of a clause held against each other, counted again by hand."""

import json
import random
from collections import Counter
from typing import Any

import pytest

from compliance.predicates import Subject
from compliance.rehearsing import (
    AGENCY_SIZES,
    SCHOOL_SIZES,
    Change,
    Distribution,
    Place,
    Reading,
    Scale,
    Tally,
    changes,
    counted,
    drawn,
    size_of,
)

ONE, TWO, THREE, FOUR = (Subject(school=number) for number in (1, 2, 3, 4))
SOMEWHERE = Place("79")


def test_only_those_whose_mark_is_another_one_are_named_in_the_order_of_their_keys():
    now = Reading({ONE: "indicated", TWO: "established", THREE: ""})
    then = Reading({ONE: "indicated", TWO: "indicated", FOUR: "established"})
    assert changes(now, then) == [
        Change(TWO, "established", "indicated"),
        Change(THREE, "", None),
        Change(FOUR, None, "established"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, "indicated", "newly"),
        (None, "", "newly"),
        ("established", None, "gone"),
        ("indicated", "established", "stronger"),
        ("indicated", "", "stronger"),
        ("established", "", "weaker"),
        ("established", "indicated", "weaker"),
    ],
)
def test_a_change_has_a_kind(before: str | None, after: str | None, kind: str):
    assert Change(ONE, before, after).kind == kind


@pytest.mark.parametrize(
    ("headcount", "size"),
    [
        (None, "unknown"),
        (0.0, "unknown"),
        (0.2, "3"),
        (3.49, "3"),
        (3.5, "5"),
        (5.49, "5"),
        (5.5, "10"),
        (10.49, "10"),
        (10.5, "more"),
    ],
)
def test_a_size_is_that_of_whole_guards(headcount: float | None, size: str):
    assert size_of(headcount, SCHOOL_SIZES) == size


def test_agencies_have_sizes_of_their_own():
    assert [size_of(headcount, AGENCY_SIZES) for headcount in (5, 20, 50, 51)] == ["5", "20", "50", "more"]


# The distribution


@pytest.mark.parametrize(
    ("scale", "width"),
    [
        (Scale(50.0, 40.0), 10),
        (Scale(None, 10.0), 2),
        (Scale(62.5, None), 20),
        (Scale(0.0, 0.0), 10),
        (Scale(60.0, 70.0, under=True), 10),
    ],
)
def test_the_higher_limit_lies_near_the_middle(scale: Scale, width: int):
    assert scale.width == width


@pytest.mark.parametrize(("value", "bar"), [(0, 0), (10, 0), (10.1, 1), (50, 4), (50.01, 5), (110, 10), (5000, 11)])
def test_a_value_on_a_limit_stands_with_those_that_do_not_break_it(value: float, bar: int):
    assert Scale(50.0, 40.0).bar_of(value) == bar


@pytest.mark.parametrize(("value", "bar"), [(0, 0), (59.9, 5), (60, 6), (100, 9)])
def test_of_a_floor_a_value_on_it_stands_above(value: float, bar: int):
    assert Scale(60.0, 70.0, under=True).bar_of(value) == bar


def test_the_bars_tell_who_stays_who_goes_and_who_is_added():
    distribution = Distribution(Scale(50.0, 40.0, least=2))
    now = Reading({ONE: "indicated", TWO: "indicated"})
    then = Reading({ONE: "indicated", THREE: "indicated"}, {ONE: 55.0, TWO: 30.0, THREE: 45.0, FOUR: 45.0})
    distribution.take(now, then)
    assert [sum(bars) for bars in (distribution.owners, distribution.kept, distribution.gone, distribution.added)] == [
        4,
        1,
        1,
        1,
    ]
    assert (distribution.owners[4], distribution.added[4]) == (2, 1)
    assert (distribution.beyond, distribution.otherwise) == (3, 0)


def test_who_is_added_beyond_the_limit_in_force_is_added_because_the_draft_counts_otherwise():
    distribution = Distribution(Scale(50.0, 40.0))
    distribution.take(Reading(), Reading({ONE: "indicated", TWO: "indicated"}, {ONE: 92.0, TWO: 45.0}))
    assert distribution.otherwise == 1


def test_of_a_repealed_clause_the_values_in_force_are_drawn():
    distribution = Distribution(Scale(50.0, None))
    distribution.take(Reading({ONE: "indicated"}, {ONE: 92.0, TWO: 0.0}), Reading())
    assert (sum(distribution.owners), distribution.gone[9], distribution.beyond) == (2, 1, 1)


# The tally


def random_reading(rng: random.Random, subjects: list[Subject]) -> Reading:
    values = {one: rng.choice((0.0, 40.0, 50.0, 92.3, 200.0)) for one in subjects if rng.random() < 0.8}
    marks = {one: rng.choice(("indicated", "established", "")) for one in subjects if rng.random() < 0.5}
    return Reading(marks, values)


def recount(now: Reading, then: Reading, chosen: set[Subject]) -> dict[str, int]:
    """The same counts from lists, one question at a time."""
    before = {one: now.marks[one] for one in chosen if one in now.marks}
    after = {one: then.marks[one] for one in chosen if one in then.marks}
    newly = [one for one in after if one not in before]
    return {
        "measured": len([one for one in then.values or () if one in chosen]),
        "now": len(before),
        "now_established": Counter(before.values())["established"],
        "then": len(after),
        "then_established": Counter(after.values())["established"],
        "newly": len(newly),
        "newly_established": len([one for one in newly if after[one] == "established"]),
        "gone": len([one for one in before if one not in after]),
    }


@pytest.mark.parametrize("seed", range(20))
def test_the_counts_are_those_of_a_plain_recount_however_the_blocks_are_cut(seed: int):
    rng = random.Random(seed)
    subjects = [Subject(school=number) for number in range(60)]
    places = {
        one: Place(rng.choice(("35", "79")), rng.choice(("3", "5", None)), rng.choice(("20", None))) for one in subjects
    }
    now, then = random_reading(rng, subjects), random_reading(rng, subjects)
    tally, cut = Tally(Scale(50.0, 40.0)), rng.randrange(60)
    for part in (set(subjects[:cut]), set(subjects[cut:])):
        tally.take(*(within(reading, part) for reading in (now, then)), places.__getitem__)
    kept = json.loads(json.dumps(tally.plain()))
    assert kept["total"] == recount(now, then, set(subjects))
    for name, group in (("regions", "region"), ("school_sizes", "school_size"), ("agency_sizes", "agency_size")):
        for key in {getattr(place, group) for place in places.values()} - {None}:
            chosen = {one for one, place in places.items() if getattr(place, group) == key}
            wanted = recount(now, then, chosen)
            found = counted(kept[name]).get(key)
            assert (vars(found) if found else dict.fromkeys(wanted, 0)) == wanted


def within(reading: Reading, part: set[Subject]) -> Reading:
    values = {one: value for one, value in (reading.values or {}).items() if one in part}
    return Reading({one: mark for one, mark in reading.marks.items() if one in part}, values)


def test_a_distribution_is_kept_and_read_again():
    tally = Tally(Scale(50.0, 40.0, least=2))
    tally.take(Reading(), Reading({ONE: "indicated"}, {ONE: 45.0}), lambda subject: SOMEWHERE)
    kept: dict[str, Any] = json.loads(json.dumps(tally.plain()))
    assert drawn(kept["distribution"]) == tally.distribution


def test_a_clause_that_measures_nothing_has_no_distribution():
    tally = Tally()
    tally.take(Reading(), Reading({ONE: ""}), lambda subject: SOMEWHERE)
    assert tally.plain()["distribution"] is None
    assert tally.total.measured == 0
