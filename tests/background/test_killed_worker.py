"""On PostgreSQL too, a worker that is killed in the middle of an evaluation loses nothing and duplicates nothing; and
there many workers share what is to be judged.

Real processes on a database of their own, beside that of the tests; what is done on SQLite is in tests/browser.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.browser.test_worker import FIGURES, FORGET, REAP
from tools import PYTHON, ROOT

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's is among the browser tests")

WITHIN_SECONDS = 60
WORKERS, TASKS = 3, 6
# As if actions had touched everybody, all of them too large to be judged at once.
MARK_EVERYBODY = f"""
from agencies.models import Agency; from schools.models import School
from compliance.findings import mark; from compliance.models import Finding
from compliance.register import Scope; from compliance.tasks import rejudge_stale
Finding.objects.all()._raw_delete("default")
mark(Scope.of(School.objects.values_list("pk", flat=True), Agency.objects.values_list("pk", flat=True)))
for _ in range({TASKS}): rejudge_stale.enqueue()
"""
# The evaluation is written after its findings and figures, in the same transaction.
NEVER_DONE_WRITING = """
create function never_done() returns trigger language plpgsql as
$$ begin perform pg_sleep(3600); return null; end $$;
create trigger never_done after insert on compliance_evaluation for each row execute function never_done()
"""
IN_THE_MIDDLE = "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
STATES = "select status, jsonb_array_length(worker_ids) from django_tasks_database_dbtaskresult"
OPEN = "select version_id, subject, strength from compliance_finding where closed_on is null order by 1, 2, 3"


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of a database with the small demonstration country, judged today."""
    name, given = f"qorgan_killed_{os.getpid()}", os.environ["DATABASE_URL"]
    asked(given, f"create database {name}")
    # A server notices only by asking that whom it works for is gone.
    asked(given, f"alter database {name} set client_connection_check_interval = '100ms'")
    url = urlsplit(given)._replace(path=f"/{name}").geturl()
    try:
        done(url, "-c", "from tools import run; run.prepare_files(); run.prepare_database()")
        yield url
    finally:
        asked(given, f"drop database {name} with (force)")


def asked(url: str, sql: str) -> list[Any]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as session:
        cursor = session.execute(sql)
        return cursor.fetchall() if cursor.description else []


def start(url: str, *arguments: str) -> "subprocess.Popen[bytes]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO_SETTINGS"))}
    environment = {**kept, "DATABASE_URL": url, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen([str(PYTHON), *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)


def done(url: str, *arguments: str) -> None:
    assert start(url, *arguments).wait(timeout=4 * WITHIN_SECONDS) == 0


def managed(url: str, *arguments: str) -> None:
    done(url, "manage.py", *arguments, "-v0")


def kill(url: str, *, writing: bool) -> None:
    """Start a worker; kill it once it has begun its task, or once it has written what it found."""
    worker = start(url, "manage.py", "worker", "--interval", "0.05", "--no-startup-delay", "-v0")
    until = time.monotonic() + WITHIN_SECONDS
    while asked(url, STATES)[0][0] != "RUNNING" or (writing and asked(url, IN_THE_MIDDLE) == [(0,)]):
        assert time.monotonic() < until, "the worker did not begin"
        time.sleep(0.02)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    while asked(url, IN_THE_MIDDLE) != [(0,)]:
        assert time.monotonic() < until, "the server did not notice"
        time.sleep(0.02)


def test_killed_workers_lose_nothing_and_duplicate_nothing(database: str):
    expected, figures = asked(database, OPEN), asked(database, FIGURES)
    assert expected and figures
    managed(database, "shell", "-c", FORGET)
    asked(database, NEVER_DONE_WRITING)
    for writing in (False, True):
        kill(database, writing=writing)
        assert [state for state, _ in asked(database, STATES)] == ["RUNNING"]
        assert asked(database, OPEN) == []
        managed(database, "shell", "-c", REAP)
    asked(database, "drop trigger never_done on compliance_evaluation")
    managed(database, "worker", "--batch", "--no-startup-delay")
    assert asked(database, STATES) == [("SUCCESSFUL", 3)]
    assert asked(database, OPEN) == expected
    assert asked(database, "select count(*) from compliance_finding") == [(len(expected),)]
    assert asked(database, FIGURES) == figures
    assert asked(database, "select count(*) from compliance_evaluation") == [(1,)]


def test_many_workers_share_the_work_and_judge_everybody_once(database: str):
    expected, figures = asked(database, OPEN), asked(database, FIGURES)
    managed(database, "shell", "-c", MARK_EVERYBODY)
    workers = [start(database, "manage.py", "worker", "--batch", "--no-startup-delay", "-v0") for _ in range(WORKERS)]
    assert [one.wait(timeout=4 * WITHIN_SECONDS) for one in workers] == [0] * WORKERS
    assert [state for state, _ in asked(database, STATES)] == ["SUCCESSFUL"] * TASKS
    assert len(asked(database, "select distinct worker_ids from django_tasks_database_dbtaskresult")) > 1
    assert asked(database, "select count(*) from compliance_stale") == [(0,)]
    assert asked(database, OPEN) == expected
    assert asked(database, "select count(*) from compliance_finding") == [(len(expected),)]
    assert asked(database, FIGURES) == figures
