"""From the bytes of a CSV file to batches of values, with each fault by line and column.

A file is read as a stream: what is held at one time is one batch, whatever the size of the file.
"""

import csv
import lzma
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange.cells import FAULTY, UNSAID
from exchange.faults import FILE, HEADER, ROW, Faults
from exchange.identifiers import Identifiers
from exchange.packages import Package
from exchange.tables import KEYS, Column, Table

BATCH = 4_000
# In bytes; far more than the longest row of any table.
LONGEST_LINE = 262_144
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError)

Progress = Callable[[int], object]
Row = tuple[int, list[str]]


class Unreadable(Exception):
    """A file that cannot be read any further, from a line on."""

    def __init__(self, line: int, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.line, self.column, self.sentence = line, column, sentence


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, as values in the order of the table's columns."""

    lines: Sequence[int]
    rows: Sequence[tuple[Any, ...]]
    # Places in `rows` of those that hold a fault.
    faulty: set[int]


def no_progress(_number: float) -> None:
    """For whoever does not watch."""


class File:
    """One file of a package, to be read from its first row as often as needed."""

    def __init__(self, package: Package, table: Table) -> None:
        self._package = package
        self.table = table

    def batches(self, identifiers: Identifiers, faults: Faults, progress: Progress = no_progress) -> Iterator[Batch]:
        """All rows as values; an identifier becomes the primary key of what it names.

        A file that cannot be read, or not to its end, is a fault, and what it might have held is taken as known.
        """
        file = self.table.file
        try:
            with closing(self._rows(progress)) as rows:
                places = self._places(rows, faults)
                if places is None:
                    identifiers.give_up(self.table.model)
                    return
                while batch := list(islice(rows, BATCH)):
                    whole = [row for row in batch if len(row[1]) == len(places)]
                    if len(whole) < len(batch):
                        _blame_length(file, batch, len(places), faults)
                        identifiers.give_up(self.table.model)
                    yield _read(self.table, places, whole, identifiers, faults)
        except Unreadable as fault:
            faults.add(file, fault.line, fault.column, fault.sentence)
            identifiers.give_up(self.table.model)

    def cells_at(self, lines: Iterable[int]) -> dict[int, dict[str, str]]:
        """The cells of the rows that begin on these lines, by line and column."""
        wanted = set(lines)
        with closing(self._rows(no_progress)) as rows:
            _line, header = next(rows)
            return {line: dict(zip(header, cells, strict=False)) for line, cells in rows if line in wanted}

    def _rows(self, progress: Progress) -> Generator[Row, None, None]:
        line = 1
        try:
            with self._package.open(self.table.file) as stream:
                reader = csv.reader(_lines(stream, progress), strict=True)
                for cells in reader:
                    if cells:
                        yield line, cells
                    line = reader.line_num + 1
        except csv.Error as error:
            raise Unreadable(
                line,
                ROW,
                _("The quotation marks of this row do not pair, or it is far too long. From here on nothing was read."),
            ) from error
        except DAMAGED as error:
            raise Unreadable(
                line, FILE, _("From here on this file cannot be read: it is damaged or locked.")
            ) from error

    def _places(self, rows: Iterator[Row], faults: Faults) -> list[int] | None:
        """Where the table's columns stand in the order of the header; None, with faults, where the header is wrong."""
        line, header = next(rows, (1, []))
        found = list(_header_faults(self.table, header))
        for column, sentence in found:
            faults.add(self.table.file, line, column, sentence)
        return None if found else [self.table.place(name) for name in header]


def _lines(stream: IO[bytes], progress: Progress) -> Iterator[str]:
    """The lines of a stream; bytes that are not UTF-8 become lone surrogates, for the cell to complain of."""
    mark = "\ufeff"
    while raw := stream.readline(LONGEST_LINE + 1):
        if len(raw) > LONGEST_LINE:
            raise csv.Error("line too long")
        progress(len(raw))
        yield raw.decode("utf-8", "surrogateescape").removeprefix(mark)
        mark = ""


def _header_faults(table: Table, header: Sequence[str]) -> Iterator[tuple[str, str]]:
    columns = ", ".join(table.names)
    if not header:
        yield HEADER, _("This file has no header row. Columns: %(columns)s.") % {"columns": columns}
        return
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield HEADER, _("The columns are not parted by commas. Save the file as CSV with commas.")
        return
    for place, name in enumerate(header):
        if name in header[:place]:
            yield name, _("The header names this column twice. Keep one.")
        elif name not in table.names:
            yield name or HEADER, _("This file has no such column. Columns: %(columns)s.") % {"columns": columns}
    for column in table.columns:
        if column.required and column.name not in header:
            yield column.name, _("This column is missing, and no row can do without it.")


def _blame_length(file: str, batch: Sequence[Row], length: int, faults: Faults) -> None:
    for line, cells in batch:
        if len(cells) != length:
            sentence = ngettext(
                "This row has %(number)d cell, the header %(header)d.",
                "This row has %(number)d cells, the header %(header)d.",
                len(cells),
            )
            faults.add(file, line, ROW, sentence % {"number": len(cells), "header": length})


def _read(table: Table, places: Sequence[int], batch: Sequence[Row], identifiers: Identifiers, faults: Faults) -> Batch:
    lines = [line for line, _cells in batch]
    # What tells rows apart is never unsaid: where the file has no such column, it is empty.
    columns: list[Any] = [
        [column.empty if column.name in table.identity else UNSAID] * len(batch) for column in table.columns
    ]
    faulty: set[int] = set()
    for place, cells in zip(places, zip(*(cells for _line, cells in batch), strict=True), strict=False):
        readings, wrong = _readings(table.columns[place], set(cells), identifiers)
        if table.model in KEYS and place in table.identity_places:
            identifiers.spoil(table.model, wrong)
        columns[place] = values = [readings[cell] for cell in cells]
        if FAULTY in readings.values():
            _blame(table, place, cells, lines, wrong, faults)
            faulty.update(row for row, value in enumerate(values) if value is FAULTY)
    return Batch(lines, list(zip(*columns, strict=True)), faulty)


def _readings(column: Column, cells: Iterable[str], identifiers: Identifiers) -> tuple[dict[str, Any], dict[str, str]]:
    """What each of some different cells of a column says, and a sentence for each that says nothing."""
    readings: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for cell in cells:
        try:
            readings[cell] = _reading(column, cell, identifiers)
        except ValueError as error:
            readings[cell] = FAULTY
            wrong[cell] = str(error)
    return readings, wrong


def _reading(column: Column, cell: str, identifiers: Identifiers) -> Any:
    if not cell:
        if column.required:
            raise ValueError(_("This cell is empty, and must not be."))
        return column.empty
    value = column.kind.read(cell)
    if column.target is None:
        return value
    return identifiers.named(column.target, value)


def _blame(
    table: Table, place: int, cells: Sequence[str], lines: Sequence[int], wrong: dict[str, str], faults: Faults
) -> None:
    for line, cell in zip(lines, cells, strict=True):
        if cell in wrong:
            faults.add(table.file, line, table.names[place], wrong[cell])
