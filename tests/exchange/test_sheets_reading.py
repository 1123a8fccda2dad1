"""A workbook is read only as far as it is bounded, whatever it claims to be."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from exchange.sheets import reading
from exchange.sheets.reading import Unreadable
from files.intake import CSV, XLSX
from tests.exchange.sheets import xlsx

SHEET = "xl/worksheets/sheet1.xml"


def changed(part: str, change: Callable[[bytes], bytes], *rows: list[str]) -> bytes:
    """A workbook, one part of which was tampered with."""
    content = BytesIO()
    with (
        ZipFile(BytesIO(xlsx(*(rows or (["a", "b"], ["1", "2"]))).content)) as old,
        ZipFile(content, "w", ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return content.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as fault:
        reading.read(content, XLSX)
    return str(fault.value)


@pytest.mark.parametrize("place", ["XFD9", "BA3", "A200000", "B1048576"])
def test_a_cell_far_out_does_not_make_all_before_it(place: str) -> None:
    far = changed(SHEET, lambda part: part.replace(b'r="B2"', f'r="{place}"'.encode()))
    assert "far to the right or far below" in refused(far)


def test_what_unfolds_into_too_much_is_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1_000_000)
    assert "larger than may be" in refused(changed(SHEET, lambda part: part + b" " * 1_000_000))


def test_a_part_larger_than_it_says_is_damage() -> None:
    honest = changed(SHEET, lambda part: part + b" " * 100_000)
    with ZipFile(BytesIO(honest)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    assert "damaged" in refused(honest.replace(size, (500).to_bytes(4, "little")))


def test_endless_texts_and_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "more than 2,000 letters" in refused(xlsx(["a", "b"], ["x" * 5000, "2"]).content)
    monkeypatch.setattr(reading, "MOST_CELLS", 3)
    assert "too many cells" in refused(xlsx(["a", "b"], ["1", "2"]).content)


def test_too_many_rows_or_columns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    monkeypatch.setattr(reading, "MOST_COLUMNS", 2)
    assert "more than 1 rows" in refused(xlsx(["a", "b"], ["1", "2"], ["3", "4"]).content)
    assert "more than 2 columns" in refused(xlsx(["a", "b", "c"], ["1", "2"]).content)


def test_a_file_without_heads_is_refused() -> None:
    assert "no row with the names of the columns" in refused(xlsx(["alone"], ["1"]).content)
    with pytest.raises(Unreadable, match="no row with the names"):
        reading.read(b"\n\n", CSV)


def test_quotation_marks_that_do_not_pair_are_told() -> None:
    with pytest.raises(Unreadable, match="do not pair"):
        reading.read(b'a,b\n"1,2\n', CSV)


def test_the_first_sheet_that_is_seen_is_read() -> None:
    sheet = reading.read(xlsx(["a", "b"], ["1", 2], ["", ""], ["3", "4"]).content, XLSX)
    assert (sheet.heads, sheet.head_row, sheet.rows) == (["a", "b"], 1, {2: ["1", 2.0], 4: ["3", "4"]})
