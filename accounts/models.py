"""Users and their memberships."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.roles import Role
from agencies.models import Agency
from schools.models import Region, School


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail."""

    email = models.EmailField(_("E-mail"), unique=True)
    full_name = models.CharField(_("Name"), max_length=150)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        """Initial and family name, as the header has room for: “А. Жүнісова”."""
        given, _, family = self.full_name.partition(" ")
        return f"{given[:1]}. {family}" if family else self.get_full_name()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_use(self) -> Self:
        """Memberships that still hold, in a stable order, with their organisations."""
        return (
            self.filter(ended_on__isnull=True)
            .select_related("agency__region", "school__region", "region", "user")
            .order_by("pk")
        )


class Membership(Identified):
    """Ties a person, a role and an organisation; one person may hold several."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    ended_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_membership_role_has_its_organisation",
                condition=Q(role="agency_manager", agency__isnull=False, school__isnull=True, region__isnull=True)
                | Q(role="school_director", agency__isnull=True, school__isnull=False, region__isnull=True)
                | Q(role="regulator", agency__isnull=True, school__isnull=True),
                violation_error_message=_(
                    "A manager acts for an agency, a director for a school, a regulator for neither."
                ),
            ),
            models.UniqueConstraint(
                "user",
                "role",
                Coalesce("agency", Value(0)),
                Coalesce("school", Value(0)),
                Coalesce("region", Value("")),
                name="accounts_membership_once",
                violation_error_message=_("This person already acts for this organisation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"

    @property
    def organisation_name(self) -> str:
        """The organisation's name, as the first line of the switcher shows it."""
        return str(self.agency or self.school or _("Authorised body"))

    @property
    def organisation_key(self) -> str:
        """The organisation in an audit event: its kind and lasting identifier."""
        if self.agency:
            return f"agency {self.agency.bin}"
        if self.school:
            return f"school {self.school.code}"
        return f"regulator {self.region_id or 'national'}"

    @property
    def place(self) -> str:
        """Where the organisation works: its region, or the whole country."""
        organisation = self.agency or self.school
        region = organisation.region if organisation else self.region
        return region.name if region else str(_("the whole country"))


class SavedFilter(Identified):
    """A list as somebody wants to see it again: the part of its address after the question mark, under a name."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=60)
    name = models.CharField(_("Name"), max_length=80)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_saved_filter_name_once",
                fields=["membership", "page", "name"],
                violation_error_message=_("You already keep a filter under this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
