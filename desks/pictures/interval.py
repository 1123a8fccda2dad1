"""The interval of a rate: a line with ticks at both ends, a dot at the value, and the limit."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desks import formats

WIDTH = 216
EDGE = 1.8
ARROW = 8


@dataclass(frozen=True)
class Interval:
    """Distances in pixels; `limit_x` is None where nothing limits the rate."""

    low_x: float
    high_x: float
    value_x: float
    limit_x: float | None
    runs_off: bool
    limit_words: str
    limit_words_x: float
    anchor: str
    words: str
    width: int = WIDTH


def lay_out(value: float, low: float, high: float, limit: float | None = None, places: int = 0) -> Interval:
    """Figures in percent a year. The scale ends at three limits, or a little beyond the value where that is more.

    An upper end beyond the scale becomes an arrow: the words carry the figure.
    """
    scale = max(3 * limit, 1.15 * value) if limit else 1.1 * high or 1.0
    usable = WIDTH - 2 * EDGE

    def at(percent: float) -> float:
        return round(EDGE + min(percent, scale) / scale * usable, 1)

    runs_off = high > scale
    words = _("%(value)s, interval from %(low)s to %(high)s") % {
        "value": formats.percent(value, places),
        "low": formats.percent(low, places),
        "high": formats.percent(high, places),
    }
    limit_words = ""
    if limit is not None:
        limit_words = _("limit %(limit)s") % {"limit": formats.percent(limit)}
        words = f"{words}, {limit_words}"
    limit_x = None if limit is None else at(limit)
    anchor = (
        "end" if limit_x and limit_x > WIDTH - 40 else "start" if limit_x is not None and limit_x < 40 else "middle"
    )
    return Interval(
        low_x=at(low),
        high_x=WIDTH - ARROW if runs_off else at(high),
        value_x=max(at(value), 6),
        limit_x=limit_x,
        runs_off=runs_off,
        limit_words=limit_words,
        limit_words_x={"end": WIDTH, "start": 0}.get(anchor, limit_x or 0),
        anchor=anchor,
        words=words,
    )
