"""Writing XLSX: row by row into a file on disk, so that the longest list takes no more memory than a short one."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse

from exchange.sheets.writing import OPTIONS
from files.intake import XLSX

WIDEST, NARROWEST = 44, 10


def response(heads: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> FileResponse:
    """Rows of values under their heads, as a file to be saved."""
    return FileResponse(written(heads, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def written(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """The file, ready to be read; it is gone when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads the file closes it
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        sheet = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.freeze_panes(1, 0)
        for place, head in enumerate(heads):
            sheet.set_column(place, place, min(max(len(head) + 4, NARROWEST), WIDEST))
            sheet.write_string(0, place, head, bold)
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                _write(sheet, line, place, value, day)
    file.seek(0)
    return file


def _write(sheet: Any, line: int, place: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(line, place, value, day)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value))
