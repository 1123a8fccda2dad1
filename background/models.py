"""What the clock has started already, and which workers are alive."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q


class Run(models.Model):
    """The day for which a schedule was last started."""

    schedule = models.CharField(max_length=60, unique=True)
    last_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.schedule

    @classmethod
    def claim(cls, schedule: str, day: date) -> bool:
        """Whether the day is still to be started: True for one caller only, however many ask at once."""
        cls.objects.get_or_create(schedule=schedule)
        earlier = Q(last_on__isnull=True) | Q(last_on__lt=day)
        return bool(cls.objects.filter(earlier, schedule=schedule).update(last_on=day))


class BeatQuerySet(models.QuerySet["Beat"]):
    def since(self, moment: datetime) -> Self:
        """Of the workers that were heard of at the moment or later."""
        return self.filter(seen_at__gte=moment)


class Beat(models.Model):
    """When a worker was last heard of. One that was killed says nothing more."""

    worker = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()

    objects = BeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.worker
