"""What is to be done without anybody asking: apps register it when the site starts, `tick` starts it.

Whatever is registered only enqueues, or is done in milliseconds, and does no harm when it is done again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from django.db import transaction
from django.utils import timezone

from background.models import Run
from background.reaper import reap

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """Something that is started once a day, from an hour on; `at` is None for what is looked at on every tick."""

    name: str
    start: Callable[[], object]
    at: time | None = None


_schedules: dict[str, Schedule] = {}


def every_day(name: str, at: time, start: Callable[[], object]) -> None:
    """Have something started once a day, at the hour or as soon after it as somebody ticks."""
    _schedules[name] = Schedule(name, start, at)


def every_tick(name: str, start: Callable[[], object]) -> None:
    """Have something looked at on every tick."""
    _schedules[name] = Schedule(name, start)


def tick() -> list[str]:
    """Start what is due, once each, and put back what dead workers left; the names of what was started.

    What fails is logged and tried again on the next tick; it keeps nothing else from being started.
    """
    reap()
    started = []
    for schedule in _schedules.values():
        try:
            with transaction.atomic():
                if not _due(schedule):
                    continue
                schedule.start()
        except Exception:
            logger.exception("The schedule “%s” could not be started", schedule.name)
        else:
            started.append(schedule.name)
    return started


def _due(schedule: Schedule) -> bool:
    if schedule.at is None:
        return True
    now = timezone.localtime()
    return now.time() >= schedule.at and Run.claim(schedule.name, now.date())
