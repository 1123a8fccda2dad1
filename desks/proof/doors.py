"""Who stood at the doors: posts, and assignments as a proof keeps them, drawn as a ribbon."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from desks import formats
from desks.pictures import ribbon as ribbons
from desks.proof.base import as_day, certain_day
from guards.models import EndReason, Guard
from schools.models import Post

Row = dict[str, Any]


def post_of(post: Post, *, since: date, until: date | None = None) -> ribbons.RibbonPost:
    """A post of whose guards something is known from a day on, or between two days."""
    return ribbons.RibbonPost(
        key=post.code,
        name=post.name,
        pattern=post.get_pattern_display(),
        positions=post.positions,
        first_day=max(post.first_day, since),
        last_day=min((day for day in (post.last_day, until) if day), default=None),
    )


def bar_of(
    row: Row, guard: Guard | None, mark: ribbons.EndMark | None = None, *, unnamed: bool = False
) -> ribbons.RibbonBar:
    """An assignment of a proof, with the mark of a spell that ended with it; `unnamed` where the reader is not told
    who it was."""
    name, family_name = (guard.full_name, guard.family_name) if guard else (formats.UNKNOWN, formats.UNKNOWN)
    if unnamed:
        name = family_name = _("a guard of another agency")
    return ribbons.RibbonBar(
        guard_key=row["iin"],
        full_name=name,
        family_name=family_name,
        initials=guard.initials if guard and not unnamed else "",
        post_key=row["post_id"],
        first_day=certain_day(row["first_day"]),
        last_day=as_day(row["last_day"]),
        kind=ribbons.Kind(row["kind"]),
        end_mark=mark,
        reason=reason_words(row["end_reason"]) if mark else "",
    )


def lay_out(
    posts: Iterable[ribbons.RibbonPost],
    bars: Iterable[ribbons.RibbonBar],
    window: tuple[date, date],
    from_day: date,
    width: int,
) -> ribbons.Ribbon:
    """The picture of some posts up to the end of a window, without the rows that a proof shows beneath it."""
    drawn = sorted(posts, key=lambda post: post.key)
    keys = {post.key for post in drawn}
    return ribbons.lay_out(
        drawn,
        [bar for bar in bars if bar.post_key in keys],
        window=window,
        from_day=from_day,
        today=window[1],
        width=width,
        with_rows=False,
    )


def reason_words(reason: str) -> str:
    """An end reason in the reader's language; a dash where none was given."""
    return str(EndReason(reason).label) if reason else formats.UNKNOWN
