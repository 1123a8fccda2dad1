"""Agencies, licences with what happened to them, and contracts."""

from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies import licensing
from schools.identifiers import validate_bin
from schools.models import Region, School, in_language


class AgencyQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Managers see their own agency, directors those they have a contract with, regulators those of their region.

        An agency is of a region when it is registered there or has had a contract with a school there.
        """
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(pk=membership.agency_id)
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(pk__in=Contract.objects.filter(school=membership.school_id).values("agency"))
        if membership.role == Role.REGULATOR:
            if membership.region_id is None:
                return self
            # A list of keys: asked of each agency, its contracts of all times would be walked.
            here = Contract.objects.filter(school__region=membership.region_id).values("agency")
            return self.filter(Q(region=membership.region_id) | Q(pk__in=here))
        return self.none()


class Agency(Identified):
    """A security agency, known by its BIN."""

    bin = models.CharField(max_length=12, unique=True, validators=[validate_bin])
    name_ru = models.CharField(max_length=200)
    name_kk = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="agencies")
    head_name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["region", "name_ru"]), models.Index(fields=["name_ru", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")


class LicenceQuerySet(models.QuerySet["Licence"]):
    def with_state(self, day: Any) -> Self:
        """Adds `state` (the latest event up to a day, empty when none) and `state_since`.

        The day is a date, or inside a subquery the outer query's column: `OuterRef("on")`.
        """
        within = OuterRef(day) if isinstance(day, OuterRef) else day
        latest = LicenceEvent.objects.filter(licence=OuterRef("pk"), on__lte=within).order_by("-on")
        return self.annotate(state=Subquery(latest.values("event")[:1]), state_since=Subquery(latest.values("on")[:1]))

    def in_force(self, day: Any) -> Self:
        """Licences issued by a day and not suspended, revoked or annulled on it."""
        return (
            self.with_state(day)
            .filter(issued_on__lte=day)
            .filter(Q(state__isnull=True) | ~Q(state__in=licensing.NOT_IN_FORCE))
        )


class Licence(Identified):
    """A licence for security activity (Law 85, art. 5), of one of two subtypes."""

    class Subtype(models.TextChoices):
        ALL = "all", _("All objects, vulnerable ones included")
        EXCEPT_VULNERABLE = "except_vulnerable", _("All objects except those vulnerable to terrorism")

    number = models.CharField(max_length=60, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="licences")
    subtype = models.CharField(max_length=20, choices=Subtype.choices)
    issued_on = models.DateField()

    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["issued_on", "number"]
        constraints = [
            models.CheckConstraint(
                name="agencies_licence_subtype_known",
                condition=Q(subtype__in=["all", "except_vulnerable"]),
                violation_error_message=_("A licence's subtype is “all” or “except_vulnerable”."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class LicenceEvent(models.Model):
    """What happened to a licence on a day; what may follow what stands in `licensing.py`."""

    class Kind(models.TextChoices):
        SUSPENDED = licensing.SUSPENDED, _("Suspended")
        RESUMED = licensing.RESUMED, _("Resumed")
        REVOKED = licensing.REVOKED, _("Revoked")
        ANNULLED = licensing.ANNULLED, _("Annulled")

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="events")
    on = models.DateField()
    event = models.CharField(max_length=10, choices=Kind.choices)
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                name="agencies_licence_one_event_a_day",
                fields=["licence", "on"],
                violation_error_message=_("A licence has one event a day at most."),
            ),
            models.CheckConstraint(
                name="agencies_licence_event_known",
                condition=Q(event__in=["suspended", "resumed", "revoked", "annulled"]),
                violation_error_message=_("A licence is suspended, resumed, revoked or annulled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.event} {self.on}"


class ContractQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(agency=membership.agency_id)
        if membership.role == Role.REGULATOR and membership.region_id is None:
            # Who may know of all is not asked school by school.
            return self
        return self.filter(school__in=School.objects.visible_to(membership))

    def in_force(self, day: Any) -> Self:
        """Contracts whose term holds a day; the day may be a column."""
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day)


class Contract(Identified):
    """A written contract of guarding (Law 85, art. 16): an agency, a school, a term, the licence it names."""

    code = models.CharField(max_length=60, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="contracts")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=60)
    signed_on = models.DateField(null=True, blank=True)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="contracts", null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agencies_contract_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("A contract ends on or after its first day."),
            )
        ]
        indexes = [models.Index(fields=["school", "first_day"]), models.Index(fields=["agency", "school"])]

    def __str__(self) -> str:
        return self.number


class OfAgencyQuerySet(VisibleQuerySet):
    """Records that belong to an agency as a whole: whoever may know of the agency may know of them."""

    def visible_to(self, membership: Any) -> Self:
        return self.filter(agency__in=Agency.objects.visible_to(membership))


class MobileGroupQuerySet(OfAgencyQuerySet):
    def on(self, day: Any) -> Self:
        """Those whose days include a day (a date or an F expression)."""
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day)


class MobileGroup(models.Model):
    """A mobile response group that an agency keeps round the clock (order 959 of 30.12.2014, ch. 3)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="mobile_groups")
    name = models.CharField(max_length=120)
    has_radio = models.BooleanField(default=False)
    is_armed = models.BooleanField(default=False)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = MobileGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agencies_group_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("A mobile group ends on or after its first day."),
            ),
            models.UniqueConstraint(
                name="agencies_group_once",
                fields=["agency", "name", "first_day"],
                violation_error_message=_("This mobile group is already there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.name}"


class QuarterlyReport(models.Model):
    """A quarter's report that an agency sent to the police (order 329 of 04.05.2026, annex 14)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="quarterly_reports")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    sent_on = models.DateField()

    objects = OfAgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="agencies_report_once",
                fields=["agency", "year", "quarter"],
                violation_error_message=_("The report of this quarter is already there."),
            ),
            models.CheckConstraint(
                name="agencies_report_quarter_known",
                condition=Q(quarter__gte=1, quarter__lte=4),
                violation_error_message=_("A year has four quarters."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.year}-Q{self.quarter}"
