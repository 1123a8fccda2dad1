"""Do the tasks that were enqueued: `manage.py worker [--tick] [--beside PID]`."""

from argparse import ArgumentParser
from typing import Any

from django.db import connection
from django.db.utils import OperationalError
from django_tasks_db.management.commands import db_worker
from django_tasks_db.utils import is_locked_database_exception

from background.heart import Heart


class Command(db_worker.Command):
    help = "Does the tasks that were enqueued, one after another. One process on SQLite, many on PostgreSQL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        # A reloader would cut tasks short.
        parser.set_defaults(reload=False)
        parser.add_argument("--tick", action="store_true", help="also tick each minute, where no cron does")
        parser.add_argument("--beside", type=int, metavar="PID", help="end when this parent process has ended")

    def handle(self, **options: Any) -> None:
        heart = Heart(options["worker_id"], ticks=options.pop("tick"), parent=options.pop("beside"))
        heart.beat()
        heart.start()
        try:
            while not self._worked(options):
                connection.close()
        finally:
            heart.stop()

    def _worked(self, options: dict[str, Any]) -> bool:
        """Work until told to stop; False where somebody held SQLite's write lock too long to ask for a task."""
        try:
            super().handle(**options)
        except OperationalError as fault:
            if not is_locked_database_exception(fault):
                raise
            return False
        return True
