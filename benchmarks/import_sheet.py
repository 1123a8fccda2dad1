"""How long a sheet of an agency takes to be checked and loaded, against reading the sheet alone.

`python -m benchmarks.import_sheet` makes an invented XLSX of guards, and one of their papers, brings both in through a
database of its own of the kind that DATABASE_URL names, undoes the papers, and prints each time with its ratio to the
plain reading, and the most memory held so far.
"""

import argparse
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

GUARDS = ("IIN", "Family name", "Given name", "Patronymic", "On the staff since")
PAPERS = ("IIN", "Kind of paper", "Number", "Issued by", "Issued on", "Valid until")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    # Settings are read on this import: where files are kept is said first.
    with tempfile.TemporaryDirectory(prefix="qorgan-benchmark-") as name:
        os.environ["VAR_DIR"] = name
        from benchmarks.register_package import _Database, _iins

        with _Database(Path(name)):
            _measure(list(_iins(options.rows)))


def _measure(iins: Sequence[str]) -> None:
    guards = ((iin, f"Әлиев{at}", "Ержан", "Ерланұлы", date(2026, 9, 1)) for at, iin in enumerate(iins))
    papers = ((iin, "Medical certificate", f"M-{at}", "", "10.01.2026", "10.01.2030") for at, iin in enumerate(iins))
    by = _manager()
    _bring_in("guards", _sheet(GUARDS, guards), by, undo=False)
    _bring_in("credentials", _sheet(PAPERS, papers), by, undo=True)


def _bring_in(kind: str, content: bytes, by: Any, *, undo: bool) -> None:
    from benchmarks.register_package import _timed
    from exchange import importing
    from exchange.sheets import reading
    from files.intake import XLSX, Taken

    plain = _timed(f"{kind}: read as XLSX alone", lambda: reading.read(content, XLSX), None)
    one = importing.send(kind=kind, file=Taken(content, XLSX, f"{kind}.xlsx"), by=by)
    _timed(f"{kind}: check", lambda: importing.check(of=one), plain)
    if one.trouble or one.rows_at_fault:
        raise SystemExit(f"The sheet made here is at fault: {one.trouble} {one.faults.first()}")
    _timed(f"{kind}: load", lambda: importing.load_checked(of=one, by=by), plain)
    if undo:
        _timed(f"{kind}: undo", lambda: importing.undo(of=one, by=by), plain)


def _sheet(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(0, 0, heads)
        for line, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, day)
                else:
                    sheet.write_string(line, place, cell)
    return content.getvalue()


def _manager() -> Any:
    from access.roles import Role
    from accounts.models import Membership, User
    from agencies.models import Agency
    from schools.models import Region

    agency = Agency.objects.create(bin="601240000009", name_ru="ТОО «Пример»", region=Region.objects.get(code="35"))
    user = User.objects.create(email="manager@example.kz", full_name="Айгүл Жүнісова")
    return Membership.objects.create(user=user, role=Role.AGENCY_MANAGER, agency=agency)


if __name__ == "__main__":
    main()
