"""What an agency may bring in as a sheet: the kinds, and the columns of each. A template follows from here.

A column is called as in the register package; its head is shown in the reader's language, and recognised in all three.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Nobody's: no such day of birth, so it can stand in a template and is passed over wherever it stands.
EXAMPLE_IIN = "123456789012"
TEXT, IIN, DAY, AMOUNT = "text", "iin", "day", "amount"


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet: how its cells are read, and what a template says of it.

    `reads` is a kind of cell, or the name of a vocabulary (exchange.sheets.words).
    """

    name: str
    head: "StrOrPromise"
    says: "StrOrPromise"
    example: "StrOrPromise" = ""
    required: bool = False
    reads: str = TEXT


@dataclass(frozen=True)
class SheetKind:
    """A kind of sheet."""

    name: str
    label: "StrOrPromise"
    says: "StrOrPromise"
    columns: tuple[SheetColumn, ...]
    # Names of the columns that tell a row from every other.
    identity: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> list[SheetColumn]:
        return [column for column in self.columns if column.required]

    def column(self, name: str) -> SheetColumn | None:
        return next((column for column in self.columns if column.name == name), None)


_IIN = SheetColumn(
    "iin",
    _("IIN"),
    _("Twelve digits. Keep the cells as text, or Excel drops the zeros at the beginning."),
    EXAMPLE_IIN,
    required=True,
    reads=IIN,
)
_AGENCY = SheetColumn("agency_bin", _("BIN of the agency"), _("May be left out. Your own BIN and no other."))
_DAY_SAYS = _("A day as 30.11.2026.")

GUARDS = SheetKind(
    "guards",
    _("Guards"),
    _("People on your staff, and since when."),
    (
        _IIN,
        SheetColumn("family_name", _("Family name"), _("As in the identity card."), _("Seitkaliev"), required=True),
        SheetColumn("given_name", _("Given name"), _("As in the identity card."), _("Bolat"), required=True),
        SheetColumn("patronymic", _("Patronymic"), _("May be empty."), _("Yerlanuly")),
        SheetColumn("citizenship", _("Citizenship"), _("Country in two or three letters; empty means KZ."), "KZ"),
        SheetColumn("first_day", _("On the staff since"), _DAY_SAYS, "01.09.2026", required=True, reads=DAY),
        _AGENCY,
    ),
    ("iin",),
)
PAPERS = SheetKind(
    "credentials",
    _("Papers"),
    _("Certificates and permits of guards who are on your staff."),
    (
        _IIN,
        SheetColumn("kind", _("Kind of paper"), _("One of the words below."), "medical_certificate", True, "paper"),
        SheetColumn("number", _("Number"), _("As on the paper."), "M-104", required=True),
        SheetColumn("issued_by", _("Issued by"), _("May be empty."), _("Clinic No. 3")),
        SheetColumn("issued_on", _("Issued on"), _DAY_SAYS, "10.01.2026", reads=DAY),
        SheetColumn(
            "valid_until", _("Valid until"), _("A day as 30.11.2026; empty means for ever."), "10.01.2027", reads=DAY
        ),
    ),
    ("iin", "kind", "number"),
)
TRAINING = SheetKind(
    "training",
    _("Training"),
    _("Who completed which module."),
    (
        _IIN,
        SheetColumn("module_code", _("Module"), _("Code or title, from the list below."), "", True, "module"),
        SheetColumn(
            "school_id",
            _("School"),
            _("Only for modules of one school: its code or name, from the list below."),
            reads="school",
        ),
        SheetColumn("completed_on", _("Completed on"), _DAY_SAYS, "15.08.2026", required=True, reads=DAY),
        SheetColumn("hours", _("Hours"), _("A number, such as 2 or 2.5."), "2", reads=AMOUNT),
        SheetColumn("trainer", _("Trainer"), _("May be empty."), _("A. Nurpeisov")),
    ),
    ("iin", "module_code", "school_id", "completed_on"),
)
ASSIGNMENTS = SheetKind(
    "assignments",
    _("Assignments"),
    _("Whom you propose to which post. They count once the school's director has confirmed them."),
    (
        _IIN,
        SheetColumn("post_id", _("Post"), _("Code, or school and post, from the list below."), "", True, "post"),
        SheetColumn("kind", _("Kind of assignment"), _("One of the words below; empty means regular."), "regular",
                    reads="assignment"),
        SheetColumn("first_day", _("First day"), _DAY_SAYS, "01.12.2026", required=True, reads=DAY),
        SheetColumn("last_day", _("Last day"), _("For relief: a day as 30.11.2026. May be empty."), reads=DAY),
        SheetColumn("status", _("Status"), _("May be left out: an imported assignment is a proposal."),
                    reads="status"),
        _AGENCY,
    ),
    ("iin", "post_id", "first_day"),
)  # fmt: skip

KINDS = {kind.name: kind for kind in (GUARDS, PAPERS, TRAINING, ASSIGNMENTS)}
