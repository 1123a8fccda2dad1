"""The early warning of a school or an agency: the leaves its limit allows, and what one more today would do.

warning(report, membership)   for templates/components/early_warning.html; `report` was asked for with `warn`
stored_budget(owner)          the budget of a row of a list, from the figures stored last
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from compliance.models import ClauseVersion
from compliance.reports import BudgetLine, OneMore, OwnerReport, rate_with_one_more
from desks import formats
from desks.pictures import before_after, budget
from desks.pictures.before_after import Change, ChangeRow
from desks.preview import back_words, beyond, leaves_row, verdict
from desks.school_file import budget_words, large_budget

SQUARES = 6
"""How many squares a row of a list has room for."""


@dataclass(frozen=True)
class EarlyWarning:
    """What the page shows: the limit with what it rests on, the budget, and one more leave before and after.

    `sentence` stands where there is no picture: without a clause, without service, with nobody who could leave.
    """

    limit: str
    mark: str
    budget: budget.Budget | None
    change: Change | None
    sentence: str
    note: str = ""
    version: ClauseVersion | None = None


def warning(report: OwnerReport, membership: Any) -> EarlyWarning:
    """The warning of a report, in the reader's language."""
    if report.version is None:
        return EarlyWarning("", "", None, None, _("No clause in force limits turnover here."))
    limit = _("limit %(limit)s a year") % {"limit": formats.percent(report.limit.threshold_percent)}
    drawn = large_budget(report, membership)
    more = report.one_more
    if more is None:
        return EarlyWarning(
            limit, report.version.mark, drawn, None, _("Nobody serves here who could leave."), "", report.version
        )
    effect = more.effect
    change = before_after.lay_out(
        effect.before["rate"],
        effect.after["rate"],
        effect.limit.threshold_percent,
        _rows(more),
        " ".join(part for part in (verdict(effect), beyond(effect)) if part),
    )
    note = _("Reckoned for the guard who has served longest, without an excused reason; nobody follows today.")
    return EarlyWarning(limit, report.version.mark, drawn, change, "", note, report.version)


def _rows(more: OneMore) -> list[ChangeRow]:
    """Each figure before and after."""
    effect = more.effect
    before, after = effect.before, effect.after
    rows = [
        leaves_row(effect),
        ChangeRow(
            _("Turnover, % a year"), formats.number(before["rate"]), formats.number(after["rate"]), _intervals(effect)
        ),
        ChangeRow(_("Replacement budget"), *_pair(effect.budget_before.left, effect.budget_after.left), _back(effect)),
        ChangeRow(
            _("Faces at the doors in %(days)s") % {"days": formats.days(effect.rule.window_days)},
            *_pair(before["distinct_guards"], before["distinct_guards"] + 1),
            _("if somebody new follows"),
        ),
        ChangeRow(
            _("Constancy"),
            *_shares(more.kept["continuity"], more.changed["continuity"]),
            _("on %(day)s, if somebody new follows") % {"day": formats.day(more.later)},
        ),
        ChangeRow(_("Median service, days"), *_pair(before["median_tenure_days"], after["median_tenure_days"])),
    ]
    if more.kept["stability"] is not None:
        note = _("of those who served when the window began, the share that still serves; on %(day)s")
        shares = _shares(more.kept["stability"], more.changed["stability"])
        rows.append(ChangeRow(_("Stability"), *shares, note % {"day": formats.day(more.later)}))
    return rows


def _intervals(effect: Any) -> str:
    return _("interval %(before)s, then %(after)s") % {
        "before": formats.number_range(effect.before["rate_low"], effect.before["rate_high"]),
        "after": formats.number_range(effect.after["rate_low"], effect.after["rate_high"]),
    }


def _back(effect: Any) -> str:
    """Until when the budget stays as it would be."""
    back = effect.budget_after.next_back
    return back_words(back) if back else ""


def _pair(before: float | None, after: float | None) -> tuple[str, str]:
    return formats.number(before), formats.number(after)


def _shares(before: float | None, after: float | None) -> tuple[str, str]:
    found = [None if share is None else 100 * share for share in (before, after)]
    return formats.percent(found[0]), formats.percent(found[1])


@dataclass(frozen=True)
class StoredBudget:
    """The budget of a row of a list: `used`, as `1 of 2`, with `next`, the rate with one more leave, both short; or
    `words` with `detail`, and a picture of them unless there would be too many squares."""

    used: str
    next: str
    detail: str
    words: str
    picture: budget.Budget | None


def stored_budget(owner: Any) -> StoredBudget | None:
    """Of a row with `allowed`, `net_left`, `provisional_left` and `person_days`; None without a limit or service."""
    if owner.allowed is None or not owner.person_days:
        return None
    line = BudgetLine.stored(owner.allowed, owner.net_left, owner.provisional_left)
    rate = rate_with_one_more(owner.net_left, owner.person_days)
    used = used_words(owner)
    detail = _("one more makes %(rate)s a year") % {"rate": formats.percent(rate)}
    words = budget_words(line)
    many = max(line.used, line.allowed) > SQUARES
    following = _("one more: %(rate)s") % {"rate": formats.percent(rate)}
    return StoredBudget(
        used, following, detail, words, None if many else budget.small(line.used, line.allowed, words, detail)
    )


def used_words(owner: Any) -> str:
    """`1 of 2`; nothing without a limit."""
    if owner.allowed is None or owner.net_left is None:
        return ""
    return _("%(used)s of %(allowed)s") % {
        "used": formats.number(owner.net_left),
        "allowed": formats.number(owner.allowed),
    }
