"""An agency with a guard, a school, a post and modules, and sheets for it: what tests of importing share."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

from access.roles import Role
from exchange import importing, tasks
from exchange.models import Import
from files.intake import CSV, XLSX, Taken
from tests.factories import (
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    ModuleFactory,
    PostFactory,
    iin,
)

GUARD_HEADS = ["ИИН", "Фамилия", "Имя", "Отчество", "Дата приёма"]


def xlsx(*rows: Any, name: str = "rows.xlsx") -> Taken:
    """A workbook of one sheet; days become days of Excel, numbers numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, day)
                else:
                    sheet.write(line, place, cell)
    return Taken(content.getvalue(), XLSX, name)


def csv_file(*rows: Any, separator: str = ",", encoding: str = "utf-8", name: str = "rows.csv") -> Taken:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return Taken(text.getvalue().encode(encoding, "replace"), CSV, name)


def person(number: int, **change: Any) -> list[Any]:
    """A row of GUARD_HEADS without a fault."""
    row = {
        "iin": iin(9000 + number),
        "family_name": f"Әлиев{number}",
        "given_name": "Ержан",
        "patronymic": "",
        "first_day": "01.09.2026",
        **change,
    }
    return list(row.values())


@dataclass
class Sender:
    """An agency's manager who sends sheets, and what his agency has."""

    membership: Any = field(default_factory=lambda: MembershipFactory(role=Role.AGENCY_MANAGER))

    def __post_init__(self) -> None:
        self.agency = self.membership.agency
        self.guard = GuardFactory()
        EmploymentFactory(guard=self.guard, agency=self.agency)
        self.post = PostFactory()
        ContractFactory(agency=self.agency, school=self.post.school)
        self.module = ModuleFactory()

    def sends(self, kind: str, file: Taken) -> Import:
        """A sheet that was sent and checked."""
        return self.works(importing.send(kind=kind, file=file, by=self.membership), "check")

    def works(self, one: Import, work: str) -> Import:
        """A task that ran at once."""
        tasks.begin(of=one, work=work, by=self.membership)
        return Import.objects.get(pk=one.pk)

    def loads(self, kind: str, file: Taken) -> Import:
        return self.works(self.sends(kind, file), "load")


def faults(one: Import) -> list[str]:
    """Row and column of each fault."""
    return [f"{fault.row} {fault.column}".strip() for fault in _faults(one)]


def sentences(one: Import) -> str:
    return "\n".join(f"{fault.row} {fault.column}: {fault.sentence}" for fault in _faults(one))


def _faults(one: Import) -> Any:
    """What keeps the sheet back; what the law would say of its rows does not."""
    return one.faults.filter(is_warning=False).order_by("row", "pk")
