"""What was found, and what the agency says of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from compliance.models.law import ClauseVersion
from files.models import StoredFile
from guards.models import Guard
from schools.models import Region, School


class FindingQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Findings against one's own agency or about one's own school; to a regulator, those of his region."""
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(agency=membership.agency_id)
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(school=membership.school_id)
        if membership.role == Role.REGULATOR:
            return self if membership.region_id is None else self.filter(region=membership.region_id)
        return self.none()

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def answered(self) -> Self:
        """Those that the agency has answered."""
        return self.filter(Exists(Answer.objects.filter(finding=OuterRef("pk"))))

    def unanswered(self) -> Self:
        return self.filter(~Exists(Answer.objects.filter(finding=OuterRef("pk"))))


class Finding(Identified):
    """A clause was breached: opened once, kept while the breach lasts, closed, never deleted.

    `evidence` stays as it was judged on `opened_on`. When a later day judges the same breach with another strength,
    this finding closes and another one opens with evidence of its own.
    """

    class Strength(models.TextChoices):
        ESTABLISHED = "established", _("Established")
        INDICATED = "indicated", _("Indicated")

    version = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, related_name="findings")
    subject = models.CharField(max_length=200)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="findings")
    strength = models.CharField(max_length=12, choices=Strength.choices, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    evidence = models.JSONField(default=dict)
    engine = models.CharField(max_length=10)
    # Of the clause version, the engine and the evidence as they were: what was judged can be proved untouched.
    digest = models.CharField(max_length=64, blank=True)
    # The finding of the same clause about the same subject that closed before this one opened.
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="compliance_finding_one_open",
                fields=["version", "subject"],
                condition=Q(closed_on__isnull=True),
                violation_error_message=_("A clause version has one open finding for a subject at most."),
            ),
            models.CheckConstraint(
                name="compliance_finding_days_in_order",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("A finding closes on or after the day it was opened."),
            ),
        ]
        indexes = [
            models.Index(fields=["region", "closed_on", "opened_on"]),
            models.Index(fields=["opened_on", "id"]),
            models.Index(fields=["closed_on", "opened_on", "id"]),
            models.Index(fields=["agency", "closed_on", "opened_on", "id"]),
            models.Index(fields=["school", "closed_on", "opened_on", "id"]),
            models.Index(fields=["subject", "closed_on"]),
            # The open ones as the overview counts them, and those that weigh most.
            models.Index(
                fields=["version", "strength", "region"],
                condition=Q(closed_on__isnull=True),
                name="compliance_finding_counted",
            ),
            models.Index(
                fields=["strength", "opened_on", "id"],
                condition=Q(closed_on__isnull=True),
                name="compliance_finding_weighed",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number a person can name the finding by: year of opening and its place in the register."""
        return f"{self.opened_on.year}-{self.pk:04d}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class AnswerQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Seen by the agency that answered and the regulators who may see the finding, and nobody else."""
        if membership is None or membership.role == Role.SCHOOL_DIRECTOR:
            return self.none()
        return self.filter(Exists(Finding.objects.visible_to(membership).filter(pk=OuterRef("finding"))))


class Answer(Identified):
    """What the agency says of a finding: its explanation, files that bear it out, the day by which it will be mended.

    Written once and never changed; the agency may answer again. It changes neither the finding nor a figure.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    # The day that the agency sets itself. No rule reads it: deadlines of law run from the delivery of a notice.
    remedy_by = models.DateField(null=True, blank=True)
    files = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.CharField(max_length=254)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.text[:40]}"
