"""The distribution of a figure against two limits: how many owners each bar holds, who of them is marked now, whom a
draft adds and whom it lets go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10

from django.utils.translation import gettext as _

from desks import formats
from desks.pictures import text
from desks.pictures.axis import Tick

WIDTH, HEIGHT = 560, 322
LEFT, BASE, TOP = 44, 278, 56
GAP = 4
EDGE = 1.5
# A part of a bar is never drawn lower than this: one school in thousands is still to be seen.
LEAST = 2
LIMIT_FROM, LIMIT_ROWS, LIMIT_SIZE = 14, (24, 42), 12.5
LABEL = 16
STEPS = (1, 2, 4, 5, 10)
TICKS = 4


@dataclass(frozen=True)
class Held:
    """What a bar holds from `low` to `high` percent (None: whatever is more): all owners, and of them those whose mark
    stays, those whose mark goes and those that get one."""

    low: float
    high: float | None
    owners: int
    kept: int = 0
    gone: int = 0
    added: int = 0


@dataclass(frozen=True)
class Part:
    """A part of a bar: `kind` is all, kept, gone or added. What goes is drawn as an outline, so it lies further in."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A bar with its parts from the back; `added_words` stands in the bar or above the added part of it."""

    middle: float
    parts: list[Part]
    words: str
    words_y: float
    added_words: str
    added_y: float
    added_inside: bool
    title: str
    range: str
    held: Held

    @property
    def marked_now(self) -> int:
        return self.held.kept + self.held.gone


@dataclass(frozen=True)
class Line:
    """A limit: dashed where it is a draft's."""

    x: float
    words: str
    words_x: float
    words_y: float
    anchor: str
    dashed: bool


@dataclass(frozen=True)
class Histogram:
    bars: list[Bar]
    lines: list[Line]
    heights: list[Tick]
    values: list[Tick]
    title: str
    axis: str
    words: str
    has_kept: bool
    has_gone: bool
    has_added: bool
    width: int = WIDTH
    height: int = HEIGHT


def lay_out(bars: Sequence[Held], *, now: float | None, then: float | None, title: str, axis: str) -> Histogram:
    """Bars of one width side by side, the limit in force and that of the draft in percent (None: there is none).

    `axis` says what lies along the picture and what the height counts; `title` names the whole of it.
    """
    step = (bars[0].high or 1) - bars[0].low
    span = (WIDTH - LEFT) / len(bars)
    tick = _step(max(bar.owners for bar in bars))
    most = max(max(bar.owners for bar in bars), tick)
    lines = list(_lines(now, then, span / step))
    return Histogram(
        bars=[_bar(bar, LEFT + place * span, span, (BASE - TOP) / most) for place, bar in enumerate(bars)],
        lines=lines,
        heights=[
            Tick(round(BASE - at * (BASE - TOP) / most, 1), formats.number(at)) for at in range(0, most + 1, tick)
        ],
        values=list(_values(bars, span)),
        title=title,
        axis=axis,
        words=". ".join([title, *(line.words for line in lines)]),
        has_kept=any(bar.kept for bar in bars),
        has_gone=any(bar.gone for bar in bars),
        has_added=any(bar.added for bar in bars),
    )


def _step(most: int) -> int:
    """The distance of the lines behind the bars: round, and few of them."""
    power = 10 ** int(log10(max(most, 1)))
    steps = (unit * scale for scale in (power // 10 or 1, power) for unit in STEPS)
    return next((step for step in steps if step * TICKS >= most), 10 * power)


def _bar(held: Held, x: float, span: float, scale: float) -> Bar:
    left, width = x + GAP / 2, span - GAP
    parts, reached = [_part("all", left, width, 0, held.owners * scale)], 0.0
    for kind, count in (("kept", held.kept), ("gone", held.gone), ("added", held.added)):
        if count:
            height = max(count * scale, LEAST)
            parts.append(_part(kind, left, width, reached, height))
            reached += height
    top, last = parts[0].y, parts[-1]
    above = last.y - top >= LABEL
    inside = not above and last.height >= LABEL + 4
    return Bar(
        middle=round(x + span / 2, 1),
        parts=parts,
        words=formats.number(held.owners) if held.owners else "",
        words_y=round(top - 5, 1),
        added_words=formats.number(held.added) if held.added and (above or inside) else "",
        added_y=round(last.y - 5 if above else last.y + LABEL, 1),
        added_inside=inside,
        title=_title(held),
        range=_range(held),
        held=held,
    )


def _part(kind: str, x: float, width: float, reached: float, height: float) -> Part:
    """A part that stands on what is reached from the base."""
    inset = EDGE / 2 if kind == "gone" else 0
    numbers = (x + inset, BASE - reached - height + inset, width - 2 * inset, height - 2 * inset)
    return Part(kind, *(round(number, 2) for number in numbers))


def _range(held: Held) -> str:
    if held.high is None:
        return _("%(low)s and more") % {"low": formats.percent(held.low)}
    return f"{formats.number_range(held.low, held.high)}{formats.NO_BREAK}%"


def _title(held: Held) -> str:
    said = [f"{_range(held)}: {formats.number(held.owners)}"]
    for words, count in (
        (_("marked now: %(count)s"), held.kept + held.gone),
        (_("marked no longer: %(count)s"), held.gone),
        (_("the draft adds: %(count)s"), held.added),
    ):
        if count:
            said.append(words % {"count": formats.number(count)})
    return ", ".join(said)


def _values(bars: Sequence[Held], span: float) -> Iterator[Tick]:
    """Every second bound; under the last bar, where it has no upper one, that it holds what is more."""
    for place in range(0, len(bars) + 1, 2):
        bar = bars[place] if place < len(bars) else None
        low = bar.low if bar else bars[-1].high
        if low is None or (bars[-1].high is None and place >= len(bars) - 2):
            continue
        yield Tick(round(LEFT + place * span, 1), formats.number(low))
    if bars[-1].high is None:
        yield Tick(round(WIDTH - span / 2, 1), f"{formats.number(bars[-1].low)}+")


def _lines(now: float | None, then: float | None, scale: float) -> Iterator[Line]:
    """The words of the lower limit stand left of its line, those of the higher one right: so that they never meet."""
    if now is not None and now == then:
        words = _("now and by the draft %(limit)s")
        yield _line(now, words, scale, left=False)
        return
    limits = [(now, _("now %(limit)s"), False), (then, _("draft %(limit)s"), True)]
    found = sorted((limit, words, dashed) for limit, words, dashed in limits if limit is not None)
    for place, (limit, words, dashed) in enumerate(found):
        yield _line(limit, words, scale, left=place == 0 and len(found) > 1, dashed=dashed)


def _line(limit: float, words: str, scale: float, *, left: bool, dashed: bool = False) -> Line:
    said = words % {"limit": formats.percent(limit, 0 if float(limit).is_integer() else 1)}
    x, room = min(LEFT + limit * scale, float(WIDTH)), text.width(said, LIMIT_SIZE) + 7
    row = LIMIT_ROWS[0]
    if left and x - room < 0:
        left, row = False, LIMIT_ROWS[1]
    elif not left and x + room > WIDTH:
        left, row = True, LIMIT_ROWS[1]
    return Line(round(x, 1), said, round(x - 7 if left else x + 7, 1), row, "end" if left else "start", dashed)
