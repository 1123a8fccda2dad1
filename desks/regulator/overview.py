"""The country, or a region, on one page: what is confirmed of what is claimed, and where the limit is broken.

Everything is read from the latest stored figures and the open findings: nothing is measured while the page waits.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Contract
from compliance.models import Evaluation, Figure, Finding
from compliance.predicates.turnover import Measurable, TurnoverLimit
from desks import formats
from desks.lists import first
from desks.pictures import claim, tiles
from desks.regulator.figures import confirmed_share, interval_words, measured
from desks.regulator.findings import hang_words, listed
from schools.models import Region, School

SHOWN = 6
TURNOVER, SILENCE = Q(version__rule=TurnoverLimit.code), Q(version__rule=Measurable.code)
AT_SCHOOL, OF_AGENCY = Q(school__isnull=False, agency__isnull=True), Q(school__isnull=True, agency__isnull=False)
WEIGHT = Case(
    When(strength=Finding.Strength.ESTABLISHED, then=0),
    When(strength=Finding.Strength.INDICATED, then=2),
    default=1,
    output_field=IntegerField(),
)
# Counted as sets: asked of each school on its own, the whole country takes twice as long.
MEASURED = Figure.objects.filter(level=Figure.Level.SCHOOL, measurable=True).values("school")
COUNTS = {"contracted": Count("pk"), "measurable": Count("pk", filter=Q(pk__in=MEASURED))}


@dataclass(frozen=True)
class Shade:
    """A figure by which the map is shaded: its name, its value in a region's row, the bounds of its classes."""

    name: str
    label: Any
    bounds: tuple[int, int, int, int]


SHADES = {
    shade.name: shade
    for shade in (
        Shade("confirmed", gettext_lazy("Confirmed"), (55, 65, 75, 85)),
        Shade("measurable", gettext_lazy("Measurable schools"), (50, 70, 85, 95)),
        Shade("turnover", gettext_lazy("Turnover, % a year"), (20, 35, 50, 70)),
        Shade("constancy", gettext_lazy("Constancy"), (50, 60, 70, 80)),
    )
}


@dataclass(frozen=True)
class Confirmation:
    """Shifts of a year: claimed by agencies, confirmed by schools."""

    claimed: int
    present: int
    refused: int

    @property
    def share(self) -> float | None:
        return 100 * self.present / self.claimed if self.claimed else None

    @property
    def bar(self) -> claim.HatchedBar | None:
        return claim.bar(self.present, self.claimed) if self.claimed else None


@dataclass(frozen=True)
class Breaches:
    """Open findings of a kind by their strength."""

    established: int
    indicated: int


@dataclass(frozen=True)
class Overview:
    """All that the page shows of a region, or of the country where `region` is None."""

    region: Region | None
    evaluation: Evaluation | None
    # The last time that the whole register was judged to check on the actions of a day.
    check: Evaluation | None
    confirmation: Confirmation
    contracted: int
    measurable: int
    schools: Breaches
    agencies: Breaches
    open_count: int
    by_records: int
    not_measurable: int
    findings: list[Any]
    worst_schools: list[Any]
    worst_agencies: list[Any]

    @property
    def unmeasured(self) -> int:
        """Schools under contract where nothing can be measured."""
        return self.contracted - self.measurable


def overview(membership: Any, region: Region | None, today: date) -> Overview:
    """The page of a region, or of all regions that the officer may know of."""

    def within(rows: QuerySet[Any]) -> Any:
        return rows.filter(region=region) if region else rows

    findings = within(Finding.objects.visible_to(membership).open())
    counted = _contracted(within(School.objects.visible_to(membership)), today).aggregate(**COUNTS)
    kinds = findings.aggregate(
        all=Count("pk"),
        by_records=Count("pk", filter=Q(strength="") & ~SILENCE),
        not_measurable=Count("pk", filter=SILENCE),
    )
    return Overview(
        region=region,
        evaluation=Evaluation.objects.order_by("-as_of", "-pk").first(),
        check=Evaluation.objects.filter(missed__isnull=False).order_by("-as_of", "-pk").first(),
        confirmation=_confirmation(within(Figure.objects.visible_to(membership))),
        contracted=counted["contracted"],
        measurable=counted["measurable"],
        schools=_breaches(findings.filter(TURNOVER & AT_SCHOOL)),
        agencies=_breaches(findings.filter(TURNOVER & OF_AGENCY)),
        open_count=kinds["all"],
        by_records=kinds["by_records"],
        not_measurable=kinds["not_measurable"],
        findings=_heaviest(membership, region, today),
        worst_schools=_worst(within(measured("school", membership)).select_related("school__region")),
        worst_agencies=_worst(within(measured("agency", membership)).select_related("agency__region")),
    )


def _contracted(schools: Any, today: date) -> QuerySet[Any]:
    """Schools under a contract in force."""
    return schools.filter(pk__in=Contract.objects.in_force(today).order_by().values("school"))


def _confirmation(figures: QuerySet[Any]) -> Confirmation:
    sums = figures.filter(level=Figure.Level.REGION).aggregate(
        **{name: Sum(name) for name in ("claimed", "present", "refused")}
    )
    return Confirmation(**{name: value or 0 for name, value in sums.items()})


def _breaches(findings: QuerySet[Any]) -> Breaches:
    strengths = Counter(findings.order_by().values_list("strength", flat=True))
    return Breaches(strengths[Finding.Strength.ESTABLISHED], strengths[Finding.Strength.INDICATED])


def _heaviest(membership: Any, region: Region | None, today: date) -> list[Any]:
    """The open findings that weigh most: the established, then those by the records, each kind newest first."""
    found = listed(membership).filter(closed_on__isnull=True)
    if region:
        found = found.filter(region=region)
    head = first(found.order_by(WEIGHT, "-opened_on", "-pk"), SHOWN)
    hang_words(head, today)
    return head


def _worst(figures: QuerySet[Any]) -> list[Any]:
    """Those of whom it is surest that guards change often: by the lower bound, which chance does not explain."""
    found = list(figures.filter(settled_low__gt=0).order_by("-settled_low", "-settled_rate", "pk")[:SHOWN])
    for figure in found:
        figure.interval = interval_words(figure)
    return found


# The map


def tile_map(membership: Any, shade: Shade, address: str, today: date) -> tiles.TileMap:
    """The regions shaded by a figure, each with its established breaches, leading to its own page."""
    established = Finding.objects.visible_to(membership).open().filter(strength=Finding.Strength.ESTABLISHED)
    counts = established.order_by().values_list("region").annotate(count=Count("pk"))
    return tiles.lay_out(
        _values(membership, shade, today),
        shade.bounds,
        title=_("%(figure)s by region") % {"figure": shade.label},
        counts=dict(counts),
        count_words=_("established breaches"),
        urls={code: f"{address}?region={code}" for code in tiles.PLACES},
        made_of=_leaves(membership) if shade.name == "turnover" else None,
    )


def _leaves(membership: Any) -> dict[str, str]:
    """Of each region the leaves that count, and all: what its turnover is made of."""
    figures = Figure.objects.visible_to(membership).filter(level=Figure.Level.REGION)
    return {
        region: _("%(net)s of %(gross)s leaves count") % {"net": formats.number(net), "gross": formats.number(gross)}
        for region, net, gross in figures.values_list("region", "net_left", "gross_left")
    }


def _values(membership: Any, shade: Shade, today: date) -> dict[str, float | None]:
    """Percent by the code of the region; without a value it is not measurable."""
    if shade.name == "measurable":
        schools = _contracted(School.objects.visible_to(membership), today).order_by().values("region")
        return {one["region"]: 100 * one["measurable"] / one["contracted"] for one in schools.annotate(**COUNTS)}
    figures = Figure.objects.visible_to(membership).filter(level=Figure.Level.REGION)
    column = {"confirmed": confirmed_share(), "turnover": F("rate"), "constancy": F("continuity") * 100.0}[shade.name]
    return dict(figures.annotate(shaded=column).values_list("region", "shaded"))
