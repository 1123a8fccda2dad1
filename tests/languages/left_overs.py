"""Words of another language on a page: what a page in Kazakh or Russian must not say in English or in each other."""

import re
from functools import cache
from html.parser import HTMLParser

import polib

from tools import ROOT, catalogue

# Names and codes that stand in Latin letters in every language.
LATIN = {"Qorgan", "Excel", "CSV", "XLSX", "PDF", "JPEG", "JPG", "PNG", "JSON", "Eng", "English", "TOTP", "SVG"}
# Not words: addresses, e-mail, file names, identifiers with a digit or an underscore.
_CODE = re.compile(r"\S*(?:[@/\\_]|\w\.\w|\d)\S*")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SILENT = {"script", "style", "code", "kbd", "pre"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description"}


class _Sayings(HTMLParser):
    """Everything a reader of a page sees or hears in the page's own language."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.sayings: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        foreign = given.get("lang", self.language) != self.language or given.get("translate") == "no"
        silent = tag in _SILENT or foreign or any(silent for _, silent in self._open)
        if not silent:
            self.sayings += [value for name, value in attrs if value and name in _ATTRIBUTES]
        if tag not in _VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(opened == tag for opened, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(silent for _, silent in self._open):
            self.sayings.append(" ".join(data.split()))


@cache
def _sentences_only_in(language: str, other: str) -> frozenset[str]:
    """Translations into `language` that read otherwise in `other`, from all catalogues of the project."""

    def texts(of: str) -> dict[tuple[str | None, str], str]:
        entries: dict[tuple[str | None, str], str] = {}
        for folder in ("locale_frameworks", "locale"):
            for entry in polib.pofile(str(catalogue.catalogue_path(ROOT, folder, of))):
                if not entry.msgid_plural:
                    entries[entry.msgctxt, entry.msgid] = entry.msgstr
        return entries

    theirs = set(texts(other).values())
    return frozenset(text for text in texts(language).values() if text not in theirs)


def left_overs(page: str, language: str) -> list[str]:
    """What `page`, which should be in Kazakh or Russian, says in English or in the other of the two.

    Passages with another `lang` and those marked translate="no" are left out: they are meant so.
    """
    reader = _Sayings()
    reader.feed(page)
    reader.close()
    found = []
    other = {"kk": "ru", "ru": "kk"}[language]
    if reader.language != language:
        found.append(f"the page says it is in {reader.language!r}")
    for saying in reader.sayings:
        words = _LATIN_WORD.findall(_CODE.sub("", saying))
        if any(word not in LATIN for word in words) or saying in _sentences_only_in(other, language):
            found.append(saying)
    return found
