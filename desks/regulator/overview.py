"""The country, or a region, on one page: what is confirmed of what is claimed, and where the limit is broken.

Everything is read from the latest stored figures and the open findings: nothing is measured while the page waits.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models import ClauseVersion, Evaluation, Figure, Finding, SchoolCount
from compliance.predicates.turnover import Measurable, TurnoverLimit
from desks import formats
from desks.lists import by_keys
from desks.pictures import claim, tiles
from desks.regulator.figures import confirmed_share, interval_words, measured
from desks.regulator.findings import hang_words, listed
from schools.models import Region

SHOWN = 6
# Open findings in the order of what they weigh.
WEIGHED = (Finding.Strength.ESTABLISHED, "", Finding.Strength.INDICATED)


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
class OpenFindings:
    """How many findings are open, by region, clause version (primary key) and strength."""

    counts: dict[tuple[str, int, str], int]
    versions: dict[int, ClauseVersion]

    @classmethod
    def counted(cls, findings: QuerySet[Any]) -> "OpenFindings":
        """Those of some open findings. Without a join, in the order of an index that holds all of it."""
        rows = findings.order_by().values_list("region", "version", "strength").annotate(count=Count("pk"))
        counts = {tuple(key): count for *key, count in rows}
        return cls(counts, ClauseVersion.objects.in_bulk({version for _region, version, _strength in counts}))

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def not_measurable(self) -> int:
        return sum(count for (_, version, _), count in self.counts.items() if self._rule(version) == Measurable.code)

    @property
    def by_records(self) -> int:
        """Those of which nothing is estimated: all but turnover and what cannot be measured."""
        return sum(count for (_, _, strength), count in self.counts.items() if not strength) - self.not_measurable

    @property
    def schools(self) -> Breaches:
        return self._breaches("school")

    @property
    def agencies(self) -> Breaches:
        return self._breaches("agency")

    @property
    def established(self) -> dict[str, int]:
        """The established ones by region."""
        found: Counter[str] = Counter()
        for (region, _version, strength), count in self.counts.items():
            if strength == Finding.Strength.ESTABLISHED:
                found[region] += count
        return found

    def _rule(self, version: int) -> str:
        return self.versions[version].rule

    def _breaches(self, level: str) -> Breaches:
        """Findings that turnover at a level is over its limit."""
        found: Counter[str] = Counter()
        for (_region, key, strength), count in self.counts.items():
            version = self.versions[key]
            if version.rule == TurnoverLimit.code and version.parameters["level"] == level:
                found[strength] += count
        return Breaches(found[Finding.Strength.ESTABLISHED], found[Finding.Strength.INDICATED])


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
    open: OpenFindings
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

    found = OpenFindings.counted(within(Finding.objects.visible_to(membership).open()))
    schools = within(SchoolCount.objects.visible_to(membership))
    counted = schools.aggregate(contracted=Sum("contracted", default=0), measurable=Sum("measurable", default=0))
    return Overview(
        region=region,
        evaluation=Evaluation.objects.order_by("-as_of", "-pk").first(),
        check=Evaluation.objects.filter(missed__isnull=False).order_by("-as_of", "-pk").first(),
        confirmation=_confirmation(within(Figure.objects.visible_to(membership))),
        contracted=counted["contracted"],
        measurable=counted["measurable"],
        open=found,
        findings=_heaviest(membership, region, today),
        worst_schools=_worst(within(measured("school", membership)).select_related("school__region")),
        worst_agencies=_worst(within(measured("agency", membership)).select_related("agency__region")),
    )


def _confirmation(figures: QuerySet[Any]) -> Confirmation:
    sums = figures.filter(level=Figure.Level.REGION).aggregate(
        **{name: Sum(name) for name in ("claimed", "present", "refused")}
    )
    return Confirmation(**{name: value or 0 for name, value in sums.items()})


def _heaviest(membership: Any, region: Region | None, today: date) -> list[Any]:
    """The open findings that weigh most: the established, then those by the records, each kind newest first."""
    found = listed(membership).filter(closed_on__isnull=True)
    if region:
        found = found.filter(region=region)
    # Of each kind the newest, in an order that an index has.
    kinds = (found.filter(strength=strength).order_by("-opened_on", "-pk") for strength in WEIGHED)
    keys = [key for of_kind in kinds for key in of_kind.values_list("pk", flat=True)[:SHOWN]]
    head = by_keys(found, keys[:SHOWN])
    hang_words(head, today)
    return head


def _worst(figures: QuerySet[Any]) -> list[Any]:
    """Those of whom it is surest that guards change often: by the lower bound, which chance does not explain."""
    found = list(figures.filter(settled_low__gt=0).order_by("-settled_low", "-settled_rate", "pk")[:SHOWN])
    for figure in found:
        figure.interval = interval_words(figure)
    return found


# The map


def tile_map(membership: Any, shade: Shade, address: str, found: Overview) -> tiles.TileMap:
    """The regions shaded by a figure, each with its established breaches, leading to its own page."""
    return tiles.lay_out(
        _values(membership, shade),
        shade.bounds,
        title=_("%(figure)s by region") % {"figure": shade.label},
        counts=found.open.established,
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


def _values(membership: Any, shade: Shade) -> dict[str, float | None]:
    """Percent by the code of the region; without a value it is not measurable."""
    if shade.name == "measurable":
        counts = SchoolCount.objects.visible_to(membership)
        return {one.region_id: 100 * one.measurable / one.contracted for one in counts}
    figures = Figure.objects.visible_to(membership).filter(level=Figure.Level.REGION)
    column = {"confirmed": confirmed_share(), "turnover": F("rate"), "constancy": F("continuity") * 100.0}[shade.name]
    return dict(figures.annotate(shaded=column).values_list("region", "shaded"))
