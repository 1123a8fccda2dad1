"""One owner's figures, spells and budget, live from the register: what a page of a school or an agency shows.

report(level, day, ...)      the figures of a school, an agency or an agency at a school; with `warn` the early warning:
                             what one more leave would do
budgets(schools, day)        the budgets of many schools; of stored figures: BudgetLine.stored
effect(school, day, ...)     what a planned change does to a school
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from compliance.evidence import Groups
from compliance.intervals import yearly_rate
from compliance.keys import Numbers
from compliance.models import ClauseVersion
from compliance.predicates.turnover import TurnoverLimit
from compliance.prepared import asked_together
from compliance.register import Register, Scope, read_register, register_asks
from compliance.spell_lines import SpellLine, SpellLines, as_date
from compliance.timeline import LAW_ASK, LawInTime
from compliance.turnover import (
    GRAIN_OF_LEVEL,
    KEYS_OF_LEVEL,
    Arrival,
    Budget,
    Departure,
    Known,
    Level,
    Limit,
    Rows,
    Spells,
    Terms,
    budget,
    count,
    day_number,
    net_leaves,
    planned,
)
from compliance.turnover import breach as breaks_limit

# A guard who is not chosen yet; and a reason that no clause excuses while its cause is not accepted, as any other.
NEWCOMER = -1
WITHOUT_EXCUSE = "resigned"


@dataclass(frozen=True)
class BudgetLine:
    """Leaves that the limit allows in the running window, and the day on which the oldest used one is given back."""

    allowed: int
    used: int
    provisional: int
    left: int
    next_back: date | None

    @classmethod
    def of(cls, found: Budget) -> "BudgetLine":
        back = date.fromordinal(found.next_back) if found.next_back else None
        return cls(found.allowed, found.used, found.provisional, found.left, back)

    @classmethod
    def stored(cls, allowed: int, net_left: int, provisional_left: int) -> "BudgetLine":
        """As stored when the day was judged; the day on which a leave is given back is not."""
        return cls(allowed, net_left, provisional_left, max(allowed - net_left, 0), None)

    @property
    def over(self) -> int:
        """Leaves beyond what the limit allows."""
        return max(self.used - self.allowed, 0)

    @property
    def near(self) -> bool:
        """Whether one more leave would use up or exceed what the limit allows, and somebody has left already."""
        return self.used > 0 and self.left <= 1


@dataclass(frozen=True)
class OwnerReport:
    """What a page says of one owner on a day. Without a clause that limits it `version` is None, `rule` the default."""

    level: Level
    day: date
    version: ClauseVersion | None
    rule: TurnoverLimit
    figures: dict[str, Any]
    spells: list[SpellLine]
    budget: BudgetLine
    breached: bool
    established: bool
    one_more: "OneMore | None" = None

    @property
    def terms(self) -> Terms:
        return self.rule.terms

    @property
    def limit(self) -> Limit:
        return self.rule.limit

    @property
    def window(self) -> tuple[date, date]:
        """First and last day of the window."""
        return self.day - timedelta(days=self.terms.window_days - 1), self.day


def limiting_version(level: Level, day: date) -> tuple[ClauseVersion | None, TurnoverLimit]:
    """The version that limits turnover at a level on a day, and its rule; the defaults where there is none."""
    return LawInTime.read().limiting(level, day)


def report(
    level: Level, day: date, *, school: int | None = None, agency: int | None = None, warn: bool = False
) -> OwnerReport:
    """The figures of a school, an agency or an agency at a school (primary keys), counted now from the register.

    With `warn` also what one more leave on that day would do.
    """
    owner = Owner(level, school, agency)
    law, register = _read(owner.scope, day)
    return _report(law, register, owner, day, warn=warn)


def warned_report(agency: int, schools: Iterable[int], day: date) -> tuple[OwnerReport, dict[int, BudgetLine]]:
    """The report of an agency with its warning, and the budget of each of some schools (primary keys), from one reading
    of the register."""
    wanted = list(schools)
    law, register = _read(Scope.of(wanted, [agency]), day)
    its_own = register.of_guards(register.rows.guard[register.rows.agency == agency])
    found = _report(law, its_own, Owner("agency", agency=agency), day, warn=True)
    return found, _budgets(law, register, wanted, day)


def _report(law: LawInTime, register: Register, owner: "Owner", day: date, *, warn: bool) -> OwnerReport:
    version, rule = law.limiting(owner.level, day)
    standing = Standing.of(register, register.rows, owner, rule, day)
    breached, established = breaks_limit(standing.figures, rule.limit)
    return OwnerReport(
        level=owner.level,
        day=day,
        version=version,
        rule=rule,
        figures=standing.figures,
        spells=SpellLines.followed(register.rows, register.calendars, standing.spells, rule.terms).of(standing.mine),
        budget=standing.budget,
        breached=bool(breached),
        established=bool(established),
        one_more=_one_more(register, owner, standing, law, day) if warn else None,
    )


@dataclass(frozen=True)
class Owner:
    """Whose figures: a school, an agency, or an agency at a school, by primary keys."""

    level: Level
    school: int | None = None
    agency: int | None = None

    @property
    def scope(self) -> Scope:
        """What of the register is read: an agency at a school is told by the guards of the school alone."""
        if self.level == "agency":
            return Scope.of([], [self.agency] if self.agency else [])
        return Scope.of([self.school] if self.school else [])

    @property
    def key(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in KEYS_OF_LEVEL[self.level]}

    def among(self, of_grain: Spells) -> Numbers:
        """The positions of the owner's spells."""
        mine = [getattr(of_grain, name) == value for name, value in self.key.items()]
        return np.flatnonzero(np.logical_and.reduce(mine))


def _read(scope: Scope, day: date) -> tuple[LawInTime, Register]:
    """What limits turnover, and the register of a narrower scope."""
    with asked_together(LAW_ASK, *register_asks(day, scope)):
        return LawInTime.read(), read_register(day, scope)


@dataclass(frozen=True, eq=False)
class Standing:
    """How an owner stands on a day by some rows: its figures, its spells (`mine` among all) and its budget."""

    figures: dict[str, Any]
    spells: Spells
    mine: Numbers
    budget: BudgetLine

    @classmethod
    def of(cls, register: Register, rows: Rows, owner: Owner, rule: TurnoverLimit, day: date) -> "Standing":
        known = _known(register, rows, day)
        figures = _figures(known, owner, rule)
        of_grain = known.spells(GRAIN_OF_LEVEL[owner.level], rule.terms)
        mine = owner.among(of_grain)
        leaves = net_leaves(of_grain.take(mine), rule.terms)
        found = budget(leaves, figures["average_headcount"], rule.limit, rule.terms, day)
        return cls(figures, of_grain, mine, BudgetLine.of(found))


def _known(register: Register, rows: Rows, day: date) -> Known:
    """What is known of some rows on a day."""
    today = day_number(day)
    return Known(rows.take(rows.first <= today), register.calendars, register.region_of_school, today)


def _figures(known: Known, owner: Owner, rule: TurnoverLimit) -> dict[str, Any]:
    """The figures of an owner, but for what those did next who left."""
    return count(known, owner.level, rule.terms, followed=False).table(owner.level, rule.terms).where(**owner.key)


def budgets(schools: Iterable[int], day: date) -> dict[int, BudgetLine]:
    """The budget of each of the schools (primary keys), from one reading of the register."""
    wanted = list(schools)
    if not wanted:
        return {}
    law, register = _read(Scope.of(wanted), day)
    return _budgets(law, register, wanted, day)


def _budgets(law: LawInTime, register: Register, schools: list[int], day: date) -> dict[int, BudgetLine]:
    """The budget of each of the schools, all of whose guards stand in the register."""
    _, rule = law.limiting("school", day)
    known = _known(register, register.rows, day)
    table = count(known, "school", rule.terms, followed=False).table("school", rule.terms)
    headcount_of = dict(zip(table.school.tolist(), table.average_headcount.tolist(), strict=True))
    of_grain = known.spells("school", rule.terms)
    groups = Groups("school", of_grain.agency, of_grain.school)
    found = {}
    for school in schools:
        leaves = net_leaves(of_grain.take(groups.of(0, school)), rule.terms)
        headcount = headcount_of.get(school, 0.0)
        found[school] = BudgetLine.of(budget(leaves, headcount, rule.limit, rule.terms, day))
    return found


@dataclass(frozen=True)
class Effect:
    """What a planned change does to a school, or to its agency there or everywhere: the figures and the budget without
    it and with it, on the same day.

    The planned leaves are provisional on that day. `settles_on` is the day from which the last of them counts as
    settled; `breach_before` and `breach_after` say what the limit in force on that day, by `then_version`, finds
    without and with the plan, if nothing else happens: empty, indicated or established. `settles_on` is None where
    nobody leaves.
    """

    day: date
    version: ClauseVersion | None
    rule: TurnoverLimit
    before: dict[str, Any]
    after: dict[str, Any]
    budget_before: BudgetLine
    budget_after: BudgetLine
    settles_on: date | None = None
    breach_before: str = ""
    breach_after: str = ""
    level: Level = "school"
    then_version: ClauseVersion | None = None
    then_rule: TurnoverLimit | None = None

    @property
    def limit(self) -> Limit:
        return self.rule.limit

    @property
    def then_limit(self) -> Limit:
        """The limit of the day on which the leaves are settled."""
        return (self.then_rule or self.rule).limit

    @property
    def faces(self) -> tuple[int, int]:
        """Different guards in the window, without the plan and with it."""
        return self.before["distinct_guards"], self.after["distinct_guards"]

    @property
    def breaks_limit(self) -> bool:
        """Whether the plan breaches a limit that would hold without it."""
        return bool(self.breach_after) and not self.breach_before


def effect(
    school: int,
    day: date,
    *,
    departures: Sequence[Departure] = (),
    arrivals: Sequence[Arrival] = (),
    level: Level = "school",
    agency: int | None = None,
) -> Effect:
    """What would become of the figures of a school, judged on `day`, if these guards left and came.

    At another level, of the agency at the school or of the agency as a whole. Judge the day of the change or a later
    one. ValueError when a departure ends no assignment that counts.
    """
    owner = Owner(level, None if level == "agency" else school, None if level == "school" else agency)
    law, register = _read(owner.scope, day)
    before = Standing.of(register, register.rows, owner, law.limiting(level, day)[1], day)
    return _effect(register, owner, before, law, day, departures, arrivals)


def asked_for(day: date, school: int, agency: int) -> AbstractContextManager[None]:
    """Inside, what `effect` asks on a day, at any level, of the school and the agency is asked already, in one go."""
    scopes = Scope.of([school]), Scope.of([], [agency])
    return asked_together(LAW_ASK, *(question for scope in scopes for question in register_asks(day, scope)))


def _effect(
    register: Register,
    owner: Owner,
    before: Standing,
    law: LawInTime,
    day: date,
    departures: Sequence[Departure],
    arrivals: Sequence[Arrival] = (),
) -> Effect:
    version, rule = law.limiting(owner.level, day)
    rows = planned(register.rows, departures, arrivals)
    after = Standing.of(register, rows, owner, rule, day)
    found = Effect(day, version, rule, before.figures, after.figures, before.budget, after.budget, level=owner.level)
    settles_on = _settles_on(register, departures, rule)
    if settles_on is None:
        return found
    then_version, then_rule = law.limiting(owner.level, max(settles_on, day))
    if then_rule.gap_open_days > rule.gap_open_days:
        settles_on = _settles_on(register, departures, then_rule) or settles_on
    found = replace(found, settles_on=settles_on, then_version=then_version, then_rule=then_rule)
    if then_version is None:
        return found
    then = max(settles_on, day)
    return replace(
        found,
        breach_before=_breach(_figures(_known(register, register.rows, then), owner, then_rule), then_rule),
        breach_after=_breach(_figures(_known(register, rows, then), owner, then_rule), then_rule),
    )


# Early warning


@dataclass(frozen=True)
class OneMore:
    """What one more leave today would do: `effect`, judged today, as long as nobody follows.

    The guard who has served longest is taken to leave, for a reason that counts: nobody else's leave would take away
    more. `later` is the day by which one who followed him the next day would have been there for the days after which
    a guard is seasoned; `kept`, `changed`: the figures of that day without the leave, and with it and such a newcomer.
    """

    effect: Effect
    later: date
    kept: dict[str, Any]
    changed: dict[str, Any]


def _one_more(register: Register, owner: Owner, standing: Standing, law: LawInTime, day: date) -> OneMore | None:
    """None where nobody serves who could leave."""
    _, rule = law.limiting(owner.level, day)
    serving = standing.mine[standing.spells.open[standing.mine]]
    if not len(serving):
        return None
    longest = serving[np.argmin(standing.spells.first[serving])]
    guard, agency, school = (int(getattr(standing.spells, name)[longest]) for name in ("guard", "agency", "school"))
    departures = [Departure(guard, agency, school, day, WITHOUT_EXCUSE)]
    arrivals = [Arrival(NEWCOMER, agency, school, day + timedelta(days=1))]
    later = day + timedelta(days=rule.seasoned_days)
    followed = planned(register.rows, departures, arrivals)
    return OneMore(
        effect=_effect(register, owner, standing, law, day, departures),
        later=later,
        kept=_figures(_known(register, register.rows, later), owner, rule),
        changed=_figures(_known(register, followed, later), owner, rule),
    )


def rate_with_one_more(net_left: int, person_days: int) -> float | None:
    """The turnover of today if one more guard left, percent a year, from stored figures: for lists."""
    return float(yearly_rate(net_left + 1, person_days)) if person_days else None


def _settles_on(register: Register, departures: Sequence[Departure], rule: TurnoverLimit) -> date | None:
    """The first day on which all planned leaves are settled; None without any, or beyond what calendars reach."""
    if not departures:
        return None
    calendar = register.calendars.of_schools(np.array([departure.school for departure in departures], dtype=np.int64))
    left_on = [day_number(departure.last_day) for departure in departures]
    return as_date(int(register.calendars.nth_open_day(calendar, left_on, rule.gap_open_days).max()))


def _breach(figures: dict[str, Any], rule: TurnoverLimit) -> str:
    breached, established = breaks_limit(figures, rule.limit)
    return "established" if established else "indicated" if breached else ""
