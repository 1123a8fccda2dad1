"""The proof of a finding: the sentence, the arithmetic, the clause and the rows, for a page and for paper.

proof(finding)           all that a page shows
document(finding, url)   all that its document shows: nothing that changes after the day judged
rows(finding)            the evidence as the lines of a file
name(finding)            what the breach is called in lists
status(finding)          its status, told without the evidence
RULE_TITLES              what a breach of each rule is called in filters
"""

from typing import Any

from django.utils import timezone

from compliance.models import Finding
from compliance.predicates import RULES
from desks.proof import paper
from desks.proof.base import Presenter, Proof
from desks.proof.confirmation import ConfirmationProof
from desks.proof.counted import ContinuityProof, PostCoveredProof, PresenceProof
from desks.proof.flat import FlatProof
from desks.proof.licences import LicenceInForceProof, LicenceSubtypeProof
from desks.proof.silence import MeasurableProof
from desks.proof.turnover import TurnoverProof

PRESENTERS: dict[str, type[Presenter]] = {
    presenter.code: presenter
    for presenter in (
        TurnoverProof,
        ContinuityProof,
        PostCoveredProof,
        PresenceProof,
        LicenceInForceProof,
        LicenceSubtypeProof,
        ConfirmationProof,
        MeasurableProof,
    )
}
RULE_TITLES = {rule.code: rule.title for rule in RULES}

PAGE_WIDTH = 1216

__all__ = [
    "PAGE_WIDTH",
    "PRESENTERS",
    "RULE_TITLES",
    "Proof",
    "document",
    "name",
    "presenter",
    "proof",
    "rows",
    "status",
]


def _presenter_of(finding: Finding) -> type[Presenter]:
    return PRESENTERS.get(finding.version.rule, FlatProof)


def presenter(finding: Finding) -> Presenter:
    """The presenter of the rule that the finding is about; one that tells any flat evidence where a rule has none."""
    return _presenter_of(finding)(finding)


def name(finding: Finding) -> str:
    """What the breach is called in lists."""
    return _presenter_of(finding).name_of(finding.version)


def status(finding: Finding) -> tuple[str, str]:
    """The kind of status and its word."""
    return _presenter_of(finding).status_of(finding)


def proof(finding: Finding) -> Proof:
    """The proof as a page shows it, with what the register says today beside what was judged."""
    return presenter(finding).proof(width=PAGE_WIDTH, live_on=timezone.localdate())


def document(finding: Finding, address: str) -> dict[str, Any]:
    """What templates/documents/finding.html shows: nothing in it changes after the day judged."""
    return paper.document(presenter(finding), address)


def rows(finding: Finding) -> tuple[list[str], list[list[Any]]]:
    """The heads and the rows of the evidence, for a file."""
    told = presenter(finding)
    return told.columns(), told.records()
