"""What the pages of a whole region, or of the country, show: counted when the register was judged last."""

from typing import Any, Self

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce

from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from compliance.funnel import Funnel
from compliance.intervals import DAYS_OF_YEAR
from schools.models import Region


class OfRegionQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """To the national office all of them, to an officer of a region those of his region alone."""
        if membership is None or membership.role != Role.REGULATOR:
            return self.none()
        return self if membership.region_id is None else self.filter(region=membership.region_id)


class SchoolCount(models.Model):
    """How many schools of a region were under contract on the day judged, and at how many of them something could be
    measured."""

    region = models.OneToOneField(Region, on_delete=models.PROTECT, related_name="+")
    contracted = models.PositiveIntegerField()
    measurable = models.PositiveIntegerField()

    objects = OfRegionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.region_id}: {self.measurable} of {self.contracted}"


class Comparison(models.Model):
    """The line of some agencies and its limits: of all, where `region` is empty, or of those that an officer of the
    region may know of.

    `marks` holds whole numbers of four bytes, the low one first: for each agency its days of service, its settled
    leaves and its two ranks, as in Compared, which has the agencies one by one.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    as_of = models.DateField()
    funnel = models.JSONField()
    marks = models.BinaryField()

    objects = OfRegionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("region", Value("")), name="compliance_comparison_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id or 'country'} on {self.as_of}"

    @property
    def line(self) -> Funnel:
        """The line with its limits."""
        return Funnel(**self.funnel)


class ComparedQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Those of the comparisons that the membership may know of."""
        if membership is None or membership.role != Role.REGULATOR:
            return self.none()
        return self if membership.region_id is None else self.filter(comparison__region=membership.region_id)


class Compared(models.Model):
    """An agency among those it is compared with.

    `excess` is by how many its settled leaves are more than the line expects. `standing` and `standing_by_chance` are
    ranks: the place in `Standing` of where it stands by the limits, and by those that know chance alone.
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="compared")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    person_days = models.PositiveBigIntegerField()
    gross_left = models.PositiveIntegerField()
    net_left = models.PositiveIntegerField()
    settled_left = models.PositiveIntegerField()
    settled_rate = models.FloatField()
    excess = models.FloatField()
    standing = models.PositiveSmallIntegerField()
    standing_by_chance = models.PositiveSmallIntegerField()

    objects = ComparedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "agency"], name="compliance_compared_once"),
        ]
        indexes = [
            models.Index(fields=["comparison", "standing", "-excess", "id"]),
            models.Index(fields=["comparison", "standing_by_chance", "-excess", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} in {self.comparison_id}"

    @property
    def guard_years(self) -> float:
        return self.person_days / DAYS_OF_YEAR

    @property
    def expected(self) -> float:
        """The leaves that it would have at the line."""
        return self.settled_left - self.excess
