"""Findings open, stay and close. They are never deleted, and judging the same day twice changes nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, Model, Q, QuerySet
from django.utils import timezone

from agencies.models import Agency
from audit.models import Event, Mention
from compliance.digests import digest_of
from compliance.engine import Judged, Judgement, judge, regions_of
from compliance.figures import ROWS_AT_ONCE, store_figures
from compliance.models import Evaluation, Finding
from compliance.register import Scope
from compliance.turnover import ENGINE_VERSION
from schools.models import School


@dataclass(frozen=True)
class Outcome:
    """What judging a day did to the findings."""

    opened: int
    kept: int
    closed: int


def evaluate(day: date) -> tuple[Judgement, Outcome | None]:
    """Judge the country on a day and write what was found, with the latest figures.

    Days are judged in order: a day before the last one judged, or one that has not come yet, is judged and returned
    but writes nothing (Outcome is None), for it cannot open or close what is known today.
    """
    latest = Event.objects.aggregate(latest=Max("pk"))["latest"] or 0
    judgement = judge(day)
    if not may_write(day):
        return judgement, None
    with transaction.atomic():
        _lock(judgement.scope)
        store_figures(judgement)
        outcome = store(judgement)
        Evaluation.objects.create(as_of=day, engine=ENGINE_VERSION, **vars(outcome))
        touched = _touched_since(latest)
        if touched.schools or touched.agencies:
            rejudge(touched, day)
    return judgement, outcome


def may_write(day: date) -> bool:
    """Whether judging this day may change the findings: it has come, and no later one was judged."""
    return day <= timezone.localdate() and not Evaluation.objects.filter(as_of__gt=day).exists()


def rejudge(scope: Scope, day: date) -> Outcome | None:
    """Judge again what an action touched, in its transaction. None where the country was never judged or may not be."""
    if not Evaluation.objects.exists() or not may_write(day):
        return None
    _lock(scope)
    judgement = judge(day, scope=scope)
    store_figures(judgement)
    return store(judgement)


def _lock(scope: Scope) -> None:
    """Have others who judge these schools and agencies wait, so that two do not open one finding; always in one order.

    Rows that merely point at a school or an agency can still be written meanwhile.
    """
    for model, keys in ((School, scope.schools), (Agency, scope.agencies)):
        rows = model._default_manager.select_for_update(no_key=True).order_by("pk")
        list((rows if scope.whole else rows.filter(pk__in=keys or ())).values_list("pk"))


def _touched_since(event: int) -> Scope:
    """What actions touched while the country was being judged: it was read before they were done."""
    touched = Mention.objects.filter(event__gt=event).values_list("key", flat=True).distinct()
    return Scope.of(_keys_of(School, touched), _keys_of(Agency, touched))


def _keys_of(model: type[Model], mentions: Iterable[str]) -> list[int]:
    label = f"{model._meta.label_lower}:"
    named = [mention.removeprefix(label) for mention in mentions if mention.startswith(label)]
    return list(model._default_manager.filter(public_id__in=named).values_list("pk", flat=True))


def store(judgement: Judgement) -> Outcome:
    """Write a judgement: what is found and not yet open opens, what is open and not found closes.

    A breach judged with another strength than its open finding is another accusation: that finding closes and one with
    evidence of its own opens.
    """
    open_now = findings_within(judgement.scope).open().only("version", "subject", "strength")  # type: ignore[attr-defined]
    held = {(one.version_id, one.subject): one for one in open_now}
    found = {(one.version.pk, one.breach.subject.key): one for one in judgement.breaches}
    kept = {key for key, one in held.items() if key in found and one.strength == found[key].breach.strength}
    closing = [one.pk for key, one in held.items() if key not in kept]
    opening = [one for key, one in found.items() if key not in kept]
    Finding.objects.filter(pk__in=closing).update(closed_on=judgement.day)
    Finding.objects.bulk_create(_openings(opening, judgement.day), batch_size=500)
    return Outcome(opened=len(opening), kept=len(kept), closed=len(closing))


def _openings(judged: Iterable[Judged], day: date) -> list[Finding]:
    judged = list(judged)
    regions, before = regions_of(judged), _closed_before(judged)
    return [
        Finding(
            version=one.version,
            subject=one.breach.subject.key,
            school_id=one.breach.subject.school,
            agency_id=one.breach.subject.agency,
            guard_id=one.breach.subject.guard,
            region_id=regions[one.breach.subject],
            strength=one.breach.strength,
            opened_on=day,
            evidence=one.breach.evidence,
            engine=ENGINE_VERSION,
            digest=digest_of(one.version, ENGINE_VERSION, one.breach.evidence),
            previous_id=before.get((one.version.clause_id, one.breach.subject.key)),
        )
        for one in judged
    ]


def _closed_before(judged: Collection[Judged]) -> dict[tuple[int, str], int]:
    """The latest finding, if there was one, of the same clause about the same subject: what opens now continues it."""
    subjects = sorted({one.breach.subject.key for one in judged})
    before: dict[tuple[int, str], int] = {}
    for start in range(0, len(subjects), ROWS_AT_ONCE):
        closed = Finding.objects.filter(subject__in=subjects[start : start + ROWS_AT_ONCE], closed_on__isnull=False)
        for key, clause, subject in closed.order_by("closed_on", "pk").values_list("pk", "version__clause", "subject"):
            before[clause, subject] = key
    return before


def findings_within(scope: Scope) -> QuerySet[Finding]:
    """The findings that a judgement of this scope speaks of: of its schools, and of its agencies as wholes."""
    if scope.whole:
        return Finding.objects.all()
    return Finding.objects.filter(
        Q(school__in=scope.schools or ()) | Q(school__isnull=True, agency__in=scope.agencies or ())
    )


def standing(judgement: Judgement) -> dict[tuple[int, str], Finding]:
    """The findings that were open on the day judged, by version and subject."""
    open_then = Finding.objects.filter(opened_on__lte=judgement.day).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=judgement.day)
    )
    return {(one.version_id, one.subject): one for one in open_then}
