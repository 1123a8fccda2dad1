"""What the month ends of the last years looked like, kept for the pages that draw it."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from compliance.models.figures import Figure, FigureQuerySet
from schools.models import Region, School


class TrendQuerySet(FigureQuerySet):
    """Visible to whom the figures of the same owner are."""

    def with_marks(self) -> Self:
        """Each with `due`: whether an action touched its school, or the agency as a whole, since it was counted."""
        at_school = Exists(TrendMark.objects.filter(school=OuterRef("school")))
        of_agency = Exists(TrendMark.objects.filter(agency=OuterRef("agency")))
        return self.annotate(due=at_school | Q(of_agency, level=Figure.Level.AGENCY))


class Trend(models.Model):
    """What was counted of an owner at the month ends up to `until`, oldest first: one row for each owner.

    `counts` holds whole numbers of four bytes, the low one first: for each of `trends.KEPT` a number for each month.
    Rates and intervals follow from them (`trends.trend`); a month before the owner had a guard counts nothing.
    """

    level = models.CharField(max_length=14, choices=Figure.Level.choices)
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # The region of the school, or of the agency at level `agency`.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    counts = models.BinaryField()

    objects = TrendQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "level",
                "region",
                Coalesce("school", Value(0)),
                Coalesce("agency", Value(0)),
                name="compliance_trend_once",
            )
        ]
        indexes = [models.Index(fields=["level", "agency"]), models.Index(fields=["level", "school"])]

    def __str__(self) -> str:
        return f"{self.level} {self.school_id or ''} {self.agency_id or ''} {self.region_id} to {self.until}"


class TrendMark(models.Model):
    """A school or an agency whose months are to be counted again: an action touched it, a worker counts.

    Each action adds its own mark, so that none waits for another; the worker takes all marks of an owner at once.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="compliance_trend_mark_one_owner",
                condition=Q(school__isnull=True) ^ Q(agency__isnull=True),
                violation_error_message=_("A mark names a school or an agency."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.school or self.agency} since {self.since:%Y-%m-%d %H:%M}"
