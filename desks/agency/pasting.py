"""A month of shifts pasted from a sheet: a line for each guard, by IIN or name, with a mark for each day after a tab.

Either the whole sheet goes into the grid or none of it: every fault is named by its row and column.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from desks import formats
from desks.agency.attendance import Month, guards_on
from guards.models import Guard
from staffing.attendance import Shift

# The marks of a shift that was worked and of one that was not, as people write them in the languages of the country.
_MARKS = tomllib.loads((Path(__file__).parent / "marks.toml").read_text())
WORKED, NOT_WORKED = frozenset(_MARKS["worked"]), frozenset(_MARKS["not_worked"])
# Those of one letter or sign, which the keyboard of the grid understands too.
KEYS = {name: "".join(sorted(mark for mark in marks if len(mark) == 1)) for name, marks in _MARKS.items()}
# Faults of one sheet that are told; a sheet with more of them has one cause.
TOLD_AT_MOST = 30


@dataclass(frozen=True)
class Pasted:
    """The marks of the grid with those of the sheet, or what is wrong with it."""

    marks: set[Shift]
    guards: int
    faults: list[str]


def paste(text: str, month: Month, marks: Collection[Shift]) -> Pasted:
    """Put a sheet into the marks: of each guard whom it names, the days that it has a column for."""
    reader = _Reader(month)
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if any(cells) and not _is_head(cells):
            reader.line(number, cells)
    if not reader.guards and not reader.faults:
        reader.faults.append(_("The sheet is empty: paste lines of a guard and his marks."))
    if reader.faults:
        return Pasted(set(marks), 0, reader.faults[:TOLD_AT_MOST])
    spoken = reader.worked | reader.not_worked
    return Pasted((set(marks) - spoken) | reader.worked, len(reader.guards), [])


def _is_head(cells: list[str]) -> bool:
    """Whether a line numbers the days: 1, 2, 3 and on."""
    numbers = cells[1:]
    return len(numbers) > 1 and numbers == [str(n + 1) for n in range(len(numbers))]


class _Reader:
    """Reads line after line, and keeps what it found and what was wrong."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.shift_of = guards_on(month)
        self.names: dict[str, set[int]] = {}
        for _post, guard in month.pairs:
            for name in _names(guard):
                self.names.setdefault(name, set()).add(guard.pk)
        self.guards: set[int] = set()
        self.worked: set[Shift] = set()
        self.not_worked: set[Shift] = set()
        self.faults: list[str] = []

    def line(self, number: int, cells: list[str]) -> None:
        guard = self._guard(number, cells[0])
        if guard is None:
            return
        days = len(self.month.days)
        if any(cells[days + 1 :]):
            self.faults.append(
                _("Row %(row)s: the month has %(days)s days, and the row goes on after them.")
                % {"row": number, "days": days}
            )
        for column, cell in enumerate(cells[1 : days + 1], start=2):
            self._mark(number, column, guard, cell)

    def _guard(self, number: int, name: str) -> int | None:
        """Whom a row is about; a fault where it is nobody, several, or one whom another row is about."""
        found = self.names.get(_plain(name), set())
        if len(found) == 1 and not found & self.guards:
            self.guards |= found
            return next(iter(found))
        values = {"row": number, "name": name}
        if not found:
            self.faults.append(
                _("Row %(row)s, column 1: “%(name)s” is none of your guards at this school in this month.") % values
            )
        elif len(found) > 1:
            self.faults.append(_("Row %(row)s, column 1: several guards are called “%(name)s”. Give the IIN.") % values)
        else:
            self.faults.append(_("Row %(row)s, column 1: “%(name)s” stands in a row above already.") % values)
        return None

    def _mark(self, number: int, column: int, guard: int, cell: str) -> None:
        day = self.month.first_day + timedelta(days=column - 2)
        values = {"row": number, "column": column, "day": formats.day(day), "mark": cell}
        mark = cell.casefold()
        shift = self.shift_of.get((guard, day))
        if mark in NOT_WORKED:
            if shift:
                self.not_worked.add(shift)
        elif mark not in WORKED:
            self.faults.append(
                _("Row %(row)s, column %(column)s: “%(mark)s” is no mark. Write + for a shift and nothing for none.")
                % values
            )
        elif shift is None:
            self.faults.append(
                _("Row %(row)s, column %(column)s: the guard has no assignment here on %(day)s.") % values
            )
        elif day > self.month.today:
            self.faults.append(_("Row %(row)s, column %(column)s: %(day)s has not come yet.") % values)
        else:
            self.worked.add(shift)


def _names(guard: Guard) -> set[str]:
    """What a sheet may call a guard: his IIN, all his names, or the family name and the given name."""
    return {guard.iin, _plain(guard.full_name), _plain(guard.name), _plain(f"{guard.family_name} {guard.given_name}")}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
