"""What comes in: the type is told by the bytes, the size is bounded, a picture is drawn anew.

A name or a header that a browser sends is a claim; only the content counts. Drawing a picture anew leaves behind what
was hidden in it: the place where a photograph was taken, a second file, a fault that a reader could stumble over.
"""

import io
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
LONGEST_SIDE = 3000
LONGEST_NAME = 120

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
_STARTS = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
_PILLOW = {JPEG: "JPEG", PNG: "PNG"}
PICTURES = (JPEG, PNG)
DOCUMENTS = (PDF, JPEG, PNG)


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
    """The type that the first bytes tell; None for one that is not taken."""
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)


def take(upload: Any, *, kinds: tuple[str, ...] = DOCUMENTS) -> Taken:
    """Read an uploaded file, which has `name`, `size` and `read()`. Raises ValidationError with what to do about it."""
    if upload.size > LARGEST_BYTES:
        raise ValidationError(
            _("The file has %(size)d MB and may have %(largest)d. Scan it again with fewer dots an inch.")
            % {"size": -(-upload.size // 2**20), "largest": LARGEST_BYTES // 2**20}
        )
    content = upload.read()
    kind = sniff(content)
    if kind not in kinds:
        names = ", ".join(ENDINGS[each].removeprefix(".").upper() for each in kinds)
        raise ValidationError(
            _("The content of this file is none of these: %(kinds)s. Save it as one of them.") % {"kinds": names}
        )
    if kind in _PILLOW:
        content = _redrawn(content, kind)
    return Taken(content, kind, _tidy(upload.name, kind))


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
                raise ValidationError(
                    _("The picture has more than 40 million dots. Make it smaller and send it again.")
                )
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except ValidationError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise ValidationError(
            _("The picture cannot be read: the file is damaged. Save it anew and send it again.")
        ) from fault
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, _PILLOW[kind], optimize=kind == PNG, quality=85)
    return drawn.getvalue()
