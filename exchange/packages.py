"""Where the files of a package lie: a folder or a .zip. They are read as streams and never unpacked."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from django.utils.translation import gettext as _

from exchange.faults import FILE, Faults
from exchange.tables import BY_FILE

# A .zip says how large its files are; what says more than this, or holds more files, is not opened.
MOST_BYTES = 8 * 1024**3
MOST_MEMBERS = 1_000
ENCRYPTED = 0x1


class NotAPackage(ValueError):
    """There is nothing at a path that could be a package."""


class Package(Protocol):
    """The files of a package that can be read, with their sizes in bytes."""

    name: str
    sizes: dict[str, int]

    def open(self, file: str) -> IO[bytes]: ...


class Folder:
    """A package that is a folder."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self.name = path.name
        self._path = path
        self.sizes: dict[str, int] = {}
        for entry in sorted(path.iterdir()):
            if entry.name in BY_FILE and entry.is_file():
                self.sizes[entry.name] = entry.stat().st_size
            else:
                _unknown(entry.name, faults)

    def open(self, file: str) -> IO[bytes]:
        return (self._path / file).open("rb")


class Zip:
    """A package that is a .zip, with the files at its top or all in one folder."""

    def __init__(self, archive: zipfile.ZipFile, name: str, faults: Faults) -> None:
        self.name = name
        self._archive = archive
        self._members: dict[str, zipfile.ZipInfo] = {}
        members = [member for member in archive.infolist() if not member.is_dir()]
        self.sizes: dict[str, int] = {}
        if fault := _too_much(members):
            faults.add(name, 1, FILE, fault)
            return
        folder = _common_folder(members)
        for member in members:
            self._take(member, member.filename.removeprefix(folder), faults)

    def _take(self, member: zipfile.ZipInfo, file: str, faults: Faults) -> None:
        if file not in BY_FILE:
            _unknown(file, faults)
        elif file in self.sizes:
            faults.add(file, 1, FILE, _("The .zip holds this file twice. Keep one."))
        elif member.flag_bits & ENCRYPTED:
            faults.add(file, 1, FILE, _("This file is locked with a password. Make the .zip without one."))
        else:
            self._members[file] = member
            self.sizes[file] = member.file_size

    def open(self, file: str) -> IO[bytes]:
        return self._archive.open(self._members[file])


@contextmanager
def opened(path: Path, faults: Faults) -> Iterator[Package]:
    """The package at a path; what is wrong with its files as such is added to the faults.

    Raises NotAPackage where there is neither a folder nor a .zip.
    """
    if path.is_dir():
        yield _not_empty(Folder(path, faults), faults)
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield _not_empty(Zip(archive, path.name, faults), faults)
    elif path.is_file():
        raise NotAPackage(_("%(path)s is neither a folder nor a .zip, or the .zip is damaged.") % {"path": path})
    else:
        raise NotAPackage(_("There is no folder or .zip %(path)s.") % {"path": path})


def _not_empty(package: Package, faults: Faults) -> Package:
    if not package.sizes and not faults.found:
        faults.add(package.name, 1, FILE, _("This package holds no file. Files: %(files)s.") % {"files": _files()})
    return package


def _unknown(file: str, faults: Faults) -> None:
    sentence = _("This is not a file of a register package. Files: %(files)s.")
    faults.add(file, 1, FILE, sentence % {"files": _files()})


def _files() -> str:
    return ", ".join(BY_FILE)


def _too_much(members: list[zipfile.ZipInfo]) -> str | None:
    if len(members) > MOST_MEMBERS:
        return _("This .zip holds %(number)d files and may hold %(most)d.") % {
            "number": len(members),
            "most": MOST_MEMBERS,
        }
    size = sum(member.file_size for member in members)
    if size > MOST_BYTES:
        return _("Unpacked, this .zip would have %(size)d bytes and may have %(most)d. Send it in parts.") % {
            "size": size,
            "most": MOST_BYTES,
        }
    return None


def _common_folder(members: list[zipfile.ZipInfo]) -> str:
    """The one folder in which all members lie, with its stroke; empty where they do not lie in one."""
    folders = {PurePosixPath(member.filename).parts[:-1] for member in members}
    if len(folders) == 1:
        (folder,) = folders
        if len(folder) == 1 and folder[0] not in ("/", ".."):
            return f"{folder[0]}/"
    return ""
