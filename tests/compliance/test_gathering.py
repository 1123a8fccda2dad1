"""Columns as arrays: the same from both databases."""

from datetime import date

import numpy as np
import pytest
from django.db.models import F

from compliance.gathering import LAST_DAY, Days, apart, end_to_end, gathered, together_by
from compliance.keys import MANY
from compliance.open_days import OPEN
from guards.models import Assignment
from tests.factories import AssignmentFactory, PostFactory

pytestmark = pytest.mark.django_db

FIRST_OF_ALL = date(1, 1, 1)


def test_numbers_and_days_of_rows_come_in_one_order():
    goes_on = AssignmentFactory(first_day=date(2026, 11, 30), last_day=None)
    ended = AssignmentFactory(first_day=FIRST_OF_ALL, last_day=date(2026, 11, 30))
    found = gathered(Assignment.objects.all(), key=F("pk"), guard=F("guard"), first=Days("first_day"), last=LAST_DAY)
    rows = sorted(zip(*(found[name].tolist() for name in ("key", "guard", "first", "last")), strict=True))
    assert rows == [
        (goes_on.pk, goes_on.guard_id, date(2026, 11, 30).toordinal(), OPEN),
        (ended.pk, ended.guard_id, FIRST_OF_ALL.toordinal(), date(2026, 11, 30).toordinal()),
    ]


def test_no_rows_are_empty_columns():
    found = gathered(Assignment.objects.none(), key=F("pk"), first=Days("first_day"))
    assert {name: column.size for name, column in found.items()} == {"key": 0, "first": 0}


def test_ranges_of_a_key_come_as_a_row_each_in_order_and_those_without_rows_not_at_all():
    posts = PostFactory.create_batch(3)
    first, last = posts[0].pk, posts[2].pk
    for post in (posts[2], posts[0], posts[0]):
        AssignmentFactory(post=post)
    columns = {"post": F("post"), "first": Days("first_day")}
    parts = [apart(columns, [row]) for row in together_by(Assignment.objects.all(), "post", 1, **columns)]
    assert [part["post"].tolist() for part in parts] == [[first, first], [last]]
    assert end_to_end(["post"], parts)["post"].tolist() == [first, first, last]
    whole = [apart(columns, [row]) for row in together_by(Assignment.objects.all(), "post", 10**9, **columns)]
    assert [sorted(part["post"].tolist()) for part in whole] == [[first, first, last]]


def test_the_ends_of_no_parts_are_empty_columns():
    assert {name: column.size for name, column in end_to_end(["post", "first"], []).items()} == {"post": 0, "first": 0}


def test_many_numbers_stay_small_beside_a_few():
    many, few = np.arange(MANY, dtype=np.int32), np.array([2**31 - 1])
    assert end_to_end(["post"], [{"post": many}, {"post": few}])["post"].dtype == np.int32
    assert end_to_end(["post"], [{"post": many}, {"post": few + 1}])["post"].tolist() == [*range(MANY), 2**31]
