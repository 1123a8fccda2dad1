"""Why a guard left, with its proof: a reason excuses once somebody other than the agency has accepted its cause."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from files.models import StoredFile
from guards.models.assignments import Assignment


class CauseQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Seen by whoever may see the assignment, and nobody else; asked of each cause, for causes are few."""
        return self.filter(Exists(Assignment.objects.visible_to(membership).filter(pk=OuterRef("assignment"))))

    def waiting(self) -> Self:
        return self.filter(status=Cause.Status.WAITING)


class Cause(Identified):
    """The agency's evidence of why an assignment ended, and the answer of the school or the regulator.

    `Assignment.cause_accepted` follows it and is what the figures read. After a rejection the agency may submit again:
    a new row.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    TRANSITIONS = {
        Status.WAITING: {Status.ACCEPTED, Status.REJECTED},
        Status.ACCEPTED: set(),
        Status.REJECTED: set(),
    }

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="causes")
    note = models.TextField(blank=True)
    evidence = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.CharField(max_length=254)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)
    decided_role = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)

    objects = CauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guards_cause_one_waiting",
                fields=["assignment"],
                condition=Q(status="waiting"),
                violation_error_message=_("This cause already waits for an answer."),
            ),
            models.CheckConstraint(
                name="guards_cause_rejected_has_reason",
                condition=~Q(status="rejected") | ~Q(reason=""),
                violation_error_message=_("A rejection says why."),
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"])]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.status}"

    def may_become(self, status: str) -> bool:
        return status in self.TRANSITIONS[self.Status(self.status)]
