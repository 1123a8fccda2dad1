"""What is done when nobody waits for it: schedules, workers that live, tasks that a dead one left."""

from datetime import time

from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "background"

    def ready(self) -> None:
        from background.schedules import every_day
        from background.tasks import tidy_up

        every_day("tidying up", time(3), tidy_up.enqueue)
