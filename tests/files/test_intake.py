"""What comes in is told by its bytes, bounded and drawn anew."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from files import intake
from files.models import StoredFile
from files.serving import file_response


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "#24409A").save(drawn, kind, **options)
    return drawn.getvalue()


def upload(content: bytes, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [(PDF, intake.PDF, ".pdf"), (picture(), intake.JPEG, ".jpg"), (picture("PNG"), intake.PNG, ".png")],
)
def test_the_bytes_say_what_a_file_is_whatever_its_name(content, kind, ending):
    taken = intake.take(upload(content, "letter.exe"))
    assert (taken.content_type, taken.name) == (kind, "letter" + ending)


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<svg/>", b"GIF89a", b" %PDF-1.7"])
def test_another_type_is_refused_with_those_that_are_taken(content):
    with pytest.raises(ValidationError, match="PDF, JPG, PNG"):
        intake.take(upload(content))


def test_a_photograph_may_not_be_a_document():
    with pytest.raises(ValidationError, match="JPG, PNG"):
        intake.take(upload(PDF), kinds=intake.PICTURES)


def test_a_large_file_is_refused_before_it_is_read():
    big = upload(PDF)
    big.size = intake.LARGEST_BYTES + 1
    with pytest.raises(ValidationError, match="11 MB and may have 10"):
        intake.take(big)


def test_a_damaged_picture_is_refused():
    with pytest.raises(ValidationError, match="damaged"):
        intake.take(upload(picture()[:200], "photo.jpg"))


def test_a_picture_of_too_many_dots_is_refused(monkeypatch):
    monkeypatch.setattr(intake, "LARGEST_PIXELS", 100)
    with pytest.raises(ValidationError, match="40 million"):
        intake.take(upload(picture(), "photo.jpg"))


def test_a_picture_keeps_nothing_but_what_it_shows():
    exif = Image.Exif()
    exif[0x010E] = "taken at the school gate"
    taken = intake.take(upload(picture(exif=exif) + b"<script>", "photo.jpg"))
    assert b"school gate" not in taken.content and b"<script>" not in taken.content
    assert Image.open(io.BytesIO(taken.content)).size == (40, 30)


def test_a_picture_is_made_no_larger_than_a_page_needs(monkeypatch):
    monkeypatch.setattr(intake, "LONGEST_SIDE", 20)
    taken = intake.take(upload(picture("PNG"), "photo.png"))
    assert Image.open(io.BytesIO(taken.content)).size == (20, 15)


@pytest.mark.parametrize(
    ("name", "kept"), [("C:\\papers\\scan.pdf", "scan.pdf"), ("a\r\nb.pdf", "ab.pdf"), (".pdf", ".pdf.pdf")]
)
def test_a_name_holds_no_folder_and_no_control_characters(name, kept):
    assert intake._tidy(name, intake.PDF) == kept


@pytest.mark.django_db
def test_a_file_is_kept_where_no_name_leads_and_handed_out_as_what_it_is():
    stored = StoredFile.objects.keep(intake.take(upload(PDF, "Мұқашев.pdf")), by=None)
    assert stored.digest == intake.take(upload(PDF)).digest
    assert "Мұқашев" not in stored.content.name
    response = file_response(stored)
    assert response.getvalue() == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    response.close()


def workbook(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (workbook("[Content_Types].xml", "xl/workbook.xml"), intake.XLSX, ".xlsx"),
        ("ИИН;Фамилия\r\n".encode(), intake.CSV, ".csv"),
        ("ИИН;Фамилия\r\n".encode("cp1251"), intake.CSV, ".csv"),
    ],
)
def test_a_sheet_is_told_by_its_bytes(content, kind, ending):
    taken = intake.take(upload(content, "staff.exe"), kinds=intake.SHEETS)
    assert (taken.content_type, taken.name, taken.content) == (kind, "staff" + ending, content)


@pytest.mark.parametrize(
    "content",
    [b"", PDF, workbook("word/document.xml", "[Content_Types].xml"), workbook("a.txt"), b"PK\x03\x04", b"a;b\x00"],
)
def test_what_is_no_sheet_is_refused(content):
    with pytest.raises(ValidationError, match="XLSX, CSV"):
        intake.take(upload(content, "rows.xlsx"), kinds=intake.SHEETS)


def test_a_sheet_is_no_document():
    with pytest.raises(ValidationError, match="PDF, JPG, PNG"):
        intake.take(upload(b"a;b\n"))


def test_a_sheet_may_be_larger_than_a_scan_and_is_bounded():
    rows = upload(b"a;b\n", "rows.csv")
    rows.size = intake.LARGEST_BYTES + 1
    assert intake.take(rows, kinds=intake.SHEETS).content_type == intake.CSV
    rows.size = intake.LARGEST_SHEET_BYTES + 1
    with pytest.raises(ValidationError, match="31 MB and may have 30"):
        intake.take(rows, kinds=intake.SHEETS)
