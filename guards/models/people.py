"""Guards, whom they work for, and their papers."""

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from files.models import StoredFile
from schools.identifiers import birth_date, masked, validate_iin


class GuardQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Managers see those they employ, directors those placed at their school or named for its relief, regulators
        those of their region."""
        if membership is None:
            return self.none()
        # Lists of keys, not questions asked of each guard: SQLite would walk all guards of the country.
        employed = Employment.objects.all()
        # Assignments and the relief pool stand in modules above this one.
        placed = apps.get_model("guards", "Assignment").objects.all()
        if membership.role == Role.AGENCY_MANAGER:
            staff = employed.filter(agency=membership.agency_id).not_ended(timezone.localdate())
            return self.filter(pk__in=staff.values("guard"))
        if membership.role == Role.SCHOOL_DIRECTOR:
            here = placed.filter(post__school=membership.school_id).exclude(status="withdrawn")
            relief = apps.get_model("guards", "Relief").objects.filter(school=membership.school_id).open()
            return self.filter(pk__in=here.values("guard").union(relief.values("guard")))
        if membership.role == Role.REGULATOR:
            if membership.region_id is None:
                return self
            return self.filter(
                Q(pk__in=employed.filter(agency__region=membership.region_id).values("guard"))
                | Q(pk__in=placed.filter(post__school__region=membership.region_id).values("guard"))
            )
        return self.none()

    def employed_by(self, agency_id: int, day: date) -> Self:
        """Guards in the employment of an agency on a day."""
        # A list of keys: asked of each guard, SQLite would walk all guards of the country.
        return self.filter(pk__in=Employment.objects.on(day).filter(agency=agency_id).values("guard"))


class Guard(Identified):
    """A person who guards, known by his IIN."""

    iin = models.CharField(max_length=12, unique=True, validators=[validate_iin])
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    patronymic = models.CharField(max_length=80, blank=True)
    citizenship = models.CharField(max_length=3, blank=True, default="KZ")
    # Not part of the register package.
    photo = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = GuardQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["family_name", "given_name", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Given name and family name, as a person is spoken of: “Ерлан Мұқашев”."""
        return f"{self.given_name} {self.family_name}"

    @property
    def full_name(self) -> str:
        """Family name, given name and patronymic, as papers write them."""
        return " ".join(part for part in (self.family_name, self.given_name, self.patronymic) if part)

    @property
    def initials(self) -> str:
        return f"{self.given_name[:1]}{self.family_name[:1]}"

    @property
    def masked_iin(self) -> str:
        return masked(self.iin)

    @property
    def born_on(self) -> date | None:
        return birth_date(self.iin)


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def on(self, day: date) -> Self:
        return self.not_ended(day).filter(first_day__lte=day)

    def not_ended(self, day: date) -> Self:
        """Those whose last day has not passed, begun or not."""
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day))

    def lasting_longest(self) -> Self:
        """Of each guard the one that ends last, or those without an end: whoever employs him, else whoever did last."""
        same_guard = Employment.objects.filter(guard=OuterRef("guard"))
        longer = same_guard.filter(Q(last_day__isnull=True) | Q(last_day__gt=OuterRef("last_day")))
        return self.filter(Q(last_day__isnull=True) | ~Exists(longer))


class Employment(models.Model):
    """A guard on the staff of an agency."""

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="employments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="employments")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                name="guards_employment_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("An employment ends on or after its first day."),
            ),
            models.UniqueConstraint(
                name="guards_employment_once",
                fields=["guard", "agency", "first_day"],
                violation_error_message=_("This employment is already there."),
            ),
        ]
        indexes = [models.Index(fields=["agency", "last_day", "guard"])]

    def __str__(self) -> str:
        return f"{self.guard_id} at {self.agency_id} from {self.first_day}"


class CredentialQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Papers are seen by whoever sees their guard: agency, school concerned, regulator of the region."""
        if membership is not None and membership.role == Role.REGULATOR and membership.region_id is None:
            # Every guard: not asked for each paper of the country.
            return self
        return self.filter(guard__in=Guard.objects.visible_to(membership))

    def in_force(self, day: Any) -> Self:
        """Papers issued by a day that have not run out on it (a date or an F expression)."""
        return self.filter(
            Q(issued_on__isnull=True) | Q(issued_on__lte=day), Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        )

    def current(self) -> Self:
        """Those that no longer-lasting paper of the same kind replaces; without a last day they last for ever."""
        replaced_by = Credential.objects.filter(guard=OuterRef("guard"), kind=OuterRef("kind")).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until"))
        )
        return self.filter(Q(valid_until__isnull=True) | ~Exists(replaced_by))

    def waiting(self) -> Self:
        """Those that the regulator has neither verified nor found wrong."""
        return self.filter(verified_on__isnull=True, doubted_on__isnull=True)


class Credential(Identified):
    """A paper that the law or the agency asks of a guard: claimed by the agency, verified by the regulator."""

    class Kind(models.TextChoices):
        TRAINING_CERTIFICATE = "training_certificate", _("Training centre certificate")
        REFRESHER_CERTIFICATE = "refresher_certificate", _("Refresher certificate")
        MEDICAL_CERTIFICATE = "medical_certificate", _("Medical certificate")
        NO_CRIMINAL_RECORD = "no_criminal_record", _("Certificate of no criminal record")
        WEAPON_PERMIT = "weapon_permit", _("Weapon permit")
        IDENTITY_DOCUMENT = "identity_document", _("Guard's identity document")

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    number = models.CharField(max_length=60)
    issued_by = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    # Not part of the register package: the paper itself, and whether the regulator has compared it with its source.
    scan = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.CharField(max_length=254, blank=True)
    # What the regulator found to be wrong with it; the agency corrects it, and it waits again.
    doubt = models.TextField(blank=True)
    doubted_on = models.DateField(null=True, blank=True)
    doubted_by = models.CharField(max_length=254, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guards_credential_days_in_order",
                condition=Q(valid_until__isnull=True) | Q(issued_on__isnull=True) | Q(valid_until__gte=F("issued_on")),
                violation_error_message=_("A paper is valid until its day of issue or later."),
            ),
            models.UniqueConstraint(
                name="guards_credential_once",
                fields=["guard", "kind", "number"],
                violation_error_message=_("This paper is already there."),
            ),
            models.CheckConstraint(
                name="guards_credential_verified_or_doubted",
                condition=Q(verified_on__isnull=True) | Q(doubted_on__isnull=True),
                violation_error_message=_("A paper is verified or found wrong, not both."),
            ),
        ]
        indexes = [
            models.Index(fields=["valid_until"]),
            # What waits for the regulator, in the order in which it came.
            models.Index(fields=["verified_on", "doubted_on", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def is_verified(self) -> bool:
        return self.verified_on is not None

    @property
    def is_doubted(self) -> bool:
        return self.doubted_on is not None
