"""The limit of turnover through time: which version was in force on each of many days, from one reading of the law."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from compliance.engine import base_terms, told_whole, turnover_rules, version_of
from compliance.models import ClauseVersion
from compliance.predicates.turnover import TurnoverLimit
from compliance.prepared import Given, Question, ask_made
from compliance.turnover import Level, Terms


@dataclass(frozen=True)
class Step:
    """A limit in percent a year from a day on, until the next step; None while there was no limit."""

    first_day: date
    limit: float | None


@dataclass(frozen=True)
class LawInTime:
    """Every version that the clauses about turnover ever had, repeals included, in order of their first days."""

    versions: list[ClauseVersion]

    @classmethod
    def read(cls) -> "LawInTime":
        return cls(ask_made(*LAW_ASK, version_of))

    def on(self, day: date) -> list[ClauseVersion]:
        """Those in force on a day, in order of the clauses' codes."""
        latest = {version.clause_id: version for version in self.versions if version.effective_from <= day}
        return sorted((one for one in latest.values() if one.rule), key=lambda one: one.clause.code)

    def limiting(self, level: Level, day: date) -> tuple[ClauseVersion | None, TurnoverLimit]:
        """The version that limits turnover at a level on a day, and its rule; the defaults where there is none."""
        for version in self.on(day):
            rule = version.judging_rule
            if isinstance(rule, TurnoverLimit) and rule.level == level:
                return version, rule
        return None, TurnoverLimit(level=level)

    def terms(self, days: Iterable[date]) -> list[dict[Level, Terms]]:
        """How each level is counted on each of the days: alike between two changes of the law."""
        asked = [(day, sum(version.effective_from <= day for version in self.versions)) for day in days]
        terms = {begun: base_terms(self.on(day)) for begun, day in {begun: day for day, begun in asked}.items()}
        return [terms[begun] for _, begun in asked]

    def steps(self, level: Level, first: date, last: date) -> list[Step]:
        """The limit of a level from `first` to `last`, a step for each change; of a region that of its schools."""
        changes = {version.effective_from for version in self.versions if first < version.effective_from <= last}
        steps: list[Step] = []
        for day in sorted({first, *changes}):
            rule = turnover_rules(self.on(day)).get("school" if level == "region" else level)
            limit = rule.threshold_percent if rule else None
            if not steps or steps[-1].limit != limit:
                steps.append(Step(day, limit))
        return steps


def _ever_limiting(_given: Given) -> QuerySet[Any, Any]:
    enacted = ClauseVersion.objects.enacted()
    limiting = enacted.filter(rule=TurnoverLimit.code).values("clause")
    return told_whole(enacted.filter(clause__in=limiting).order_by("effective_from", "pk"))


# What `LawInTime.read` asks.
LAW_ASK: Question = (_ever_limiting, Given.of(date.min))
