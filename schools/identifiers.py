"""IIN and BIN: the twelve-digit numbers of persons and organisations, with their control digit.

IIN: YYMMDD, a digit of century and sex (1/2 1800s, 3/4 1900s, 5/6 2000s; odd male), four of serial, control.
BIN: YYMM, type (4 resident entity, 5 non-resident, 6 joint enterprise), subtype 0-3, five of serial, control.
Source: the rules of forming identification numbers of Kazakhstan, as gathered in the project's notes on regulation.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def control_digit(eleven: str) -> int | None:
    """The twelfth digit for the first eleven; None where both sums give ten and the number is never issued."""
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        remainder = sum(int(digit) * weight for digit, weight in zip(eleven, weights, strict=True)) % 11
        if remainder < 10:
            return remainder
    return None


def _has_twelve_digits(number: str) -> bool:
    return len(number) == 12 and number.isascii() and number.isdigit()


def _control_agrees(number: str) -> bool:
    return control_digit(number[:11]) == int(number[11])


def iin_fault(iin: str) -> str | None:
    """What is wrong with an IIN, as a sentence; None when nothing is."""
    if not _has_twelve_digits(iin):
        return str(_("An IIN has 12 digits."))
    if birth_date(iin) is None:
        return str(_("An IIN begins with a date of birth, YYMMDD, and a digit from 1 to 6 for the century and sex."))
    if not _control_agrees(iin):
        return str(_("The last digit does not agree with the others. Check the number on the identity card."))
    return None


def bin_fault(number: str) -> str | None:
    """What is wrong with a BIN, as a sentence; None when nothing is."""
    if not _has_twelve_digits(number):
        return str(_("A BIN has 12 digits."))
    if not 1 <= int(number[2:4]) <= 12 or number[4] not in "456" or number[5] not in "0123":
        return str(_("A BIN begins with a year and month, YYMM, then 4, 5 or 6, then 0 to 3."))
    if not _control_agrees(number):
        return str(_("The last digit does not agree with the others. Check the number on the registration paper."))
    return None


def birth_date(iin: str) -> date | None:
    """The date of birth an IIN begins with; None when there is none such."""
    century = CENTURIES.get(iin[6:7])
    if century is None:
        return None
    try:
        return date(century + int(iin[:2]), int(iin[2:4]), int(iin[4:6]))
    except ValueError:
        return None


def iin_of_a_person_fault(iin: str, today: date) -> str | None:
    """What is wrong with an IIN by which somebody is entered: one whose date of birth is still to come is nobody's.

    A register package may hold such a number, as the test values of the rules are: see docs/adr/0108.
    """
    if fault := iin_fault(iin):
        return fault
    born = birth_date(iin)
    if born and born > today:
        return str(
            _("By this IIN the person will be born on %(day)s. Check the number on the identity card.")
            % {"day": f"{born:%d.%m.%Y}"}
        )
    return None


def masked(number: str) -> str:
    """An identifier with its middle hidden: enough to tell two people apart, too little to use."""
    return f"{number[:2]}••••••{number[-4:]}" if len(number) == 12 else number


def validate_iin(value: str) -> None:
    if fault := iin_fault(value):
        raise ValidationError(fault)


def validate_bin(value: str) -> None:
    if fault := bin_fault(value):
        raise ValidationError(fault)
