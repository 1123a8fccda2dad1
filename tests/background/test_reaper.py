"""Tasks of dead workers are put back; those of living ones are left alone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from background.models import Beat
from background.reaper import SILENCE, reap

pytestmark = pytest.mark.django_db
LONG_AGO = SILENCE + timedelta(minutes=1)


def begun(*workers: str, ago: timedelta = LONG_AGO) -> DBTaskResult:
    """A task that these workers began, the last of them so long ago."""
    return DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="compliance.tasks.evaluate_today",
        backend_name="default",
        status=TaskResultStatus.RUNNING,
        started_at=timezone.now() - ago,
        worker_ids=list(workers),
        exception_class_path="",
        traceback="",
    )


def test_the_task_of_a_silent_worker_is_ready_again():
    task = begun("dead")
    Beat.objects.create(worker="dead", seen_at=timezone.now() - LONG_AGO)
    assert reap() == 1
    task.refresh_from_db()
    assert (task.status, task.started_at, task.worker_ids) == (TaskResultStatus.READY, None, ["dead"])
    assert not Beat.objects.exists()


def test_the_task_of_a_worker_that_never_beat_is_ready_again():
    begun("unknown")
    assert reap() == 1


def test_the_long_task_of_a_living_worker_is_left_alone():
    task = begun("alive", ago=timedelta(hours=2))
    Beat.objects.create(worker="alive", seen_at=timezone.now())
    assert reap() == 0
    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING


def test_a_worker_that_has_only_just_begun_is_given_time():
    begun("new", ago=timedelta(seconds=5))
    assert reap() == 0


def test_it_is_the_last_worker_that_counts():
    begun("dead", "alive")
    Beat.objects.create(worker="alive", seen_at=timezone.now())
    assert reap() == 0


def test_what_is_done_or_waits_is_left_alone():
    for status in (TaskResultStatus.READY, TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED):
        DBTaskResult.objects.filter(pk=begun("dead").pk).update(status=status)
    assert reap() == 0


def test_a_task_that_three_workers_died_of_is_given_up():
    task = begun("one", "two", "three")
    assert reap() == 1
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert "WorkersDied" in task.exception_class_path
