"""One changed assignment: shown before, done by its action, judged again, written and committed."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count

from access.roles import Role
from accounts.models import Membership
from benchmarks.timing import Line, Took, interleaved, median, sweep, timed
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
    took = changes(day, rounds)
    rebuilt = _rebuilt(day)
    whole = added_up(took)
    yield Line("change: what a guard's leaving would do to his school, shown before", took["shown"])
    yield Line("change: his assignment ended, judged again and written", took["done"])
    yield Line("change: the commit of as many figures", took["committed"])
    yield Line(f"change: all three, against {MOST * 1000:.0f} ms", whole, MOST, 1.0)
    yield Line("change: all three, against judging everything anew", whole, rebuilt.clock, SHARE)


def changes(day: date, rounds: int) -> dict[str, Took]:
    """The medians of what a change is made of: it is shown, done and committed. The first one is not counted: with it
    the process writes its queries, and the connection plans them."""
    sweep()
    chosen = _chosen(rounds + 1)
    by = Membership.objects.filter(role=Role.AGENCY_MANAGER).earliest("pk")
    took = []
    for one in chosen:
        of_change = interleaved(1, {"shown": _shown(one, day), "done": _done(one, day, by)})
        took.append({**of_change, "committed": _committed(one)})
    return {side: median(each[side] for each in took[1:]) for side in took[0]}


def added_up(took: Mapping[str, Took]) -> Took:
    """The whole change."""
    return Took(*(sum(times) for times in zip(*took.values(), strict=True)))


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
    # Without the transaction that the action opens: within that of the measurement it would be a savepoint.
    act: Any = inspect.unwrap(end)

    def ended() -> None:
        with transaction.atomic():
            act(assignment=one, last_day=day, reason=REASON, by=by)
            transaction.set_rollback(True)

    return ended


def _committed(one: Assignment) -> Took:
    """The commit, after the figures of the school and of its agencies there were replaced by the same. To write them is
    part of what was done."""
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        figures = list(Figure.objects.filter(school=one.post.school_id).order_by("pk"))
        Figure.objects.filter(pk__in=[figure.pk for figure in figures]).delete()
        Figure.objects.bulk_create(figures)
        return timed(stack.close)[1]


def _rebuilt(day: date) -> Took:
    with transaction.atomic():
        took = interleaved(1, {"rebuilt": lambda: evaluate(day)})["rebuilt"]
        transaction.set_rollback(True)
    return took
