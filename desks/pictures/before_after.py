"""Before and after: what one step would do to the turnover of a school."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from desks import formats


@dataclass(frozen=True)
class ChangeRow:
    """What changes, as text: `Faces at the doors · 8 → 9`; `note` stands under the name."""

    name: str
    before: str
    after: str
    note: str = ""


@dataclass(frozen=True)
class Change:
    """Places in percent of the track's width: what stays, and from its end what is added or, if it `falls`, goes."""

    stays: float
    changes: float
    falls: bool
    limit: float
    limit_anchor: str
    scale: str
    now_words: str
    then_words: str
    limit_words: str
    rows: Sequence[ChangeRow]
    verdict: str
    is_worse: bool

    @property
    def words(self) -> str:
        """The picture in words."""
        return f"{self.now_words}, {self.then_words}, {self.limit_words}"


def lay_out(
    now: float,
    then: float,
    limit: float,
    rows: Sequence[ChangeRow] = (),
    verdict: str = "",
    *,
    is_now: bool = True,
) -> Change:
    """Figures in percent a year; the track ends at 100 %, or at the next half hundred beyond the greatest of them.

    What is known of a later day without the step is not called what is now: others may leave before it.
    """
    greatest = max(now, then, limit)
    scale = 100 if greatest <= 100 else ceil(greatest / 50) * 50
    low, high = sorted((now, then))
    now_words = _("now %(value)s") if is_now else _("without it %(value)s")
    limit_at = round(limit / scale * 100, 2)
    return Change(
        stays=round(low / scale * 100, 2),
        changes=round((high - low) / scale * 100, 2),
        falls=then < now,
        limit=limit_at,
        limit_anchor="end" if limit_at > 85 else "start" if limit_at < 15 else "middle",
        scale=formats.percent(scale),
        now_words=now_words % {"value": formats.percent(now)},
        then_words=_("then %(value)s") % {"value": formats.percent(then)},
        limit_words=_("limit %(limit)s") % {"limit": formats.percent(limit)},
        rows=rows,
        verdict=verdict,
        is_worse=then > now,
    )
