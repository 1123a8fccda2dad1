"""From the bytes of an XLSX or CSV to rows of cells, each row with the number that Excel shows beside it.

A workbook is a .zip that says how large it is and may lie. It is packed anew first, part by part and only so far, and
looked through for what would unfold into more than memory holds: then it is read as a whole, by calamine.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from exchange.rows import DAMAGED, no_progress
from files.intake import XLSX

MOST_ROWS = 150_000
MOST_COLUMNS = 52
MOST_CELLS = 3_000_000
MOST_UNPACKED = 400 * 1024**2
# In bytes, with its marks.
LONGEST_CELL = 4_096
# A cell further right than AZ or further down than row 199,999.
FAR_CELL = re.compile(rb"""\br=["'](?:[B-Z][A-Z]|[A-Z]{3,})\d|\br=["'][A-Z]*(?:[2-9]\d{5}|\d{7,})["']""")
CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
PARTS = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]+\.xml|xl/_rels/[^/]+|xl/worksheets/[^/]+\.xml")
SEPARATORS = (";", ",", "\t")
LOST_LETTER = "?"
# How much of the reading of a workbook lies behind when it is packed anew, and when its cells are there.
PACKING, UNFOLDING = 0.4, 0.5


Progress = Callable[[float], object]


class Unreadable(Exception):
    """A file that cannot be read as a sheet; the message says why and what to do."""


@dataclass
class Sheet:
    """The heads of a sheet, and its rows under them by number. Cells are text, numbers, days or empty."""

    heads: list[str]
    head_row: int
    rows: dict[int, Sequence[Any]] = field(default_factory=dict)
    # Whether the file was written in an alphabet without the letters of Kazakh: what it lost stands there as `?`.
    lost_letters: bool = False


def read(content: bytes, content_type: str, progress: Progress = no_progress) -> Sheet:
    """The first sheet of a workbook, or a CSV in UTF-8 or as Excel saves it. Raises Unreadable.

    `progress` is told parts of the whole as they are done.
    """
    if content_type == XLSX:
        return _sheet(_workbook_rows(content, progress))
    text, lost = _decoded(content)
    sheet = _sheet(_csv_rows(text))
    sheet.lost_letters = lost
    return sheet


def _sheet(rows: Iterator[tuple[int, Sequence[Any]]]) -> Sheet:
    """The first row with more than one filled cell names the columns; empty rows are left out."""
    sheet = None
    for number, cells in rows:
        filled = sum(1 for cell in cells if cell not in ("", None))
        if sheet is None:
            if filled > 1:
                sheet = Sheet([_head(cell) for cell in cells], number)
        elif filled:
            sheet.rows[number] = cells
            if len(sheet.rows) > MOST_ROWS:
                raise Unreadable(_("The file has more than %(most)s rows. Send it in parts.") % {"most": MOST_ROWS})
    if sheet is None or not any(sheet.heads):
        raise Unreadable(_("This file has no row with the names of the columns. Start from the template."))
    while sheet.heads and not sheet.heads[-1]:
        sheet.heads.pop()
    if len(sheet.heads) > MOST_COLUMNS:
        most = {"most": MOST_COLUMNS}
        raise Unreadable(_("The file has more than %(most)d columns. Keep those of the template.") % most)
    return sheet


def _head(cell: Any) -> str:
    return " ".join(str(cell).split())[:120]


def _decoded(content: bytes) -> tuple[str, bool]:
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace"), True


def _csv_rows(text: str) -> Iterator[tuple[int, Sequence[Any]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        # Rows are counted as Excel counts them: a line end within a cell begins no row.
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1)
    except csv.Error as fault:
        sentence = _("The quotation marks of this file do not pair. Save it as XLSX and send it again.")
        raise Unreadable(sentence) from fault


def _workbook_rows(content: bytes, progress: Progress) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        packed = _packed_anew(content)
        progress(PACKING)
        book = CalamineWorkbook.from_filelike(packed)
        names = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible).endswith("Visible")]
        rows = book.get_sheet_by_name((names or book.sheet_names)[0])
        found = rows.to_python(skip_empty_area=False)
        progress(UNFOLDING)
        yield from enumerate(found, 1)
    except (*DAMAGED, CalamineError, IndexError, ValueError) as fault:
        raise Unreadable(_("The file is damaged or locked with a password. Save it anew and send it again.")) from fault


def _packed_anew(content: bytes) -> io.BytesIO:
    """The parts of a workbook that hold its cells, no larger than the .zip says, looked through."""
    bounded = io.BytesIO()
    left, cells = MOST_UNPACKED, 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(bounded, "w") as anew:
        for member in archive.infolist():
            if not PARTS.fullmatch(member.filename):
                continue
            left -= member.file_size
            if left < 0:
                raise Unreadable(_("Unpacked, this file is larger than may be. Keep one sheet with the rows alone."))
            part = archive.read(member)
            cells += _cells_of(member.filename, part)
            if cells > MOST_CELLS:
                raise Unreadable(_("The file has too many cells. Keep one sheet with the rows alone."))
            anew.writestr(member.filename, part)
    bounded.seek(0)
    return bounded


def _cells_of(name: str, part: bytes) -> int:
    """How many cells a part holds; refuses cells far out, as all before them would be made too, and endless ones."""
    if name.startswith("xl/worksheets/"):
        if FAR_CELL.search(part):
            raise Unreadable(
                _("Something stands far to the right or far below in this file. Copy the rows into the template.")
            )
        return len(CELL.findall(part))
    if name == "xl/sharedStrings.xml" and max(map(len, part.split(b"</si>"))) > LONGEST_CELL:
        raise Unreadable(_("A cell of this file holds more than 2,000 letters. Shorten it and send the file again."))
    return 0
