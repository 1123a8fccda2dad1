"""What guards are taught: modules, what a school asks for, and who completed what."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from files.models import StoredFile
from guards.models.people import Guard
from schools.models import School, in_language


class Module(models.Model):
    """A training module: general, or to be completed anew for each school."""

    class Scope(models.TextChoices):
        GENERAL = "general", _("General")
        SCHOOL = "school", _("For one school")

    code = models.CharField(max_length=60, unique=True)
    title_ru = models.CharField(max_length=200)
    title_kk = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self, "title")


class Requirement(models.Model):
    """A school asks that its guards have completed a module."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="requirements")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="requirements")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guards_requirement_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("A requirement ends on or after its first day."),
            ),
            models.UniqueConstraint(
                name="guards_requirement_once",
                fields=["school", "module", "first_day"],
                violation_error_message=_("This requirement is already there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.module_id}"


class SessionQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Sessions of one's own agency, those about one's own school, those of agencies of one's own region."""
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(agency=membership.agency_id)
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(school=membership.school_id)
        return self.filter(agency__in=Agency.objects.visible_to(membership))


class Session(Identified):
    """A training session: planned for a day, then held, when those who attended get their records."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="sessions")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="sessions")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    trainer = models.CharField(max_length=200)
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    # The sign-in sheet with the signatures of those who came.
    signed_sheet = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "on"])]
        constraints = [
            models.CheckConstraint(
                name="guards_session_has_hours",
                condition=Q(hours__gt=0),
                violation_error_message=_("A session lasts longer than no time."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.module_id} on {self.on}"


class Attendee(models.Model):
    """A guard on the list of a session; `came` is empty until it was held."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendees")
    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="sessions")
    came = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="guards_attendee_once", fields=["session", "guard"])]

    def __str__(self) -> str:
        return f"{self.guard_id} at {self.session_id}"


class TrainingRecord(models.Model):
    """A guard completed a module on a day, for one school where the module is of that scope."""

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="training")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="records")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="training")
    completed_on = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    trainer = models.CharField(max_length=200, blank=True)
    # Not part of the register package: the session that the record comes from.
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="records")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "guard",
                "module",
                "completed_on",
                Coalesce("school", Value(0)),
                name="guards_training_once",
                violation_error_message=_("This training is already there."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.guard_id}: {self.module_id} on {self.completed_on}"
