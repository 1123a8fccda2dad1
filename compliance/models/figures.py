"""What was measured."""

from typing import Any, Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from schools.models import Region, School


class FigureQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Figures of schools and agencies that the membership may know of, and of regions to regulators."""
        if membership is None:
            return self.none()
        if membership.role == Role.REGULATOR:
            if membership.region_id is None:
                return self
            return self.filter(region=membership.region_id)
        if membership.role == Role.AGENCY_MANAGER:
            schools = School.objects.visible_to(membership)
            return self.filter(Q(agency=membership.agency_id) | Q(level=Figure.Level.SCHOOL, school__in=schools))
        return self.filter(level=Figure.Level.SCHOOL, school__in=School.objects.visible_to(membership))


class Figure(models.Model):
    """The latest figures of one owner, so that lists can be sorted by them; the definitions stand in turnover.py.

    Empty means not measurable. `claimed`, `present`, `refused` count shifts of the window: what the agency claimed,
    what the school confirmed of that, and where it said no.
    """

    class Level(models.TextChoices):
        SCHOOL = "school", _("School")
        AGENCY_SCHOOL = "agency_school", _("Agency at a school")
        AGENCY = "agency", _("Agency")
        REGION = "region", _("Region")

    level = models.CharField(max_length=14, choices=Level.choices)
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="figures")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="figures")
    # The region of the school, or of the agency at level `agency`.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="figures")
    as_of = models.DateField()
    measurable = models.BooleanField()
    person_days = models.PositiveBigIntegerField()
    average_headcount = models.FloatField()
    gross_left = models.PositiveIntegerField()
    excused_left = models.PositiveIntegerField()
    net_left = models.PositiveIntegerField()
    provisional_left = models.PositiveIntegerField()
    # How many net leaves the clause of the level allows at this headcount; empty where none limits it.
    allowed = models.PositiveIntegerField(null=True, blank=True)
    rate = models.FloatField(null=True)
    rate_low = models.FloatField(null=True)
    rate_high = models.FloatField(null=True)
    settled_rate = models.FloatField(null=True)
    settled_low = models.FloatField(null=True)
    distinct_guards = models.PositiveIntegerField()
    continuity = models.FloatField(null=True)
    median_tenure_days = models.FloatField(null=True)
    stability = models.FloatField(null=True)
    claimed = models.PositiveIntegerField(default=0)
    present = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "level",
                "region",
                Coalesce("school", Value(0)),
                Coalesce("agency", Value(0)),
                name="compliance_figure_once",
            )
        ]
        indexes = [
            # Whose guards surely change most often, of a level and of a region.
            models.Index(fields=["level", "-settled_low", "-settled_rate", "id"]),
            models.Index(fields=["level", "region", "-settled_low", "-settled_rate", "id"]),
            models.Index(fields=["level", "agency"]),
            models.Index(fields=["level", "school"]),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.school_id or ''} {self.agency_id or ''} {self.region_id}"
