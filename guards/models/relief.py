"""The relief pool of a school: guards whom its agency named to stand in there, and whom the director approved."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from guards.models.people import Employment, Guard
from schools.models import School


class ReliefQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Seen by the agency that named him, the school concerned and the regulator of its region, and nobody else."""
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(agency=membership.agency_id)
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(school=membership.school_id)
        if membership.role == Role.REGULATOR:
            return self if membership.region_id is None else self.filter(school__region=membership.region_id)
        return self.none()

    def open(self) -> Self:
        """Those that wait for the director, and those whom he approved."""
        return self.filter(status__in=Relief.OPEN)

    def waiting(self) -> Self:
        return self.filter(status=Relief.Status.NAMED)

    def approved(self) -> Self:
        return self.filter(status=Relief.Status.APPROVED)

    def on_staff(self, day: date) -> Self:
        """Those whom the agency that named them employs on a day: nobody else can stand in for it."""
        employed = Employment.objects.on(day).filter(guard=OuterRef("guard"), agency=OuterRef("agency"))
        return self.filter(Exists(employed))


class Relief(Identified):
    """A guard named for the relief of a school. To stand in there he is still proposed for each time, as relief."""

    class Status(models.TextChoices):
        NAMED = "named", _("Named")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        ENDED = "ended", _("Ended")

    OPEN = (Status.NAMED, Status.APPROVED)
    TRANSITIONS = {
        Status.NAMED: {Status.APPROVED, Status.DECLINED, Status.ENDED},
        Status.APPROVED: {Status.ENDED},
        Status.DECLINED: set(),
        Status.ENDED: set(),
    }

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="reliefs")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="reliefs")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reliefs")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NAMED)
    named_on = models.DateField(default=timezone.localdate)
    named_by = models.CharField(max_length=254)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.CharField(max_length=254, blank=True)
    # Why the director said no; empty otherwise.
    reason = models.TextField(blank=True)

    objects = ReliefQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guards_relief_once_a_school",
                fields=["guard", "school", "agency"],
                condition=Q(status__in=("named", "approved")),
                violation_error_message=_("This guard is in the relief pool of the school already, or named for it."),
            ),
            models.CheckConstraint(
                name="guards_relief_declined_has_reason",
                condition=~Q(status="declined") | ~Q(reason=""),
                violation_error_message=_("A refusal says why."),
            ),
        ]
        indexes = [models.Index(fields=["school", "status"])]

    def __str__(self) -> str:
        return f"{self.guard_id} at {self.school_id}: {self.status}"

    def may_become(self, status: str) -> bool:
        return status in self.TRANSITIONS[self.Status(self.status)]
