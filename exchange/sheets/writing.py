"""Files for people to fill in: the template of a kind, and the rows at fault with what is wrong with each."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from agencies.models import Agency
from exchange.sheets.kinds import AMOUNT, DAY, IIN, TEXT, SheetColumn, SheetKind
from exchange.sheets.words import Vocabulary, vocabulary

# Text stays text: nothing in it becomes a formula or a link.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
WIDE = 24


def template(kind: SheetKind, agency: Agency) -> bytes:
    """A workbook in the reader's language: the heads with a row as an example, and how each column is filled in."""
    vocabularies = _vocabularies(kind, agency)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**OPTIONS, "in_memory": True}) as book:
        bold, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
        example = book.add_format({"num_format": "@", "italic": True, "font_color": "#6b7280"})
        rows = book.add_worksheet(_("Rows"))
        rows.freeze_panes(1, 0)
        rows.set_column(0, len(kind.columns) - 1, WIDE, text)
        for place, column in enumerate(kind.columns):
            rows.write_string(0, place, str(column.head), bold)
        for place, column in enumerate(kind.columns):
            rows.write_string(1, place, _example(column, vocabularies), example)
        _explain(book, kind, vocabularies, bold)
    return content.getvalue()


def _vocabularies(kind: SheetKind, agency: Agency) -> dict[str, Vocabulary]:
    named = {column.reads for column in kind.columns} - {TEXT, IIN, DAY, AMOUNT}
    return {name: vocabulary(name, agency) for name in named}


def _example(column: SheetColumn, vocabularies: Mapping[str, Vocabulary]) -> str:
    """What stands in the example: for a word, as the reader says it; of a list, its first."""
    words = vocabularies.get(column.reads)
    if words is None:
        return str(column.example)
    meant = [shown for meaning, shown in words.shown if meaning == column.example]
    first = [meaning for meaning, _shown in words.shown[:1]] if column.required else []
    return next(iter(meant or first), "")


def _explain(book: Any, kind: SheetKind, vocabularies: Mapping[str, Vocabulary], bold: Any) -> None:
    sheet = book.add_worksheet(_("How to fill in"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 80)
    lines: list[tuple[Sequence[str], Any]] = [((_("Column"), _("Needed"), _("What stands in it")), bold)]
    for column in kind.columns:
        needed = _("yes") if column.required else _("no")
        lines.append(((str(column.head), needed, str(column.says)), None))
    lines.append(((_("The row with this example is passed over: write over it or leave it."), "", ""), None))
    for column in kind.columns:
        if column.reads in vocabularies and vocabularies[column.reads].shown:
            lines += [(("", "", ""), None), ((str(column.head), "", ""), bold)]
            lines += [((meaning, "", shown), None) for meaning, shown in vocabularies[column.reads].shown]
    for number, (cells, look) in enumerate(lines):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell, look)


def template_csv(kind: SheetKind, agency: Agency) -> bytes:
    """The heads and the example alone, as Excel opens them here: UTF-8 with its mark, parted by semicolons."""
    vocabularies = _vocabularies(kind, agency)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(column.head) for column in kind.columns])
    writer.writerow([_example(column, vocabularies) for column in kind.columns])
    return text.getvalue().encode("utf-8-sig")


def rows_to_mend(heads: Sequence[str], rows: Iterable[tuple[int, Sequence[str], Collection[int], str]]) -> bytes:
    """The rows at fault: number, cells as they were, the places of faulty ones, and all that is wrong in words."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        sheet = book.add_worksheet(_("Rows"))
        bold, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
        wrong = book.add_format({"num_format": "@", "bg_color": "#fde2e1"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 10, text)
        sheet.set_column(1, len(heads), WIDE, text)
        sheet.set_column(len(heads) + 1, len(heads) + 1, 90, text)
        for place, head in enumerate([_("Row"), *heads, _("What is wrong")]):
            sheet.write_string(0, place, head, bold)
        for line, (number, cells, faulty, sentences) in enumerate(rows, 1):
            sheet.write_number(line, 0, number)
            for place, cell in enumerate(cells):
                sheet.write_string(line, place + 1, cell, wrong if place in faulty else text)
            sheet.write_string(line, len(heads) + 1, sentences)
    return content.getvalue()
