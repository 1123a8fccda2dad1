"""One owner's figures, spells and budget, live from the register: what a page of a school or an agency shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from compliance.engine import versions_judged
from compliance.evidence import Groups, SpellLine, spell_lines
from compliance.models import ClauseVersion
from compliance.predicates.turnover import TurnoverLimit
from compliance.register import Register, Scope, read_register
from compliance.turnover import (
    GRAIN_OF_LEVEL,
    Arrival,
    Budget,
    Departure,
    Level,
    Limit,
    Terms,
    budget,
    measure,
    net_leaves,
    preview,
    spells,
)
from compliance.turnover import breach as breaks_limit


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
    """What a page says of one owner on a day. `version` and `rule` are None where no clause limits turnover."""

    level: Level
    day: date
    version: ClauseVersion | None
    rule: TurnoverLimit
    figures: dict[str, Any]
    spells: list[SpellLine]
    budget: BudgetLine
    breached: bool
    established: bool

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
    for version in versions_judged(day):
        if version.rule == TurnoverLimit.code:
            rule = version.build_rule()
            if isinstance(rule, TurnoverLimit) and rule.level == level:
                return version, rule
    return None, TurnoverLimit(level=level)


def report(level: Level, day: date, *, school: int | None = None, agency: int | None = None) -> OwnerReport:
    """The figures of a school, an agency or an agency at a school (primary keys), counted now from the register."""
    version, rule = limiting_version(level, day)
    register = read_register(day, Scope.of([school] if school else [], [agency] if agency else []))
    key = _key(level, school, agency)
    figures = measure(register.rows, register.calendars, register.region_of_school, day, {level: rule.terms})[
        level
    ].where(**key)
    of_grain = spells(register.rows, register.calendars, day, rule.gap_open_days, GRAIN_OF_LEVEL[level])
    mine = Groups(level, of_grain.agency, of_grain.school).of(agency or 0, school or 0)
    leaves = net_leaves(of_grain.take(mine), rule.terms)
    breached, established = breaks_limit(figures, rule.limit)
    return OwnerReport(
        level=level,
        day=day,
        version=version,
        rule=rule,
        figures=figures,
        spells=spell_lines(register, of_grain, mine, rule),
        budget=BudgetLine.of(budget(leaves, figures["average_headcount"], rule.limit, rule.terms, day)),
        breached=bool(breached),
        established=bool(established),
    )


def _key(level: Level, school: int | None, agency: int | None) -> dict[str, int]:
    return {name: value for name, value in (("school", school), ("agency", agency)) if value and name in level}


def budgets(schools: Iterable[int], day: date) -> dict[int, BudgetLine]:
    """The budget of each of the schools (primary keys), from one reading of the register."""
    wanted = list(schools)
    _, rule = limiting_version("school", day)
    register = read_register(day, Scope.of(wanted))
    table = measure(register.rows, register.calendars, register.region_of_school, day, {"school": rule.terms})["school"]
    of_grain = spells(register.rows, register.calendars, day, rule.gap_open_days, "school")
    groups = Groups("school", of_grain.agency, of_grain.school)
    found = {}
    for school in wanted:
        headcount = table.where(school=school)["average_headcount"]
        leaves = net_leaves(of_grain.take(groups.of(0, school)), rule.terms)
        found[school] = BudgetLine.of(budget(leaves, headcount, rule.limit, rule.terms, day))
    return found


@dataclass(frozen=True)
class Effect:
    """What a planned change does to a school: the figures and the budget without it and with it, on the same day."""

    day: date
    before: dict[str, Any]
    after: dict[str, Any]
    budget_before: BudgetLine
    budget_after: BudgetLine
    limit: Limit


def effect(
    school: int, day: date, *, departures: tuple[Departure, ...] = (), arrivals: tuple[Arrival, ...] = ()
) -> Effect:
    """What would become of a school's figures, judged on `day`, if these guards left and came."""
    _, rule = limiting_version("school", day)
    register = read_register(day, Scope.of([school]))
    terms: dict[Level, Terms] = {"school": rule.terms}
    world = register.calendars, register.region_of_school, day, terms
    before = measure(register.rows, *world)["school"].where(school=school)
    after = preview(register.rows, *world, departures, arrivals)["school"].where(school=school)
    extra = sum(after["net_left"] > 0 for _ in ()) if False else after["net_left"] - before["net_left"]
    leaves = _leaves(register, school, day, rule)
    planned = [*leaves, *((departure.last_day, True) for departure in departures[:extra])]
    return Effect(
        day=day,
        before=before,
        after=after,
        budget_before=BudgetLine.of(budget(leaves, before["average_headcount"], rule.limit, rule.terms, day)),
        budget_after=BudgetLine.of(budget(planned, after["average_headcount"], rule.limit, rule.terms, day)),
        limit=rule.limit,
    )


def _leaves(register: Register, school: int, day: date, rule: TurnoverLimit) -> list[Any]:
    of_grain = spells(register.rows, register.calendars, day, rule.gap_open_days, "school")
    return net_leaves(of_grain.take(np.flatnonzero(of_grain.school == school)), rule.terms)
