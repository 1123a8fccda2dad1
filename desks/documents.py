"""Documents: A4 pages made by WeasyPrint from templates/documents/, the same bytes on every run.

WeasyPrint is imported when a document is asked for: where Pango is missing the site works, and says what to install.
"""

from datetime import date
from pathlib import Path
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override

# Addresses of the project's own files inside a document; nothing outside it is ever fetched.
OWN_FILES = "file:///static/"
VARIANT = "pdf/ua-1"
STATE_LANGUAGES = ("kk", "ru")
FILE_TYPES = {".ttf": "font/ttf", ".css": "text/css", ".svg": "image/svg+xml"}


class DocumentsUnavailable(Exception):
    """This machine has no Pango, which sets the type of documents."""


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """The document as PDF/UA, in the language in use. Raises DocumentsUnavailable where Pango is missing."""
    weasyprint = _weasyprint()
    fonts = weasyprint.text.fonts.FontConfiguration()
    fetcher = _own_files_only()
    html = weasyprint.HTML(string=render_to_string(template, context), base_url=OWN_FILES, url_fetcher=fetcher)
    style = weasyprint.CSS(url=f"{OWN_FILES}css/document.css", font_config=fonts, url_fetcher=fetcher)
    return bytes(html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT))


def pdf_response(request: HttpRequest, template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """The document to open or keep as `name`.pdf, or a page that says what this machine lacks to make it."""
    try:
        content = pdf(template, context)
    except DocumentsUnavailable:
        return render(request, "documents/unavailable.html", status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _weasyprint() -> Any:
    try:
        import weasyprint
        import weasyprint.text.fonts
    except OSError as missing:
        raise DocumentsUnavailable(str(missing)) from missing
    return weasyprint


def _own_files_only() -> Any:
    """A fetcher that knows the static files of the project and nothing else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            path = finders.find(url.removeprefix(OWN_FILES)) if url.startswith(OWN_FILES) else None
            if path is None:
                # Fatal: a document with another font or without its style is no document.
                raise FatalURLFetchingError(f"{url} is not a file of this project.")
            file = Path(path)
            kind = FILE_TYPES.get(file.suffix, "application/octet-stream")
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    return OwnFiles()


def qr(text: str) -> SafeString:
    """A QR code as SVG, one module a unit, black on paper."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None, title=None)
    return mark_safe(drawn)  # nosec B703: segno draws it; the text becomes modules, not markup


def in_both(text: Any) -> SafeString:
    """A title in the language in use, and beside it in the state's languages: `Расчёт · Есеп`.

    `text` is translated when it is shown, or a function that says it in the language in use.
    """
    here = (get_language() or "")[:2]
    said: dict[str, str] = {}
    for language in (here, *STATE_LANGUAGES):
        with override(language):
            said.setdefault(str(text() if callable(text) else text), language)
    parts = [(language, words) for words, language in said.items()]
    return format_html_join(" · ", '<span lang="{}">{}</span>', parts)


def other_state_languages() -> list[str]:
    """The languages of the state that are not the one in use, Kazakh first."""
    return [code for code in STATE_LANGUAGES if code != (get_language() or "")[:2]]


def document_date(day: date) -> str:
    """A fixed day for the file's own metadata, so that a document made twice is one and the same."""
    return f"{day.isoformat()}T00:00:00Z"
