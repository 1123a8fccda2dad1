"""What every desk shows of a school or an agency: who stood at the doors, and the figures with what they are made of.

school_ribbon(school, membership, today)   the ribbon, of the assignments that the membership may know of
figure_blocks(report)                      the figures, for templates/components/figure_blocks.html
small_budget(line, rule), large_budget(report, membership)   the replacement budget with its words
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.roles import Role
from agencies.models import Contract
from compliance.models import ClauseVersion, Figure
from compliance.predicates.turnover import TurnoverLimit
from compliance.reports import BudgetLine, OwnerReport, report
from compliance.spell_lines import SpellLine
from desks import formats
from desks.pictures import budget, claim, interval, ribbon
from desks.pictures.claim import HatchedBar
from desks.pictures.interval import Interval
from desks.proof import doors
from guards.models import Assignment, EndReason, Guard
from schools.models import Post, School

ONE_DAY = timedelta(days=1)


# The ribbon


def school_ribbon(
    school: School,
    membership: Any,
    today: date,
    *,
    figures: OwnerReport | None = None,
    guard_url: Callable[[Guard], str] | None = None,
) -> ribbon.Ribbon:
    """Two years at the doors of a school: the confirmed assignments of which the membership may know.

    `figures` is the school's report where the page has it already. `guard_url` leads from a bar to its guard.
    """
    figures = figures or report("school", today, school=school.pk)
    from_day = two_years_before(today)
    posts = school.posts.filter(first_day__lte=today).filter(Q(last_day__isnull=True) | Q(last_day__gte=from_day))
    first, last = _answered_for(school, membership, today)
    return ribbon.lay_out(
        [doors.post_of(post, since=first, until=last) for post in posts.order_by("first_day", "code")],
        _bars(_assignments(school, membership, from_day, today), figures, guard_url),
        window=figures.window,
        from_day=from_day,
        today=today,
    )


def two_years_before(today: date) -> date:
    """The first day of the month with which two years to the end of this month begin."""
    return (date(today.year - 2, today.month, 1) + timedelta(days=31)).replace(day=1)


def _assignments(school: School, membership: Any, from_day: date, today: date) -> Iterable[Assignment]:
    mine = Assignment.objects.visible_to(membership).counted().filter(post__school=school, first_day__lte=today)
    return (
        mine.overlapping(from_day, today)
        .select_related("guard", "post")
        .order_by("post", "guard", "kind", "first_day", "pk")
    )


def _answered_for(school: School, membership: Any, today: date) -> tuple[date, date | None]:
    """The days on which an empty place is known to be empty: for an agency those of its own contracts only.

    It knows nothing of who stood there for another agency, so a day that another contract holds too is left out.
    """
    if membership.role != Role.AGENCY_MANAGER:
        return date.min, None
    own: list[Contract] = []
    others: list[Contract] = []
    for contract in Contract.objects.filter(school=school, first_day__lte=today):
        (own if contract.agency_id == membership.agency_id else others).append(contract)
    if not own:
        return date.max, None
    first = min(contract.first_day for contract in own)
    ends = [contract.last_day for contract in own]
    last = None if None in ends else max(end for end in ends if end)
    for other in others:
        if (other.last_day or today) >= first and other.first_day <= (last or today):
            first = (other.last_day or today) + ONE_DAY
    return first, last


def _bars(
    assignments: Iterable[Assignment], figures: OwnerReport, guard_url: Callable[[Guard], str] | None
) -> list[ribbon.RibbonBar]:
    """A bar for each unbroken service of a guard at a post: rows that touch or overlap are one."""
    leaves = {(line.guard, line.last_day): line for line in figures.spells if line.leave}
    merged: list[tuple[Assignment, ribbon.RibbonBar]] = []
    for row in assignments:
        before, bar = merged[-1] if merged else (None, None)
        if before and bar and _goes_on(before, bar, row):
            last_day = None if bar.last_day is None or row.last_day is None else max(bar.last_day, row.last_day)
            merged[-1] = row, replace(bar, last_day=last_day)
        else:
            merged.append((row, _bar(row, guard_url)))
    return [_marked(row, bar, leaves) for row, bar in merged]


def _goes_on(before: Assignment, bar: ribbon.RibbonBar, row: Assignment) -> bool:
    same = (before.post_id, before.guard_id, before.kind) == (row.post_id, row.guard_id, row.kind)
    return same and (bar.last_day is None or row.first_day <= bar.last_day + ONE_DAY)


def _bar(row: Assignment, guard_url: Callable[[Guard], str] | None) -> ribbon.RibbonBar:
    guard = row.guard
    return ribbon.RibbonBar(
        guard_key=guard.iin,
        full_name=guard.full_name,
        family_name=guard.family_name,
        initials=guard.initials,
        post_key=row.post.code,
        first_day=row.first_day,
        last_day=row.last_day,
        kind=ribbon.Kind(row.kind),
        url=guard_url(guard) if guard_url else "",
    )


def _marked(row: Assignment, bar: ribbon.RibbonBar, leaves: dict[Any, Any]) -> ribbon.RibbonBar:
    """The bar with its end mark, where the guard left with it."""
    leave = leaves.get((row.guard_id, bar.last_day)) if row.is_regular else None
    if leave is None:
        return bar
    reason = EndReason(leave.reason).label if leave.reason else ""
    return replace(bar, end_mark=ribbon.EndMark(leave.leave), reason=str(reason))


# The replacement budget


def small_budget(line: BudgetLine, rule: TurnoverLimit) -> budget.Budget:
    """Squares and words, for a list."""
    if line.over and line.next_back:
        back = formats.until(line.next_back, timezone.localdate())
        detail = _("on %(day)s the first leave falls out of the window (%(left)s)") % back
    else:
        detail = _used_words(line, rule)
    return budget.small(line.used, line.allowed, budget_words(line), detail)


def large_budget(report: OwnerReport, membership: Any) -> budget.Budget:
    """The same, larger, with the way of the oldest leave out of the window; it is named to those who may know it."""
    line = report.budget
    oldest = min((one for one in report.spells if one.leave in ("left", "provisional")), default=None, key=_left_on)
    guard = None
    if oldest:
        mine = Assignment.objects.visible_to(membership).filter(guard=oldest.guard, post__school=oldest.school)
        guard = Guard.objects.filter(pk__in=mine.values("guard")).first()
    return budget.large(
        line.used,
        line.allowed,
        budget_words(line),
        _used_words(line, report.rule),
        window=report.window,
        leave_name=f"{guard.family_name} {guard.given_name[:1]}." if guard else _("a leave"),
        leave_day=oldest.last_day if oldest else None,
        back_day=line.next_back,
    )


def is_breached(line: BudgetLine) -> bool:
    """Whether more have left for good than the limit allows; those who may still return do not count for that."""
    return line.used - line.provisional > line.allowed


def _left_on(line: SpellLine) -> date:
    return line.last_day or date.max


def budget_words(line: BudgetLine) -> str:
    """How many may still leave and until when, or that the limit is breached."""
    values = {"used": formats.number(line.used), "allowed": formats.number(line.allowed)}
    if is_breached(line):
        return _("limit breached: %(used)s instead of %(allowed)s") % values
    if line.over:
        return _("over the limit if nobody returns: %(used)s instead of %(allowed)s") % values
    if line.next_back is None and not line.left:
        return _("none may leave any more")
    if line.next_back is None:
        return ngettext("%(count)s may leave", "%(count)s may leave", line.left) % {"count": formats.number(line.left)}
    values = {"count": formats.number(line.left)} | formats.until(line.next_back, timezone.localdate())
    if not line.left:
        return _("none left until %(day)s (%(left)s)") % values
    said = ngettext("%(count)s more until %(day)s (%(left)s)", "%(count)s more until %(day)s (%(left)s)", line.left)
    return said % values


def _used_words(line: BudgetLine, rule: TurnoverLimit) -> str:
    values = {
        "used": formats.number(line.used),
        "allowed": formats.number(line.allowed),
        "days": formats.days(rule.window_days),
    }
    if line.used > line.allowed:
        return (
            ngettext(
                "%(used)s leave in %(days)s, %(allowed)s allowed",
                "%(used)s leaves in %(days)s, %(allowed)s allowed",
                line.used,
            )
            % values
        )
    return (
        ngettext("%(used)s leave of %(allowed)s in %(days)s", "%(used)s leaves of %(allowed)s in %(days)s", line.used)
        % values
    )


# The figures


@dataclass(frozen=True)
class FigureBlock:
    """One figure with what it is made of; `interval`, `bar` and `status` stand under it where they belong to it.

    `mark` says what its limit rests on, law, policy or reported, by which `version` of a clause.
    """

    label: str
    value: str = ""
    unit: str = ""
    made_of: str = ""
    interval: Interval | None = None
    bar: HatchedBar | None = None
    status: tuple[str, str] | None = None
    mark: str = ""
    version: ClauseVersion | None = None

    @property
    def has_picture(self) -> bool:
        return bool(self.interval or self.bar)


def figure_blocks(report: OwnerReport) -> list[FigureBlock]:
    """Turnover, faces, constancy, tenure and how much the school confirmed, in the reader's language."""
    return [_turnover(report), _faces(report), _continuity(report), _tenure(report), _confirmed(report)]


def _turnover(report: OwnerReport) -> FigureBlock:
    found, terms = report.figures, report.terms
    label = _("Turnover in %(days)s") % {"days": formats.days(terms.window_days)}
    if not found["measurable"]:
        return FigureBlock(
            label,
            status=("not_measurable", _("Not measurable")),
            made_of=_("No service that a director confirmed in this time"),
        )
    limit = report.limit.threshold_percent if report.version else None
    made_of = ngettext(
        "%(count)s leave of %(gross)s counts, at a headcount of %(headcount)s. "
        "Interval %(confidence)s: from %(low)s to %(high)s",
        "%(count)s leaves of %(gross)s count, at a headcount of %(headcount)s. "
        "Interval %(confidence)s: from %(low)s to %(high)s",
        found["net_left"],
    ) % {
        "count": formats.number(found["net_left"]),
        "gross": formats.number(found["gross_left"]),
        "headcount": formats.number(found["average_headcount"], _headcount_places(found, terms.window_days)),
        "confidence": formats.percent(100 * terms.confidence),
        "low": formats.number(found["rate_low"], 1),
        "high": formats.percent(found["rate_high"], 1),
    }
    return FigureBlock(
        label,
        formats.number(found["rate"]),
        _("% a year"),
        f"{made_of}. {_provisional(found)}" if found["provisional_left"] else made_of,
        interval=interval.lay_out(found["rate"], found["rate_low"], found["rate_high"], limit),
        status=_breach(report),
        mark=report.version.mark if report.version else "",
        version=report.version,
    )


def _headcount_places(found: dict[str, Any], window_days: int) -> int:
    """With how many decimals the headcount is shown: so many that the rate, as it is shown, follows from it."""

    def follows(places: int) -> bool:
        headcount = formats.rounded(found["average_headcount"], places)
        computed = found["net_left"] / headcount * 100 * 365 / window_days if headcount else None
        return computed is not None and formats.rounded(computed, 0) == formats.rounded(found["rate"], 0)

    return formats.enough_places(follows)


def _provisional(found: dict[str, Any]) -> str:
    left = found["provisional_left"]
    return ngettext(
        "%(count)s is provisional: the guard may still return",
        "%(count)s are provisional: the guards may still return",
        left,
    ) % {"count": formats.number(left)}


def _breach(report: OwnerReport) -> tuple[str, str] | None:
    if not report.version or not report.breached:
        return None
    if report.established:
        return "established", _("Limit breached: established")
    return "indicated", _("Limit breached: indicated")


def _faces(report: OwnerReport) -> FigureBlock:
    found = report.figures
    regular = len({line.guard for line in report.spells if line.days_in_window})
    relief = max(found["distinct_guards"] - regular, 0)
    made_of = ngettext("%(count)s regular", "%(count)s regular", regular) % {"count": formats.number(regular)}
    if relief:
        made_of += ", " + ngettext("%(count)s relief", "%(count)s relief", relief) % {"count": formats.number(relief)}
    return FigureBlock(
        _("Faces at the doors in %(days)s") % {"days": formats.days(report.terms.window_days)},
        formats.number(found["distinct_guards"]),
        _places(report),
        made_of,
    )


def _places(report: OwnerReport) -> str:
    """How many places the school has; nothing for an agency."""
    if report.level not in ("school", "agency_school"):
        return ""
    posts = Post.objects.filter(school=report.figures["school"]).open_on(report.day)
    places = posts.aggregate(places=Sum("positions"))["places"] or 0
    return ngettext("at %(count)s place", "at %(count)s places", places) % {"count": formats.number(places)}


def _continuity(report: OwnerReport) -> FigureBlock:
    share = report.figures["continuity"]
    seasoned = formats.days(report.terms.seasoned_days)
    return FigureBlock(
        _("Constancy"),
        formats.number(None if share is None else 100 * share),
        "" if share is None else "%",
        _("of the days, those with a guard at the door who has served here for more than %(days)s")
        % {"days": seasoned},
    )


def _tenure(report: OwnerReport) -> FigureBlock:
    found = report.figures
    tenure, serving = found["median_tenure_days"], found["open_spells"]
    if not serving:
        return FigureBlock(_("Median service here"), formats.UNKNOWN, made_of=_("nobody serves now"))
    return FigureBlock(
        _("Median service here"),
        formats.number(tenure),
        ngettext("day", "days", round(tenure)),
        ngettext("of the %(count)s who serves now", "of the %(count)s who serve now", serving)
        % {"count": formats.number(serving)},
    )


def _confirmed(report: OwnerReport) -> FigureBlock:
    """How much of what the agency claimed the school has confirmed, as last counted with the stored figures."""
    label = _("Confirmed by the school")
    figure = Figure.objects.filter(
        level=report.level, school=report.figures["school"], agency=report.figures["agency"]
    ).first()
    if figure is None or not figure.claimed:
        return FigureBlock(
            label, status=("not_measurable", _("Not measurable")), made_of=_("The agency claimed no shifts")
        )
    made_of = _("%(present)s of %(claimed)s claimed days") % {
        "present": formats.number(figure.present),
        "claimed": formats.number(figure.claimed),
    }
    if figure.refused:
        refused = ngettext(
            "the school said no %(count)s time", "the school said no %(count)s times", figure.refused
        ) % {"count": formats.number(figure.refused)}
        made_of = f"{made_of}; {refused}"
    return FigureBlock(
        label,
        formats.number(100 * figure.present / figure.claimed, 1),
        "%",
        made_of,
        bar=claim.bar(figure.present, figure.claimed),
    )
