"""The seam at which compliance learns of every action: whatever it touched is judged again.

In the transaction of the action where that takes milliseconds; a worker does it where an owner is too large for that,
or where the action touched many.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from audit.models import Event
from compliance.findings import mark, may_write, rejudge
from compliance.models import Evaluation
from compliance.owners import LEADING, owners_of
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
    touched = _owners_of(subjects)
    if not (touched.schools or touched.agencies) or not Evaluation.objects.exists() or not may_write(today):
        return
    large = _large(touched)
    if large.schools or large.agencies:
        mark(large)
        rejudge_stale.enqueue()
    at_once = Scope.of(_but(touched.schools, large.schools), _but(touched.agencies, large.agencies))
    if at_once.schools or at_once.agencies:
        rejudge(at_once, today, FAMILIES.get(event.verb.partition("_")[0]))


def _owners_of(subjects: Sequence[Any]) -> Scope:
    records: dict[type[Model], set[int]] = {kind: set() for kind in LEADING}
    for subject in subjects:
        if type(subject) in records:
            records[type(subject)].add(subject.pk)
    return owners_of(records)


def _but(some: frozenset[int] | None, others: frozenset[int] | None) -> frozenset[int]:
    return (some or frozenset()) - (others or frozenset())


def _large(touched: Scope) -> Scope:
    """Those whom nobody waits for."""
    if len(touched.schools or ()) + len(touched.agencies or ()) > MANY:
        return touched
    schools = [key for key in touched.schools or () if _exceeds(Assignment.objects.filter(post__school=key))]
    agencies = [key for key in touched.agencies or () if _exceeds(Assignment.objects.filter(agency=key))]
    return Scope.of(schools, agencies)


def _exceeds(rows: QuerySet[Assignment]) -> bool:
    return rows.order_by()[: LARGE + 1].count() > LARGE
