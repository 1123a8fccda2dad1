"""What the commands of the register have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _


@contextmanager
def on_migrated_tables() -> Iterator[None]:
    """Say in a sentence what to do where a command fails on tables that were not made yet, or not all of them."""
    try:
        yield
    except DatabaseError:
        if not _awaits_migration():
            raise
        raise CommandError(
            _("The tables of this database are not those of this release. Run “manage.py migrate”, then this again.")
        ) from None


def _awaits_migration() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
