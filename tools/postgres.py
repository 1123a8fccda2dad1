"""A PostgreSQL of one's own for as long as it is needed (`python -m tools.postgres COMMAND...`).

It lives in a temporary folder, listens on a socket there and nowhere else, and is stopped by its process id. PostgreSQL
refuses to run as root; then it runs as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import debian

USER = "qorgan"
START_SECONDS = 30
# Lost data is no loss here: what a crash would leave behind is thrown away.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40", "listen_addresses="]


def binaries() -> Path | None:
    """The folder of `initdb` and `postgres`: the newest of Debian's, or that on the path."""
    debians = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debians:
        return max(debians, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def ensure() -> Path | None:
    """The binaries, installed first where that is needed and possible."""
    if not binaries():
        debian.install("postgresql")
    return binaries()


def _account() -> pwd.struct_passwd:
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.")


@contextmanager
def server(folder_of_binaries: Path) -> Iterator[str]:
    """Start a new, empty server; give its DATABASE_URL; stop it and remove its files at the end."""
    account = _account()
    user, group = (None, None) if os.geteuid() else (account.pw_uid, account.pw_gid)
    with tempfile.TemporaryDirectory(prefix="qorgan-pg-") as name:
        home = Path(name)
        os.chown(home, account.pw_uid, account.pw_gid)
        data, log = home / "data", home / "log"
        _initialise(folder_of_binaries, data, user, group)
        settings = [word for setting in [*FAST, f"unix_socket_directories={home}"] for word in ("-c", setting)]
        with log.open("w") as output:
            process = subprocess.Popen(
                [folder_of_binaries / "postgres", "-D", data, *settings],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )
        try:
            _wait(process, folder_of_binaries, home, log)
            yield f"postgres://{USER}@/postgres?host={home}"
        finally:
            # Asks for a fast shutdown: open connections are ended.
            process.send_signal(signal.SIGINT)
            process.wait(timeout=START_SECONDS)


def _initialise(folder_of_binaries: Path, data: Path, user: int | None, group: int | None) -> None:
    # C.UTF-8 sorts as SQLite does and knows the capital of every Kazakh letter.
    options = ["-U", USER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    made = subprocess.run(
        [folder_of_binaries / "initdb", "-D", data, *options],
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")


def _wait(process: subprocess.Popen[bytes], folder_of_binaries: Path, home: Path, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        ready = subprocess.run([folder_of_binaries / "pg_isready", "-q", "-h", home], check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def main() -> int:
    """Run the command with DATABASE_URL set to a server of its own."""
    folder = ensure()
    if not folder:
        sys.exit("PostgreSQL is not installed. On Debian: apt-get install postgresql")
    with server(folder) as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
