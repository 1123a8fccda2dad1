"""The environment: `.venv` inside the clone, with the locked dependencies (`python3 -m tools.environment PURPOSE`).

Purposes: `run` the site, `dev` for the tests, `bench` for the benchmarks.

Warm, nothing is asked of the network: a stamp in `.venv` holds the hash of the lock it was made from.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tools import PYTHON, ROOT, VENV, debian, stamps

OLDEST_PYTHON = (3, 11)
LOCKS = ROOT / "requirements"
UV_LOCK = LOCKS / "uv.txt"
# What suffices for what: each lock holds everything of those before it.
SUFFICIENT = {"run": ("run", "dev", "bench"), "dev": ("dev", "bench"), "bench": ("bench",)}


def _stamp(purpose: str) -> Path:
    return VENV / f"locked-{purpose}"


def _mark(purpose: str) -> str:
    return stamps.fingerprint([UV_LOCK, LOCKS / f"{purpose}.txt"], sys.version)


def is_ready(purpose: str) -> bool:
    """Whether `.venv` already holds what the purpose needs."""
    return PYTHON.exists() and any(stamps.is_fresh(_stamp(each), _mark(each)) for each in SUFFICIENT[purpose])


def _run(*command: str | Path) -> None:
    # No caches: the home of whoever runs this may not be writable.
    caches = {"UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"}
    settings = {"UV_SYSTEM_CERTS": "1", "UV_LINK_MODE": "copy", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **caches, **settings}, stdin=subprocess.DEVNULL, check=True)


def _create() -> None:
    try:
        import ensurepip  # noqa: F401  Debian ships Python without it.
    except ImportError:
        if not debian.install("python3-venv"):
            sys.exit("Python here cannot make environments. On Debian: apt-get install python3-venv")
    _run(sys.executable, "-m", "venv", "--clear", VENV)


def prepare(purpose: str) -> None:
    """Make `.venv` hold exactly what the lock of the purpose (`run`, `dev` or `bench`) names."""
    if is_ready(purpose):
        return
    began = time.monotonic()
    if subprocess.run([PYTHON, "-c", ""], check=False).returncode if PYTHON.exists() else True:
        print("Making .venv", flush=True)
        _create()
    for each in SUFFICIENT:
        _stamp(each).unlink(missing_ok=True)
    _run(PYTHON, "-m", "pip", "install", "-qq", "--require-hashes", "--requirement", UV_LOCK)
    lock = LOCKS / f"{purpose}.txt"
    _run(VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock)
    stamps.write(_stamp(purpose), _mark(purpose))
    count = sum("==" in line for line in lock.read_text().splitlines())
    print(f"Installed {count} locked packages in {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    """Prepare the environment for the purpose named on the command line."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}")
    try:
        prepare(sys.argv[1] if len(sys.argv) > 1 else "run")
    except subprocess.CalledProcessError as error:
        sys.exit(f"Failed: {' '.join(map(str, error.cmd))}")


if __name__ == "__main__":
    main()
