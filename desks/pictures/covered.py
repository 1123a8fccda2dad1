"""The strip of days of one position: a filled square where a guard will stand, a struck one where nobody will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from desks import formats

STEP = 15


@dataclass(frozen=True)
class Strip:
    """The squares, one a day from left to right, as one path of each kind; `struck` are the strokes through those of
    days on which nobody stands there."""

    covered: str
    empty: str
    struck: str
    width: int
    words: str


def lay_out(first_day: date, covered: Sequence[bool]) -> Strip:
    """`covered` tells day by day, from `first_day` on, whether somebody stands at the place."""
    empty = [first_day + timedelta(days=at) for at, is_covered in enumerate(covered) if not is_covered]
    last_day = first_day + timedelta(days=len(covered) - 1)
    words = _("%(days)s: somebody stands every day") % {"days": formats.day_range(first_day, last_day)}
    if empty:
        words = _("Nobody on: %(days)s") % {"days": ", ".join(formats.day_month(day) for day in empty)}
    places = [(at * STEP, is_covered) for at, is_covered in enumerate(covered)]
    return Strip(
        covered="".join(f"M{x} 0h13v13h-13z" for x, is_covered in places if is_covered),
        empty="".join(f"M{x}.75 .75h11.5v11.5h-11.5z" for x, is_covered in places if not is_covered),
        struck="".join(f"M{x + 2.5} 10.5l8-8" for x, is_covered in places if not is_covered),
        width=len(covered) * STEP - 2,
        words=words,
    )
