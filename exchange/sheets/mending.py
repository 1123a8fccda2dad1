"""Rows at fault that come back mended: told by their number, each in the place of the row that it was."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.sheets import words
from exchange.sheets.cells import shown
from exchange.sheets.reading import Sheet, Unreadable

ROW = gettext_lazy("Row")


def rows_of(sheet: Sheet, heads: Sequence[str]) -> dict[int, list[Any]]:
    """The rows of a file for mending by number, with the cells under the heads of the sheet. Raises Unreadable."""
    known = {words.plain(head) for head in words.in_all_languages(ROW)}
    place = next((at for at, head in enumerate(sheet.heads) if words.plain(head) in known), None)
    if place is None:
        raise Unreadable(_("This is not the file with the rows to mend: it has no column “%(row)s”.") % {"row": ROW})
    given = [head for at, head in enumerate(sheet.heads) if at != place]
    if missing := [head for head in heads if head and head not in given]:
        raise Unreadable(
            _("These columns of the file that you sent first are missing: %(columns)s.")
            % {"columns": ", ".join(missing)}
        )
    found: dict[int, list[Any]] = {}
    for number, row in sheet.rows.items():
        cells = [cell for at, cell in enumerate(row) if at != place]
        text = shown(row[place]) if place < len(row) else ""
        if not text.isdecimal():
            raise Unreadable(
                _("In row %(row)d the number of the row is missing. Leave that column as it is.") % {"row": number}
            )
        at = dict(zip(given, cells, strict=False))
        found[int(text)] = [at.get(head, "") for head in heads]
    return found


def put_in(sheet: Sheet, rows: dict[int, list[Any]]) -> None:
    """Put mended rows in their places; one whose cells were all emptied is left out."""
    for number, cells in rows.items():
        if number not in sheet.rows:
            continue
        if any(shown(cell) for cell in cells):
            sheet.rows[number] = cells
        else:
            del sheet.rows[number]
