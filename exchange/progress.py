"""How far a task is, said beside the database: what its transaction writes nobody else sees before the end."""

import time
from typing import Any

from django.core.files.base import ContentFile

from exchange.models import Import
from files.models import private_storage

SECONDS_BETWEEN = 0.5


def _place(of: Import) -> str:
    return f"progress/{of.public_id.hex}"


class Meter:
    """Counts up to a total, and says so now and then where `percent` reads it."""

    def __init__(self, of: Import, total: int) -> None:
        self._of, self._total, self._done = of, max(total, 1), 0
        self._said = time.monotonic()

    def __call__(self, number: int) -> None:
        self._done += number
        if time.monotonic() - self._said >= SECONDS_BETWEEN:
            self._said = time.monotonic()
            _write(self._of, min(100 * self._done // self._total, 99))


def _write(of: Import, percent: int) -> None:
    storage: Any = private_storage()
    storage.delete(_place(of))
    storage.save(_place(of), ContentFile(str(percent).encode()))


def percent(of: Import) -> int:
    """What was said last; nothing yet is 0."""
    try:
        with private_storage().open(_place(of)) as file:
            return int(file.read())
    except (FileNotFoundError, ValueError):
        return 0


def forget(of: Import) -> None:
    private_storage().delete(_place(of))
