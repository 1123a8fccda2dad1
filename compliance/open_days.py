"""Open days: on which days a school is open, counted for many schools at once.

A *day number* is `date.toordinal()`. Every function here takes day numbers as integers or integer arrays.
Counting is a difference of two prefix sums, so a gap of ten years costs what a gap of two days costs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compliance.keys import Numbered, Numbers, ranks

#: The last day of what has not ended. It sorts after every real day.
OPEN = int(np.iinfo(np.int32).max)


def day_number(day: date | int) -> int:
    """The day number of a date; a day number is returned as it is."""
    return day.toordinal() if isinstance(day, date) else int(day)


def counted_from(day: date) -> date:
    """From when on the open days of somebody who has stood long are counted on a day: for three years and more."""
    return date(day.year - 3, 1, 1)


@dataclass(frozen=True, eq=False)
class Calendars:
    """The open days of some calendars between `low_day` and `high_day`, and which calendar, by position, each school
    keeps.

    `opened[c, i]` is the number of open days of calendar c in the first i days from `low_day`; `days` holds the open
    days of all calendars one after another, those of calendar c from `offsets[c]` on.
    """

    low_day: int
    high_day: int
    opened: NDArray[np.int32]
    days: NDArray[np.int32]
    offsets: Numbers
    positions: Mapping[Hashable, int]
    kept: Numbered

    @classmethod
    def build(
        cls,
        calendars: Mapping[Hashable, tuple[str, Iterable[tuple[date | int, date | int | None]]]],
        low_day: date | int,
        high_day: date | int,
        schools: Mapping[int, Hashable],
    ) -> Calendars:
        """Lay out calendars over the days `low_day` to `high_day`, both included.

        `calendars` maps an identifier to its weekdays (ISO digits: "12345" is Monday to Friday) and its closures as
        pairs (first day, last day), both included, a last day of None meaning still closed. `schools` maps each school
        to the identifier of its calendar. The days must reach from the first day of the earliest assignment to the day
        judged; a question outside of them raises ValueError, as does a calendar with no weekday or a school whose
        calendar is not given.
        """
        low, high = day_number(low_day), day_number(high_day)
        if high < low:
            raise ValueError("The last day of the calendars lies before their first day.")
        weekday = (np.arange(low, high + 1) - 1) % 7 + 1
        is_open = np.zeros((len(calendars), len(weekday)), dtype=bool)
        for position, (name, (weekdays, closures)) in enumerate(calendars.items()):
            if not weekdays or not set(weekdays) <= set("1234567"):
                raise ValueError(f"Calendar {name!r}: weekdays must be digits from 1 to 7, not {weekdays!r}.")
            is_open[position] = np.isin(weekday, [int(digit) for digit in weekdays])
            for first_day, last_day in closures:
                until = high if last_day is None else day_number(last_day)
                is_open[position, max(day_number(first_day) - low, 0) : max(until - low + 1, 0)] = False
        opened = np.zeros((len(calendars), len(weekday) + 1), dtype=np.int32)
        np.cumsum(is_open, axis=1, out=opened[:, 1:])
        ends = np.cumsum(opened[:, -1], dtype=np.int64)
        positions = {name: position for position, name in enumerate(calendars)}
        laid_out = cls(
            low_day=low,
            high_day=high,
            opened=opened,
            days=(np.nonzero(is_open)[1] + low).astype(np.int32),
            offsets=np.concatenate(([0], ends)),
            positions=positions,
            kept=Numbered.of({}),
        )
        return laid_out.kept_by(schools)

    def kept_by(self, schools: Mapping[int, Hashable]) -> Calendars:
        """The same days, for other schools. ValueError for a school whose calendar is not among them."""
        unknown = {calendar for calendar in schools.values() if calendar not in self.positions}
        if unknown:
            raise ValueError(f"Schools keep calendars that are not given: {sorted(map(str, unknown))}.")
        school = np.fromiter(schools, dtype=np.int64, count=len(schools))
        position = np.fromiter((self.positions[name] for name in schools.values()), dtype=np.int64, count=len(schools))
        return replace(self, kept=Numbered(school, position))

    def of_schools(self, school: Numbers) -> Numbers:
        """The position of each school's calendar. ValueError names schools that keep none."""
        rank, asked = ranks(school)
        return self.kept.at(asked, "Schools without a calendar")[rank]

    def open_days(self, calendar: ArrayLike, after: ArrayLike, before: ArrayLike) -> Numbers:
        """How many open days d of each calendar (by position) lie in `after < d < before`; 0 where none can."""
        start = np.asarray(after, dtype=np.int64) + 1 - self.low_day
        stop = np.asarray(before, dtype=np.int64) - self.low_day
        some = stop > start
        start, stop = np.where(some, start, 0), np.where(some, stop, 0)
        position = np.asarray(calendar, dtype=np.int64)
        if start.min(initial=0) < 0 or stop.max(initial=0) > self.high_day - self.low_day + 1:
            raise ValueError("The calendars do not cover the days asked for.")
        return (self.opened[position, stop] - self.opened[position, start]).astype(np.int64)

    def nth_open_day(self, calendar: ArrayLike, after: ArrayLike, n: int) -> Numbers:
        """The n-th open day after each day `after`, OPEN where the calendars end before it; for n = 0 the day itself.

        A guard whose last day was L has gone for good (is *settled*) from the n-th open day after L on, and has not
        interrupted anything when back on that day at the latest, where n is the gap in open days.
        """
        after = np.asarray(after, dtype=np.int64)
        calendar = np.asarray(calendar, dtype=np.int64)
        if n == 0:
            return after
        start = after + 1 - self.low_day
        if start.size and (start.min() < 0 or start.max() > self.high_day - self.low_day + 1):
            raise ValueError("The calendars do not cover the days asked for.")
        wanted = self.offsets[calendar] + self.opened[calendar, start] + n - 1
        exists = wanted < self.offsets[calendar + 1]
        day = np.full(after.shape, OPEN, dtype=np.int64)
        day[exists] = self.days[wanted[exists]]
        return day
