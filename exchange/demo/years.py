"""The school year of Kazakhstan: terms, breaks and holidays, by the rule that the yearly orders follow."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

Closed = tuple[date, date, str]

SUMMER = ((5, 26), (8, 31))
# From June on it is known who comes back in September.
PLANNED_AHEAD = timedelta(days=100)
# Public holidays that fall into a term: 8 March, 1, 7 and 9 May, Republic Day, Independence Day.
HOLIDAYS = ((3, 8), (5, 1), (5, 7), (5, 9), (10, 25), (12, 16))


def closures(first_year: int, last_year: int) -> Iterator[Closed]:
    """The days without lessons of each calendar year, in order."""
    for year in range(first_year, last_year + 1):
        found = [(date(year, month, day), date(year, month, day), "Мереке") for month, day in HOLIDAYS]
        found += [
            (date(year, 3, 19), date(year, 3, 29), "Көктемгі каникул"),
            (date(year, *SUMMER[0]), date(year, *SUMMER[1]), "Жазғы каникул"),
            (_autumn(year), _autumn(year) + timedelta(days=6), "Күзгі каникул"),
            (date(year, 12, 29), date(year + 1, 1, 8), "Қысқы каникул"),
        ]
        yield from sorted(found)


def _autumn(year: int) -> date:
    """The Monday on or after 26 October, as in the orders for 2023 to 2026."""
    start = date(year, 10, 26)
    return start + timedelta(days=-start.weekday() % 7)


def seasons(first: date, today: date) -> Iterator[tuple[date, date | None]]:
    """The parts, within school years, of a service that goes on: from September to the last lesson in May.

    In summer the next part is planned already.
    """
    begin = first
    if SUMMER[0] <= (begin.month, begin.day) <= SUMMER[1]:
        begin = date(begin.year, 9, 1)
    while begin <= today + PLANNED_AHEAD:
        end = date(begin.year + (begin.month >= 9), 5, 25)
        if end >= today:
            yield begin, None
            return
        yield begin, end
        begin = date(end.year, 9, 1)


class OpenDays:
    """On which days a calendar is open."""

    def __init__(self, weekdays: str, closed: Iterable[Closed]) -> None:
        self._weekdays = {int(digit) for digit in weekdays}
        self._closed = {
            first + timedelta(days=day) for first, last, _reason in closed for day in range((last - first).days + 1)
        }

    def __contains__(self, day: date) -> bool:
        return day.isoweekday() in self._weekdays and day not in self._closed
