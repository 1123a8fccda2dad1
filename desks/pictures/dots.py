"""The fortnight: what the school said of each post, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from desks import formats


class Mark(StrEnum):
    """What is known of one post on one day."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    OTHER = "other"
    UNMARKED = "unmarked"
    NOT_EXPECTED = "not_expected"
    NOT_YET = "not_yet"


WORDS = {
    Mark.PRESENT: _("came"),
    Mark.LATE: _("marked late"),
    Mark.ABSENT: _("did not come"),
    Mark.OTHER: _("somebody else came"),
    Mark.UNMARKED: _("not marked"),
    Mark.NOT_EXPECTED: _("not expected"),
    Mark.NOT_YET: _("not yet"),
}
LEGEND = (Mark.PRESENT, Mark.LATE, Mark.ABSENT, Mark.OTHER, Mark.UNMARKED)


@dataclass(frozen=True)
class Dot:
    mark: Mark
    words: str


@dataclass(frozen=True)
class Fortnight:
    title: str
    days: list[tuple[date, bool]]
    rows: list[tuple[str, list[Dot]]]
    legend: list[tuple[Mark, str]]


def lay_out(days: Sequence[date], rows: Mapping[str, Sequence[Mark]], today: date) -> Fortnight:
    """`rows` hold, by the post's name, one mark for each day; the legend names the marks that occur."""
    if any(len(marks) != len(days) for marks in rows.values()):
        raise ValueError("every post needs one mark for each day")
    seen = {mark for marks in rows.values() for mark in marks}
    return Fortnight(
        title=formats.day_range(days[0], days[-1]),
        days=[(day, day == today) for day in days],
        rows=[(name, [Dot(mark, str(WORDS[mark])) for mark in marks]) for name, marks in rows.items()],
        legend=[(mark, str(WORDS[mark])) for mark in LEGEND if mark in seen],
    )
