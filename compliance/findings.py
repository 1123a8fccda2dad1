"""Findings open, stay and close. They are never deleted, and judging the same day twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.engine import Judged, Judgement, judge, regions_of
from compliance.figures import store_figures
from compliance.models import Evaluation, Finding
from compliance.register import Scope
from compliance.turnover import ENGINE_VERSION


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
    judgement = judge(day)
    if not may_write(day):
        return judgement, None
    with transaction.atomic():
        evaluation = Evaluation.objects.create(as_of=day, engine=ENGINE_VERSION)
        store_figures(judgement)
        outcome = store(judgement)
        for name in ("opened", "kept", "closed"):
            setattr(evaluation, name, getattr(outcome, name))
        evaluation.save()
    return judgement, outcome


def may_write(day: date) -> bool:
    """Whether judging this day may change the findings: it has come, and no later one was judged."""
    return day <= timezone.localdate() and not Evaluation.objects.filter(as_of__gt=day).exists()


def rejudge(scope: Scope, day: date) -> Outcome | None:
    """Judge again what an action touched, in its transaction. None where the country was never judged or may not be."""
    if not Evaluation.objects.exists() or not may_write(day):
        return None
    judgement = judge(day, scope=scope)
    store_figures(judgement)
    return store(judgement)


def store(judgement: Judgement) -> Outcome:
    """Write a judgement: what is found and not yet open opens, what is open and not found closes.

    A breach judged with another strength than its open finding is another accusation: that finding closes and one with
    evidence of its own opens.
    """
    held = {(one.version_id, one.subject): one for one in findings_within(judgement.scope).open()}  # type: ignore[attr-defined]
    found = {(one.version.pk, one.breach.subject.key): one for one in judgement.breaches}
    kept = {key for key, one in held.items() if key in found and one.strength == found[key].breach.strength}
    closing = [one.pk for key, one in held.items() if key not in kept]
    opening = [one for key, one in found.items() if key not in kept]
    Finding.objects.filter(pk__in=closing).update(closed_on=judgement.day)
    Finding.objects.bulk_create(_openings(opening, judgement.day), batch_size=500)
    return Outcome(opened=len(opening), kept=len(kept), closed=len(closing))


def _openings(judged: Iterable[Judged], day: date) -> list[Finding]:
    judged = list(judged)
    regions = regions_of(judged)
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
        )
        for one in judged
    ]


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
