"""One changed assignment: shown before, done by its action, judged again, written and committed."""

import statistics
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count

from access.roles import Role
from accounts.models import Membership
from benchmarks.timing import Line, Took, interleaved
from compliance.findings import evaluate
from compliance.models import Figure
from compliance.reports import effect
from compliance.turnover import Departure
from guards.models import Assignment
from staffing.actions import end

# Seconds of server time, and the share of judging everything anew.
MOST, SHARE = 0.020, 0.01
# Assignments, of all times, of the agencies whose guards are taken: the common size, so that countries of any number
# of agencies are compared by owners of equal size.
SIZE = 650
REASON = "resigned"


def change(day: date, rounds: int) -> Iterator[Line]:
    """A guard resigns today. Every round another one; each is taken back, so the commit is measured on its own."""
    chosen = _chosen(rounds + 1)
    by = Membership.objects.filter(role=Role.AGENCY_MANAGER).earliest("pk")
    took = [interleaved(1, {"shown": _shown(one, day), "done": _done(one, day, by)}) for one in chosen][1:]
    shown, done = (_median([each[side] for each in took]) for side in ("shown", "done"))
    committed = interleaved(rounds, {"commit": lambda: _written_anew(chosen[0])})["commit"]
    rebuilt = _rebuilt(day)
    whole = Took(*(sum(times) for times in zip(shown, done, committed, strict=True)))
    yield Line("change: what a guard's leaving would do to his school, shown before", shown)
    yield Line("change: his assignment ended, judged again and written", done)
    yield Line("change: as many figures written anew and committed", committed)
    yield Line(f"change: all three, against {MOST * 1000:.0f} ms", whole, MOST, 1.0)
    yield Line("change: all three, against judging everything anew", whole, rebuilt.clock, SHARE)


def _chosen(number: int) -> list[Assignment]:
    """Open assignments of agencies nearest to SIZE, of each one, all at other schools."""
    sizes = Assignment.objects.order_by().values_list("agency").annotate(size=Count("pk"))
    nearest = sorted(sizes, key=lambda one: (abs(one[1] - SIZE), one[0]))
    found: dict[int, Assignment] = {}
    for agency, size in nearest:
        standing = Assignment.objects.filter(agency=agency, status=Assignment.Status.CONFIRMED, last_day=None)
        regular = standing.filter(kind=Assignment.Kind.REGULAR).select_related("post", "guard", "agency")
        if one := regular.order_by("pk").first():
            found.setdefault(one.post.school_id, one)
        if len(found) == number:
            print(f"agencies of up to {size} assignments, {number} changes", flush=True)
            break
    return list(found.values())


def _shown(one: Assignment, day: date) -> Any:
    leaves = [Departure(one.guard_id, one.agency_id, one.post.school_id, day, REASON)]
    return lambda: effect(one.post.school_id, day, departures=leaves)


def _done(one: Assignment, day: date, by: Membership) -> Any:
    def ended() -> None:
        with transaction.atomic():
            end(assignment=one, last_day=day, reason=REASON, by=by)
            transaction.set_rollback(True)

    return ended


def _written_anew(one: Assignment) -> None:
    """Replace the figures of the school and the agency by the same, and commit."""
    with transaction.atomic():
        figures = list(Figure.objects.filter(school=one.post.school_id).order_by("pk"))
        Figure.objects.filter(pk__in=[figure.pk for figure in figures]).delete()
        Figure.objects.bulk_create(figures)


def _rebuilt(day: date) -> Took:
    with transaction.atomic():
        took = interleaved(1, {"rebuilt": lambda: evaluate(day)})["rebuilt"]
        transaction.set_rollback(True)
    return took


def _median(times: list[Took]) -> Took:
    return Took(*map(statistics.median, zip(*times, strict=True)))
