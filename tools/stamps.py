"""Stamps: what a built thing was built from, so that it is built again only when that changed."""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Hash the words, then path and content of each file, in the order given."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def is_fresh(stamp: Path, mark: str) -> bool:
    """Whether the stamp holds this very mark."""
    try:
        return stamp.read_text().strip() == mark
    except FileNotFoundError:
        return False


def write(stamp: Path, mark: str) -> None:
    """Leave the mark, after the thing is built."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark + "\n")


@contextmanager
def turn(lock: Path) -> Iterator[None]:
    """Wait for one's turn: of the processes that build into one folder, one at a time is inside."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
