"""What a guard has behind him: how long he stood at a school, and how much he stood elsewhere.

Other schools are counted and never named: who stands where is not for another school to know.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from guards.models import Assignment, Guard
from schools.models import School


@dataclass(frozen=True)
class Experience:
    """Confirmed service by a day: calendar days, each counted once. `last_here` is the last day at the school.

    `near`: he last stood in the locality of the school.
    """

    days_here: int = 0
    relief_days_here: int = 0
    last_here: date | None = None
    days_elsewhere: int = 0
    schools_elsewhere: int = 0
    near: bool = False

    @property
    def was_here(self) -> bool:
        return self.days_here > 0

    @property
    def only_relieved_here(self) -> bool:
        return self.days_here == self.relief_days_here > 0


def experience(guard: Guard, school: School, day: date) -> Experience:
    """What the guard did before a day, at the school and at all others; one query."""
    return experiences([guard.pk], school, day).get(guard.pk, Experience())


def experiences(guards: Iterable[int], school: School, day: date) -> dict[int, Experience]:
    """The same for many guards (by primary key), of those who stood anywhere before the day; one query."""
    served = (
        Assignment.objects.counted()
        .filter(guard__in=list(guards), first_day__lt=day)
        .select_related("post__school")
        .order_by("first_day", "pk")
    )
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in served:
        rows[row.guard_id].append(row)
    return {guard: _experience(of_guard, school, day - timedelta(days=1)) for guard, of_guard in rows.items()}


def _experience(served: list[Any], school: School, before: date) -> Experience:
    here = [row for row in served if row.post.school_id == school.pk]
    elsewhere = [row for row in served if row.post.school_id != school.pk]
    latest = max(served, key=lambda row: _last(row, before)).post.school
    return Experience(
        days_here=_days(here, before),
        relief_days_here=_days((row for row in here if not row.is_regular), before),
        last_here=max((_last(row, before) for row in here), default=None),
        days_elsewhere=_days(elsewhere, before),
        schools_elsewhere=len({row.post.school_id for row in elsewhere}),
        near=(latest.region_id, latest.locality) == (school.region_id, school.locality),
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
