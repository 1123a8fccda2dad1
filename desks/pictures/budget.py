"""The replacement budget: a square for each leave that the limit allows in the running window."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from desks import formats

PER_ROW = 10
# With more squares than this the large form draws small ones too: a whole agency may have dozens.
MANY = 10
SMALL, LARGE = 14, 28


@dataclass(frozen=True)
class Square:
    """One leave: used, still left, or beyond what the limit allows."""

    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class Timeline:
    """The running window with one leave in it and the day on which that leave falls out; places in percent."""

    window_end: float
    leave: float
    back: float
    first_day: str
    today: str
    leave_words: str
    leave_on_left: bool
    # The first day stands lower where the way of the leave begins right beside it.
    first_day_y: int
    back_words: str
    days_words: str


@dataclass(frozen=True)
class Budget:
    squares: list[Square]
    size: int
    width: int
    height: int
    limit_x: float | None
    limit_y: float
    spoken: str
    words: str
    detail: str = ""
    timeline: Timeline | None = None
    is_large: bool = False

    @property
    def has_large_squares(self) -> bool:
        return self.size == LARGE


def small(used: int, allowed: int, words: str, detail: str = "") -> Budget:
    """Squares and words: `words` say how many leaves are left and until when, or that the limit is breached."""
    return _budget(used, allowed, words, detail, SMALL, None)


def large(
    used: int,
    allowed: int,
    words: str,
    detail: str,
    *,
    window: tuple[date, date],
    leave_name: str = "",
    leave_day: date | None = None,
    back_day: date | None = None,
) -> Budget:
    """The same, larger; `window` ends today. With a leave, also its way out of the window: gone on `back_day`."""
    timeline = _timeline(window, leave_name, leave_day, back_day) if leave_day and back_day else None
    size = LARGE if max(used, allowed) <= MANY else SMALL
    return replace(_budget(used, allowed, words, detail, size, timeline), is_large=True)


def _budget(used: int, allowed: int, words: str, detail: str, size: int, timeline: Timeline | None) -> Budget:
    step = size + 6
    total = max(used, allowed)
    squares = []
    limit_x, limit_y = None, 0.0
    shift = 0
    for at in range(total):
        kind = "left" if at >= used else "used" if at < allowed else "beyond"
        column, row = at % PER_ROW, at // PER_ROW
        if kind == "beyond" and limit_x is None:
            shift, limit_x, limit_y = 6, column * step + 1, row * step
        squares.append(Square(kind, column * step + (shift if row == limit_y // step else 0), row * step))
    return Budget(
        squares=squares,
        size=size,
        width=min(total, PER_ROW) * step + shift,
        height=(total - 1) // PER_ROW * step + size if total else size,
        limit_x=limit_x,
        limit_y=limit_y,
        spoken=_("leaves used: %(used)s of %(allowed)s") % {"used": used, "allowed": allowed},
        words=words,
        detail=detail,
        timeline=timeline,
    )


def _timeline(window: tuple[date, date], leave_name: str, leave_day: date, back_day: date) -> Timeline:
    first, today = window
    end = max(back_day, today)
    # The last twentieth is left free for the mark of the day it falls out.
    whole = ((end - first).days or 1) / 0.96

    def at(day: date) -> float:
        return round((day - first).days / whole * 100, 2)

    return Timeline(
        window_end=at(today),
        leave=at(leave_day),
        back=at(back_day),
        first_day=formats.day(first),
        today=_("today, %(day)s") % {"day": formats.day(today)},
        leave_words=f"{leave_name}, {formats.day(leave_day)}",
        leave_on_left=at(leave_day) > 45,
        first_day_y=78 if at(leave_day) > 25 else 94,
        back_words=_("%(day)s the leave falls out of the window (%(left)s)")
        % {"day": formats.day(back_day), "left": formats.days_left(back_day, today)},
        days_words=_("after exactly %(days)s") % {"days": formats.days((back_day - leave_day).days)},
    )
