"""A day is typed as day, month and year, and only a year that can be meant is taken."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from desks.fields import DayField


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("30.11.2026", date(2026, 11, 30)),
        ("01.01.1900", date(1900, 1, 1)),
        ("31.12.2100", date(2100, 12, 31)),
    ],
)
def test_a_day_is_read(typed: str, day: date) -> None:
    assert DayField().clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("31.12.1899", "Type a year from 1900 to 2100."),
        ("01.01.2101", "Type a year from 1900 to 2100."),
        ("26.11.9999", "Type a year from 1900 to 2100."),
        ("31.02.2026", "Type a day as day, month and year: 30.11.2026."),
        ("2026-11-30", "Type a day as day, month and year: 30.11.2026."),
    ],
)
def test_what_is_no_day_is_told(typed: str, says: str) -> None:
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            DayField().clean(typed)
        assert refused.value.messages == [says]


def test_an_optional_day_may_stay_empty() -> None:
    assert DayField(required=False).clean("") is None
