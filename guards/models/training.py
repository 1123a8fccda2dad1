"""What guards are taught: modules, what a school asks for, and who completed what."""

from calendar import monthrange
from datetime import date
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


class ModuleQuerySet(models.QuerySet["Module"]):
    def current(self) -> Self:
        """The latest version of each module."""
        return self.filter(replaced_by__isnull=True)

    def to_teach(self, schools: Any, day: date) -> Self:
        """What can be taught: every latest version, and an earlier one that one of these schools still asks for."""
        asked = Requirement.objects.in_force(day).filter(school__in=schools)
        return self.filter(Q(replaced_by__isnull=True) | Q(pk__in=asked.values("module")))


class Module(models.Model):
    """A training module: general, or to be completed anew for each school.

    Its words, hours and validity never change: a changed module is a new row, the next version, so that a record goes
    on saying what was taught and how long that lasts (docs/adr/0050).
    """

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
    # Not part of the register package: the version before this one.
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = ModuleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self, "title")

    @property
    def titles(self) -> dict[str, str]:
        """The names in all languages, as an event keeps them."""
        return {f"title_{code}": getattr(self, f"title_{code}") for code in ("kk", "ru", "en")}

    @property
    def newer(self) -> "Module | None":
        """The next version, if there is one."""
        return getattr(self, "replaced_by", None)

    @property
    def is_for_a_school(self) -> bool:
        return self.scope == self.Scope.SCHOOL

    def lasts_until(self, completed_on: date) -> date | None:
        """The last day on which the module, completed on a day, still holds; None for without an end.

        It is the same day of the month so many months later, or that month's end: so the rule `school_training` counts.
        """
        if self.valid_months is None:
            return None
        years, month = divmod(completed_on.year * 12 + completed_on.month - 1 + self.valid_months, 12)
        return date(years, month + 1, min(completed_on.day, monthrange(years, month + 1)[1]))


class RequirementQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        return self.filter(school__in=School.objects.visible_to(membership))

    def in_force(self, day: date) -> Self:
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day)

    def not_ended(self, day: date) -> Self:
        """Those in force on a day, and those to come."""
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day))


class Requirement(models.Model):
    """A school asks that its guards have completed a module."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="requirements")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="requirements")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    # Not part of the register package: what is special about this school, in the director's words, for the trainer.
    briefing = models.TextField(blank=True)

    objects = RequirementQuerySet.as_manager()

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
    # Why it was not held.
    cancel_reason = models.CharField(max_length=300, blank=True)
    # The sign-in sheet with the signatures of those who came.
    signed_sheet = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SessionQuerySet.as_manager()

    # What may follow what: the actions obey it, and the tests walk it.
    TRANSITIONS = {
        Status.PLANNED: {Status.HELD, Status.CANCELLED},
        Status.HELD: set(),
        Status.CANCELLED: set(),
    }

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

    def may_become(self, status: str) -> bool:
        return status in self.TRANSITIONS[self.Status(self.status)]


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

    @property
    def valid_until(self) -> date | None:
        """The last day on which it holds; None for without an end."""
        return self.module.lasts_until(self.completed_on)
