"""What comes in is told by its bytes, bounded and drawn anew."""

import io
import zipfile
import zlib
from contextlib import suppress
from random import Random

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


def workbook(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return packed.getvalue()


def upload(content: bytes, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [(PDF, intake.PDF, ".pdf"), (picture(), intake.JPEG, ".jpg"), (picture("PNG"), intake.PNG, ".png")],
)
def test_the_bytes_say_what_a_file_is_whatever_its_name(content, kind, ending):
    taken = intake.take(upload(content, "letter.exe"))
    assert (taken.content_type, taken.name) == (kind, "letter" + ending)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize("content", [b"", b"MZ\x90", SVG, HTML, b"GIF89a", b" %PDF-1.7", b"\xef\xbb\xbf" + HTML])
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


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "scan.pdf"])
def test_a_page_that_is_called_a_picture_is_refused(name):
    with pytest.raises(ValidationError, match="JPG, PNG"):
        intake.take(upload(HTML, name))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("tail", [HTML, SVG, workbook("[Content_Types].xml", "xl/workbook.xml"), PDF])
def test_of_a_picture_that_is_something_else_besides_only_the_picture_is_kept(kind, tail):
    """A picture with a page, a .zip or a PDF behind it, and with a page where a remark may stand."""
    remark = {"comment": HTML} if kind == "JPEG" else {}
    taken = intake.take(upload(picture(kind, **remark) + tail, "photo.jpg"))
    assert b"<" not in taken.content[:2] and b"<script>" not in taken.content
    assert b"PK\x03\x04" not in taken.content and b"%PDF" not in taken.content
    assert not zipfile.is_zipfile(io.BytesIO(taken.content))


def test_a_page_behind_the_head_of_a_pdf_is_handed_out_as_a_pdf_to_be_saved_and_never_shown():
    taken = intake.take(upload(b"%PDF-1.7\n" + HTML, "scan.html"))
    assert (taken.content_type, taken.name) == (intake.PDF, "scan.pdf")


@pytest.mark.parametrize(
    "trailer", [b"trailer << /Root 1 0 R /Encrypt 5 0 R >>", b"<</Type/XRef/Encrypt<</Filter/Standard>>>>"]
)
def test_a_locked_pdf_is_refused(trailer):
    with pytest.raises(ValidationError, match="locked with a password"):
        intake.take(upload(PDF + trailer))


def test_a_pdf_that_speaks_of_locks_is_not_locked():
    assert intake.take(upload(PDF + b"(how to /Encrypt a file)")).content_type == intake.PDF


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused_before_it_is_drawn():
    """Nine hundred million dots in some hundred bytes: only the head is read."""
    head = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    bomb = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + head + zlib.crc32(head).to_bytes(4, "big")
    bomb += bytes(4) + b"IDAT" + zlib.crc32(b"IDAT").to_bytes(4, "big")
    with pytest.raises(ValidationError, match="40 million"):
        intake.take(upload(bomb, "photo.png"))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_whatever_is_damaged_in_a_picture_is_said_in_a_sentence():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, "gate", {1: "N", 2: (1.0, 2.0, 3.0)}
    chance = Random(5)
    whole = [picture(exif=exif), picture("PNG", exif=exif)]
    for _each in range(600):
        damaged = bytearray(chance.choice(whole))
        for _byte in range(chance.choice((1, 2, 4))):
            damaged[chance.randrange(8, min(len(damaged), 300))] = chance.randrange(256)
        with suppress(ValidationError):
            intake.take(upload(bytes(damaged), "photo.jpg"))


def test_what_is_seen_through_is_white():
    """A signature without a ground is black on white, not black on black."""
    drawn = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(drawn, "PNG")
    taken = intake.take(upload(drawn.getvalue(), "sign.png"))
    assert Image.open(io.BytesIO(taken.content)).getpixel((4, 4)) == (255, 255, 255)


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
