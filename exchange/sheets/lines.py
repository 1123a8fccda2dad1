"""The rows of a sheet under the names of its columns, each cell as a register package has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from agencies.models import Agency
from exchange.cells import quoted
from exchange.rows import no_progress
from exchange.sheets import cells
from exchange.sheets.kinds import AMOUNT, DAY, EXAMPLE_IIN, IIN, TEXT, SheetColumn, SheetKind
from exchange.sheets.reading import LOST_LETTER, Progress, Sheet
from exchange.sheets.words import Vocabulary, vocabulary


class Trouble(NamedTuple):
    """What is wrong in a row; `column` is empty where it is the row as a whole."""

    row: int
    column: str
    sentence: str


@dataclass
class Lines:
    """Columns of cells, all as long as `numbers`, which are the rows' numbers in the sheet."""

    kind: SheetKind
    numbers: list[int]
    cells: dict[str, list[str]] = field(default_factory=dict)
    # The columns that the sheet has; of the others nothing is said.
    given: frozenset[str] = frozenset()
    troubles: list[Trouble] = field(default_factory=list)

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The number of each row and its cells in some columns."""
        return zip(self.numbers, *(self.cells[name] for name in names), strict=True)

    def blame(self, row: int, column: str, sentence: str) -> None:
        self.troubles.append(Trouble(row, column, sentence))


def of(
    sheet: Sheet, kind: SheetKind, matching: Sequence[str], agency: Agency, progress: Progress = no_progress
) -> Lines:
    """All rows but the example of a template; `progress` is told of each column."""
    numbers = sorted(sheet.rows)
    places = {name: place for place, name in enumerate(matching) if name}
    if "iin" in places:
        numbers = [number for number in numbers if cells.shown(_cell(sheet, number, places["iin"])) != EXAMPLE_IIN]
    lines = Lines(kind, numbers, given=frozenset(places))
    for column in kind.columns:
        progress(1)
        place = places.get(column.name)
        if place is None:
            lines.cells[column.name] = [""] * len(numbers)
            continue
        _read(lines, column, [_cell(sheet, number, place) for number in numbers], agency, sheet.lost_letters)
    _blame_twice(lines)
    return lines


def _cell(sheet: Sheet, number: int, place: int) -> Any:
    row = sheet.rows[number]
    return row[place] if place < len(row) else ""


def _read(lines: Lines, column: SheetColumn, values: Sequence[Any], agency: Agency, lost: bool) -> None:
    """Read each different cell once; what cannot be read stays as it is written."""
    words = None if column.reads in (TEXT, IIN, DAY, AMOUNT) else vocabulary(column.reads, agency)
    known: dict[Any, tuple[str, str]] = {}
    found: list[str] = []
    for number, value in zip(lines.numbers, values, strict=True):
        key = (type(value), value)
        if key not in known:
            known[key] = _reading(value, column, words, lost)
        text, trouble = known[key]
        found.append(text)
        if trouble:
            lines.blame(number, column.name, trouble)
    lines.cells[column.name] = found


def _reading(value: Any, column: SheetColumn, words: Vocabulary | None, lost: bool) -> tuple[str, str]:
    text = cells.shown(value)
    if lost and LOST_LETTER in text:
        sentence = _("In “%(text)s” a letter was lost: this CSV has none of Kazakh. Save the file as XLSX.")
        return text, sentence % {"text": quoted(text)}
    try:
        return cells.read(value, column.reads, words), ""
    except ValueError as fault:
        return text, str(fault)


def _blame_twice(lines: Lines) -> None:
    first: dict[tuple[str, ...], int] = {}
    for number, *identity in lines.rows(*lines.kind.identity):
        before = first.setdefault(tuple(identity), number)
        if before != number and identity[0]:
            sentence = _("Row %(row)d says the same. Remove one of the two.")
            lines.blame(number, lines.kind.identity[0], sentence % {"row": before})
