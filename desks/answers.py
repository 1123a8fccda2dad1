"""An agency's answers to a finding, as every desk tells them.

listed(findings)               findings with `is_answered` and the `remedy_by` of the latest answer that sets a day
of_finding(finding, member)    its answers, the latest first, for templates/findings/answers.html
in_history(proof, answers)     the proof with the answers among what became of the finding
CHOICES, by_answer             the filter of lists
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.models import Answer, Finding
from desks import formats
from desks.components import Entry
from desks.papers import Validity
from desks.proof import Proof

CHOICES = [("yes", gettext_lazy("Answered")), ("no", gettext_lazy("Not answered"))]
# Days before the day of a remedy from which it is near.
NEAR_DAYS = 7


def listed(findings: QuerySet[Any]) -> QuerySet[Any]:
    """The findings, each with whether it is answered and the day by which the agency means to mend it."""
    answers = Answer.objects.filter(finding=OuterRef("pk")).order_by("-given_at", "-pk")
    days = answers.filter(remedy_by__isnull=False).values("remedy_by")
    return findings.annotate(is_answered=Exists(answers), remedy_by=Subquery(days[:1]))


def by_answer(findings: Any, value: str) -> Any:
    return findings.answered() if value == "yes" else findings.unanswered()


def state(finding: Any, today: date) -> Validity:
    """Of a finding of `listed`: whether it is answered, and how many days are left until the remedy."""
    if finding.remedy_by and not finding.closed_on:
        return remedy(finding.remedy_by, today)
    if finding.is_answered:
        return Validity("ok", _("Answered"))
    return Validity("waiting", _("Not answered"))


def remedy(day: date, today: date) -> Validity:
    """The day of a remedy with what is left of it, in calendar days; no deadline of law runs here."""
    left = (day - today).days
    values = {"day": formats.day(day), "count": formats.number(abs(left))}
    if left < 0:
        words = ngettext("Remedy by %(day)s: %(count)s day late", "Remedy by %(day)s: %(count)s days late", -left)
        return Validity("blocked", words % values)
    if left == 0:
        return Validity("near", _("Remedy by today, %(day)s") % values)
    words = ngettext(
        "Remedy by %(day)s: %(count)s calendar day left", "Remedy by %(day)s: %(count)s calendar days left", left
    )
    return Validity("near" if left <= NEAR_DAYS else "ok", words % values)


@dataclass(frozen=True)
class ToldAnswer:
    """An answer with its day, and with what is left until the remedy while the finding is open."""

    answer: Answer
    day: date
    remedy: Validity | None


def of_finding(finding: Finding, membership: Any, today: date) -> list[ToldAnswer]:
    """The answers to a finding of which the membership may know, the latest first."""
    found = Answer.objects.visible_to(membership).filter(finding=finding).prefetch_related("files")
    return [_told(answer, finding, today) for answer in found]


def _told(answer: Answer, finding: Finding, today: date) -> ToldAnswer:
    left = remedy(answer.remedy_by, today) if answer.remedy_by and finding.is_open else None
    return ToldAnswer(answer, timezone.localdate(answer.given_at), left)


def in_history(proof: Proof, answers: list[ToldAnswer]) -> Proof:
    """The proof with each answer at its day, newest first; what happened on one day stays in the order of that day."""
    given = [
        Entry(one.day, "waiting", _("The agency answered the finding"), _remedy_note(one.answer)) for one in answers
    ]
    entries = sorted([*given, *proof.entries], key=lambda entry: entry.day, reverse=True)
    return replace(proof, entries=entries)


def _remedy_note(answer: Answer) -> str:
    parts = [answer.given_by]
    if answer.remedy_by:
        parts.append(_("remedy by %(day)s") % {"day": formats.day(answer.remedy_by)})
    return " · ".join(parts)
