"""Days and numbers in the three languages, as Django prints and reads them."""

import datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, translation

DAY = datetime.date(2026, 11, 24)
MOMENT = datetime.datetime(2026, 11, 24, 7, 5, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("language", "long", "month_and_day", "month"),
    [
        ("kk", "2026 ж. 24 қараша", "24 қараша", "2026 ж. қараша"),
        ("ru", "24 ноября 2026 г.", "24 ноября", "Ноябрь 2026 г."),
        ("en", "24 November 2026", "24 November", "November 2026"),
    ],
)
def test_a_day_is_written_with_the_day_before_the_month(
    language: str, long: str, month_and_day: str, month: str
) -> None:
    with translation.override(language):
        assert formats.date_format(DAY) == long
        assert formats.date_format(DAY, "MONTH_DAY_FORMAT") == month_and_day
        assert formats.date_format(DAY, "YEAR_MONTH_FORMAT") == month
        assert formats.date_format(DAY, "SHORT_DATE_FORMAT") == "24.11.2026"
        assert formats.date_format(MOMENT, "SHORT_DATETIME_FORMAT") == "24.11.2026 07:05"
        assert formats.time_format(MOMENT.time()) == "07:05"
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_every_kazakh_month_inside_a_date_has_a_small_letter() -> None:
    months = ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым"]
    months += ["шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"]
    with translation.override("kk"):
        written = [formats.date_format(datetime.date(2026, month, 1), "MONTH_DAY_FORMAT") for month in range(1, 13)]
    assert written == [f"1 {month}" for month in months]


def test_kazakh_days_of_the_week_are_told_apart_by_their_usual_two_letters() -> None:
    week = [datetime.date(2026, 11, 23) + datetime.timedelta(days=number) for number in range(7)]
    with translation.override("kk"):
        assert [formats.date_format(day, "D") for day in week] == ["Дс", "Сс", "Ср", "Бс", "Жм", "Сб", "Жс"]


@pytest.mark.parametrize(
    ("language", "printed"), [("kk", "1\xa0234\xa0567,5"), ("ru", "1\xa0234\xa0567,5"), ("en", "1\xa0234\xa0567.5")]
)
def test_thousands_are_parted_by_a_space_that_does_not_break(language: str, printed: str) -> None:
    with translation.override(language):
        assert Template("{{ number }}").render(Context({"number": 1234567.5})) == printed


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("typed", ["24.11.2026", "24.11.26", "2026-11-24"])
def test_a_typed_day_is_read_day_first_or_as_iso(language: str, typed: str) -> None:
    with translation.override(language):
        assert forms.DateField(localize=True).clean(typed) == DAY


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("typed", ["11.24.2026", "11/24/2026", "31.11.2026"])
def test_a_day_typed_month_first_is_refused(language: str, typed: str) -> None:
    with translation.override(language), pytest.raises(forms.ValidationError):
        forms.DateField(localize=True).clean(typed)
