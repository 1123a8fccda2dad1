"""Findings open, stay and close. They are never deleted, and judging the same day twice changes nothing."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model, Q, QuerySet
from django.utils import timezone

from access.bulk import insert
from agencies.models import Agency
from audit.models import Event, Mention
from compliance import countrywide, trends
from compliance.digests import digest_of
from compliance.engine import Judged, Judgement, judge, judging_asks, regions_of
from compliance.figures import ROWS_AT_ONCE, VALUES, figures_asks, store_figures
from compliance.models import Compared, Evaluation, Figure, Finding, Stale
from compliance.owners import GIVING_PAPERS, LEADING, owners_of
from compliance.predicates.base import bears_out, evidence_in_full
from compliance.prepared import Given, Question, ask, asked_together
from compliance.register import Scope, take_statistics
from compliance.rewriting import rewritten_together
from compliance.turnover import ENGINE_VERSION
from schools.models import School

logger = logging.getLogger(__name__)
# Findings whose evidence is held at a time: that of a country would be gigabytes.
OPENED_AT_ONCE = 40
# A school and an agency, by primary keys.
Owner = tuple[int | None, int | None]
# One of these that names nobody has nobody judged, so it leaves nothing for the check to find missed; a sheet names its
# agency and is judged like any action.
UNJUDGED = ("register_loaded", "demo_seeded")


@dataclass(frozen=True)
class Outcome:
    """What judging a day did to the findings."""

    opened: int
    kept: int
    closed: int
    # Whose findings were opened or closed.
    owners: list[Owner] = field(default_factory=list, compare=False)


def evaluate(day: date) -> tuple[Judgement, Outcome | None]:
    """Judge the country on a day and write what was found, with the latest figures.

    Days are judged in order: a day before the last one judged, or one that has not come yet, is judged and returned
    but writes nothing (Outcome is None), for it cannot open or close what is known today. Where the day was judged
    before, what this changes are things that actions missed: that is counted and logged.
    """
    latest = Event.objects.aggregate(latest=Max("pk"))["latest"] or 0
    months = trends.Country(day)
    judgement = judge(day, reading=months.reading)
    if not may_write(day):
        return judgement, None
    counted = months.counted()
    with transaction.atomic():
        _lock(judgement.scope)
        touched = _touched_since(latest)
        checked = _checked(day)
        figures = store_figures(judgement, known=checked.columns if checked else ())
        changed = trends.store(counted, telling=checked is not None)
        countrywide.store(day)
        outcome = store(judgement)
        missed = _missed([*figures, *changed, *outcome.owners], touched) if checked else None
        Evaluation.objects.create(
            as_of=day,
            engine=ENGINE_VERSION,
            opened=outcome.opened,
            kept=outcome.kept,
            closed=outcome.closed,
            missed=missed,
            columns=VALUES,
            months=counted.digest,
        )
        if touched.schools or touched.agencies:
            rejudge(touched, day)
    take_statistics(Figure, Finding, Compared)
    if missed:
        logger.error("Judging %s again changed %d figures and findings that actions had missed", day, missed)
    return judgement, outcome


def _checked(day: date) -> Evaluation | None:
    """The judging that this one checks: the last of the day, if it was by the same engine; None where since then
    something was written past the actions."""
    before = Evaluation.objects.filter(as_of=day, engine=ENGINE_VERSION).order_by("-pk").first()
    if before is None:
        return None
    unjudged = Event.objects.filter(verb__in=UNJUDGED, mentions__isnull=True, at__gte=before.started_at)
    return None if unjudged.exists() else before


def _missed(changed: Iterable[Owner], touched: Scope) -> int:
    """How much of what changed was not about to be judged anyway: touched meanwhile, or marked for a worker."""
    schools, agencies = set(touched.schools or ()), set(touched.agencies or ())
    for school, agency in Stale.objects.values_list("school", "agency"):
        schools.add(school)
        agencies.add(agency)
    return sum(school not in schools and (school is not None or agency not in agencies) for school, agency in changed)


def may_write(day: date) -> bool:
    """Whether judging this day may change the findings: it has come, and no later one was judged."""
    latest = _last_judged()
    return day <= timezone.localdate() and (latest is None or latest <= day)


def may_rejudge(day: date) -> bool:
    """Whether what an action touched is to be judged on this day: the country was, by then, and the day has come."""
    latest = _last_judged()
    return latest is not None and latest <= day <= timezone.localdate()


def _last_judged() -> date | None:
    return next((day for (day,) in ask(*LATEST_ASK)), None)


def _days_judged(_given: Given) -> QuerySet[Any, Any]:
    return Evaluation.objects.order_by("-as_of").values_list("as_of")[:1]


# What tells whether an action is judged: the day judged last.
LATEST_ASK: Question = (_days_judged, Given.of(date.min))


def rejudge(scope: Scope, day: date, touched: frozenset[str] | None = None) -> Outcome | None:
    """Judge again what an action touched, in its transaction. None where the country was never judged or may not be.

    With the kinds of record that it changed, only by the clauses that read one of them.
    """
    if not may_rejudge(day):
        return None
    with asked_together(*_locking_asks(scope), *judging_asks(day, scope, touched)):
        judgement = judge(day, scope=scope, touched=touched)
        with (
            asked_together(*(figures_asks(day, scope) if judgement.measured else ()), *_open_asks(scope)),
            rewritten_together(),
        ):
            outcome = store(judgement)
            if judgement.measured:
                store_figures(judgement)
            if touched is None or "assignment" in touched:
                trends.mark(scope)
    return outcome


def mark(scope: Scope) -> None:
    """Have a worker judge some owners, in the transaction that marks them."""
    marks = [Stale(school_id=key) for key in sorted(scope.schools or ())]
    Stale.objects.bulk_create([*marks, *(Stale(agency_id=key) for key in sorted(scope.agencies or ()))])


def rejudge_marked(day: date) -> int:
    """Judge what was marked, one owner after another, each in its own transaction; how many owners it were.

    All marks of an owner are taken at once: many actions, one judging. A mark that comes meanwhile waits its turn.
    """
    owners = 0
    while _rejudge_one(day):
        owners += 1
    return owners


@transaction.atomic
def _rejudge_one(day: date) -> bool:
    first = Stale.objects.taken().order_by("pk").first()
    if first is None:
        return False
    marks = Stale.objects.taken().filter(school=first.school_id, agency=first.agency_id)
    taken = list(marks.values_list("pk", flat=True))
    rejudge(Scope.of(filter(None, [first.school_id]), filter(None, [first.agency_id])), day)
    Stale.objects.filter(pk__in=taken).delete()
    return True


def _lock(scope: Scope) -> None:
    """Have others who judge these schools and agencies wait, so that two do not open one finding; always in one order.

    Rows that merely point at a school or an agency can still be written meanwhile.
    """
    if scope.whole:
        for model in (School, Agency):
            rows = model._default_manager.select_for_update(no_key=True).order_by("pk").values_list("pk")
            for _row in rows.iterator():
                pass
        return
    for question in _locking_asks(scope):
        ask(*question)


def _locking_asks(scope: Scope) -> list[Question]:
    """What locks a narrower scope; nothing where whoever writes has the database alone."""
    if not connection.features.has_select_for_update:
        return []
    return [(_schools_for_update, _given(scope)), (_agencies_for_update, _given(scope))]


def _schools_for_update(given: Given) -> QuerySet[Any, Any]:
    return School.objects.select_for_update(no_key=True).filter(pk__in=given.schools).order_by("pk").values_list("pk")


def _agencies_for_update(given: Given) -> QuerySet[Any, Any]:
    return Agency.objects.select_for_update(no_key=True).filter(pk__in=given.agencies).order_by("pk").values_list("pk")


def _given(scope: Scope) -> Given:
    return Given.of(date.min, schools=scope.schools or (), agencies=scope.agencies or ())


def _touched_since(event: int) -> Scope:
    """Whom actions touched while the country was being judged: it was read before they were done."""
    mentions = list(Mention.objects.filter(event__gt=event).values_list("key", flat=True).distinct())
    papers = Event.objects.filter(pk__gt=event, verb__in=GIVING_PAPERS).order_by("pk")
    return owners_of({model: _keys_of(model, mentions) for model in LEADING}, papers)


def _keys_of(model: type[Model], mentions: Iterable[str]) -> list[int]:
    label = f"{model._meta.label_lower}:"
    named = [mention.removeprefix(label) for mention in mentions if mention.startswith(label)]
    return list(model._default_manager.filter(public_id__in=named).values_list("pk", flat=True)) if named else []


def store(judgement: Judgement) -> Outcome:
    """Write a judgement: what is found and not yet open opens, what is open and not found closes.

    A breach judged with another strength than its open finding is another accusation: that finding closes and one with
    evidence of its own opens.
    """
    held = {(one.version, one.subject): one for one in _open_now(judgement)}
    found = {(one.version.pk, one.breach.subject.key): one for one in judgement.breaches}
    kept = {key for key, one in held.items() if key in found and one.strength == found[key].breach.strength}
    closing = [one for key, one in held.items() if key not in kept]
    opening = [one for key, one in found.items() if key not in kept]
    if closing:
        Finding.objects.filter(pk__in=[one.pk for one in closing]).update(closed_on=judgement.day)
    opened = 0
    for start in range(0, len(opening), OPENED_AT_ONCE):
        openings = _openings(opening[start : start + OPENED_AT_ONCE], judgement.day)
        insert(Finding, OPENING, openings)
        opened += len(openings)
    owners = [(one.school, one.agency) for one in [*closing, *(one.breach.subject for one in opening)]]
    return Outcome(opened=opened, kept=len(kept), closed=len(closing), owners=owners)


# What is said of a finding when it opens.
OPENING = (
    "version_id",
    "subject",
    "school_id",
    "agency_id",
    "guard_id",
    "region_id",
    "strength",
    "opened_on",
    "evidence",
    "engine",
    "digest",
    "previous_id",
)


def _openings(judged: Collection[Judged], day: date) -> list[tuple[Any, ...]]:
    """OPENING of each; not of what somebody put right while the country was read: whom he touched is judged again."""
    told = evidence_in_full([(one.version.judging_rule, one.breach) for one in judged], day)
    regions, before = regions_of(judged), _closed_before(judged)
    return [
        _opening(one, evidence, day, regions[one.breach.subject], before)
        for one, evidence in zip(judged, told, strict=True)
        if bears_out(one.version.judging_rule, one.breach, evidence)
    ]


def _opening(
    judged: Judged, evidence: dict[str, Any], day: date, region: str, before: dict[tuple[int, str], int]
) -> tuple[Any, ...]:
    version, subject = judged.version, judged.breach.subject
    return (
        version.pk,
        subject.key,
        subject.school,
        subject.agency,
        subject.guard,
        region,
        judged.breach.strength,
        day,
        evidence,
        ENGINE_VERSION,
        digest_of(version, ENGINE_VERSION, evidence),
        before.get((version.clause_id, subject.key)),
    )


def _closed_before(judged: Collection[Judged]) -> dict[tuple[int, str], int]:
    """The latest finding, if there was one, of the same clause about the same subject: what opens now continues it."""
    subjects = sorted({one.breach.subject.key for one in judged})
    before: dict[tuple[int, str], int] = {}
    for start in range(0, len(subjects), ROWS_AT_ONCE):
        closed = Finding.objects.filter(subject__in=subjects[start : start + ROWS_AT_ONCE], closed_on__isnull=False)
        for key, clause, subject in closed.order_by("closed_on", "pk").values_list("pk", "version__clause", "subject"):
            before[clause, subject] = key
    return before


def _open_now(judgement: Judgement) -> list[Any]:
    """The open findings that a judgement speaks of: by its clauses, of its schools, of its agencies as wholes."""
    scope = judgement.scope
    if scope.whole:
        found = list(_told(Finding.objects.open()))
    else:
        found = [one for question in _open_asks(scope) for one in ask(*question)]
    if judgement.touched is None:
        return found
    judged = {version.pk for version in judgement.versions}
    return [one for one in found if one.version in judged]


def _open_asks(scope: Scope) -> list[Question]:
    """What asks for the open findings of a narrower scope."""
    return [(_open_at_schools, _given(scope)), (_open_of_agencies, _given(scope))]


def _open_at_schools(given: Given) -> QuerySet[Any, Any]:
    return _told(Finding.objects.open().filter(school__in=given.schools))


def _open_of_agencies(given: Given) -> QuerySet[Any, Any]:
    return _told(Finding.objects.open().filter(school__isnull=True, agency__in=given.agencies))


def _told(findings: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return findings.order_by().values_list("pk", "version", "subject", "strength", "school", "agency", named=True)


def standing(judgement: Judgement) -> dict[tuple[int, str], Finding]:
    """The findings that were open on the day judged, by version and subject."""
    open_then = Finding.objects.filter(opened_on__lte=judgement.day).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=judgement.day)
    )
    return {(one.version_id, one.subject): one for one in open_then}
