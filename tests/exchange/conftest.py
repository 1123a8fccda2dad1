"""What tests of the register package share."""

from pathlib import Path

import pytest
from django.utils import translation

from tests.exchange.packages import LAWFUL


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def lawful() -> dict[str, str]:
    """The files of the lawful package, to be changed at will."""
    return dict(LAWFUL)


@pytest.fixture
def folder(tmp_path):
    """Writes files into a folder, which is emptied first; gives its path."""

    def write(files: dict[str, str | bytes]) -> Path:
        path = tmp_path / "package"
        path.mkdir(exist_ok=True)
        for old in path.iterdir():
            old.unlink()
        for name, text in files.items():
            (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
