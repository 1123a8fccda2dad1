"""What a cell says when written is what is read of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.cells import Amount, Choice, Day, Flag, Reference, Text, Whole, quoted

AMOUNT = Amount(6, 2)
# Any text that a database can keep and UTF-8 can say.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)


@given(st.dates())
def test_day(day):
    assert Day().read(Day().write(day)) == day


@given(st.integers(0, 32_767))
def test_whole(number):
    assert Whole(32_767).read(Whole(32_767).write(number)) == number


@given(st.decimals(0, Decimal("9999.99"), places=2))
def test_amount(number):
    assert AMOUNT.read(AMOUNT.write(number)) == number


@given(st.booleans())
def test_flag(value):
    assert Flag().read(Flag().write(value)) is value


@given(st.sampled_from(["24h", "12h", "8h"]))
def test_choice(word):
    kind = Choice(("24h", "12h", "8h"))
    assert kind.read(kind.write(word)) == word


@given(TEXT)
def test_text_and_reference(text):
    assert Text(40).read(Text(40).write(text)) == text
    assert Reference("somewhere").read(Reference("somewhere").write(text)) == text


@pytest.mark.parametrize("kind", [Text(40), Day(), Whole(9), AMOUNT, Reference("somewhere")])
def test_nothing_is_an_empty_cell(kind):
    assert kind.write(None) == ""


def test_an_amount_is_written_without_needless_zeros():
    assert [AMOUNT.write(Decimal(text)) for text in ("8.00", "2.50", "100", "0.00", "0.05")] == [
        "8",
        "2.5",
        "100",
        "0",
        "0.05",
    ]


@given(st.text())
def test_whatever_a_day_reads_it_writes_alike(text):
    try:
        day = Day().read(text)
    except ValueError:
        return
    assert Day().write(day) == text


@pytest.mark.parametrize(
    "text", ["2026-9-01", "20260901", "2026-W01-1", "01.09.2026", "2026-09-31", "２０２６-09-01", ""]
)
def test_no_other_form_is_a_day(text):
    with pytest.raises(ValueError, match="is not a day"):
        Day().read(text)


@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "1e3", "32768", "٣", "²", " 1", "1" * 30])
def test_no_other_form_is_a_whole_number(text):
    with pytest.raises(ValueError, match="is not a whole number"):
        Whole(32_767).read(text)


@pytest.mark.parametrize("text", ["-1", "1,5", "1.555", "10000", "1e3", "NaN", "Infinity", ".5", "5.", "٣"])
def test_no_other_form_is_an_amount(text):
    with pytest.raises(ValueError, match="is not a number"):
        AMOUNT.read(text)


def test_a_text_too_long_says_by_how_much():
    with pytest.raises(ValueError, match="has 41 characters and may have 40"):
        Text(40).read("x" * 41)


@given(st.text())
def test_a_quoted_text_is_one_short_line(text):
    assert len(quoted(text)) <= 61
    assert quoted(text).isprintable()


def test_days_at_the_ends_of_time():
    assert [Day().read(Day().write(day)) for day in (date.min, date.max)] == [date.min, date.max]
