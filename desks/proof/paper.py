"""A proof on paper: what templates/documents/finding.html shows, in the language in use beside those of the state."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from compliance.models import Finding
from desks import documents
from desks.proof.base import EvidenceTable, Presenter

WIDTH, LABELS = 656, 128

TITLES = {
    "body": _("Authorised body"),
    "register": _("Register of school guards"),
    "proof": _("Proof of a finding"),
    "arithmetic": _("Arithmetic"),
    "clause": _("Clause judged by"),
    "cure": _("What would end it"),
    "ribbon": _("Who stood at the doors"),
    "rows": _("Rows"),
    "check": _("The finding in the register"),
}


def document(told: Presenter, address: str) -> dict[str, Any]:
    """All that the document shows; nothing in it changes after the day judged."""
    finding, proof = told.finding, told.proof(width=WIDTH, live_on=None)
    return {
        "language": get_language(),
        "finding": finding,
        "proof": proof,
        "tables": _titled(proof.tables),
        "others": [(code, _sentence(told, code)) for code in documents.other_state_languages()],
        "heads": [(code, *_head(finding, code)) for code in documents.STATE_LANGUAGES],
        "titles": {name: documents.in_both(title) for name, title in TITLES.items()},
        "status": documents.in_both(lambda: told.status[1]),
        "address": address,
        "qr": documents.qr(address),
        "created": documents.document_date(finding.opened_on),
    }


def _titled(tables: Sequence[EvidenceTable]) -> list[tuple[str, EvidenceTable]]:
    """Each table by what it holds, in both languages; an only one simply as the rows."""
    only = len(tables) == 1
    return [(documents.in_both(TITLES["rows"] if only else table.title), table) for table in tables]


def _sentence(told: Presenter, language: str) -> str:
    with override(language):
        return told.sentence()


def _head(finding: Finding, language: str) -> tuple[str, str, str]:
    """Who says it, for which region, from what."""
    with override(language):
        return str(TITLES["body"]), finding.region.name, str(TITLES["register"])
