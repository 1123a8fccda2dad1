"""The log of briefings, classes and drills held with the guards of a school (resolution 305 of 06.05.2021)."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.querysets import VisibleQuerySet
from agencies.models import Agency
from guards.models.people import Guard
from schools.models import School


class BriefingQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        return self.filter(school__in=School.objects.visible_to(membership))


class Briefing(models.Model):
    """One entry of the log: what was held at a school, on which day, by whom."""

    class Kind(models.TextChoices):
        BRIEFING = "briefing", _("Briefing")
        CLASS = "class", _("Class")
        DRILL = "drill", _("Drill")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="briefings")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    held_on = models.DateField()
    topic = models.CharField(max_length=200, blank=True)
    led_by = models.CharField(max_length=200, blank=True)
    # Not part of the register package: the agency that entered it, and those of its guards who attended.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="briefings")
    attended = models.ManyToManyField(Guard, blank=True, related_name="briefings")

    objects = BriefingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guards_briefing_once",
                fields=["school", "kind", "held_on", "topic"],
                violation_error_message=_("This entry of the log is already there."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.kind} on {self.held_on}"
