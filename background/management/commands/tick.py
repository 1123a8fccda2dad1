"""Start what is due: `manage.py tick`, each minute from cron or systemd."""

from typing import Any

from django.core.management.base import BaseCommand

from background.ticking import tick


class Command(BaseCommand):
    help = "Starts what is due and puts back the tasks of dead workers. Safe to run each minute, and twice at once."

    def handle(self, *args: Any, **options: Any) -> None:
        tick()
