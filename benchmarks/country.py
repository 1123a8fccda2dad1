"""The country that is measured: the one DATABASE_URL names, or one made for the purpose and thrown away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


@contextmanager
def country(scale: str) -> Iterator[None]:
    """A judged country. One that DATABASE_URL names is read, and what is written to it is taken back."""
    import django

    if "DATABASE_URL" in os.environ:
        django.setup()
        yield
        return
    with tempfile.TemporaryDirectory(prefix="qorgan-benchmark-") as name:
        # Settings are read on set-up: where the database is, is said first.
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(name) / 'country.sqlite3'}"
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        call_command("seed_demo", scale=scale, verbosity=0)
        call_command("evaluate", verbosity=0)
        yield
        connection.close()
