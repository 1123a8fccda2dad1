"""One cell of a sheet as a cell of a register package, or a sentence that says what is wrong with it."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from exchange.cells import quoted
from exchange.sheets.kinds import AMOUNT, DAY, IIN, TEXT
from exchange.sheets.words import Vocabulary, without_ending

_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?", re.ASCII)
IIN_LENGTH = 12


def shown(value: Any) -> str:
    """A cell as people write it: what a file for mending says, and a message quotes."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def read(value: Any, reads: str, words: Vocabulary | None = None) -> str:
    """The cell of the package. Raises ValueError with a sentence."""
    text = shown(value)
    if not text or reads == TEXT:
        return text
    if reads == IIN:
        return _iin(value, text)
    if reads == DAY:
        return _day(value, text)
    if reads == AMOUNT:
        return _amount(value, text)
    assert words is not None
    if meaning := words.meaning(text):
        return meaning
    if len(words.shown) > 12:
        raise ValueError(_("“%(text)s” is not in the list of the template.") % {"text": quoted(text)})
    known = ", ".join(label for _meaning, label in words.shown) or "—"
    raise ValueError(
        _("“%(text)s” is none of the words of this column: %(words)s.") % {"text": quoted(text), "words": known}
    )


def _iin(value: Any, text: str) -> str:
    digits = text.replace(" ", "").removeprefix("'")
    if digits.isdigit() and len(digits) < IIN_LENGTH and (isinstance(value, int | float) or len(digits) >= 8):
        raise ValueError(
            _("“%(text)s” has %(length)d digits: Excel took the IIN for a number and dropped the zeros before it. "
              "Make the column text and type all twelve digits.") % {"text": text, "length": len(digits)}
        )  # fmt: skip
    return digits


def _day(value: Any, text: str) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = without_ending(text)
    if found := _DAY.fullmatch(text):
        day, month, year = found.groups()
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
    else:
        raise ValueError(_not_a_day(text))
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValueError(_not_a_day(text)) from None


def _not_a_day(text: str) -> str:
    return _("“%(text)s” is not a day. Write day, month and year: 30.11.2026.") % {"text": quoted(text)}


def _amount(value: Any, text: str) -> str:
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return text.replace(",", ".")
