"""IIN and BIN: what is issued passes, and one slip of a digit does not."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from schools.identifiers import (
    bin_fault,
    birth_date,
    control_digit,
    iin_fault,
    iin_of_a_person_fault,
    masked,
    validate_bin,
    validate_iin,
)

BIRTHS = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))


@st.composite
def iins(draw: st.DrawFn) -> str:
    born = draw(BIRTHS)
    century = draw(st.sampled_from("34" if born.year < 2000 else "56"))
    eleven = f"{born:%y%m%d}{century}{draw(st.integers(0, 9999)):04d}"
    digit = control_digit(eleven)
    assume(digit is not None)
    return f"{eleven}{digit}"


@st.composite
def bins(draw: st.DrawFn) -> str:
    month = f"{draw(st.integers(0, 99)):02d}{draw(st.integers(1, 12)):02d}"
    eleven = f"{month}{draw(st.sampled_from('456'))}{draw(st.sampled_from('0123'))}{draw(st.integers(0, 99999)):05d}"
    digit = control_digit(eleven)
    assume(digit is not None)
    return f"{eleven}{digit}"


def by_the_rules(eleven: str) -> int | None:
    """The control digit, digit by digit, as the rules of forming the numbers tell it."""
    total = sum((place + 1) * int(digit) for place, digit in enumerate(eleven))
    if total % 11 != 10:
        return total % 11
    total = 0
    for weight, digit in zip([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2], eleven, strict=True):
        total += weight * int(digit)
    return None if total % 11 == 10 else total % 11


@given(st.text("0123456789", min_size=11, max_size=11))
def test_the_control_digit_follows_the_rules(eleven: str):
    assert control_digit(eleven) == by_the_rules(eleven)


@pytest.mark.parametrize("number", ["991231500006", "991231500707", "991231600002"])
def test_known_iins_pass(number: str):
    assert iin_fault(number) is None
    assert birth_date(number) == date(2099, 12, 31)


@pytest.mark.parametrize("number", ["601240000004", "601240000502"])
def test_known_bins_pass(number: str):
    assert bin_fault(number) is None


@given(iins())
def test_whatever_is_issued_passes(number: str):
    assert iin_fault(number) is None
    validate_iin(number)


@given(bins())
def test_whatever_an_organisation_is_issued_passes(number: str):
    assert bin_fault(number) is None
    validate_bin(number)


def first_sum(number: str) -> int:
    return sum((place + 1) * int(digit) for place, digit in enumerate(number[:11])) % 11


@given(iins(), st.sampled_from([*range(10), 11]), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, shift: int):
    """Wherever the first sum decides; it does not see the eleventh digit, whose weight is 11."""
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assume(first_sum(number) != 10 and first_sum(wrong) != 10)
    assert iin_fault(wrong) is not None


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "An IIN has 12 digits."),
        ("99123150000", "An IIN has 12 digits."),
        ("9912315000066", "An IIN has 12 digits."),
        ("99123150000x", "An IIN has 12 digits."),
        ("٩٩١٢٣١٥٠٠٠٠٦", "An IIN has 12 digits."),
        ("991331500006", "An IIN begins with a date of birth"),
        ("990230500006", "An IIN begins with a date of birth"),
        ("991231000006", "An IIN begins with a date of birth"),
        ("991231700006", "An IIN begins with a date of birth"),
        ("991231500007", "The last digit does not agree"),
    ],
)
def test_an_iin_that_is_none_is_told_why(number: str, says: str):
    assert str(iin_fault(number)).startswith(says)
    with pytest.raises(ValidationError, match=says):
        validate_iin(number)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("60124000000", "A BIN has 12 digits."),
        ("601340000004", "A BIN begins with a year and month"),
        ("600040000004", "A BIN begins with a year and month"),
        ("601270000004", "A BIN begins with a year and month"),
        ("601244000004", "A BIN begins with a year and month"),
        ("601240000005", "The last digit does not agree"),
    ],
)
def test_a_bin_that_is_none_is_told_why(number: str, says: str):
    assert str(bin_fault(number)).startswith(says)
    with pytest.raises(ValidationError, match=says):
        validate_bin(number)


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("850101300000", date(1985, 1, 1)),
        ("040229500000", date(2004, 2, 29)),
        ("990615100000", date(1899, 6, 15)),
        ("030229500000", None),
        ("850101900000", None),
        ("85", None),
    ],
)
def test_a_date_of_birth_is_read(number: str, born: date | None):
    assert birth_date(number) == born


def test_a_masked_number_shows_its_ends_only():
    assert masked("991231500006") == "99••••••0006"
    assert masked("odd") == "odd"


def test_a_person_has_been_born_by_the_day_on_which_he_is_entered():
    assert "31.12.2099" in str(iin_of_a_person_fault("991231500006", date(2099, 12, 30)))
    assert iin_of_a_person_fault("991231500006", date(2099, 12, 31)) is None
    assert str(iin_of_a_person_fault("991231500007", date(2026, 1, 1))).startswith("The last digit")
