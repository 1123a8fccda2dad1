"""What a guard has behind him: how long he stood at a school, and how much he stood elsewhere.

Other schools are counted and never named: who stands where is not for another school to know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from guards.models import Assignment, Guard
from schools.models import School


@dataclass(frozen=True)
class Experience:
    """Confirmed service by a day: calendar days, each counted once. `last_here` is the last day at the school."""

    days_here: int = 0
    relief_days_here: int = 0
    last_here: date | None = None
    days_elsewhere: int = 0
    schools_elsewhere: int = 0

    @property
    def was_here(self) -> bool:
        return self.days_here > 0

    @property
    def only_relieved_here(self) -> bool:
        return self.days_here == self.relief_days_here > 0


def experience(guard: Guard, school: School, day: date) -> Experience:
    """What the guard did before a day, at the school and at all others; one query."""
    served = list(
        Assignment.objects.counted()
        .filter(guard=guard, first_day__lt=day)
        .select_related("post")
        .order_by("first_day", "pk")
    )
    here = [row for row in served if row.post.school_id == school.pk]
    elsewhere = [row for row in served if row.post.school_id != school.pk]
    before = day - timedelta(days=1)
    return Experience(
        days_here=_days(here, before),
        relief_days_here=_days((row for row in here if not row.is_regular), before),
        last_here=max((_last(row, before) for row in here), default=None),
        days_elsewhere=_days(elsewhere, before),
        schools_elsewhere=len({row.post.school_id for row in elsewhere}),
    )


def _last(row: Any, before: date) -> date:
    return min(row.last_day or before, before)


def _days(rows: Iterable[Any], before: date) -> int:
    """Calendar days that the rows, in order of their first day, cover together."""
    days, reached = 0, date.min
    for row in rows:
        first, last = max(row.first_day, reached + timedelta(days=1)), _last(row, before)
        days += max((last - first).days + 1, 0)
        reached = max(reached, last)
    return days
