"""Handing out a private file: as what it is, to be kept, never to be run."""

from django.http import FileResponse

from files.intake import PICTURES
from files.models import StoredFile


def file_response(stored: StoredFile) -> FileResponse:
    """The file for whoever may see it; the view has made sure of that. A picture opens in the page, a PDF is saved."""
    response = FileResponse(
        stored.content.open("rb"),
        as_attachment=stored.content_type not in PICTURES,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
