"""What is done when nobody waits for it: schedules, workers that live, tasks that a dead one left."""

from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "background"
