"""The seam at which compliance learns of every action: whatever it touched is judged again.

In the transaction of the action where that takes milliseconds; a worker does it where an owner is too large for that,
or where the action touched many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from agencies.models import Agency
from audit.models import Event
from compliance.findings import LATEST_ASK, mark, may_rejudge, rejudge
from compliance.owners import LEADING, owners_asks, owners_of
from compliance.prepared import Given, Question, ask, asked_together
from compliance.register import Scope
from compliance.tasks import rejudge_stale
from guards.models import Assignment
from schools.models import School

# Assignments of an owner above which nobody waits for his judging, and owners above which nobody waits for them all.
LARGE = 1000
MANY = 8
# What the actions of a family, named by the first word of their verbs, change. After any other action all is judged.
FAMILIES = {
    "assignment": frozenset({"assignment"}),
    "briefing": frozenset({"briefing"}),
    "cause": frozenset({"assignment"}),
    "contract": frozenset({"contract"}),
    # The law is drafted for days to come.
    "draft": frozenset(),
    "finding": frozenset(),
    "licence": frozenset({"licence"}),
    "module": frozenset({"training"}),
    "paper": frozenset({"paper"}),
    "presence": frozenset({"presence"}),
    # Words about a proposal, and who may stand in once he is proposed for it, change no figure.
    "proposal": frozenset(),
    "relief": frozenset(),
    "requirement": frozenset({"training"}),
    "session": frozenset({"training"}),
    "training": frozenset({"training"}),
}


def rejudge_what_was_touched(event: Event, subjects: Sequence[Any]) -> None:
    """Judge the schools and agencies that an event is about; one that is about none changes no figure."""
    today, records = timezone.localdate(), _leading(subjects)
    if not any(records.values()):
        return
    # Most often nobody is touched who is not named.
    named = Scope.of(records[School], records[Agency])
    with asked_together(LATEST_ASK, *owners_asks(records), *_largeness_asks(named)):
        touched = owners_of(records, [event])
        if (touched.schools or touched.agencies) and may_rejudge(today):
            _rejudge(touched, today, FAMILIES.get(event.verb.partition("_")[0]))


def _leading(subjects: Sequence[Any]) -> dict[type[Model], set[int]]:
    """The subjects that lead to a school or an agency, primary keys by model."""
    records: dict[type[Model], set[int]] = {kind: set() for kind in LEADING}
    for subject in subjects:
        if type(subject) in records:
            records[type(subject)].add(subject.pk)
    return records


def _rejudge(touched: Scope, today: date, changed: frozenset[str] | None) -> None:
    """Judge those at once for whom somebody can wait, and have a worker judge the others."""
    with asked_together(*_largeness_asks(touched)):
        large = _large(touched)
    if large.schools or large.agencies:
        mark(large)
        rejudge_stale.enqueue()
    at_once = Scope.of(_but(touched.schools, large.schools), _but(touched.agencies, large.agencies))
    if at_once.schools or at_once.agencies:
        rejudge(at_once, today, changed)


def _but(some: frozenset[int] | None, others: frozenset[int] | None) -> frozenset[int]:
    return (some or frozenset()) - (others or frozenset())


def _large(touched: Scope) -> Scope:
    """Those whom nobody waits for."""
    if _many(touched):
        return touched
    return Scope.of(
        (key for key in touched.schools or () if ask(*_school_ask(key))),
        (key for key in touched.agencies or () if ask(*_agency_ask(key))),
    )


def _many(touched: Scope) -> bool:
    return len(touched.schools or ()) + len(touched.agencies or ()) > MANY


def _largeness_asks(touched: Scope) -> list[Question]:
    """What `_large` asks."""
    if _many(touched):
        return []
    return [*map(_school_ask, touched.schools or ()), *map(_agency_ask, touched.agencies or ())]


def _school_ask(school: int) -> Question:
    return _OfSchool(LARGE), Given.of(date.min, schools=[school])


def _agency_ask(agency: int) -> Question:
    return _OfAgency(LARGE), Given.of(date.min, agencies=[agency])


@dataclass(frozen=True)
class _OfSchool:
    """The assignments of a school beyond so many: one, or none where it is not large."""

    limit: int

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        of_school = Assignment.objects.filter(post__school__in=given.schools).order_by().values_list("pk")
        return of_school[self.limit : self.limit + 1]


@dataclass(frozen=True)
class _OfAgency:
    """The same of an agency."""

    limit: int

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        of_agency = Assignment.objects.filter(agency__in=given.agencies).order_by().values_list("pk")
        return of_agency[self.limit : self.limit + 1]
