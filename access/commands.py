"""What the commands of the register have in common: in what language they speak, and what they need to begin."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from django.utils.translation import gettext as _


@contextmanager
def spoken() -> Iterator[None]:
    """In the language that LANGUAGE names, as for other commands of a system (`ru_RU:en`), else in English."""
    asked = os.environ.get("LANGUAGE", "")[:2]
    with translation.override(asked if asked in dict(settings.LANGUAGES) else "en"):
        yield


@contextmanager
def on_migrated_tables() -> Iterator[None]:
    """Say in a sentence what to do where a command fails on tables that were not made yet, or not all of them."""
    try:
        yield
    except DatabaseError:
        if not _awaits_migration():
            raise
        with spoken():
            sentence = _(
                "The tables of this database are not those of this release. Run “manage.py migrate”, then this again."
            )
        raise CommandError(sentence) from None


def _awaits_migration() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
