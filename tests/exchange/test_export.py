"""The register is written as a package, in one order and the same bytes, where nothing is overwritten."""

import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange import export as exporting
from exchange.export import Occupied, export
from exchange.tables import BY_FILE, FURTHER, TABLES
from schools.models import Calendar, Closure
from tests.exchange.packages import LAWFUL, loaded
from tests.factories import CalendarFactory, GuardFactory, TrainingRecordFactory, iin

pytestmark = pytest.mark.django_db


def test_what_was_loaded_is_what_is_written(folder, lawful, tmp_path):
    loaded(folder(lawful))
    export(tmp_path / "out")
    written = {path.name: path.read_bytes().decode() for path in (tmp_path / "out").iterdir()}
    assert written == LAWFUL


def test_the_order_is_that_of_identifiers_not_of_entry(folder, lawful, tmp_path):
    header, *rows = lawful["assignments.csv"].splitlines(keepends=True)
    loaded(folder({**lawful, "assignments.csv": header + "".join(reversed(rows))}))
    export(tmp_path / "out")
    assert (tmp_path / "out" / "assignments.csv").read_text() == lawful["assignments.csv"]


def test_text_is_in_order_of_its_code_points(tmp_path):
    """Not of a language's alphabet, which a database may follow or not."""
    for code in ("б", "a", "B", "_", "Ә", "10", "9"):
        CalendarFactory(code=code)
    export(tmp_path / "out")
    rows = (tmp_path / "out" / "calendars.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["10", "9", "B", "_", "a", "б", "Ә"]


def test_training_for_no_school_comes_before_that_for_one(tmp_path):
    here = TrainingRecordFactory()
    TrainingRecordFactory(guard=here.guard, module=here.module, school=None)
    export(tmp_path / "out")
    rows = (tmp_path / "out" / "training.csv").read_text().splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ["", here.school.code]


def test_cells_that_need_quotes_have_them(tmp_path):
    reason = ' a,"b"\r\nc\rd\n'
    Closure.objects.create(
        calendar=CalendarFactory(code='c"1'), first_day="2026-01-01", last_day="2026-01-02", reason=reason
    )
    export(tmp_path / "out")
    Closure.objects.all().delete()
    Calendar.objects.all().delete()
    loaded(tmp_path / "out")
    assert (Closure.objects.get().reason, Calendar.objects.get().code) == (reason, 'c"1')


def test_a_zip_holds_the_same_files_and_is_the_same_each_time(folder, lawful, tmp_path):
    loaded(folder(lawful))
    export(tmp_path / "one.zip")
    export(tmp_path / "two.ZIP")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.ZIP").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == list(BY_FILE)
        assert {name: archive.read(name).decode() for name in archive.namelist()} == LAWFUL


def test_an_empty_register_is_written_as_headers_of_the_files_that_every_register_has(tmp_path):
    export(tmp_path / "out")
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        table.file: ",".join(table.names) + "\n" for model, table in TABLES.items() if model not in FURTHER
    }


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    assert export(tmp_path / "out")["guards.csv"] == 0


@pytest.mark.parametrize("name", ["full", "file", "there.zip"])
def test_nothing_is_overwritten(tmp_path, name):
    (tmp_path / "full").mkdir()
    for path in ("full/notes.txt", "file", "there.zip"):
        (tmp_path / path).write_text("kept")
    with pytest.raises(Occupied):
        export(tmp_path / name)
    with pytest.raises(CommandError, match=r"not an empty folder|already"):
        call_command("export_register", tmp_path / name, stdout=StringIO())
    assert [(tmp_path / path).read_text() for path in ("full/notes.txt", "file", "there.zip")] == ["kept"] * 3


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_what_could_not_be_finished_is_not_left_behind(tmp_path, monkeypatch, name):
    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_rows", fail)
    with pytest.raises(CommandError, match="No space left on device"):
        call_command("export_register", tmp_path / name, stdout=StringIO())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_each_file_is_one_query_whatever_its_rows(tmp_path):
    with CaptureQueriesContext(connection) as few:
        export(tmp_path / "few")
    for number in range(20):
        GuardFactory(iin=iin(number))
    with CaptureQueriesContext(connection) as many:
        export(tmp_path / "many")
    assert len(many) == len(few)


def test_what_the_command_says(folder, lawful, tmp_path):
    loaded(folder(lawful))
    out = StringIO()
    call_command("export_register", tmp_path / "out.zip", stdout=out)
    said = out.getvalue().splitlines()
    assert said[0] == "calendars.csv: 1" and "assignments.csv: 3" in said
    assert said[-1] == f"Written to {tmp_path / 'out.zip'}."
