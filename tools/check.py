"""The fast checks, side by side, every fault named (`make check`)."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from tools import PYTHON, ROOT, VENV, fonts, messages

BIN = VENV / "bin"
MANAGE = [str(PYTHON), "manage.py"]
# As behind a proxy that speaks TLS; the key is a stand-in of the length that Django asks for.
DEPLOYED = {"SECRET_KEY": "check-" * 12 + "0123456789", "HTTPS": "1", "DEBUG": "0", "ALLOWED_HOSTS": "example.org"}
IN_MEMORY = {"DATABASE_URL": "sqlite:///:memory:"}


@dataclass(frozen=True)
class Check:
    """One command that must exit with 0."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self) -> tuple["Check", float, int, str]:
        """Run it; return itself, the seconds it took, its exit code and what it said."""
        began = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return self, time.monotonic() - began, done.returncode, done.stdout.strip()


def templates() -> list[str]:
    """Paths of the project's templates."""
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]


def checks() -> list[Check]:
    """All of them, the slowest first."""
    return [
        Check("types", [str(BIN / "mypy")]),
        Check("layers", [str(BIN / "lint-imports"), "--no-cache"]),
        Check("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "INFO"], DEPLOYED | IN_MEMORY),
        Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], IN_MEMORY),
        Check("messages", [str(PYTHON), "-m", "tools.catalogue", "check"]),
        Check("security", [str(BIN / "bandit"), "-q", "-ll", "-c", "pyproject.toml", "-r", "."]),
        Check("format", [str(BIN / "ruff"), "format", "--check"]),
        Check("lint", [str(BIN / "ruff"), "check", "--quiet"]),
        Check("templates", [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates()]),
    ]


def main() -> int:
    """Run every check; print each result, then every fault; return how many failed."""
    fonts.prepare()
    messages.prepare()
    todo = checks()
    faults = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in as_completed([pool.submit(check.run) for check in todo]):
            check, seconds, code, said = future.result()
            print(f"{'FAULT' if code else 'ok':<6}{check.name:<11}{seconds:5.1f} s", flush=True)
            if code:
                faults.append((check, said))
    for check, said in faults:
        print(f"\n{check.name}: {' '.join(check.command[:4])}\n{said}")
    print(f"{len(todo) - len(faults)} passed, {len(faults)} failed", flush=True)
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
