"""What is to be done without anybody asking: apps register it when the site starts, `ticking.tick` starts it.

Whatever is registered only enqueues, or is done in milliseconds, and does no harm when it is done again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class Schedule:
    """Something that is started once a day, from an hour on; `at` is None for what is looked at on every tick."""

    name: str
    start: Callable[[], object]
    at: time | None = None


registered: dict[str, Schedule] = {}


def every_day(name: str, at: time, start: Callable[[], object]) -> None:
    """Have something started once a day, at the hour or as soon after it as somebody ticks."""
    registered[name] = Schedule(name, start, at)


def every_tick(name: str, start: Callable[[], object]) -> None:
    """Have something looked at on every tick."""
    registered[name] = Schedule(name, start)
