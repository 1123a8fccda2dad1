"""How long a sheet of an agency takes to be checked and loaded, against reading the sheet alone.

`python -m benchmarks.import_sheet` makes an invented XLSX of each kind (guards, their papers, training, assignments to
two thousand posts), brings them in through a database of its own of the kind that DATABASE_URL names, undoes all but
the guards, and prints each time with its ratio to the plain reading, and the most memory held so far.
"""

import argparse
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

GUARDS = ("IIN", "Family name", "Given name", "Patronymic", "On the staff since")
TRAINING = ("IIN", "Module", "Completed on", "Hours", "Trainer")
ASSIGNMENTS = ("IIN", "Post", "First day")
POSTS_AT_A_SCHOOL, SCHOOLS = 4, 500
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
    from django.utils import timezone

    guards = ((iin, f"Әлиев{at}", "Ержан", "Ерланұлы", date(2026, 9, 1)) for at, iin in enumerate(iins))
    papers = ((iin, "Medical certificate", f"M-{at}", "", "10.01.2026", "10.01.2030") for at, iin in enumerate(iins))
    by = _manager()
    _bring_in("guards", _sheet(GUARDS, guards), by, undo=False)
    _bring_in("credentials", _sheet(PAPERS, papers), by, undo=True)
    posts = _posts(by.agency)
    training = ((iin, "FIRST-AID", "01.10.2026", "6", "А. Нұрпейісов") for iin in iins)
    placed = ((iin, posts[at % len(posts)], timezone.localdate() + timedelta(days=7)) for at, iin in enumerate(iins))
    _bring_in("training", _sheet(TRAINING, training), by, undo=True)
    _bring_in("assignments", _sheet(ASSIGNMENTS, placed), by, undo=True)


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


def _posts(agency: Any) -> list[str]:
    """A module to be taught, and the codes of the posts of schools under contract."""
    from agencies.models import Contract
    from guards.models import Module
    from schools.models import Calendar, Post, Region, School

    Module.objects.create(code="FIRST-AID", title_ru="Первая помощь", scope="general", hours=6, valid_months=12)
    calendar, _made = Calendar.objects.get_or_create(code="five", defaults={"name": "Five days", "weekdays": "12345"})
    region, began = Region.objects.get(code="35"), date(2020, 1, 1)
    for at in range(SCHOOLS):
        school = School.objects.create(
            code=f"S{at}", name_ru=f"Школа № {at}", region=region, calendar=calendar, pupils=500, staff=50
        )
        Contract.objects.create(code=f"C{at}", agency=agency, school=school, number=str(at), first_day=began)
        for post in range(POSTS_AT_A_SCHOOL):
            Post.objects.create(
                code=f"P{at}-{post}", school=school, name=f"Пост {post}", pattern="24h", positions=60, first_day=began
            )
    return list(Post.objects.order_by("pk").values_list("code", flat=True))


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
