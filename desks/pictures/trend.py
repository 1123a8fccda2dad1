"""The trend: settled turnover at the month ends with its interval, and the limit that was in force at each time.

The line breaks where nothing could be measured. The limit is a line of steps: it starts, changes and ends on its days,
and each step is labelled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil, floor
from typing import NamedTuple

from django.utils.translation import gettext as _

from compliance.timeline import Step
from compliance.trends import Month
from desks import formats
from desks.pictures import text
from desks.pictures.axis import Tick

WIDTH, HEIGHT = 590, 316
LEFT, TOP, RIGHT, BOTTOM = 54, 14, 530, 284
FONT = 12.5
LINE = 16
TICKS_ACROSS = 7
TICKS_UP = 5
HATCH = 8


@dataclass(frozen=True)
class Run:
    """Months in a row that could be measured: the line, and the band around it, as points from the corner of the plot.
    One month alone is a dot."""

    line: str
    band: str
    dot: tuple[float, float] | None


@dataclass(frozen=True)
class StepLabel:
    x: float
    y: float
    anchor: str
    words: str


@dataclass(frozen=True)
class TrendRow:
    """A month in the table: its figures, and the limit in force at its end."""

    month: Month
    limit: float | None

    @property
    def day(self) -> str:
        return formats.day(self.month.day)

    @property
    def headcount(self) -> str:
        return formats.number(self.month.average_headcount, 2)

    @property
    def net_left(self) -> str:
        return formats.number(self.month.net_left)

    @property
    def beside_net(self) -> str:
        """All leaves, and those that were provisional on that day."""
        gross = _("of %(gross)s in all") % {"gross": formats.number(self.month.gross_left)}
        if not self.month.provisional_left:
            return gross
        provisional = formats.number(self.month.provisional_left)
        return f"{gross}, {_('%(provisional)s not settled then') % {'provisional': provisional}}"

    @property
    def rate(self) -> str:
        return formats.number(self.month.settled_rate)

    @property
    def interval(self) -> str:
        return formats.number_range(self.month.settled_low or 0, self.month.settled_high or 0)

    @property
    def limit_words(self) -> str:
        return formats.number(self.limit)


@dataclass(frozen=True)
class Trend:
    """Where everything stands, in pixels; the paths of the limit and of the hatching as they are drawn."""

    runs: list[Run]
    limits: str
    labels: list[StepLabel]
    hatching: str
    last: tuple[float, float] | None
    last_words: str
    across: list[Tick]
    up: list[Tick]
    words: str
    notes: list[str]
    rows: list[TrendRow]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    right: int = RIGHT
    bottom: int = BOTTOM
    plot_width: int = RIGHT - LEFT
    plot_height: int = BOTTOM - TOP


class _Scale(NamedTuple):
    """Days across, percent a year up."""

    first: date
    last: date
    low: float
    high: float
    step: float

    @classmethod
    def of(cls, months: Sequence[Month], steps: Sequence[Step]) -> "_Scale":
        """All values and limits, and of the intervals as much as leaves the line its shape."""
        values = [month.settled_rate for month in months if month.settled_rate is not None]
        told = [*values, *(step.limit for step in steps if step.limit is not None)] or [50.0]
        highs = [month.settled_high for month in months if month.settled_high is not None]
        lows = [month.settled_low for month in months if month.settled_low is not None]
        high = max(max(told), min(max(highs, default=0), 1.7 * max(told))) or 10.0
        low = max(min([*told, *lows]), 0)
        low = 0 if low < high / 2 or low == high else low
        step = next(one for one in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000) if high - low <= TICKS_UP * one)
        bottom = floor(low / step) * step
        if bottom and bottom in {one.limit for one in steps}:
            bottom -= step  # so that the words of a limit have their place under its line
        return cls(months[0].day, months[-1].day, bottom, ceil(high / step) * step, step)

    def x(self, day: date) -> float:
        whole = (self.last - self.first).days
        along = (day - self.first).days / whole if whole else 1
        return round(LEFT + min(max(along, 0), 1) * (RIGHT - LEFT), 1)

    def y(self, percent: float) -> float:
        return round(BOTTOM - (percent - self.low) / (self.high - self.low) * (BOTTOM - TOP), 1)


def lay_out(months: Sequence[Month], steps: Sequence[Step], *, due: bool = False) -> Trend | None:
    """The trend of one owner; None where no month could be measured. `due` says that it is being counted again."""
    if not any(month.measurable for month in months):
        return None
    scale = _Scale.of(months, steps)
    last = months[-1] if months[-1].measurable else None
    return Trend(
        runs=list(_runs(months, scale)),
        limits=_limits(steps, scale),
        labels=_labels(months, steps, scale),
        hatching=_hatching(months, scale),
        last=(scale.x(last.day), scale.y(last.settled_rate or 0)) if last else None,
        last_words=formats.percent(last.settled_rate) if last else "",
        across=_across(months, scale),
        up=[
            Tick(scale.y(percent), formats.percent(percent))
            for percent in _multiples(scale.low, scale.high, scale.step)
        ],
        words=_words(months, steps),
        notes=_notes(months, steps, due),
        rows=[_row(month, steps) for month in reversed(months)],
    )


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [low + step * number for number in range(round((high - low) / step) + 1)]


def _runs(months: Sequence[Month], scale: _Scale) -> Iterator[Run]:
    for measurable, group in groupby(months, key=lambda month: month.measurable):
        if not measurable:
            continue
        run = list(group)
        if len(run) == 1:
            yield Run("", "", (scale.x(run[0].day), scale.y(run[0].settled_rate or 0)))
            continue
        highs = [_place(month.day, month.settled_high or 0, scale) for month in run]
        lows = [_place(month.day, month.settled_low or 0, scale) for month in reversed(run)]
        line = [_place(month.day, month.settled_rate or 0, scale) for month in run]
        yield Run(" ".join(line), " ".join([*highs, *lows]), None)


def _place(day: date, percent: float, scale: _Scale) -> str:
    """From the corner of the plot; what is off the scale is cut by it."""
    return f"{scale.x(day) - LEFT:.1f},{max(scale.y(percent), -10.0 * HEIGHT) - TOP:.1f}"


def _spans(steps: Sequence[Step], last: date) -> Iterator[tuple[Step, date]]:
    """Each step with the day on which the next one begins, the last one with the end of the series."""
    ends = [*(step.first_day for step in steps[1:]), last]
    return zip(steps, ends, strict=True)


def _limits(steps: Sequence[Step], scale: _Scale) -> str:
    """One path; a step that changes an earlier limit is joined to it."""
    path, before = "", None
    for step, end in _spans(steps, scale.last):
        if step.limit is not None:
            y = scale.y(step.limit)
            path += f"V{y}" if before is not None else f"M{scale.x(step.first_day)} {y}"
            path += f"H{scale.x(end)}"
        before = step.limit
    return path


def _labels(months: Sequence[Month], steps: Sequence[Step], scale: _Scale) -> list[StepLabel]:
    """A label for each step, on that side of its line where the values are not; two that would meet give way.

    It stands where the step begins; of a limit that was in force all the time at the end, where a phone opens it.
    """
    labels: list[StepLabel] = []
    taken: list[tuple[float, float, float]] = []
    for position, step in enumerate(steps):
        before = steps[position - 1].limit if position else None
        level = step.limit if step.limit is not None else before
        if level is None:
            continue
        words = _step_words(step, position, before)
        room, at = text.width(words, FONT), scale.x(step.first_day)
        fits = at + 4 + room <= RIGHT and len(steps) > 1
        begin = at + 4 if fits else RIGHT - room
        over = [
            month.settled_rate
            for month in months
            if month.settled_rate is not None and begin <= scale.x(month.day) <= begin + room
        ]
        below = sum(rate > level for rate in over) * 2 >= len(over)
        places = [scale.y(level) + (LINE if side else -7) for side in (below, not below)]
        y = next((y for y in places if _free(begin, begin + room, y, taken)), places[0])
        y = min(max(y, TOP + 10), BOTTOM - 4)
        taken.append((begin, begin + room, y))
        labels.append(StepLabel(begin if fits else RIGHT, y, "start" if fits else "end", words))
    return labels


def _free(begin: float, end: float, y: float, taken: Sequence[tuple[float, float, float]]) -> bool:
    inside = TOP + 8 <= y <= BOTTOM - 4
    return inside and not any(begin < right and left < end and abs(y - other) < LINE for left, right, other in taken)


def _step_words(step: Step, position: int, before: float | None) -> str:
    if step.limit is None:
        return _("no limit from %(day)s") % {"day": formats.day(step.first_day)}
    limit = formats.percent(step.limit)
    if position == 0:
        return _("limit %(limit)s") % {"limit": limit}
    if before is None:
        return _("limit %(limit)s from %(day)s") % {"limit": limit, "day": formats.day(step.first_day)}
    return _("%(limit)s from %(day)s") % {"limit": limit, "day": formats.day(step.first_day)}


def _hatching(months: Sequence[Month], scale: _Scale) -> str:
    """Diagonals at the foot of the plot where nothing could be measured, from the month before to the month after."""
    path = ""
    for measurable, group in groupby(range(len(months)), key=lambda position: months[position].measurable):
        if measurable:
            continue
        run = list(group)
        begin = scale.x(months[max(run[0] - 1, 0)].day)
        end = scale.x(months[min(run[-1] + 1, len(months) - 1)].day)
        x = begin
        while x + HATCH <= end:
            path += f"M{x:.1f} {BOTTOM}l{HATCH} -{HATCH}"
            x += 5
    return path


def _across(months: Sequence[Month], scale: _Scale) -> list[Tick]:
    """Some month ends, equally far apart from the first one on; the day judged last is none."""
    days = [month.day for month in months[:-1]] or [months[0].day]
    every = next(one for one in (1, 2, 3, 6, 12, 24) if len(days) / one <= TICKS_ACROSS)
    return [Tick(scale.x(day), f"{formats.short_month(day)} {day.year}") for day in days[::every]]


def _words(months: Sequence[Month], steps: Sequence[Step]) -> str:
    measured = [month for month in months if month.measurable]
    found = _("Settled turnover from %(first)s to %(last)s: at first %(before)s, at last %(now)s a year") % {
        "first": formats.day(measured[0].day),
        "last": formats.day(measured[-1].day),
        "before": formats.percent(measured[0].settled_rate),
        "now": formats.percent(measured[-1].settled_rate),
    }
    limits = [_step_words(step, position, None) for position, step in enumerate(steps) if step.limit is not None]
    return ", ".join([found, *limits])


def _notes(months: Sequence[Month], steps: Sequence[Step], due: bool) -> list[str]:
    notes = [
        _("Each point counts the window that ends on its day; the band is its interval."),
        _("As the limit does, it counts settled leaves: who left lately may still come back, and is not in it yet."),
    ]
    first = next((step for step in steps if step.limit is not None), None)
    if first and first is not steps[0]:
        notes.append(_("Before %(day)s there was no limit.") % {"day": formats.long_day(first.first_day)})
    if not all(month.measurable for month in months):
        notes.append(_("Hatched: nothing could be measured."))
    if due:
        notes.append(_("A change is still being counted: the months past can change."))
    return notes


def _row(month: Month, steps: Sequence[Step]) -> TrendRow:
    return TrendRow(month, next((step.limit for step in reversed(steps) if step.first_day <= month.day), None))
