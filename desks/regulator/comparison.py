"""Agencies against each other: whose guards leave more often than chance explains, drawn and as a list.

Everything is read as it was compared when the register was judged last. Which agencies: all, or those of one region;
the line is theirs together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from compliance.countrywide import Marks
from compliance.funnel import RANKS, Funnel, Standing, funnel
from compliance.intervals import interval
from compliance.models import Compared, Comparison
from compliance.reports import limiting_version
from desks import formats
from desks.lists import Column
from desks.pictures.funnel import LINKED_AT_MOST, OUTSIDE, Crowd, FunnelPicture, Point, lay_out
from schools.models import Region

PLACES = list(Standing)
WORDS = {
    Standing.FAR_OVER: ("established", gettext_lazy("above the 99.8 percent limit")),
    Standing.OVER: ("indicated", gettext_lazy("above the 95 percent limit")),
    Standing.INSIDE: ("", gettext_lazy("within the limits")),
    Standing.UNDER: ("", gettext_lazy("below the 95 percent limit")),
    Standing.FAR_UNDER: ("", gettext_lazy("below the 99.8 percent limit")),
    Standing.SMALL: ("not_measurable", gettext_lazy("too small to say")),
}


@dataclass(frozen=True)
class Stood:
    """The agencies compared as they stood on the day judged: their line, and the picture; `row` is None before any
    day was. `window` is how long leaves are counted, in words."""

    row: Comparison | None
    funnel: Funnel
    ranks: np.ndarray
    by_chance: bool
    picture: FunnelPicture | None
    window: str

    @property
    def over(self) -> int:
        """How many stand above the limits."""
        return int((self.ranks <= RANKS[Standing.OVER]).sum())


def compare(membership: Any, region: Region | None, day: date, *, by_chance: bool = False) -> Stood:
    """The agencies of a region, or all that the officer may know of, as they were compared last; `day` is the day whose
    clause draws the limit."""
    of = region or membership.region
    row = Comparison.objects.visible_to(membership).filter(region=of).first()
    version, rule = limiting_version("agency", day)
    window = formats.days(rule.window_days)
    if row is None:
        return Stood(None, funnel((), ()), np.empty(0), by_chance, None, window)
    marks = Marks.kept(row)
    found = row.line.by_chance_alone if by_chance else row.line
    ranks = marks.standing_by_chance if by_chance else marks.standing
    picture = lay_out(
        found,
        Crowd(marks.guard_years, marks.rates, ranks),
        _outside(row, by_chance),
        line_words=of.short if of else pgettext("line of a picture", "country"),
        limit=rule.threshold_percent if version else None,
    )
    return Stood(row, found, ranks, by_chance, picture, window)


def _rank_of(by_chance: bool) -> str:
    return "standing_by_chance" if by_chance else "standing"


def _outside(row: Comparison, by_chance: bool) -> list[Point]:
    """Only those outside the limits are looked up by name, and no more than can be told apart: the picture names
    nobody else."""
    rank = _rank_of(by_chance)
    rows = Compared.objects.filter(comparison=row, **{f"{rank}__in": [RANKS[one] for one in OUTSIDE]})
    return [
        Point(one.guard_years, one.settled_rate, PLACES[getattr(one, rank)], one.agency.name, _url(one), _made_of(one))
        for one in rows.select_related("agency").order_by(rank, "-excess", "pk")[:LINKED_AT_MOST]
    ]


def _url(one: Compared) -> str:
    return reverse("regulator:agency", args=[one.agency.public_id])


def _made_of(one: Compared) -> str:
    return _("left for good %(settled)s, counted %(net)s of %(gross)s leaves") % {
        "settled": formats.number(one.settled_left),
        "net": formats.number(one.net_left),
        "gross": formats.number(one.gross_left),
    }


def listed(membership: Any, found: Stood) -> QuerySet[Any]:
    """The agencies of a comparison, with what they are compared by."""
    rows = Compared.objects.visible_to(membership).filter(comparison=found.row)
    return rows.select_related("agency__region")


def sorts(found: Stood) -> dict[str, tuple[str, ...]]:
    """What the list may be sorted by; where agencies stand depends on the limits."""
    return {
        "standing": (_rank_of(found.by_chance), "-excess"),
        "name": ("agency__name_ru",),
        "size": ("person_days",),
        "excess": ("excess",),
        "turnover": ("settled_rate",),
    }


def hang_words(rows: Sequence[Any], by_chance: bool) -> None:
    """Hang on each agency the `interval` of its settled rate and the words for where it stands."""
    bounds = interval([one.settled_left for one in rows], [one.person_days for one in rows])
    for one, low, high in zip(rows, *(side.tolist() for side in bounds), strict=True):
        one.low, one.high = low, high
        one.interval = formats.number_range(low, high)
        one.shape, one.said = WORDS[PLACES[getattr(one, _rank_of(by_chance))]]


def by_standing(rows: QuerySet[Any], value: str, by_chance: bool) -> QuerySet[Any]:
    """Those above the limits, within them, below them, or too small."""
    return rows.filter(**{f"{_rank_of(by_chance)}__in": [RANKS[one] for one in GROUPS[value]]})


GROUPS = {
    "far_over": (Standing.FAR_OVER,),
    "over": (Standing.FAR_OVER, Standing.OVER),
    "inside": (Standing.INSIDE,),
    "under": (Standing.UNDER, Standing.FAR_UNDER),
    "small": (Standing.SMALL,),
}
GROUP_WORDS = [
    ("far_over", gettext_lazy("above the 99.8 percent limit")),
    ("over", gettext_lazy("above the 95 percent limit")),
    ("inside", gettext_lazy("within the limits")),
    ("under", gettext_lazy("below the limits")),
    ("small", gettext_lazy("too small to say")),
]
COLUMNS = [
    Column(gettext_lazy("Agency"), lambda one: one.agency.name),
    Column(gettext_lazy("BIN"), lambda one: one.agency.bin),
    Column(gettext_lazy("Region"), lambda one: one.agency.region.name),
    Column(gettext_lazy("Guard-years"), lambda one: round(one.guard_years, 2)),
    Column(gettext_lazy("Left for good"), "settled_left"),
    Column(gettext_lazy("Leaves that count"), "net_left"),
    Column(gettext_lazy("Leaves in all"), "gross_left"),
    Column(gettext_lazy("Expected at the line"), lambda one: round(one.expected, 2)),
    Column(gettext_lazy("More than expected"), lambda one: round(one.excess, 2)),
    Column(gettext_lazy("Turnover, % a year"), "settled_rate"),
    Column(gettext_lazy("Lower bound"), "low"),
    Column(gettext_lazy("Upper bound"), "high"),
    Column(gettext_lazy("Where it stands"), "said"),
]


def explained(found: Funnel, by_chance: bool) -> str:
    """What the limits mean, for a reader who knows no statistics."""
    if by_chance:
        return _(
            "The limits know chance alone: if all agencies were alike, 95 of 100 would lie between the dashed lines "
            "and 998 of 1000 between the solid ones. Where agencies differ for lasting reasons, many large ones lie "
            "outside."
        )
    if not found.tau2:
        return _(
            "These agencies differ no more than chance lets them: 95 of 100 such agencies lie between the dashed lines "
            "and 998 of 1000 between the solid ones."
        )
    low, high = found.spread
    return _(
        "Agencies differ by more than chance: by pay, distance, the schools they have. Even without chance the rates "
        "of 95 of 100 lie between %(low)s and %(high)s a year. The limits are widened by as much; who is outside them "
        "nevertheless is unlike the others."
    ) % {"low": formats.percent(low), "high": formats.percent(high)}
