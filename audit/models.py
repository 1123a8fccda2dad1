"""What happened, by whom, on behalf of whom: written once, never changed, as the database itself sees to it."""

from typing import Any, Self

from django.db import models
from django.utils import timezone


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, *subjects: Any) -> Self:
        """The events that touched any of these records, newest first."""
        keys = [subject_key(subject) for subject in subjects]
        touched = Mention.objects.filter(key__in=keys).values("event_id")
        return self.filter(pk__in=touched).order_by("-at", "-pk")


class Event(models.Model):
    """One action. It holds text and no foreign keys, so that it outlives whatever it speaks of."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    verb = models.CharField(max_length=60)
    actor = models.CharField(max_length=254, blank=True)
    actor_name = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=30, blank=True)
    organisation = models.CharField(max_length=254, blank=True)
    details = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class Mention(models.Model):
    """A record that an event touched."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="mentions")
    key = models.CharField(max_length=80, db_index=True)

    def __str__(self) -> str:
        return self.key


def subject_key(subject: Any) -> str:
    """How an event names a record: its kind and its public identifier."""
    return f"{subject._meta.label_lower}:{subject.public_id}"
