"""The sheets that an agency sent, in words: where each one stands, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desks import formats
from desks.agency.import_forms import MendForm
from desks.lists import Column, ListPage
from exchange import progress
from exchange.models import Import, SheetFault
from exchange.sheets.kinds import KINDS, SheetKind

State = Import.State
SORTS = {"sent": ("-sent_at",)}
FAULT_SORTS = {"row": ("row",)}
COLUMNS = [
    Column(gettext_lazy("File"), lambda one: one.file.name),
    Column(gettext_lazy("What it holds"), lambda one: one.get_kind_display()),
    Column(gettext_lazy("Rows"), "rows"),
    Column(gettext_lazy("Status"), lambda one: one.said[1]),
    Column(gettext_lazy("Sent on"), "sent_on"),
    Column(gettext_lazy("Sent by"), lambda one: one.sent_by.user.get_full_name()),
]
FAULT_COLUMNS = [
    Column(gettext_lazy("Row"), "row"),
    Column(gettext_lazy("Column"), "head"),
    Column(gettext_lazy("What is wrong"), "sentence"),
]


def kinds() -> list[SheetKind]:
    return list(KINDS.values())


def listed(membership: Any) -> QuerySet[Import]:
    return Import.objects.visible_to(membership).select_related("file", "sent_by__user").defer("heads", "matching")


def hang_words(imports: Sequence[Any]) -> None:
    for one in imports:
        one.said, one.sent_on = status(one), timezone.localdate(one.sent_at)


def hang_heads(of: Import, faults: Sequence[Any]) -> None:
    for fault in faults:
        fault.head = of.head_of(fault.column)


def status(one: Import) -> tuple[str, str]:
    """The kind of status, and where the sheet stands."""
    if one.is_at_work:
        return "waiting", one.get_work_display()
    if one.state == State.LOADED:
        return "ok", _("In the register")
    if one.state == State.UNDONE:
        return "not_measurable", _("Undone")
    if one.state == State.UPLOADED:
        return ("blocked", _("Cannot be read")) if one.trouble else ("near", _("Columns are to be matched"))
    if one.rows_at_fault:
        said = ngettext("%(number)s row at fault", "%(number)s rows at fault", one.rows_at_fault)
        return "blocked", said % {"number": formats.number(one.rows_at_fault)}
    return "waiting", _("Without a fault, not in the register yet")


def loaded(one: Import) -> str:
    """What is said when a sheet has come into the register."""
    said = ngettext(
        "%(kind)s: %(number)s row of “%(file)s” is in the register.",
        "%(kind)s: %(number)s rows of “%(file)s” are in the register.",
        one.rows,
    )
    return said % {"kind": one.get_kind_display(), "number": formats.number(one.rows), "file": one.file.name}


@dataclass(frozen=True)
class ImportFile:
    """One sheet with all that its page shows."""

    one: Import
    faults: ListPage
    mend_form: MendForm = field(default_factory=MendForm)

    @property
    def status(self) -> tuple[str, str]:
        return status(self.one)

    @property
    def percent(self) -> int:
        return progress.percent(self.one)

    @property
    def troubles(self) -> list[str]:
        return self.one.trouble.splitlines()

    @property
    def asks_for_columns(self) -> bool:
        one = self.one
        return one.state == State.UPLOADED and bool(one.heads) and not one.is_at_work

    @property
    def has_faults(self) -> bool:
        return self.one.state == State.CHECKED and self.one.rows_at_fault > 0 and not self.one.is_at_work

    @property
    def has_warnings(self) -> bool:
        """Whether the law would keep somebody from his post, of a sheet that can be brought in."""
        return self.one.may_be_loaded and self.one.rows_warned > 0

    @property
    def adds_nothing(self) -> bool:
        return self.one.may_be_loaded and not self.one.rows_new

    @property
    def may_be_undone(self) -> bool:
        return self.one.state == State.LOADED and not self.one.is_at_work


def faults_of(one: Import) -> QuerySet[SheetFault]:
    return SheetFault.objects.filter(of=one, is_warning=not one.rows_at_fault)
