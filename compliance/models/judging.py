"""When the register was judged, and what is still to be judged."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from schools.models import School


class Evaluation(models.Model):
    """One judging of the whole register for a day."""

    as_of = models.DateField()
    engine = models.CharField(max_length=10)
    started_at = models.DateTimeField(default=timezone.now)
    opened = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    # Findings and figures that actions should have brought up to date and did not: found where the day had been judged
    # before and nothing was loaded since. Empty on the first judging of a day: time alone changes much.
    missed = models.PositiveIntegerField(null=True, blank=True)
    # The columns of stored figures that it knew: what a later engine fills for the first time was missed by nobody.
    columns = models.JSONField(default=list, blank=True)
    # The digest of what the months of the country were counted from; empty once those of an owner were counted since.
    months = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.as_of}"


class StaleQuerySet(models.QuerySet["Stale"]):
    def taken(self) -> Self:
        """Those that no other worker is at, for the rest of the transaction."""
        return self.select_for_update(skip_locked=True)


class Stale(models.Model):
    """A school or an agency too large to be judged while somebody waits: an action touched it, a worker judges it.

    Each action adds its own mark, so that none waits for another; the worker takes all marks of an owner at once.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    objects = StaleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="compliance_stale_one_owner",
                condition=Q(school__isnull=True) ^ Q(agency__isnull=True),
                violation_error_message=_("A mark names a school or an agency."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.school or self.agency} since {self.since:%Y-%m-%d %H:%M}"
