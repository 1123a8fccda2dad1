"""Putting back the tasks of workers that are no more: a killed worker leaves its task RUNNING for ever."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from background.models import Beat

logger = logging.getLogger(__name__)
# Longer than a worker can be kept from writing its beat: by its own task, which holds SQLite's one write lock.
SILENCE = timedelta(minutes=3)
# A task that three workers died of will kill the fourth.
ATTEMPTS = 3


class WorkersDied(Exception):
    """Every worker that began the task died of it."""


@transaction.atomic
def reap(silence: timedelta = SILENCE) -> int:
    """Make ready again what was begun by workers that have been silent for so long; how many tasks it were.

    Tasks are idempotent: one that was done after all, its worker being only slow, is done twice and changes nothing.
    """
    heard = timezone.now() - silence
    alive = set(Beat.objects.since(heard).values_list("worker", flat=True))
    running = DBTaskResult.objects.running().filter(started_at__lt=heard).select_for_update(skip_locked=True)
    left = [task for task in running if not alive.intersection(task.worker_ids[-1:])]
    for task in left:
        if len(task.worker_ids) >= ATTEMPTS:
            task.set_failed(WorkersDied(f"{len(task.worker_ids)} workers died of it"))
            logger.error("The task %s is given up: %d workers died of it", task.task_path, len(task.worker_ids))
        else:
            task.status = TaskResultStatus.READY
            task.started_at = None
            task.save(update_fields=["status", "started_at"])
            logger.warning("The task %s is put back: its worker died", task.task_path)
    Beat.objects.filter(seen_at__lt=heard).delete()
    return len(left)
