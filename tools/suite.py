"""Everything that is tested, in one command (`make test`).

The fast checks; the suite on SQLite; the suite again on a PostgreSQL of its own; the browser tests. A fault in one part
does not hide the next. What cannot run here is named at the end.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library

from tools import PYTHON, ROOT, debian, postgres, run

PYTEST = [str(PYTHON), "-m", "pytest", "-q"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0")


def chromium() -> str | None:
    """Path of the browser that the browser tests drive."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


class Suite:
    """The parts that ran, each with its closing line, and what was left out."""

    def __init__(self) -> None:
        self.closing: list[str] = []
        self.left_out: list[str] = []
        self.failed = False

    def part(self, name: str, command: list[str], **environment: str) -> None:
        """Run one part, showing what it says, and keep its last line."""
        print(f"\n{name}", flush=True)
        last = ""
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                last = line.strip() or last
        self.failed |= process.returncode != 0
        self.closing += [f"{name}:", last]

    def close(self) -> int:
        """Print the closing lines; return the exit code."""
        print("\nWhat ran")
        for line in self.left_out:
            print(f"Left out: {line}")
        for line in self.closing:
            print(line)
        return int(self.failed)


def main() -> int:
    """Install what can be installed, run every part, and say how each ended."""
    suite = Suite()
    if not find_library("pango-1.0") or not find_library("pangoft2-1.0"):
        debian.install(*PANGO)
    if not chromium():
        debian.install("chromium")
    servers = postgres.ensure()

    suite.part("Checks", [str(PYTHON), "-m", "tools.check"])
    run.prepare_files()
    suite.part("Suite on SQLite", [*PYTEST, "-n", "2"])
    if servers:
        with postgres.server(servers) as url:
            suite.part("Suite on PostgreSQL", [*PYTEST, "-n", "2"], DATABASE_URL=url)
    else:
        suite.left_out.append("the suite on PostgreSQL. On Debian: apt-get install postgresql")
    if chromium():
        suite.part("Browser tests", [*PYTEST, "-m", "browser", "tests/browser"])
    else:
        suite.left_out.append("the browser tests. On Debian: apt-get install chromium")
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
