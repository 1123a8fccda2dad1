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

from audit.models import Event
from compliance.findings import mark, may_rejudge, rejudge
from compliance.owners import LEADING, owners_of
from compliance.prepared import Given, ask
from compliance.register import Scope
from compliance.tasks import rejudge_stale
from guards.models import Assignment

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
    "requirement": frozenset({"training"}),
    "session": frozenset({"training"}),
    "training": frozenset({"training"}),
}


def rejudge_what_was_touched(event: Event, subjects: Sequence[Any]) -> None:
    """Judge the schools and agencies that an event is about; one that is about none changes no figure."""
    today = timezone.localdate()
    touched = _owners_of(event, subjects)
    if not (touched.schools or touched.agencies) or not may_rejudge(today):
        return
    large = _large(touched)
    if large.schools or large.agencies:
        mark(large)
        rejudge_stale.enqueue()
    at_once = Scope.of(_but(touched.schools, large.schools), _but(touched.agencies, large.agencies))
    if at_once.schools or at_once.agencies:
        rejudge(at_once, today, FAMILIES.get(event.verb.partition("_")[0]))


def _owners_of(event: Event, subjects: Sequence[Any]) -> Scope:
    records: dict[type[Model], set[int]] = {kind: set() for kind in LEADING}
    for subject in subjects:
        if type(subject) in records:
            records[type(subject)].add(subject.pk)
    return owners_of(records, [event])


def _but(some: frozenset[int] | None, others: frozenset[int] | None) -> frozenset[int]:
    return (some or frozenset()) - (others or frozenset())


def _large(touched: Scope) -> Scope:
    """Those whom nobody waits for."""
    if len(touched.schools or ()) + len(touched.agencies or ()) > MANY:
        return touched
    return Scope.of(
        (key for key in touched.schools or () if _is_large(_OfSchool(LARGE), schools=[key])),
        (key for key in touched.agencies or () if _is_large(_OfAgency(LARGE), agencies=[key])),
    )


@dataclass(frozen=True)
class _OfSchool:
    """The assignments of a school, and no more of them than tell whether it is large."""

    limit: int

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        return Assignment.objects.filter(post__school__in=given.schools).order_by().values_list("pk")[: self.limit + 1]


@dataclass(frozen=True)
class _OfAgency:
    """The same of an agency."""

    limit: int

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        return Assignment.objects.filter(agency__in=given.agencies).order_by().values_list("pk")[: self.limit + 1]


def _is_large(rows: _OfSchool | _OfAgency, **keys: list[int]) -> bool:
    return len(ask(rows, Given.of(date.min, **keys))) > rows.limit
