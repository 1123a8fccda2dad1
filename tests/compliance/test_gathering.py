"""Columns as arrays: the same from both databases."""

from datetime import date

import pytest
from django.db.models import F

from compliance.gathering import LAST_DAY, Days, gathered
from compliance.open_days import OPEN
from guards.models import Assignment
from tests.factories import AssignmentFactory

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
