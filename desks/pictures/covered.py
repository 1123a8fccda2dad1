"""The strip of days of one position: a filled square where a guard will stand, a struck one where nobody will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from desks import formats

STEP = 15


@dataclass(frozen=True)
class Strip:
    """Squares from left to right, one a day: whether the position is covered, and where the square stands."""

    squares: list[tuple[bool, int]]
    width: int
    words: str


def lay_out(first_day: date, covered: Sequence[bool]) -> Strip:
    """`covered` tells day by day, from `first_day` on, whether somebody stands at the place."""
    empty = [first_day + timedelta(days=at) for at, is_covered in enumerate(covered) if not is_covered]
    last_day = first_day + timedelta(days=len(covered) - 1)
    words = _("%(days)s: somebody stands every day") % {"days": formats.day_range(first_day, last_day)}
    if empty:
        words = _("Nobody on: %(days)s") % {"days": ", ".join(formats.day_month(day) for day in empty)}
    return Strip([(is_covered, at * STEP) for at, is_covered in enumerate(covered)], len(covered) * STEP - 2, words)
