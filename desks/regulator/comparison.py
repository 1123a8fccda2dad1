"""Agencies against each other: whose guards leave more often than chance explains, drawn and as a list.

Everything is read from the latest stored figures. Which agencies: those that the officer may know of, or those of one
region; the line is theirs together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, FloatField, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from agencies.models import Agency
from compliance.funnel import Funnel, Standing, funnel
from compliance.intervals import DAYS_OF_YEAR, interval
from compliance.reports import limiting_version
from desks import formats
from desks.lists import Column
from desks.pictures.funnel import OUTSIDE, FunnelPicture, Point, lay_out
from desks.regulator.figures import with_figure
from schools.models import Region

RANKS = {standing: rank for rank, standing in enumerate(Standing)}
WORDS = {
    Standing.FAR_OVER: ("established", gettext_lazy("above the 99.8 percent limit")),
    Standing.OVER: ("indicated", gettext_lazy("above the 95 percent limit")),
    Standing.INSIDE: ("", gettext_lazy("within the limits")),
    Standing.UNDER: ("", gettext_lazy("below the 95 percent limit")),
    Standing.FAR_UNDER: ("", gettext_lazy("below the 99.8 percent limit")),
    Standing.SMALL: ("not_measurable", gettext_lazy("too small to say")),
}
PLAIN = ("figure__person_days", "settled_left", "net_left", "gross_left")
SORTS = {
    "standing": ("standing", "-excess"),
    "name": ("name_ru",),
    "size": ("guard_years",),
    "excess": ("excess",),
    "turnover": ("settled_rate",),
}


@dataclass(frozen=True)
class Comparison:
    """The agencies compared: their line, where each stands (by primary key), and the picture."""

    funnel: Funnel
    standings: dict[int, Standing]
    picture: FunnelPicture | None

    def count(self, *standings: Standing) -> int:
        return sum(one in standings for one in self.standings.values())

    @property
    def over(self) -> int:
        return self.count(Standing.FAR_OVER, Standing.OVER)

    @property
    def far_over(self) -> int:
        return self.count(Standing.FAR_OVER)


def compare(membership: Any, region: Region | None, day: date, *, by_chance: bool = False) -> Comparison:
    """The agencies of a region, or all that the officer may know of, by their figures stored last; `day` is the day
    whose clause draws the limit."""
    held = list(_served(_agencies(membership, region)).values_list("pk", *PLAIN))
    days = [person_days for _pk, person_days, *_leaves in held]
    leaves = [settled for _pk, _person_days, settled, *_leaves in held]
    found = funnel(days, leaves)
    if by_chance:
        found = found.by_chance_alone
    standings = dict(zip([pk for pk, *_rest in held], found.standings(days, leaves), strict=True))
    version, rule = limiting_version("agency", day)
    picture = lay_out(
        found,
        _points(held, standings),
        line_words=_line_words(membership, region),
        limit=rule.threshold_percent if version else None,
    )
    return Comparison(found, standings, picture)


def _agencies(membership: Any, region: Region | None) -> QuerySet[Agency]:
    known = Agency.objects.visible_to(membership)
    return known.filter(region=region) if region else known


def _served(agencies: QuerySet[Agency]) -> QuerySet[Any]:
    """Those whose guards served in the window, with the leaves of which none can be undone any more."""
    found = with_figure(agencies, "agency").filter(figure__person_days__gt=0)
    return found.annotate(settled_left=F("figure__net_left") - F("figure__provisional_left"))


def _points(held: Sequence[tuple[int, ...]], standings: dict[int, Standing]) -> list[Point]:
    """Only those outside the limits are looked up by name: the picture names nobody else."""
    named = Agency.objects.in_bulk([pk for pk, standing in standings.items() if standing in OUTSIDE])
    points = []
    for pk, person_days, settled, net, gross in held:
        years = person_days / DAYS_OF_YEAR
        told = {}
        if agency := named.get(pk):
            told = {"name": agency.name, "url": reverse("regulator:agency", args=[agency.public_id])}
            told["made_of"] = _("left for good %(settled)s, counted %(net)s of %(gross)s leaves") % {
                "settled": formats.number(settled),
                "net": formats.number(net),
                "gross": formats.number(gross),
            }
        points.append(Point(years, 100 * settled / years, standings[pk], **told))
    return points


def _line_words(membership: Any, region: Region | None) -> str:
    if region or membership.region_id:
        return (region or membership.region).short
    return pgettext("line of a picture", "country")


def listed(membership: Any, found: Comparison) -> QuerySet[Any]:
    """The agencies with what they are compared by: `guard_years`, `settled_left`, `expected`, the `excess` of the one
    over the other, and `standing`, the rank of where they stand."""
    rows = _served(Agency.objects.visible_to(membership)).select_related("region")
    outside: dict[Standing, list[int]] = {}
    for key, standing in found.standings.items():
        outside.setdefault(standing, []).append(key)
    ranks = [
        When(pk__in=keys, then=Value(RANKS[standing]))
        for standing, keys in outside.items()
        if standing != Standing.INSIDE
    ]
    rows = rows.annotate(
        guard_years=Cast("figure__person_days", FloatField()) / DAYS_OF_YEAR,
        settled_rate=F("figure__settled_rate"),
        # Cast, because where all are inside the limits the case is a bare number: PostgreSQL would order by that column.
        standing=Cast(Case(*ranks, default=Value(RANKS[Standing.INSIDE])), IntegerField()),
    )
    rows = rows.annotate(expected=F("guard_years") * Value((found.funnel.line or 0.0) / 100, FloatField()))
    return rows.annotate(excess=Cast("settled_left", FloatField()) - F("expected"))


def hang_words(agencies: Sequence[Any]) -> None:
    """Hang on each agency the `interval` of its settled rate and the words for where it stands."""
    bounds = interval([one.settled_left for one in agencies], [one.person_days for one in agencies])
    for agency, low, high in zip(agencies, *(side.tolist() for side in bounds), strict=True):
        agency.low, agency.high = low, high
        agency.interval = formats.number_range(low, high)
        agency.shape, agency.said = WORDS[list(Standing)[agency.standing]]


def by_standing(agencies: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Those above the limits, within them, below them, or too small."""
    return agencies.filter(standing__in=[RANKS[one] for one in GROUPS[value]])


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
    Column(gettext_lazy("Agency"), "name"),
    Column(gettext_lazy("BIN"), "bin"),
    Column(gettext_lazy("Region"), lambda one: one.region.name),
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
