"""Guards: papers, training, assignments and presence."""

from datetime import time

from django.apps import AppConfig


class GuardsConfig(AppConfig):
    name = "guards"

    def ready(self) -> None:
        """Have the managers reminded of papers each morning."""
        from background.schedules import every_day
        from guards.tasks import remind

        every_day("reminders of papers", time(7), remind.enqueue)
