"""Starting what is due."""

import logging

from django.db import transaction
from django.utils import timezone

from background.models import Run
from background.reaper import reap
from background.schedules import Schedule, registered

logger = logging.getLogger(__name__)


def tick() -> list[str]:
    """Start what is due, once each, and put back what dead workers left; the names of what was started.

    What fails is logged and tried again on the next tick; it keeps nothing else from being started.
    """
    reap()
    started = []
    for schedule in registered.values():
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
