"""What agencies sent as sheets: the file as it came, what was found in it, and what it brought into the register."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from accounts.models import Membership
from agencies.models import Agency
from exchange.sheets.kinds import KINDS, SheetKind
from files.models import StoredFile

# After so long a task is taken for dead, and the work may be begun again.
PATIENCE = timedelta(minutes=15)


class ImportQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """A sheet is the business of the agency that sent it, and of nobody else: it holds whole IIN."""
        if membership is None or membership.role != Role.AGENCY_MANAGER:
            return self.none()
        return self.filter(agency=membership.agency_id)

    def idle(self) -> Self:
        """Those at which no task is at work."""
        return self.exclude(pk__in=self.model.objects.exclude(work="").filter(work_since__gt=timezone.now() - PATIENCE))


class Import(Identified):
    """A sheet of an agency on its way into the register."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Sent")
        CHECKED = "checked", _("Checked")
        LOADED = "loaded", _("In the register")
        UNDONE = "undone", _("Undone")

    class Work(models.TextChoices):
        CHECK = "check", _("The rows are being checked")
        LOAD = "load", _("The rows are being written into the register")
        UNDO = "undo", _("The rows are being taken out of the register")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=12, choices=[(kind.name, kind.label) for kind in KINDS.values()])
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # In which the sentences about faults are written.
    language = models.CharField(max_length=2)
    # The heads of the sheet, and for each the name of the column that it is, empty where it is none.
    heads = models.JSONField(default=list)
    matching = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    work = models.CharField(max_length=5, choices=Work.choices, blank=True)
    work_since = models.DateTimeField(null=True, blank=True)
    # Why the file cannot be read, loaded or undone, a sentence a line.
    trouble = models.TextField(blank=True)
    rows = models.PositiveIntegerField(default=0)
    rows_at_fault = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    # How many of its rows the law would keep from their post, as it was asked before they were brought in.
    rows_warned = models.PositiveIntegerField(default=0)
    # The rows at fault, to be mended and sent again.
    to_mend = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    loaded_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def sheet_kind(self) -> SheetKind:
        return KINDS[self.kind]

    @property
    def is_at_work(self) -> bool:
        return bool(self.work) and self.work_since is not None and self.work_since > timezone.now() - PATIENCE

    @property
    def may_be_loaded(self) -> bool:
        return self.state == self.State.CHECKED and not self.rows_at_fault and not self.is_at_work and self.rows > 0

    def head_of(self, column: str) -> str:
        """What stands above a column in the sheet; its name in the templates where the sheet has none."""
        if column in self.matching:
            return str(self.heads[self.matching.index(column)])
        known = self.sheet_kind.column(column)
        return str(known.head) if known else ""


class Mend(models.Model):
    """Rows of an import that were mended and sent again; they take the place of those with the same numbers."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="mends")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.of_id} at {self.at}"


class SheetFault(models.Model):
    """What is wrong in a row of a sheet, or is to be known of it; `column` is empty where it is the row as a whole."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=20, blank=True)
    sentence = models.TextField()
    # What does not keep the sheet from being brought in.
    is_warning = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["of", "row", "id"])]

    def __str__(self) -> str:
        return f"{self.row}: {self.column}: {self.sentence}"


class Addition(models.Model):
    """A record that an import brought into the register, and a digest of what it was then."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="additions")
    model = models.CharField(max_length=40)
    key = models.BigIntegerField()
    digest = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="exchange_addition_once", fields=["model", "key", "of"])]
        indexes = [models.Index(fields=["of", "model", "key"])]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
