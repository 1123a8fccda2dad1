"""A worker that is killed in the middle of an evaluation loses nothing and duplicates nothing."""

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import copy_of, environment
from tools import PYTHON, ROOT

WITHIN_SECONDS = 30
FORGET = (
    "from compliance.models import Evaluation, Figure, Finding; from compliance.tasks import evaluate_today; "
    "[model.objects.all()._raw_delete('default') for model in (Finding, Figure, Evaluation)]; evaluate_today.enqueue()"
)
FIGURES = (
    "select level, region_id, school_id, agency_id, person_days, gross_left, net_left, rate, continuity, claimed "
    "from compliance_figure order by 1, 2, 3, 4"
)
REAP = "from datetime import timedelta; from background.reaper import reap; reap(timedelta(0))"
# The evaluation is written after its findings and figures, in the same transaction.
NEVER_DONE_WRITING = """
create trigger never_done after insert on compliance_evaluation begin
  select count(*) from (
    with recursive n(x) as (select 1 union all select x + 1 from n where x < 10000000000) select x from n
  );
end
"""


@pytest.fixture
def database(seeded: Path, tmp_path: Path) -> Path:
    return copy_of(seeded, tmp_path)


def start(database: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment(database), stdin=subprocess.DEVNULL)


def done(database: Path, *arguments: str) -> None:
    assert start(database, *arguments).wait(timeout=2 * WITHIN_SECONDS) == 0


def asked(database: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(database, timeout=WITHIN_SECONDS)) as connection:
        return connection.execute(sql).fetchall()


def open_findings(database: Path) -> list[Any]:
    return asked(
        database,
        "select version_id, subject, strength from compliance_finding where closed_on is null order by 1, 2, 3",
    )


def in_the_middle_of_writing(database: Path) -> bool:
    """Whether somebody has held the write lock for a while."""
    with closing(sqlite3.connect(database, timeout=0.5)) as connection:
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
        return False


def kill(database: Path, *, writing: bool) -> None:
    """Start a worker; kill it once it has begun its task, or once it writes what it found."""
    worker = start(database, "worker", "--interval", "0.05", "--no-startup-delay", "-v0")
    until = time.monotonic() + WITHIN_SECONDS
    while asked(database, "select status from django_tasks_database_dbtaskresult") != [("RUNNING",)] or (
        writing and not in_the_middle_of_writing(database)
    ):
        assert time.monotonic() < until, "the worker did not begin"
        time.sleep(0.02)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def test_killed_workers_lose_nothing_and_duplicate_nothing(database: Path):
    expected = open_findings(database)
    figures = asked(database, FIGURES)
    assert expected and figures
    done(database, "shell", "-v0", "-c", FORGET)
    asked(database, NEVER_DONE_WRITING)
    for writing in (False, True):
        kill(database, writing=writing)
        assert asked(database, "select status from django_tasks_database_dbtaskresult") == [("RUNNING",)]
        assert open_findings(database) == []
        done(database, "shell", "-v0", "-c", REAP)
    asked(database, "drop trigger never_done")
    done(database, "worker", "--batch", "--no-startup-delay", "-v0")
    states = asked(database, "select status, json_array_length(worker_ids) from django_tasks_database_dbtaskresult")
    assert states == [("SUCCESSFUL", 3)]
    assert open_findings(database) == expected
    assert asked(database, "select count(*) from compliance_finding") == [(len(expected),)]
    assert asked(database, FIGURES) == figures
    assert asked(database, "select count(*) from compliance_evaluation") == [(1,)]
    assert asked(database, "select count(*) from background_beat") == [(0,)]
