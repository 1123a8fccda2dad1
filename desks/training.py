"""Training as every desk shows it: how long a record holds, and the certificate that anyone can verify."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from agencies.models import Agency
from desks import formats, papers
from desks.papers import Validity
from guards.models import Employment, Guard, TrainingRecord

# A certificate is named by its record under a signature: who has not seen one cannot find another by counting.
_signer = Signer(salt="qorgan.training-certificate", sep="~")


@dataclass(frozen=True)
class Completed:
    """A completed module, how long it holds, and the token of its certificate."""

    record: TrainingRecord
    validity: Validity
    until: str
    token: str


def completed(guard: Guard, today: date) -> list[Completed]:
    """What a guard completed, each module once for each school, the latest first."""
    records = TrainingRecord.objects.filter(guard=guard).select_related("module", "school")
    latest: dict[tuple[int, int | None], TrainingRecord] = {}
    for record in records.order_by("-completed_on", "pk"):
        latest.setdefault((record.module_id, record.school_id), record)
    return [Completed(one, validity(one, today), until_words(one, today), token(one)) for one in latest.values()]


def validity(record: TrainingRecord, today: date) -> Validity:
    """How long a completed module still holds, as it does for papers."""
    return papers.validity(record.valid_until, today)


def until_words(record: TrainingRecord, today: date) -> str:
    """The last day with the days left, or that there is none."""
    until = record.valid_until
    if until is None:
        return _("without an end")
    return _("%(day)s, %(left)s") % {"day": formats.day(until), "left": formats.days_left(until, today)}


def token(record: TrainingRecord) -> str:
    """What stands in the address of a certificate."""
    return _signer.sign(str(record.pk))


def certified(records: Any, token: str) -> TrainingRecord | None:
    """The record among `records` whose certificate this is; None for a token that was never given out."""
    try:
        key = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    found: TrainingRecord | None = (
        records.filter(pk=key).select_related("guard", "module", "school", "session__agency").first()
    )
    return found


def taught_by(record: TrainingRecord) -> Agency | None:
    """The agency that held the session; of a record without one, the agency that employed the guard on that day."""
    if record.session:
        return record.session.agency
    job = Employment.objects.on(record.completed_on).filter(guard=record.guard).select_related("agency")
    employment = job.order_by("-first_day").first()
    return employment.agency if employment else None


def initials(guard: Guard) -> str:
    """All that a public page says of who a guard is: `Ә. Б. М.`, to be compared with the paper in hand."""
    return " ".join(f"{name[0]}." for name in (guard.family_name, guard.given_name, guard.patronymic) if name)
