"""How one cell of a register package is written and read: the kinds of value, each both ways.

`read` takes a cell that is not empty and gives its value, or raises ValueError with a sentence for whoever sent it.
`write` gives the cell for a value. What `write` gives, `read` understands as the same value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_QUOTE = 60
AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)


class Absent(Enum):
    """What stands where a value would: the file has no such column, or its cell is at fault."""

    UNSAID = "unsaid"
    FAULTY = "faulty"


UNSAID = Absent.UNSAID
FAULTY = Absent.FAULTY


def quoted(text: str) -> str:
    """A cell's text as a message shows it: on one line, not too long."""
    line = "".join(character if character.isprintable() else "�" for character in text[: LONGEST_QUOTE + 1])
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "…"


def _is_utf8(cell: str) -> bool:
    """Whether the bytes of a cell were UTF-8: those that were not are read as lone surrogates."""
    if cell.isascii():
        return True
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


class Kind(Protocol):
    """A kind of value: how its cells are read, written and described to whoever fills them in."""

    def read(self, cell: str) -> Any: ...
    def write(self, value: Any) -> str: ...
    def described(self) -> str: ...


@dataclass(frozen=True)
class Text:
    """Any text up to a length, kept exactly as it is; the validators say what else is asked of it."""

    longest: int
    validators: tuple[Callable[[Any], None], ...] = ()

    def read(self, cell: str) -> str:
        if len(cell) > self.longest:
            raise ValueError(
                _("This text has %(length)d characters and may have %(longest)d. Shorten it.")
                % {"length": len(cell), "longest": self.longest}
            )
        if not _is_utf8(cell):
            raise ValueError(_("“%(text)s” is not UTF-8. Save the file as CSV in UTF-8.") % {"text": quoted(cell)})
        if "\0" in cell:
            raise ValueError(_("This text holds the character U+0000, which cannot be kept. Remove it."))
        for validate in self.validators:
            try:
                validate(cell)
            except ValidationError as error:
                raise ValueError(f"{_('“%(text)s”') % {'text': quoted(cell)}}: {error.messages[0]}") from error
        return cell

    def write(self, value: str | None) -> str:
        return value or ""

    def described(self) -> str:
        return f"text, at most {self.longest} characters"


@dataclass(frozen=True)
class Choice:
    """One word of a vocabulary."""

    words: tuple[str, ...]

    def read(self, cell: str) -> str:
        if cell not in self.words:
            raise ValueError(
                _("“%(text)s” is not a word of this column. Write one of: %(words)s.")
                % {"text": quoted(cell), "words": ", ".join(self.words)}
            )
        return cell

    def write(self, value: str) -> str:
        return value

    def described(self) -> str:
        return "one of " + ", ".join(f"`{word}`" for word in self.words)


@dataclass(frozen=True)
class Day:
    """A day, YYYY-MM-DD and in no other form."""

    def read(self, cell: str) -> date:
        try:
            # Python reads other forms of ISO 8601 as well; a package has one.
            if len(cell) != 10 or cell[4] != "-" or cell[7] != "-":
                raise ValueError
            return date.fromisoformat(cell)
        except ValueError:
            raise ValueError(
                _("“%(text)s” is not a day. Write year, month and day as YYYY-MM-DD, such as 2026-09-01.")
                % {"text": quoted(cell)}
            ) from None

    def write(self, value: date | None) -> str:
        return "" if value is None else value.isoformat()

    def described(self) -> str:
        return "day, `YYYY-MM-DD`"


@dataclass(frozen=True)
class Whole:
    """A whole number from 0 to the largest that the database keeps."""

    largest: int

    def read(self, cell: str) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 20 and int(cell) <= self.largest):
            raise ValueError(
                _("“%(text)s” is not a whole number from 0 to %(largest)s. Write digits only.")
                % {"text": quoted(cell), "largest": self.largest}
            )
        return int(cell)

    def write(self, value: int | None) -> str:
        return "" if value is None else str(value)

    def described(self) -> str:
        return f"whole number, 0 to {self.largest}"


@dataclass(frozen=True)
class Amount:
    """A number with so many digits, of which so many after the point."""

    digits: int
    after_point: int

    @property
    def largest(self) -> Decimal:
        return (Decimal(10) ** self.digits - 1).scaleb(-self.after_point)

    def read(self, cell: str) -> Decimal:
        if AMOUNT.fullmatch(cell) and len(cell) <= 40:
            number = Decimal(cell)
            if number <= self.largest and number == round(number, self.after_point):
                return number
        raise ValueError(
            _("“%(text)s” is not a number from 0 to %(largest)s with a point and at most %(places)d digits after it.")
            % {"text": quoted(cell), "largest": self.largest, "places": self.after_point}
        )

    def write(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def described(self) -> str:
        return f"number, 0 to {self.largest}, point before decimals"


@dataclass(frozen=True)
class Flag:
    """Yes or no, written 1 or 0; empty means no."""

    def read(self, cell: str) -> bool:
        if cell not in ("0", "1"):
            raise ValueError(_("“%(text)s” is neither 1 (yes) nor 0 (no).") % {"text": quoted(cell)})
        return cell == "1"

    def write(self, value: bool) -> str:
        return "1" if value else "0"

    def described(self) -> str:
        return "`1` (yes) or `0` (no)"


@dataclass(frozen=True)
class Reference:
    """The identifier of a row of another file, or of one that the register already holds."""

    to: str

    def read(self, cell: str) -> str:
        return cell

    def write(self, value: str | None) -> str:
        return value or ""

    def described(self) -> str:
        return f"identifier from {self.to}"
