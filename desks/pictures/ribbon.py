"""The ribbon: who stood at the doors of a school, day by day.

Time runs right; a row for each position of a post, a bar for each spell of service, hatching where nobody stood. The
layout is computed here in pixels; templates/pictures/ribbon.html draws it, the same for a page and for a document.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desks import formats
from desks.pictures import text
from desks.pictures.palette import GUARDS

HEAD, ROW, BAR, FOOT = 58, 42, 24, 8
LABELS = 168
"""Width of the column with the posts."""
BEFORE, AFTER = 8, 26
"""Room for the tips at both ends of the time axis."""
NAME_SIZE, RELIEF_SIZE, PAD = 12.5, 10.5, 6.5
MONTH_SIZE, MONTH_GAP, YEAR_ROOM = 12, 4, 34
ONE_DAY = timedelta(days=1)
HANDOVER = timedelta(days=31)
"""How long two guards may stand in one lane while one hands over to the other."""


class Kind(StrEnum):
    """Whether a guard holds a position or stands in for somebody."""

    REGULAR = "regular"
    RELIEF = "relief"


class EndMark(StrEnum):
    """How a spell ended: a leave that counts, one that is excused, one from which the guard may still return."""

    LEFT = "left"
    EXCUSED = "excused"
    PROVISIONAL = "provisional"


@dataclass(frozen=True)
class RibbonPost:
    """A post with its number of positions; no gaps are drawn before `first_day` or after `last_day`."""

    key: str
    name: str
    pattern: str
    positions: int
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class RibbonBar:
    """A spell of one guard at one post, both days inclusive; `last_day` None = still serving."""

    guard_key: str
    full_name: str
    family_name: str
    initials: str
    post_key: str
    first_day: date
    last_day: date | None
    kind: Kind = Kind.REGULAR
    end_mark: EndMark | None = None
    url: str = ""
    reason: str = ""

    @property
    def short_name(self) -> str:
        """`Ахметов Н.`: the family name and the first letter of what else the full name holds."""
        given = self.full_name.replace(self.family_name, "", 1).strip()
        return f"{self.family_name} {given[0]}." if given else self.family_name

    def name_for(self, room: float, size: float) -> str:
        """The longest of name, family name and initials that is no wider than `room` pixels, else nothing."""
        names = (self.short_name, self.family_name, self.initials)
        return next((name for name in names if text.width(name, size) <= room), "")


class Stay(Protocol):
    """What a lane is given to: a guard at a post, from a day to a day."""

    @property
    def guard_key(self) -> str: ...
    @property
    def post_key(self) -> str: ...
    @property
    def first_day(self) -> date: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def kind(self) -> str: ...


Bar = TypeVar("Bar", bound=Stay)


@dataclass
class Lane(Generic[Bar]):
    """A row of the ribbon: one position of a post, or one more where more guards stood than it has positions."""

    post: RibbonPost
    number: int
    bars: list[Bar] = field(default_factory=list)
    # The last day on which somebody stands here so far; None while somebody still does.
    left_on: date | None = date.min

    def take(self, bar: Bar) -> None:
        """Give the lane one more bar."""
        self.bars.append(bar)
        if self.left_on is not None:
            self.left_on = None if bar.last_day is None else max(self.left_on, bar.last_day)

    @property
    def is_extra(self) -> bool:
        return self.number > self.post.positions

    @property
    def place(self) -> str:
        if self.is_extra and all(bar.kind == Kind.RELIEF for bar in self.bars):
            return _("relief")
        if self.is_extra:
            return _("beyond the positions")
        if self.post.pattern:
            return _("position %(number)s, %(pattern)s") % {"number": self.number, "pattern": self.post.pattern}
        return _("position %(number)s") % {"number": self.number}

    def is_free_on(self, day: date) -> bool:
        return self.left_on is not None and self.left_on < day

    def is_handed_over_on(self, day: date) -> bool:
        """Whether whoever stands here leaves so soon that one who begins on the day takes his place."""
        return self.left_on is not None and self.left_on - day < HANDOVER


@dataclass(frozen=True)
class DrawnBar:
    bar: RibbonBar
    colour: int
    name: str
    title: str
    x: float
    y: float
    width: float
    tip_before: bool
    tip_after: bool

    @property
    def end(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True)
class DrawnGap:
    title: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class DrawnMark:
    kind: EndMark
    x: float
    y: float


@dataclass(frozen=True)
class DrawnLane:
    name: str
    place: str
    y: float


@dataclass(frozen=True)
class AxisLabel:
    text: str
    x: float


@dataclass(frozen=True)
class DrawnWindow:
    x: float
    width: float
    words: str
    words_x: float
    anchor: str

    @property
    def end(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True)
class Row:
    """A line of the table under the ribbon: what a bar says."""

    post: str
    bar: RibbonBar
    days: int


@dataclass(frozen=True)
class Ribbon:
    """All that the template draws; distances in pixels."""

    key: str
    labels: int
    time: int
    height: int
    lanes: list[DrawnLane]
    bars: list[DrawnBar]
    gaps: list[DrawnGap]
    marks: list[DrawnMark]
    months: list[AxisLabel]
    years: list[AxisLabel]
    grid: list[float]
    window: DrawnWindow | None
    title: str
    description: str
    words: str
    rows: list[Row]
    has_links: bool

    @property
    def signs(self) -> list[str]:
        """The signs that occur, for the legend, in the order of look."""
        marks = {mark.kind for mark in self.marks}
        signs = [str(kind) for kind in EndMark if kind in marks]
        signs += ["relief"] if any(drawn.bar.kind == Kind.RELIEF for drawn in self.bars) else []
        return signs + (["gap"] if self.gaps else [])


class Axis:
    """Days to pixels: `from_day` stands at the left edge, the end of `today` before the right one."""

    def __init__(self, from_day: date, today: date, width: float) -> None:
        self.from_day, self.today = from_day, today
        self.last_day = _month_after(today) - ONE_DAY
        self.scale = (width - BEFORE - AFTER) / ((self.last_day - from_day).days + 1)

    def at(self, day: date) -> float:
        """The left edge of a day, kept within the drawn days."""
        inside = min(max(day, self.from_day), self.today + ONE_DAY)
        return self.free(inside)

    def free(self, day: date) -> float:
        """The left edge of any day."""
        return round(BEFORE + (day - self.from_day).days * self.scale, 1)

    def shows(self, bar: RibbonBar) -> bool:
        return bar.first_day <= self.today and (bar.last_day is None or bar.last_day >= self.from_day)


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def allot(posts: Iterable[RibbonPost], bars: Iterable[Bar]) -> list[Lane[Bar]]:
    """Give every bar a lane of its post: the guard's former lane if it is free, else the one left most recently, else
    one whose guard is handing over.

    Where more guards stand at once than the post has positions, a lane is added: nobody is hidden.
    """
    by_post: dict[str, list[Bar]] = {}
    for bar in sorted(bars, key=lambda bar: (bar.first_day, bar.last_day or date.max, bar.guard_key)):
        by_post.setdefault(bar.post_key, []).append(bar)
    lanes: list[Lane[Bar]] = []
    for post in posts:
        mine: list[Lane[Bar]] = [Lane(post, number) for number in range(1, post.positions + 1)]
        former: dict[str, Lane[Bar]] = {}
        for bar in by_post.get(post.key, []):
            lane = _lane_for(bar, mine, former.get(bar.guard_key))
            if lane is None:
                lane = Lane(post, len(mine) + 1)
                mine.append(lane)
            lane.take(bar)
            former[bar.guard_key] = lane
        lanes += mine
    return lanes


def _lane_for(bar: Bar, lanes: Sequence[Lane[Bar]], former: Lane[Bar] | None) -> Lane[Bar] | None:
    if former is not None and former.is_free_on(bar.first_day):
        return former
    free = [lane for lane in lanes if lane.is_free_on(bar.first_day)]
    if not free:
        handed_over = [lane for lane in lanes if lane.is_handed_over_on(bar.first_day)]
        return min(handed_over, key=lambda lane: (_left_on(lane), lane.number), default=None)
    # The latest to be left comes first; lanes where nobody stood yet keep their order at the end.
    return max(free, key=lambda lane: (_left_on(lane), -lane.number))


def _left_on(lane: Lane[Any]) -> date:
    return lane.left_on or date.max


def colours(lanes: Sequence[Lane[RibbonBar]]) -> dict[str, int]:
    """A colour (1..8) per guard: never that of a neighbour in his lane, rarely that of one above or below."""
    beside: dict[str, set[str]] = {}
    near: dict[str, set[str]] = {}
    for lane in lanes:
        for one, other in zip(lane.bars, lane.bars[1:], strict=False):
            _neighbours(beside, one.guard_key, other.guard_key)
    for above, below in pairwise(lanes):
        for one in above.bars:
            for other in below.bars:
                if _overlap(one, other):
                    _neighbours(near, one.guard_key, other.guard_key)
    chosen: dict[str, int] = {}
    used = dict.fromkeys(range(1, GUARDS + 1), 0)
    for lane in lanes:
        for bar in lane.bars:
            if bar.guard_key in chosen:
                continue
            touching = [chosen.get(key) for key in beside.get(bar.guard_key, ())]
            around = [chosen.get(key) for key in near.get(bar.guard_key, ())]
            colour = min(used, key=lambda c: (touching.count(c), around.count(c), used[c], c))
            chosen[bar.guard_key] = colour
            used[colour] += 1
    return chosen


def _neighbours(of: dict[str, set[str]], one: str, other: str) -> None:
    if one != other:
        of.setdefault(one, set()).add(other)
        of.setdefault(other, set()).add(one)


def _overlap(one: RibbonBar, other: RibbonBar) -> bool:
    return one.first_day <= (other.last_day or date.max) and other.first_day <= (one.last_day or date.max)


def gaps(lane: Lane[RibbonBar], from_day: date, today: date) -> list[tuple[date, date]]:
    """First and last days of the stretches in view when nobody stood on a position; an extra lane has none."""
    if lane.is_extra:
        return []
    start = max(from_day, lane.post.first_day or from_day)
    end = min(today, lane.post.last_day or today)
    found, free_from = [], start
    for bar in lane.bars:
        if bar.first_day > free_from and free_from <= end:
            found.append((free_from, min(bar.first_day - ONE_DAY, end)))
        if bar.last_day is None:
            return found
        free_from = max(free_from, bar.last_day + ONE_DAY)
    return [*found, (free_from, end)] if free_from <= end else found


def lay_out(
    posts: Sequence[RibbonPost],
    bars: Iterable[RibbonBar],
    *,
    window: tuple[date, date] | None,
    from_day: date,
    today: date,
    width: int = 1216,
    labels: int = LABELS,
    with_rows: bool = True,
    key: str = "ribbon",
) -> Ribbon:
    """The whole picture, `width` pixels wide, of which `labels` for the posts; `window` holds first and last day.

    `key` tells two ribbons of one page apart. `with_rows=False` leaves out the table where the page has its own.
    """
    axis = Axis(from_day, today, width - labels)
    shown = [bar for bar in bars if axis.shows(bar)]
    lanes = allot(posts, shown)
    colour = colours(lanes)
    drawn_bars, drawn_gaps, marks, drawn_lanes = [], [], [], []
    for at, lane in enumerate(lanes):
        y = HEAD + at * ROW
        drawn_lanes.append(DrawnLane(text.fit(lane.post.name, 13, labels - 8), text.fit(lane.place, 12, labels - 8), y))
        drawn_bars += [_draw_bar(bar, colour[bar.guard_key], axis, y) for bar in lane.bars]
        drawn_gaps += [_draw_gap(first, last, axis, y) for first, last in gaps(lane, from_day, today)]
        marks += [
            DrawnMark(bar.end_mark, axis.at(bar.last_day + ONE_DAY), y)
            for bar in lane.bars
            if bar.end_mark and bar.last_day is not None and bar.last_day <= today
        ]
    drawn_window = _draw_window(window, axis, width - labels) if window else None
    months, years, grid = _draw_axis(axis, drawn_window)
    return Ribbon(
        key=key,
        labels=labels,
        time=width - labels,
        height=HEAD + len(lanes) * ROW - 10 + FOOT,
        lanes=drawn_lanes,
        bars=drawn_bars,
        gaps=drawn_gaps,
        marks=marks,
        months=months,
        years=years,
        grid=grid,
        window=drawn_window,
        title=_("Who stood at the doors"),
        description=_describe(lanes, from_day, today),
        words=_("%(days)s. A row is a position of a post, a bar is the unbroken service of one guard.")
        % {"days": formats.day_range(from_day, today)},
        rows=_rows(lanes, today) if with_rows else [],
        has_links=any(bar.url for bar in shown),
    )


def _draw_bar(bar: RibbonBar, colour: int, axis: Axis, y: float) -> DrawnBar:
    start = axis.at(bar.first_day)
    end = axis.at(bar.last_day + ONE_DAY) if bar.last_day else axis.at(axis.today + ONE_DAY)
    width = max(round(end - start - 2.4, 1), 1.5)
    size = RELIEF_SIZE if bar.kind == Kind.RELIEF else NAME_SIZE
    return DrawnBar(
        bar=bar,
        colour=colour,
        name=bar.name_for(width - 2 * PAD + 2, size),
        title=_title(bar),
        x=round(start + 1.2, 1),
        y=y,
        width=width,
        tip_before=bar.first_day < axis.from_day,
        tip_after=bar.last_day is None or bar.last_day > axis.today,
    )


def _title(bar: RibbonBar) -> str:
    values = {"name": bar.full_name, "first": formats.day(bar.first_day), "last": formats.day(bar.last_day)}
    if bar.kind == Kind.RELIEF and bar.last_day is None:
        said = _("%(name)s, relief since %(first)s") % values
    elif bar.kind == Kind.RELIEF:
        said = _("%(name)s, relief, %(first)s – %(last)s") % values
    elif bar.last_day is None:
        said = _("%(name)s, serving since %(first)s") % values
    else:
        said = _("%(name)s, %(first)s – %(last)s") % values
    return f"{said}. {bar.reason}" if bar.reason else said


def _draw_gap(first: date, last: date, axis: Axis, y: float) -> DrawnGap:
    start, end = axis.at(first), axis.at(last + ONE_DAY)
    title = _("Nobody, %(days)s") % {"days": formats.day_range(first, last)}
    return DrawnGap(title, start, y, max(round(end - start, 1), 1))


def _draw_window(window: tuple[date, date], axis: Axis, width: float) -> DrawnWindow:
    first, last = window
    start, end = axis.at(first), axis.at(last + ONE_DAY)
    length = (last - first).days + 1
    words = ngettext("window of %(count)s day: %(days)s", "window of %(count)s days: %(days)s", length) % {
        "count": formats.number(length),
        "days": formats.day_range(first, last),
    }
    fits = start + 1 + text.width(words, 12.5) <= width
    return DrawnWindow(start, round(end - start, 1), words, start + 1 if fits else end, "start" if fits else "end")


def _draw_axis(axis: Axis, window: DrawnWindow | None) -> tuple[list[AxisLabel], list[AxisLabel], list[float]]:
    months: list[AxisLabel] = []
    years: list[AxisLabel] = []
    grid: list[float] = []
    month = axis.from_day.replace(day=1)
    while month <= axis.last_day:
        x = axis.free(max(month, axis.from_day))
        grid.append(x)
        label = AxisLabel(formats.short_month(month), x)
        if months:
            fits = _clear(months[-1], x)
        else:
            # A first month that is cut too short for its name leaves the place to the next.
            fits = month >= axis.from_day or _clear(label, axis.free(_month_after(month)))
        if fits:
            months.append(label)
        if month.month == 1 or not years:
            years.append(AxisLabel(str(month.year), x))
        month = _month_after(month)
    grid.append(axis.free(axis.last_day + ONE_DAY))
    shown = [
        year
        for year, following in zip(years, [*years[1:], None], strict=True)
        if (following is None or following.x - year.x >= YEAR_ROOM) and not _under_words(year.x, window)
    ]
    return months, shown, grid


def _clear(label: AxisLabel, x: float) -> bool:
    """Whether the name of a month ends before this place."""
    return label.x + text.width(label.text, MONTH_SIZE) + MONTH_GAP <= x


def _under_words(x: float, window: DrawnWindow | None) -> bool:
    """Whether a year at this place would run into the words over the window."""
    if window is None:
        return False
    length = text.width(window.words, 12.5)
    start = window.words_x if window.anchor == "start" else window.words_x - length
    return start - YEAR_ROOM < x < start + length + 4


def _describe(lanes: Sequence[Lane[RibbonBar]], from_day: date, today: date) -> str:
    positions = sum(not lane.is_extra for lane in lanes)
    guards = len({bar.guard_key for lane in lanes for bar in lane.bars})
    return _("%(days)s: positions %(positions)s, guards %(guards)s.") % {
        "days": formats.day_range(from_day, today),
        "positions": positions,
        "guards": guards,
    }


def _rows(lanes: Sequence[Lane[RibbonBar]], today: date) -> list[Row]:
    rows = []
    for lane in lanes:
        for bar in lane.bars:
            last = min(bar.last_day or today, today)
            rows.append(Row(f"{lane.post.name}, {lane.place}", bar, (last - bar.first_day).days + 1))
    return rows
