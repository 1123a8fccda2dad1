"""A package is a folder or a .zip, and what else lies in it is a fault."""

import struct
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from exchange import packages
from exchange.faults import Faults
from guards.models import Assignment
from tests.exchange.packages import loaded, places, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def zipped(tmp_path):
    """Writes members into a .zip; gives its path."""

    def write(files: dict[str, str], name: str = "package.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in files.items():
                archive.writestr(member, text)
        return path

    return write


def test_a_zip_is_loaded_as_a_folder_is(zipped, lawful):
    assert said(loaded(zipped(lawful))) == []
    assert Assignment.objects.count() == 3


def test_a_zip_of_one_folder_is_that_folder(zipped, lawful):
    assert said(loaded(zipped({f"our register/{file}": text for file, text in lawful.items()}))) == []
    assert Assignment.objects.count() == 3


def test_a_zip_may_have_any_name(zipped, lawful):
    assert said(loaded(zipped(lawful, "register"))) == []


@pytest.mark.parametrize("path", ["../guards.csv", "/guards.csv", "a/guards.csv", "a\\guards.csv", "Guards.csv"])
def test_a_member_elsewhere_is_not_a_file_of_the_package(zipped, lawful, path):
    outcome = loaded(zipped({**lawful, path: lawful["guards.csv"]}))
    assert places(outcome) == [f"{path}:1: (file)"]


def test_a_lone_member_above_the_folder_is_not_a_file_of_the_package(zipped, lawful):
    assert places(loaded(zipped({"../guards.csv": lawful["guards.csv"]}))) == ["../guards.csv:1: (file)"]


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_member_twice_is_a_fault(tmp_path, lawful):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("guards.csv", lawful["guards.csv"])
        archive.writestr("guards.csv", lawful["guards.csv"])
    assert said(loaded(path)) == ["guards.csv:1: (file): The .zip holds this file twice. Keep one."]


def test_a_locked_member_is_a_fault(zipped, lawful):
    path = zipped({"guards.csv": lawful["guards.csv"]})
    data = bytearray(path.read_bytes())
    for start, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(start) + place] |= packages.ENCRYPTED
    path.write_bytes(data)
    assert said(loaded(path)) == [
        "guards.csv:1: (file): This file is locked with a password. Make the .zip without one."
    ]


def test_a_damaged_member_is_a_fault_where_it_breaks(zipped, lawful):
    path = zipped({"guards.csv": lawful["guards.csv"]})
    data = bytearray(path.read_bytes())
    # The check sum of the member as its directory has it.
    crc = data.index(b"PK\x01\x02") + 16
    data[crc : crc + 4] = struct.pack("<L", 1)
    path.write_bytes(data)
    outcome = loaded(path)
    assert places(outcome)[0].endswith("(file)")
    assert "From here on this file cannot be read: it is damaged or locked." in said(outcome)[0]


def test_a_zip_that_would_be_too_large_is_not_read(zipped, lawful, monkeypatch):
    monkeypatch.setattr(packages, "MOST_BYTES", 100)
    outcome = loaded(zipped(lawful))
    assert places(outcome) == ["package.zip:1: (file)"]
    assert "may have 100. Send it in parts." in said(outcome)[0]


def test_a_zip_of_too_many_files_is_not_read(zipped, lawful, monkeypatch):
    monkeypatch.setattr(packages, "MOST_MEMBERS", 3)
    assert said(loaded(zipped(lawful))) == ["package.zip:1: (file): This .zip holds 19 files and may hold 3."]


def test_no_more_is_unpacked_than_a_zip_says_it_holds(zipped, lawful):
    """A member that lies about its size, as a bomb would, is damaged."""
    path = zipped({"guards.csv": lawful["guards.csv"]})
    data = bytearray(path.read_bytes())
    size = data.index(b"PK\x01\x02") + 24
    data[size : size + 4] = struct.pack("<L", 60)
    path.write_bytes(data)
    assert places(loaded(path))[0].endswith("(file)")


def test_an_unknown_file_and_a_folder_within_are_faults(folder, lawful):
    path = folder({**lawful, "readme.txt": "hello"})
    (path / "old").mkdir()
    assert places(loaded(path)) == ["old:1: (file)", "readme.txt:1: (file)"]


def test_an_empty_package_is_a_fault(folder):
    assert places(loaded(folder({}))) == ["package:1: (file)"]


@pytest.mark.parametrize("name", ["nowhere", "nowhere.zip"])
def test_a_path_to_nothing_is_said(tmp_path, name):
    with pytest.raises(CommandError, match="There is no folder or"):
        call_command("load_register", tmp_path / name, stdout=StringIO())


def test_a_file_that_is_no_zip_is_said(tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(CommandError, match="neither a folder nor a"):
        call_command("load_register", path, stdout=StringIO())


def test_the_faults_of_the_package_come_in_the_order_of_files(folder, lawful):
    lawful["attendance.csv"] = "x\n"
    lawful["calendars.csv"] = "x\n"
    files = [fault.file for fault in loaded(folder({**lawful, "a.txt": ""})).faults]
    assert files == sorted(files, key=["calendars.csv", "attendance.csv", "a.txt"].index)
    assert Faults().in_order() == []
