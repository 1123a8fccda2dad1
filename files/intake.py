"""What comes in: the type is told by the bytes, the size is bounded, a picture is drawn anew.

A name or a header that a browser sends is a claim; only the content counts. Drawing a picture anew leaves behind what
was hidden in it: the place where a photograph was taken, a second file, a fault that a reader could stumble over.
"""

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST_BYTES = 10 * 1024 * 1024
# A hundred thousand rows have some five megabytes as XLSX, some ten as CSV.
LARGEST_SHEET_BYTES = 30 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
LONGEST_SIDE = 3000
LONGEST_NAME = 120

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", XLSX: ".xlsx", CSV: ".csv"}
_STARTS = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
_PILLOW = {JPEG: "JPEG", PNG: "PNG"}
PICTURES = (JPEG, PNG)
DOCUMENTS = (PDF, JPEG, PNG)
SHEETS = (XLSX, CSV)
_XLSX_PARTS = {"[Content_Types].xml", "xl/workbook.xml"}
# A PDF that asks for a password, or says what may be done with it: nobody can be sure to read it.
_LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
# What a picture makes Pillow raise that is damaged, by chance or on purpose, in its dots or in what is said of them.
DAMAGED = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, struct.error)
# Control characters but for tab and line end: no text holds them.
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Taken:
    """A file as it is kept: its content, what it really is, a name with the ending of that type, and its SHA-256."""

    content: bytes
    content_type: str
    name: str

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def sniff(content: bytes) -> str | None:
    """The type that the bytes tell; None for one that is not taken. Text that is nothing else may be a CSV."""
    if kind := next((kind for start, kind in _STARTS.items() if content.startswith(start)), None):
        return kind
    if content.startswith(b"PK\x03\x04"):
        return XLSX if _holds_a_workbook(content) else None
    return CSV if content and not _NOT_IN_TEXT.search(content) else None


def _holds_a_workbook(content: bytes) -> bool:
    """By the names in the .zip alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _XLSX_PARTS.issubset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def take(upload: Any, *, kinds: tuple[str, ...] = DOCUMENTS) -> Taken:
    """Read an uploaded file, which has `name`, `size` and `read()`. Raises ValidationError with what to do about it."""
    _check_size(upload.size, kinds)
    content = upload.read()
    kind = sniff(content)
    if kind not in kinds:
        names = ", ".join(ENDINGS[each].removeprefix(".").upper() for each in kinds)
        raise ValidationError(
            _("The content of this file is none of these: %(kinds)s. Save it as one of them.") % {"kinds": names}
        )
    if kind == PDF and _LOCKED.search(content):
        raise ValidationError(
            _("This PDF is locked with a password. Print it into a new PDF without one and send that.")
        )
    if kind in _PILLOW:
        content = _redrawn(content, kind)
    return Taken(content, kind, _tidy(upload.name, kind))


def _check_size(size: int, kinds: tuple[str, ...]) -> None:
    largest, sentence = (
        LARGEST_BYTES,
        _("The file has %(size)d MB and may have %(largest)d. Scan it again with fewer dots an inch."),
    )
    if kinds == SHEETS:
        largest = LARGEST_SHEET_BYTES
        sentence = _("The file has %(size)d MB and may have %(largest)d. Send it in parts.")
    if size > largest:
        raise ValidationError(sentence % {"size": -(-size // 2**20), "largest": largest // 2**20})


def _tidy(name: str, kind: str) -> str:
    """The name without a folder or control characters, with the ending of what the file is."""
    stem = (
        "".join(letter for letter in PurePath(name.replace("\\", "/")).stem if letter.isprintable()).strip() or "file"
    )
    return stem[: LONGEST_NAME - 5] + ENDINGS[kind]


def _redrawn(content: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=[_PILLOW[kind]]) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise Image.DecompressionBombError
            upright = _on_white(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError as fault:
        raise ValidationError(
            _("The picture has more than 40 million dots. Make it smaller and send it again.")
        ) from fault
    except DAMAGED as fault:
        raise ValidationError(
            _("The picture cannot be read: the file is damaged. Save it anew and send it again.")
        ) from fault
    # Pillow would write a remark and a profile of the file before into the new one.
    upright.info.clear()
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, _PILLOW[kind], optimize=kind == PNG, quality=85)
    return drawn.getvalue()


def _on_white(picture: Any) -> Any:
    """The picture as on paper: what is seen through is white."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
