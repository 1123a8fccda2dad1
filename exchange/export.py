"""Writing the register as a package: the same register gives the same bytes, on either database."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.fields import CharField
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from exchange.rows import BATCH, Progress, no_progress
from exchange.tables import BY_FILE, FURTHER, TABLES, Column, Table

# The day that stands in a .zip beside each file, always the same: the first that a .zip can say.
NO_DAY = (1980, 1, 1, 0, 0, 0)
READABLE_FILE = 0o100644 << 16
UNIX = 3


class Occupied(ValueError):
    """The place where a package shall be written is not free."""


class Target(Protocol):
    """Where the files of a package are written, one after the other."""

    def create(self, file: str) -> IO[bytes]: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self, file: str) -> IO[bytes]:
        return (self._path / file).open("xb")

    def clear(self) -> None:
        for file in BY_FILE:
            (self._path / file).unlink(missing_ok=True)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def create(self, file: str) -> IO[bytes]:
        member = zipfile.ZipInfo(file, NO_DAY)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = UNIX
        member.external_attr = READABLE_FILE
        # Whether a file will be large is not known beforehand; the form must not depend on it.
        return self._archive.open(member, "w", force_zip64=True)


def export(path: Path, progress: Progress = no_progress) -> dict[str, int]:
    """Write everything to a folder, or to a .zip when the path ends so; gives the number of rows by file.

    Raises Occupied where something is there already. What could not be finished is not left behind.
    """
    with _target(path) as target, _one_moment():
        return {table.file: _write(table, target, progress) for table in _tables()}


def _tables() -> list[Table]:
    return [table for model, table in TABLES.items() if model not in FURTHER or model._default_manager.exists()]


def size() -> int:
    """How many rows an export would have."""
    return sum(table.model._default_manager.count() for table in BY_FILE.values())


def _target(path: Path) -> AbstractContextManager[Target]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return _new_zip(path) if path.suffix.lower() == ".zip" else _new_folder(path)


@contextmanager
def _new_zip(path: Path) -> Iterator[Target]:
    """Written beside the path and moved there when it is whole."""
    if path.exists():
        raise Occupied(_("%(path)s is there already. Name another file.") % {"path": path})
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w") as archive:
            yield _Zip(archive)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _new_folder(path: Path) -> Iterator[Target]:
    """Written in place, since an empty folder may be one that cannot be moved, such as a mounted disk."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Occupied(_("%(path)s is not an empty folder. Name one that is empty or not yet there.") % {"path": path})
    path.mkdir(exist_ok=True)
    folder = _Folder(path)
    try:
        yield folder
    except BaseException:
        folder.clear()
        raise


@contextmanager
def _one_moment() -> Iterator[None]:
    """Within it the register is read as it stood at one moment, while others write on."""
    if connection.in_atomic_block:
        yield
        return
    # `atomic` would take SQLite's lock for writing, and on PostgreSQL see what others commit meanwhile.
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "BEGIN DEFERRED"
        )
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _write(table: Table, target: Target, progress: Progress) -> int:
    number = 0
    kinds = [column.kind for column in table.columns]
    with target.create(table.file) as stream, io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(table.names)
        for row in _rows(table).iterator(chunk_size=BATCH):
            writer.writerow([kind.write(value) for kind, value in zip(kinds, row, strict=True)])
            number += 1
            progress(1)
    return number


def _rows(table: Table) -> QuerySet[Any, tuple[Any, ...]]:
    order = [_in_order(table.columns[place]) for place in table.identity_places]
    return table.model._default_manager.order_by(*order).values_list(*table.lookups)


def _in_order(column: Column) -> OrderBy:
    """Text by its code points and nothing first, whatever the database's own idea of order."""
    value: Any = F(column.lookup)
    if connection.vendor == "postgresql" and (column.target or isinstance(column.field, CharField)):
        value = Collate(value, "C")
    return OrderBy(value, nulls_first=True)
