"""What is due is started once, whoever ticks and however often."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from background import schedules
from background.models import Run
from background.tasks import tidy_up
from background.ticking import tick

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)


def at(hour: int, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(settings.TIME_ZONE))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(12), tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(schedules.registered):
        monkeypatch.delitem(schedules.registered, name)


def test_a_daily_schedule_is_started_once_a_day(clock: time_machine.Traveller):
    started: list[str] = []
    schedules.every_day("sweep", time(3), lambda: started.append("sweep"))
    tick()
    tick()
    assert started == ["sweep"]
    clock.move_to(at(4, DAY + timedelta(days=1)))
    tick()
    assert started == ["sweep", "sweep"]


def test_it_is_not_started_before_its_hour(clock: time_machine.Traveller):
    schedules.every_day("sweep", time(13), lambda: pytest.fail("too early"))
    assert tick() == []
    clock.move_to(at(13))
    assert Run.claim("sweep", DAY)


def test_after_days_without_a_tick_it_is_started_once(clock: time_machine.Traveller):
    started: list[str] = []
    schedules.every_day("sweep", time(3), lambda: started.append("sweep"))
    tick()
    clock.move_to(at(12, DAY + timedelta(days=9)))
    tick()
    tick()
    assert len(started) == 2


def test_what_fails_is_logged_tried_again_and_stops_nobody(
    clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
):
    faults, done = [ValueError("no")], []

    def fails_once() -> None:
        if faults:
            raise faults.pop()
        done.append("at last")

    schedules.every_day("shaky", time(3), fails_once)
    schedules.every_tick("steady", lambda: done.append("steady"))
    assert tick() == ["steady"]
    assert "shaky" in caplog.text
    assert tick() == ["shaky", "steady"]
    assert done == ["steady", "at last", "steady"]


def test_the_command_ticks(clock: time_machine.Traveller):
    started: list[str] = []
    schedules.every_tick("look", lambda: started.append("looked"))
    call_command("tick")
    assert started == ["looked"]


def test_what_was_done_long_ago_is_forgotten(clock: time_machine.Traveller):
    done = {"status": TaskResultStatus.SUCCESSFUL, "args_kwargs": {}, "exception_class_path": "", "traceback": ""}
    for days in (1, 30):
        finished = timezone.now() - timedelta(days=days)
        DBTaskResult.objects.create(**done, task_path="x", backend_name="default", finished_at=finished)
    tidy_up.call()
    assert DBTaskResult.objects.get().finished_at > timezone.now() - timedelta(days=2)
