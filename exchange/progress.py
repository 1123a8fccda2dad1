"""How far a task is, said beside the database: what its transaction writes nobody else sees before the end."""

import time
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile

from exchange.models import Import
from files.models import private_storage

SECONDS_BETWEEN = 0.5


def _place(of: Import) -> str:
    return f"progress/{of.public_id.hex}"


class Meter:
    """Counts up to 100 in stages, each up to a total of its own, and says so now and then where `percent` reads it."""

    def __init__(self, of: Import) -> None:
        self._of, self._said = of, 0.0
        self._begin, self._end = 0, 0

    def stage(self, end: int, total: float = 1) -> Callable[[float], None]:
        """Begin the stage that ends at so many percent; what it gives is told what was done of its total."""
        self._begin, self._end, self._total, self._done = self._end, end, max(total, 1e-9), 0.0
        self._say()
        return self._count

    def _count(self, number: float) -> None:
        self._done += number
        self._say()

    def _say(self) -> None:
        if time.monotonic() - self._said >= SECONDS_BETWEEN:
            self._said = time.monotonic()
            part = min(self._done / self._total, 1)
            _write(self._of, min(int(self._begin + (self._end - self._begin) * part), 99))


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
