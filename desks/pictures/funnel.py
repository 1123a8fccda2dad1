"""The funnel: agencies by size and turnover, the line they share, and the limits within which chance keeps them.

Inside the limits a dot; beyond 95 % an outline square; beyond 99.8 % a filled one with its name in the column at the
right, where no two names overlap. Agencies too small to be told from the line are hollow dots and never named. Where
there are too many to tell one dot from another, a dot stands for all in its cell of the plot, the larger the more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, log, sqrt

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from compliance.funnel import RANKS, Floats, Funnel, Standing
from desks import formats
from desks.pictures import text
from desks.pictures.axis import Tick

WIDTH, HEIGHT = 714, 478
LEFT, TOP, RIGHT, BOTTOM = 48, 10, 506, 438
NAMES_AT = RIGHT + 22
LINE_OF_NAMES = 15.5
NAMED_AT_MOST = 20
#: So many squares are links with a title, the first in order of the table; any further ones are only drawn.
LINKED_AT_MOST = 40
#: So many dots are drawn one by one; of more, each stands for its cell, and its area for how many are there.
DOTS_AT_MOST = 2000
CELL = 22
LEAST_DOT, LARGEST_DOT = 1.6, 10.5
#: How much harder than a name the words of the line and of the limit are to move.
STEADY = 12
STEPS = 96
TICKS = tuple(lead * 10**power for power in range(6) for lead in (1, 2, 5))
OVER = (Standing.FAR_OVER, Standing.OVER)
OUTSIDE = (*OVER, Standing.UNDER, Standing.FAR_UNDER)
NAMED = (Standing.FAR_OVER, Standing.FAR_UNDER)


@dataclass(frozen=True)
class Point:
    """An agency outside the limits: its guard-years, its rate in percent a year, where it stands, what the rate is
    `made_of`."""

    guard_years: float
    rate: float
    standing: Standing
    name: str
    url: str = ""
    made_of: str = ""


@dataclass(frozen=True, eq=False)
class Crowd:
    """All agencies of the picture in arrays: guard-years, rates in percent a year, the ranks of where they stand."""

    guard_years: Floats
    rates: Floats
    ranks: np.ndarray

    def __len__(self) -> int:
        return len(self.ranks)

    def standing(self, *standings: Standing) -> "Crowd":
        """Those that stand in one of these places."""
        return self.take(np.isin(self.ranks, [RANKS[one] for one in standings]))

    def take(self, which: np.ndarray) -> "Crowd":
        return Crowd(self.guard_years[which], self.rates[which], self.ranks[which])


@dataclass(frozen=True)
class Square:
    """An agency outside the limits: the corner of its square."""

    x: float
    y: float
    title: str
    url: str


@dataclass(frozen=True)
class Squares:
    """The agencies outside the limits on one side, `filled` beyond the outer ones; `is_over` above the line.

    `size` is the side of a square. `path` draws all of them where not all are links.
    """

    filled: bool
    is_over: bool
    size: float
    linked: list[Square]
    path: str


@dataclass(frozen=True)
class Heap:
    """The agencies of one cell of the plot as one dot; `title` says how many, and between which sizes and rates."""

    x: float
    y: float
    radius: float
    title: str


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
    """Where everything stands, in pixels; curves are points of a polyline within the plot, dots one path each.

    `heaps` and `pale_heaps` take the place of `dots` and `pale_dots` where these would be too many.
    """

    line_y: float
    limit_y: float | None
    inner: list[str]
    outer: list[str]
    dots: str
    pale_dots: str
    heaps: list[Heap]
    pale_heaps: list[Heap]
    heap_words: str
    squares: list[Squares]
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
        return any(some.filled and some.is_over for some in self.squares)

    @property
    def has_inner(self) -> bool:
        return any(some.is_over and not some.filled for some in self.squares)

    @property
    def has_under(self) -> bool:
        return any(not some.is_over for some in self.squares)


def lay_out(
    found: Funnel, crowd: Crowd, outside: Sequence[Point], *, line_words: str, limit: float | None = None
) -> FunnelPicture | None:
    """The funnel of some agencies; None where nobody left, or nobody served.

    `outside` are those of the crowd outside the limits, LINKED_AT_MOST of them: they alone may be named. `line_words`
    name whose line it is.
    """
    if not found.line:
        return None
    scale = _Scale.of(found.line, crowd, limit)
    shown = crowd.take(crowd.rates <= scale.top_rate)
    line = f"{line_words} {formats.percent(found.line)}"
    marks = [_label("line", line_words, formats.percent(found.line), scale, RIGHT, found.line)]
    if limit is not None:
        marks.append(_label("limit", _("limit"), formats.percent(limit), scale, RIGHT, limit))
    named = _worst(point for point in outside if point.standing in NAMED)[:NAMED_AT_MOST]
    marks += [
        _label("agency", one.name, formats.percent(one.rate), scale, scale.x(one.guard_years), one.rate, one.url)
        for one in named
    ]
    inside, small = shown.standing(Standing.INSIDE), shown.standing(Standing.SMALL)
    heaped = len(inside) + len(small) > DOTS_AT_MOST
    heaps, pale_heaps = _heaps(inside, small, scale) if heaped else ([], [])
    unnamed = len(crowd.standing(*NAMED)) - len(named)
    inner, outer = _curves(found, scale)
    return FunnelPicture(
        line_y=scale.y(found.line),
        limit_y=None if limit is None else scale.y(limit),
        inner=inner,
        outer=outer,
        dots="" if heaped else _path(inside, scale),
        pale_dots="" if heaped else _path(small, scale),
        heaps=heaps,
        pale_heaps=pale_heaps,
        heap_words=_("a dot stands for all in its place, the larger the more") if heaped else "",
        squares=list(_squares(shown, outside, scale)),
        labels=_apart(marks),
        across=[Tick(scale.x(tick), formats.number(tick)) for tick in TICKS if scale.first <= tick <= scale.last],
        up=[Tick(scale.y(rate), formats.percent(rate)) for rate in scale.rates],
        words=_("%(agencies)s, %(line)s") % {"agencies": _agencies(crowd), "line": line},
        small_words=_small_words(found, crowd),
        off_words=_off_words(crowd, shown),
        unnamed_words=_("in the table: %(count)s more") % {"count": formats.number(unnamed)} if unnamed else "",
    )


@dataclass(frozen=True)
class _Scale:
    """Guard-years across, by their logarithm, and rates up."""

    first: float
    last: float
    rates: Sequence[int]

    @classmethod
    def of(cls, line: float, crowd: Crowd, limit: float | None) -> "_Scale":
        """All agencies across; up, all those that are large enough to speak of, and half as much again as the line."""
        sizes = crowd.guard_years[crowd.guard_years > 0]
        first, last = max(float(sizes.min()) * 0.85, 0.5), float(sizes.max()) * 1.1
        told = crowd.rates[crowd.ranks != RANKS[Standing.SMALL]]
        highest = max([1.5 * line, float(told.max(initial=0)), *([1.1 * limit] if limit else [])])
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

    def places(self, crowd: Crowd) -> tuple[Floats, Floats]:
        """Where a crowd stands: the same as x and y of each."""
        along = np.log(np.maximum(crowd.guard_years, self.first) / self.first) / log(self.last / self.first)
        up = np.minimum(crowd.rates / self.top_rate, 1)
        return np.round(LEFT + along * (RIGHT - LEFT), 1), np.round(BOTTOM - up * (BOTTOM - TOP), 1)

    def guard_years_at(self, x: float) -> float:
        """The size that stands at a place."""
        return float(self.first * (self.last / self.first) ** ((x - LEFT) / (RIGHT - LEFT)))

    def rate_at(self, y: float) -> float:
        return (BOTTOM - y) / (BOTTOM - TOP) * self.top_rate


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


def _path(crowd: Crowd, scale: _Scale, mark: str = "h0") -> str:
    """Many marks as one path: dots of round ends, unless another mark is drawn from each place."""
    places = zip(*(column.tolist() for column in scale.places(crowd)), strict=True)
    return "".join(f"M{x:g} {y:g}{mark}" for x, y in places)


def _squares(shown: Crowd, outside: Sequence[Point], scale: _Scale) -> Iterator[Squares]:
    """Those outside the limits, kind by kind."""
    for standing in OUTSIDE:
        if some := shown.standing(standing):
            filled = standing in NAMED
            size = 9 if filled else 8
            linked = [_square(one, size, scale) for one in outside if one.standing == standing]
            mark = f"m-{size / 2:g}-{size / 2:g}h{size}v{size}h-{size}z"
            path = _path(some, scale, mark) if len(linked) < len(some) else ""
            yield Squares(filled, standing in OVER, size, linked, path)


def _heaps(inside: Crowd, small: Crowd, scale: _Scale) -> tuple[list[Heap], list[Heap]]:
    """A dot for each cell of the plot that holds somebody, those within the limits and those too small apart."""
    cells = [_cells(some, scale) for some in (inside, small)]
    most = max(int(counts.max(initial=0)) for _columns, _rows, counts in cells)
    sizes, rates = list(_sizes(scale)), list(_rates(scale))
    heaps, pale_heaps = (
        [
            Heap(
                x=LEFT + CELL * (column + 0.5),
                y=BOTTOM - CELL * (row + 0.5),
                radius=round(max(LARGEST_DOT * sqrt(count / most), LEAST_DOT), 1),
                title=_heap_words(count, sizes[column], rates[row]),
            )
            for column, row, count in zip(*(part.tolist() for part in of_kind), strict=True)
        ]
        for of_kind in cells
    )
    return heaps, pale_heaps


def _cells(crowd: Crowd, scale: _Scale) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The cells that hold somebody: columns from the left, rows from the bottom, and how many stand there."""
    x, y = scale.places(crowd)
    codes = (x - LEFT) // CELL * HEIGHT + (BOTTOM - y) // CELL
    found, counts = np.unique(codes.astype(np.int64), return_counts=True)
    return found // HEIGHT, found % HEIGHT, counts


def _sizes(scale: _Scale) -> Iterator[str]:
    """Of each column the sizes that stand in it."""
    for left in range(LEFT, RIGHT + 1, CELL):
        yield formats.number_range(scale.guard_years_at(left), scale.guard_years_at(left + CELL))


def _rates(scale: _Scale) -> Iterator[str]:
    """Of each row, from the bottom, its rates."""
    for bottom in range(BOTTOM, TOP - 1, -CELL):
        yield formats.percent_range(scale.rate_at(bottom), scale.rate_at(bottom - CELL))


def _heap_words(count: int, sizes: str, rates: str) -> str:
    words = _("agencies: %(count)s; guard-years: %(sizes)s; turnover: %(rates)s a year")
    return words % {"count": formats.number(count), "sizes": sizes, "rates": rates}


def _square(one: Point, size: float, scale: _Scale) -> Square:
    title = _("%(name)s: %(rate)s a year at %(years)s guard-years") % {
        "name": one.name,
        "rate": formats.percent(one.rate),
        "years": formats.number(one.guard_years, 1),
    }
    return Square(
        x=round(scale.x(one.guard_years) - size / 2, 1),
        y=round(scale.y(one.rate) - size / 2, 1),
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


def _agencies(crowd: Crowd) -> str:
    return pgettext("picture of agencies", "agencies: %(count)s") % {"count": formats.number(len(crowd))}


def _small_words(found: Funnel, crowd: Crowd) -> str:
    """From what size on agencies are compared, and how many are smaller."""
    small = len(crowd.standing(Standing.SMALL))
    if not small or found.least_guard_years is None:
        return ""
    return _("under %(years)s guard-years, nobody named: %(count)s") % {
        "years": formats.number(found.least_guard_years, 1),
        "count": formats.number(small),
    }


def _off_words(crowd: Crowd, shown: Crowd) -> str:
    """How many of the small are above the scale; the others never are."""
    off = len(crowd) - len(shown)
    return _("above the scale: %(count)s") % {"count": formats.number(off)} if off else ""
