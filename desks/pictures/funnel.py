"""The funnel: agencies by size and turnover, the line they share, and the limits within which chance keeps them.

Inside the limits a dot; beyond 95 % an outline square; beyond 99.8 % a filled one with its name in the column at the
right, where no two names overlap. Agencies too small to be told from the line are hollow dots and never named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, log

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from compliance.funnel import Floats, Funnel, Standing
from desks import formats
from desks.pictures import text
from desks.pictures.axis import Tick

WIDTH, HEIGHT = 714, 478
LEFT, TOP, RIGHT, BOTTOM = 48, 10, 506, 438
NAMES_AT = RIGHT + 22
LINE_OF_NAMES = 15.5
NAMED_AT_MOST = 20
#: How much harder than a name the words of the line and of the limit are to move.
STEADY = 12
STEPS = 96
TICKS = tuple(lead * 10**power for power in range(6) for lead in (1, 2, 5))
OUTSIDE = (Standing.FAR_OVER, Standing.OVER, Standing.UNDER, Standing.FAR_UNDER)
NAMED = (Standing.FAR_OVER, Standing.FAR_UNDER)


@dataclass(frozen=True)
class Point:
    """An agency: its guard-years, its rate in percent a year, where it stands; `name`, `url` and what the rate is
    `made_of` where it may be named."""

    guard_years: float
    rate: float
    standing: Standing
    name: str = ""
    url: str = ""
    made_of: str = ""


@dataclass(frozen=True)
class Square:
    """An agency outside the limits; `filled` beyond the outer ones, `is_over` the line."""

    x: float
    y: float
    filled: bool
    is_over: bool
    title: str
    url: str


@dataclass(frozen=True)
class Label:
    """A text in the column at the right; `mark` is the place it speaks of, `kind` is agency, line or limit."""

    kind: str
    name: str
    value: str
    y: float
    mark_x: float
    mark_y: float
    url: str = ""


@dataclass(frozen=True)
class FunnelPicture:
    """Where everything stands, in pixels; curves are points of a polyline within the plot, dots one path each."""

    line_y: float
    limit_y: float | None
    inner: list[str]
    outer: list[str]
    dots: str
    pale_dots: str
    squares: list[Square]
    labels: list[Label]
    across: list[Tick]
    up: list[Tick]
    words: str
    small_words: str
    off_words: str
    unnamed_words: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    right: int = RIGHT
    bottom: int = BOTTOM
    names_at: int = NAMES_AT
    plot_width: int = RIGHT - LEFT
    plot_height: int = BOTTOM - TOP

    @property
    def has_outer(self) -> bool:
        """Whether anybody stands above the outer limits."""
        return any(square.filled and square.is_over for square in self.squares)

    @property
    def has_inner(self) -> bool:
        return any(square.is_over and not square.filled for square in self.squares)

    @property
    def has_under(self) -> bool:
        return any(not square.is_over for square in self.squares)


def lay_out(
    found: Funnel, points: Sequence[Point], *, line_words: str, limit: float | None = None
) -> FunnelPicture | None:
    """The funnel of some agencies; None where nobody left, or nobody served. `line_words` name whose line it is."""
    if not found.line:
        return None
    scale = _Scale.of(found.line, points, limit)
    shown = [point for point in points if point.rate <= scale.top_rate]
    line = f"{line_words} {formats.percent(found.line)}"
    marks = [_label("line", line_words, formats.percent(found.line), scale, RIGHT, found.line)]
    if limit is not None:
        marks.append(_label("limit", _("limit"), formats.percent(limit), scale, RIGHT, limit))
    named = _worst(point for point in points if point.standing in NAMED and point.name)
    marks += [
        _label("agency", one.name, formats.percent(one.rate), scale, scale.x(one.guard_years), one.rate, one.url)
        for one in named[:NAMED_AT_MOST]
    ]
    dots = [one for one in shown if one.standing == Standing.INSIDE]
    pale = [one for one in shown if one.standing == Standing.SMALL]
    inner, outer = _curves(found, scale)
    return FunnelPicture(
        line_y=scale.y(found.line),
        limit_y=None if limit is None else scale.y(limit),
        inner=inner,
        outer=outer,
        dots=_path(dots, scale),
        pale_dots=_path(pale, scale),
        squares=[_square(one, scale) for one in shown if one.standing in OUTSIDE],
        labels=_apart(marks),
        across=[Tick(scale.x(tick), formats.number(tick)) for tick in TICKS if scale.first <= tick <= scale.last],
        up=[Tick(scale.y(rate), formats.percent(rate)) for rate in scale.rates],
        words=_("%(agencies)s, %(line)s") % {"agencies": _agencies(points), "line": line},
        small_words=_small_words(found, points),
        off_words=_off_words(points, shown),
        unnamed_words=_("in the table: %(count)s more") % {"count": formats.number(len(named) - NAMED_AT_MOST)}
        if len(named) > NAMED_AT_MOST
        else "",
    )


@dataclass(frozen=True)
class _Scale:
    """Guard-years across, by their logarithm, and rates up."""

    first: float
    last: float
    rates: Sequence[int]

    @classmethod
    def of(cls, line: float, points: Sequence[Point], limit: float | None) -> "_Scale":
        """All agencies across; up, all those that are large enough to speak of, and half as much again as the line."""
        sizes = [point.guard_years for point in points if point.guard_years > 0]
        first, last = max(min(sizes) * 0.85, 0.5), max(sizes) * 1.1
        told = [point.rate for point in points if point.standing != Standing.SMALL]
        highest = max([1.5 * line, *told, *([1.1 * limit] if limit else [])])
        step = next(one for one in (5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000) if highest / one <= 6)
        return cls(first, max(last, 2 * first), range(0, (ceil(highest / step) + 1) * step, step))

    @property
    def top_rate(self) -> int:
        return self.rates[-1]

    def x(self, guard_years: float) -> float:
        along = log(max(guard_years, self.first) / self.first) / log(self.last / self.first)
        return round(LEFT + along * (RIGHT - LEFT), 1)

    def y(self, rate: float) -> float:
        return round(BOTTOM - min(rate / self.top_rate, 1) * (BOTTOM - TOP), 1)


def _curves(found: Funnel, scale: _Scale) -> tuple[list[str], list[str]]:
    """The limits at 95 % and at 99.8 %, below and above the line, as points from the corner of the plot."""
    years = np.geomspace(scale.first, scale.last, STEPS)
    limits = found.limits(years)
    inner, outer = (
        [_polyline(years, side, scale) for side in sides]
        for sides in ((limits.under, limits.over), (limits.far_under, limits.far_over))
    )
    return inner, outer


def _polyline(years: Floats, rates: Floats, scale: _Scale) -> str:
    places = zip(years.tolist(), rates.tolist(), strict=True)
    return " ".join(f"{scale.x(at) - LEFT:.1f},{_beyond(rate, scale) - TOP:.1f}" for at, rate in places)


def _beyond(rate: float, scale: _Scale) -> float:
    """The height of a rate that may be off the scale: the plot cuts it."""
    return max(BOTTOM - rate / scale.top_rate * (BOTTOM - TOP), -10.0 * HEIGHT)


def _path(points: Iterable[Point], scale: _Scale) -> str:
    """Many dots as one path of round ends."""
    return "".join(f"M{scale.x(one.guard_years)} {scale.y(one.rate)}h0" for one in points)


def _square(one: Point, scale: _Scale) -> Square:
    title = _("%(name)s: %(rate)s a year at %(years)s guard-years") % {
        "name": one.name,
        "rate": formats.percent(one.rate),
        "years": formats.number(one.guard_years, 1),
    }
    return Square(
        x=scale.x(one.guard_years),
        y=scale.y(one.rate),
        filled=one.standing in NAMED,
        is_over=one.standing in (Standing.FAR_OVER, Standing.OVER),
        title=f"{title}. {one.made_of}" if one.made_of else title,
        url=one.url,
    )


def _worst(points: Iterable[Point]) -> list[Point]:
    """Those above the line first, the largest excess of leaves first."""
    return sorted(points, key=lambda one: (one.standing != Standing.FAR_OVER, -one.rate * one.guard_years))


def _label(kind: str, name: str, value: str, scale: _Scale, x: float, rate: float, url: str = "") -> Label:
    room = WIDTH - NAMES_AT - text.width(f" {value}", 12.5)
    return Label(kind, text.fit(name, 12.5, room), value, scale.y(rate), x, scale.y(rate), url)


def _apart(labels: Sequence[Label]) -> list[Label]:
    """The labels in the order of their marks, moved as little as keeps them apart and within the picture.

    Labels that would overlap become a block that stands at the mean of where they belong.
    """
    ordered = sorted(labels, key=lambda one: (one.mark_y, one.kind))
    blocks: list[tuple[float, float, int]] = []
    for at, one in enumerate(ordered):
        weight = 1 if one.kind == "agency" else STEADY
        block = (weight, weight * (one.mark_y - at * LINE_OF_NAMES), 1)
        while blocks and blocks[-1][1] / blocks[-1][0] > block[1] / block[0]:
            block = tuple(map(sum, zip(blocks.pop(), block, strict=True)))  # type: ignore[assignment]
        blocks.append(block)
    lowest = HEIGHT - 6 - (len(ordered) - 1) * LINE_OF_NAMES
    starts = [min(max(place / weight, TOP), lowest) for weight, place, count in blocks for _at in range(count)]
    return [
        replace(one, y=round(start + at * LINE_OF_NAMES, 1))
        for at, (one, start) in enumerate(zip(ordered, starts, strict=True))
    ]


def _agencies(points: Sequence[Point]) -> str:
    return pgettext("picture of agencies", "agencies: %(count)s") % {"count": formats.number(len(points))}


def _small_words(found: Funnel, points: Sequence[Point]) -> str:
    """From what size on agencies are compared, and how many are smaller."""
    small = sum(one.standing == Standing.SMALL for one in points)
    if not small or found.least_guard_years is None:
        return ""
    return _("under %(years)s guard-years, nobody named: %(count)s") % {
        "years": formats.number(found.least_guard_years, 1),
        "count": formats.number(small),
    }


def _off_words(points: Sequence[Point], shown: Sequence[Point]) -> str:
    """How many of the small are above the scale; the others never are."""
    off = len(points) - len(shown)
    return _("above the scale: %(count)s") % {"count": formats.number(off)} if off else ""
