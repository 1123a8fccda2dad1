"""What a draft would do: the register judged by it for comparison, never as findings."""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from accounts.models import Membership
from agencies.models import Agency
from compliance.models.law import Clause, Draft
from guards.models import Guard
from schools.models import Region, School

# A rehearsal that moved no further for so long was given up by its workers.
PATIENCE = timedelta(minutes=15)


class RehearsalQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """To the national office all of them, to an officer of a region those of his region alone."""
        if membership is None or membership.role != Role.REGULATOR:
            return self.none()
        return self if membership.region_id is None else self.filter(region=membership.region_id)

    def of(self, draft: Draft) -> Self:
        """Of a draft as it reads now: what was rehearsed before it was changed is another draft."""
        return self.filter(draft=draft, digest=draft.digest)

    def finished(self) -> Self:
        return self.filter(state=Rehearsal.State.DONE)

    def of_country(self) -> Self:
        return self.filter(region__isnull=True)

    def under_way(self) -> Self:
        return self.filter(state__in=(Rehearsal.State.QUEUED, Rehearsal.State.RUNNING))

    def left_behind(self) -> Self:
        """Those that a worker began and none will end."""
        return self.filter(state=Rehearsal.State.RUNNING, moved_at__lt=timezone.now() - PATIENCE)


class Rehearsal(Identified):
    """A region or the country judged by a draft on one day, held against the law in force on that day.

    It opens no finding and tells nobody. `summary` holds, for each clause that the draft changes, what
    `rehearsing.Tally` counted; the subjects whose mark changes are rows of their own.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Broken off")

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="rehearsals")
    # Empty is the whole country.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    day = models.DateField()
    # Of the draft as it read when the rehearsal was asked for.
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=500, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Counted up by each worker that begins, so that one taken for dead writes nothing more.
    attempt = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)
    engine = models.CharField(max_length=10)
    summary = models.JSONField(default=dict)

    objects = RehearsalQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["draft", "region", "-asked_at"])]

    def __str__(self) -> str:
        return f"{self.draft} on {self.day}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    def is_outdated(self, today: date) -> bool:
        """Whether the draft reads otherwise by now, or the day judged has passed."""
        return self.day != today or self.digest != self.draft.digest


class RehearsedMarkQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        return self.filter(rehearsal__in=Rehearsal.objects.visible_to(membership))


class RehearsedMark(models.Model):
    """A subject that the draft marks otherwise than the law in force, with the figures that it is marked by.

    `agency` beside a school that is the subject alone is the one that served there most in the window.
    """

    class Change(models.TextChoices):
        NEWLY = "newly", _("Marked for the first time")
        GONE = "gone", _("Marked no longer")
        STRONGER = "stronger", _("Established instead of indicated")
        WEAKER = "weaker", _("Indicated instead of established")

    class Mark(models.TextChoices):
        NONE = "none", _("Not marked")
        INDICATED = "indicated", _("Indicated")
        RECORDS = "records", _("By the records")
        ESTABLISHED = "established", _("Established")

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="marks")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    guard = models.ForeignKey(Guard, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=8, choices=Change.choices)
    before = models.CharField(max_length=11, choices=Mark.choices)
    after = models.CharField(max_length=11, choices=Mark.choices)
    # Empty where the clause measures nothing. `left` counts settled leaves, as `value` does: the rate or the
    # continuity, in percent. Net and gross are empty where they were rehearsed before they were kept.
    headcount = models.FloatField(null=True)
    left = models.PositiveIntegerField(null=True)
    net_left = models.PositiveIntegerField(null=True)
    gross_left = models.PositiveIntegerField(null=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    # What lists begin with, the heaviest first: the lower bound of a rate, how far below a hundred percent a share is.
    weight = models.FloatField(default=0)

    objects = RehearsedMarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="compliance_rehearsed_mark_once",
                fields=["rehearsal", "clause", "subject"],
                violation_error_message=_("A rehearsal speaks of a subject once for each clause."),
            )
        ]
        indexes = [
            models.Index(fields=["rehearsal", "clause", "change", "weight"]),
            models.Index(fields=["rehearsal", "weight"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.before} to {self.after}"
