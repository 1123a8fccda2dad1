"""A real site and a real Chromium: the server runs in a process of its own, as `make run` starts it."""

import os
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tools import PYTHON, ROOT, run, suite

START_SECONDS = 30
# As long as a worker may take for what a page enqueued.
WORK_SECONDS = 60
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test; without a browser it is skipped, and says so."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if not suite.chromium():
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of the system, quiet towards the network."""
    return {**browser_type_launch_args, "executable_path": suite.chromium(), "args": QUIET}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: each test says which site it visits, `site` or `fresh_site`."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the small demonstration country, judged today."""
    path = tmp_path_factory.mktemp("seeded") / "qorgan.sqlite3"
    done = subprocess.run(
        [PYTHON, "-c", "from tools import run; run.prepare_files(); run.prepare_database()"],
        cwd=ROOT,
        env=environment(path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def environment(database: Path) -> dict[str, str]:
    """The environment of a process that serves the database."""
    # The tests' own way of reading the settings must not reach the server.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO_SETTINGS"))}
    return {**kept, "DATABASE_URL": f"sqlite:///{database}", "PYTHONPATH": str(ROOT)}


@contextmanager
def _serving(database: Path) -> Iterator[str]:
    """Serve the database on a free port; give the address; stop the server by its process id."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    log = database.with_suffix(".log")
    with log.open("w") as output:
        server = subprocess.Popen(
            run.server_command("127.0.0.1", port),
            cwd=ROOT,
            env=environment(database),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(server, address, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=START_SECONDS)


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The site did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def site(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site for tests that read. What one test writes there, the next one sees."""
    with _serving(copy_of(seeded, tmp_path_factory.mktemp("site"))) as address:
        yield address


@pytest.fixture
def fresh_site(seeded: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a site of this test alone, for tests that write."""
    with _serving(copy_of(seeded, tmp_path)) as address:
        yield address


def copy_of(database: Path, folder: Path) -> Path:
    """The database, for one test alone."""
    # What SQLite still holds in its log belongs to the database: fold it in before the file is copied.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copy(database, folder / database.name))


@pytest.fixture
def worker(fresh_site: str, tmp_path: Path) -> Iterator[None]:
    """The process that does in the background what the pages enqueue."""
    database = tmp_path / "qorgan.sqlite3"
    process = subprocess.Popen(run.worker_command(), cwd=ROOT, env=environment(database), stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=WORK_SECONDS)
