"""A manager brings in a sheet: sends it, matches its columns, sees its faults, mends, loads and undoes it."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from exchange import importing, progress
from exchange.models import Import
from exchange.sheets.kinds import KINDS
from guards.models import Assignment, Guard
from tests.desks.fragments import assert_fragment_equals_page
from tests.exchange.sheets import GUARD_HEADS, csv_file, person, xlsx
from tests.factories import EmploymentFactory, GuardFactory, iin
from tests.languages.left_overs import left_overs

PAGES = ("import", "import_match", "import_undo", "import_original", "import_rows")


def sends(desk: Any, file: Any, kind: str = "guards") -> Any:
    upload = SimpleUploadedFile(file.name, file.content)
    return desk.client.post(desk.url("imports"), {"kind": kind, "file": upload})


def sent(desk: Any, *rows: Any, kind: str = "guards", heads: Any = GUARD_HEADS) -> Import:
    response = sends(desk, xlsx(heads, *rows), kind)
    one = Import.objects.latest("pk")
    assert response.status_code == 302 and response["Location"] == desk.url("import", one)
    return one


def text(desk: Any, address: str, **data: Any) -> str:
    return str(desk.client.post(address, data).content.decode())


def test_a_sheet_goes_into_the_register_and_out_again(desk: Any) -> None:
    one = sent(desk, person(1), person(2))
    assert "All 2 rows go into the register" in desk.get("import", one)
    assert not Guard.objects.filter(iin=iin(9001)).exists()
    desk.client.post(desk.url("import_load", one))
    assert "In the register since" in desk.get("import", one)
    assert "Әлиев1" in desk.get("guards")
    assert "Undo this import?" in desk.get("import_undo", one)
    desk.client.post(desk.url("import_undo", one))
    assert "Undone on" in desk.get("import", one)
    assert "Әлиев1" not in desk.get("guards")


def test_faults_are_listed_by_row_and_by_the_head_of_the_column(desk: Any) -> None:
    one = sent(desk, person(1), person(2, first_day="вчера"))
    page = desk.get("import", one)
    assert "Дата приёма" in page and "“вчера” is not a day" in page and "Bring them all in" not in page
    assert_fragment_equals_page(desk.client, desk.url("import", one))
    listed = b"".join(desk.client.get(desk.url("import", one), {"format": "csv"})).decode()
    assert "3;Дата приёма;" in listed


def test_rows_at_fault_are_mended_and_sent_back(desk: Any) -> None:
    one = sent(desk, person(1), person(2, first_day="вчера"))
    rows = b"".join(desk.client.get(desk.url("import_rows", one)))
    heads, row = CalamineWorkbook.from_filelike(BytesIO(rows)).get_sheet_by_index(0).to_python()
    row[5] = "02.09.2026"
    mended = SimpleUploadedFile("mended.xlsx", xlsx(heads, row).content)
    assert desk.client.post(desk.url("import_mend", one), {"file": mended}).status_code == 302
    assert "No fault was found" in desk.get("import", one)


def test_a_file_that_is_not_the_mended_one_is_refused_by_the_field(desk: Any) -> None:
    one = sent(desk, person(1, first_day="вчера"))
    other = SimpleUploadedFile("other.xlsx", xlsx(GUARD_HEADS, person(1)).content)
    assert "it has no column “Row”" in text(desk, desk.url("import_mend", one), file=other)
    assert "Choose a file." in text(desk, desk.url("import_mend", one))


def test_a_column_that_nobody_knows_is_matched_by_hand(desk: Any) -> None:
    heads = ["ИИН", "Фамилия", "Имя", "Отчество", "Қашан келді"]
    one = sent(desk, person(1), heads=heads)
    assert "Some columns were not recognised" in desk.get("import", one)
    assert "Қашан келді" in desk.get("import_match", one)
    names = ["iin", "family_name", "given_name", "patronymic", ""]
    address = desk.url("import_match", one)
    fields = {f"head_{place}": name for place, name in enumerate(names)}
    assert "No column was chosen for: On the staff since." in text(desk, address, **fields)
    assert "This column was chosen above already." in text(desk, address, **fields | {"head_4": "iin"})
    assert desk.client.post(address, fields | {"head_4": "first_day"}).status_code == 302
    assert "No fault was found" in desk.get("import", one)


@pytest.mark.parametrize(
    ("name", "content"),
    [("rows.xlsx", b"%PDF-1.7\n"), ("rows.csv", b"\x00\x01\x02"), ("rows.xlsx", b"PK\x03\x04 no workbook")],
)
def test_another_type_is_refused_by_the_field(desk: Any, name: str, content: bytes) -> None:
    page = desk.client.post(desk.url("imports"), {"kind": "guards", "file": SimpleUploadedFile(name, content)})
    assert "none of these: XLSX, CSV" in page.content.decode()
    assert not Import.objects.exists()


def test_a_workbook_that_unfolds_without_end_is_not_read(desk: Any) -> None:
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (450 * 1024 * 1024))
    assert len(bomb.getvalue()) < 1_000_000
    sends(desk, type(xlsx())(bomb.getvalue(), "", "bomb.xlsx"))
    one = Import.objects.get()
    assert "larger than may be" in desk.get("import", one)


def test_a_form_without_file_or_kind_says_so(desk: Any) -> None:
    page = text(desk, desk.url("imports"))
    assert "Choose a file." in page and "Choose what the file holds." in page


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_template_is_recognised_when_it_comes_back_and_its_example_passed_over(
    desk: Any, kind: str, language: str
) -> None:
    desk.post()
    desk.client.cookies["django_language"] = language
    for ending in ("xlsx", "csv"):
        response = desk.client.get(f"{desk.url('imports')}templates/{kind}/{ending}/")
        assert response["Content-Disposition"] == f'attachment; filename="{kind}.{ending}"'
        sends(desk, type(xlsx())(response.content, "", f"{kind}.{ending}"), kind)
        one = Import.objects.latest("pk")
        assert (one.state, one.rows, one.trouble) == ("checked", 0, "")
        assert set(one.matching) == set(KINDS[kind].names)


def test_no_template_of_what_is_no_kind(desk: Any) -> None:
    for address in ("templates/schools/xlsx/", "templates/guards/pdf/"):
        assert desk.client.get(f"{desk.url('imports')}{address}").status_code == 404


def test_while_it_is_at_work_the_page_says_how_far_and_asks_again(desk: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0)
    one = sent(desk, person(1))
    importing.start(of=one, work="load")
    progress.Meter(one).stage(100, 200)(84)
    page = desk.get("import", one)
    assert 'value="42"' in page and 'hx-trigger="every 2s"' in page and "Refresh" in page
    desk.client.post(desk.url("import_load", one))
    assert "Wait until it is finished" in desk.get("import", one)


def test_undoing_says_what_depends(desk: Any) -> None:
    one = sent(desk, person(1))
    desk.client.post(desk.url("import_load", one))
    guard = Guard.objects.get(iin=iin(9001))
    desk.stands(desk.post(), guard=guard)
    desk.client.post(desk.url("import_undo", one))
    page = desk.get("import", one)
    assert "Assignments: 1 record refers to what was brought in." in page and "In the register since" in page


def test_another_agency_knows_nothing_of_a_file(desk: Any, other: Any) -> None:
    one = sent(desk, person(1, first_day="вчера"))
    assert "rows.xlsx" in desk.get("imports") and "rows.xlsx" not in other.get("imports")
    for name in PAGES:
        assert other.client.get(other.url(name, one)).status_code == 404
    for name in ("import_load", "import_undo", "import_mend", "import_match"):
        assert other.client.post(other.url(name, one), {"file": SimpleUploadedFile("a.csv", b"a")}).status_code == 404


def test_the_list_takes_as_many_queries_for_one_file_as_for_twenty(desk: Any) -> None:
    one = sent(desk, person(1))
    few = desk.queries("imports")
    Import.objects.bulk_create(
        Import(agency=one.agency, kind="guards", file=one.file, language="en", sent_by=one.sent_by) for _n in range(19)
    )
    assert desk.queries("imports") == few
    assert_fragment_equals_page(desk.client, desk.url("imports"))


def test_a_page_of_faults_takes_as_many_queries_for_one_as_for_twenty(desk: Any) -> None:
    one = sent(desk, person(1, first_day="вчера"))
    many = sent(desk, *(person(number, first_day="вчера") for number in range(20)))
    assert desk.queries("import", one) == desk.queries("import", many)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_nothing_is_left_in_another_language(desk: Any, language: str) -> None:
    desk.client.cookies["django_language"] = language
    found = left_overs(desk.get("imports"), language)
    faulty = sent(desk, person(1, first_day="вчера"), person(2, iin=123, family_name=""))
    unknown = sent(desk, person(1), heads=[*GUARD_HEADS[:4], "??"])
    fine = sent(desk, person(3))
    for one in (faulty, unknown, fine):
        found += left_overs(desk.get("import", one), language) + left_overs(desk.get("import_match", one), language)
    desk.client.post(desk.url("import_load", fine))
    found += left_overs(desk.get("import", fine), language) + left_overs(desk.get("import_undo", fine), language)
    desk.stands(desk.post(), guard=Guard.objects.get(iin=iin(9003)))
    desk.client.post(desk.url("import_undo", fine))
    found += left_overs(desk.get("import", fine), language) + left_overs(desk.get("imports"), language)
    assert found == []


def test_a_csv_as_excel_saves_it_here_is_read(desk: Any) -> None:
    file = csv_file(GUARD_HEADS, person(1, family_name="Алиев"), separator=";", encoding="cp1251")
    sends(desk, file)
    assert "No fault was found" in desk.get("import", Import.objects.get())


def test_whom_the_law_would_keep_from_a_post_is_said_before_and_keeps_nothing_back(desk: Any) -> None:
    heads = ["ИИН", "Пост", "Начало"]
    post, day = desk.post(positions=2), f"{desk.today + timedelta(days=7):%d.%m.%Y}"
    lawful, barred = GuardFactory(papers=True), GuardFactory()
    for guard in (lawful, barred):
        EmploymentFactory(guard=guard, agency=desk.agency)
    one = sent(desk, *([guard.iin, post.code, day] for guard in (lawful, barred)), kind="assignments", heads=heads)
    page = desk.get("import", one)
    assert "1 guard may not stand there by law on the first day." in page
    assert "Medical certificate" in page and "Bring them all in" in page
    assert [(row.row, row.is_warning) for row in one.faults.all()] == [(3, True)]
    desk.client.post(desk.url("import_load", one))
    assert "In the register since" in desk.get("import", one)
    assert Assignment.objects.filter(status="proposed").count() == 2
