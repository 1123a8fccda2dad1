"""What a planned change does to a school, drawn and in one sentence: the figures before and after, and the limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.reports import Effect
from desks import formats
from desks.pictures import before_after
from desks.pictures.before_after import ChangeRow
from desks.school_file import is_breached


@dataclass(frozen=True)
class Preview:
    """The picture, unless nothing can be measured, and the sentence that says what it amounts to."""

    picture: before_after.Change | None
    sentence: str


def preview(effect: Effect, others: Sequence[Effect] = ()) -> Preview:
    """The effect of somebody leaving or coming, for the page that asks before it is done.

    `others` are the effects on the agency, at the school and as a whole, where a clause limits its turnover.
    """
    sentence = " ".join(part for part in (verdict(effect), beyond(effect)) if part)
    now, then = effect.before["rate"], effect.after["rate"]
    if now is None or then is None:
        return Preview(None, sentence)
    limit = effect.limit.threshold_percent
    rows = [*_rows(effect), *map(level_row, others)]
    is_now = effect.day <= timezone.localdate()
    return Preview(before_after.lay_out(now, then, limit, rows, sentence, is_now=is_now), sentence)


def _rows(effect: Effect) -> list[ChangeRow]:
    faces = [formats.number(count) for count in effect.faces]
    window = formats.days(effect.rule.window_days)
    rows = [ChangeRow(_("Faces at the doors in %(days)s") % {"days": window}, faces[0], faces[1])]
    if effect.before["continuity"] is not None and effect.after["continuity"] is not None:
        before, after = (formats.percent(100 * one["continuity"]) for one in (effect.before, effect.after))
        rows.append(ChangeRow(_("Constancy"), before, after, _("on %(day)s") % {"day": formats.day(effect.day)}))
    note = ""
    if back := effect.budget_after.next_back:
        note = back_words(back)
    before, after = (formats.number(line.left) for line in (effect.budget_before, effect.budget_after))
    return [leaves_row(effect), *rows, ChangeRow(_("Replacement budget"), before, after, note)]


def back_words(back: date) -> str:
    """Until when a budget stays as it would be: then the oldest leave is given back."""
    return _("how many more may leave until %(day)s (%(left)s)") % formats.until(back, timezone.localdate())


def level_row(effect: Effect) -> ChangeRow:
    """The turnover of the agency, with its leaves and its own limit."""
    name = _("Turnover of the whole agency")
    if effect.level == "agency_school":
        name = _("Turnover of the agency at this school")
    before, after = (formats.percent(one["rate"]) for one in (effect.before, effect.after))
    limit = formats.percent(effect.limit.threshold_percent)
    note = _("limit %(limit)s a year; of %(gross)s leaves in all %(net)s would count") % {
        "limit": limit,
        "net": formats.number(effect.after["net_left"]),
        "gross": formats.number(effect.after["gross_left"]),
    }
    return ChangeRow(name, before, after, note)


def leaves_row(effect: Effect) -> ChangeRow:
    """Leaves that count, and under them all leaves: a rate never stands without both."""
    before, after = (formats.number(one["net_left"]) for one in (effect.before, effect.after))
    gross = _("all leaves: %(before)s, then %(after)s") % {
        "before": formats.number(effect.before["gross_left"]),
        "after": formats.number(effect.after["gross_left"]),
    }
    return ChangeRow(_("Leaves that count"), before, after, gross)


def verdict(effect: Effect) -> str:
    """What becomes of the limit, in one sentence."""
    if effect.version is None:
        return _("No clause in force limits turnover at a school.")
    limit = formats.percent(effect.limit.threshold_percent)
    if effect.settles_on is None and is_breached(effect.budget_before):
        return _("The limit of %(limit)s a year is breached already.") % {"limit": limit}
    then = formats.percent(effect.then_limit.threshold_percent)
    if effect.breach_before and effect.day <= timezone.localdate() and is_breached(effect.budget_before):
        return _("The limit of %(limit)s a year is breached already, and this is one leave more.") % {"limit": then}
    if effect.breach_before:
        # Those who leave meanwhile, or have not left for good yet, breach it; today it may well hold.
        return _("The limit of %(limit)s a year will be breached without this leave too, and this is one more.") % {
            "limit": then
        }
    if effect.breaks_limit and effect.settles_on:
        return _broken(then, effect.settles_on, established=effect.breach_after == "established")
    return _within(effect, limit)


def _broken(limit: str, settles_on: date, *, established: bool) -> str:
    """A leave that is entered late may have broken the limit already."""
    today = timezone.localdate()
    values = {"limit": limit} | formats.until(settles_on, today)
    if settles_on <= today:
        if established:
            return _("With this the limit of %(limit)s a year is breached, established since %(day)s.") % values
        return _("With this the limit of %(limit)s a year is breached, indicated since %(day)s.") % values
    if established:
        return _("The limit of %(limit)s a year will be breached, established from %(day)s (%(left)s).") % values
    return _("The limit of %(limit)s a year will be breached, indicated from %(day)s (%(left)s).") % values


def beyond(effect: Effect) -> str:
    """Which leave in the window this would be, where that is more than the limit allows."""
    line = effect.budget_after
    if effect.version is None or effect.settles_on is None or not line.over or line.next_back is None:
        return ""
    values = {"used": formats.number(line.used), "allowed": formats.number(line.allowed)}
    values |= formats.until(line.next_back, timezone.localdate())
    return _("This would be leave number %(used)s of the %(allowed)s allowed until %(day)s (%(left)s).") % values


def _within(effect: Effect, limit: str) -> str:
    line, today = effect.budget_after, timezone.localdate()
    if line.over and effect.settles_on and effect.settles_on > today:
        # More left than the limit allows, but some may return or drop out of the window before this one counts.
        values = {"limit": formats.percent(effect.then_limit.threshold_percent)}
        values |= formats.until(effect.settles_on, today)
        said = _(
            "If nobody else leaves, the limit of %(limit)s a year is not breached on %(day)s (%(left)s), when this "
            "leave counts for good."
        )
        return said % values
    if line.next_back is None:
        return _("The limit of %(limit)s a year is not breached.") % {"limit": limit}
    values = {"limit": limit, "count": formats.number(line.left)}
    values |= formats.until(line.next_back, today)
    if line.left == 0:
        said = _(
            "The limit of %(limit)s a year is not breached, but no further leave is left until %(day)s (%(left)s)."
        )
        return said % values
    return (
        ngettext(
            "The limit of %(limit)s a year is not breached; %(count)s more leave is left until %(day)s (%(left)s).",
            "The limit of %(limit)s a year is not breached; %(count)s more leaves are left until %(day)s (%(left)s).",
            line.left,
        )
        % values
    )
