"""Putting people on posts under the law."""

from datetime import time

from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "staffing"

    def ready(self) -> None:
        """Have services end with the contract of their agency, before the day is judged."""
        from background.schedules import every_day
        from staffing.tasks import end_with_contracts

        every_day("services that end with a contract", time(0, 10), end_with_contracts.enqueue)
