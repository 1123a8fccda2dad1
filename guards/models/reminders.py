"""Reminders already sent, so that each is sent exactly once."""

from django.db import models
from django.utils import timezone


class Reminder(models.Model):
    """One reminder; `about` names what it was about and for which window, such as a paper, its last day and 30."""

    about = models.CharField(max_length=200, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.about
