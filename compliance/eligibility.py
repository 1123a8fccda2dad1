"""Who may be placed: the rules about those who stand at posts, asked as if somebody stood there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, QuerySet, Value

from agencies.models import Agency, Contract
from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.models import ClauseVersion
from compliance.predicates import Breach
from compliance.predicates.licences import ContractRule
from compliance.predicates.standing import StandingRule, as_if_standing, as_if_standing_at, standing_there
from compliance.register import Scope
from guards.models import Assignment, Guard
from schools.models import Post, School


@dataclass(frozen=True)
class Obstacle:
    """Why a guard may not stand at a post: the clause's version, what is wrong, and what would cure it.

    `mark` says what kind of clause it is: law, reported or policy. The sentences are translated when they are shown.
    """

    version: ClauseVersion
    rule: Any
    breach: Breach

    @property
    def mark(self) -> str:
        return self.version.mark

    @property
    def sentence(self) -> Any:
        return self.rule.says(self.breach)

    @property
    def cure(self) -> Any:
        return self.rule.cure(self.breach)

    @property
    def is_law(self) -> bool:
        return self.mark == ClauseVersion.Mark.LAW


def obstacles(
    guards: QuerySet[Guard] | Iterable[Guard], post: Post, agency: Agency, day: date
) -> dict[int, list[Obstacle]]:
    """For each of the guards (by primary key) what would be broken if he stood at the post, for the agency, on the day.

    A clause about the contract or its licence is an obstacle to every one of them. The number of queries depends on the
    clauses in force, never on the guards.
    """
    keys = [guard.pk for guard in guards]
    found: dict[int, list[Obstacle]] = {key: [] for key in keys}
    standing = as_if_standing(Guard.objects.filter(pk__in=keys), post=post, agency=agency.pk, day=day)
    for obstacle in _forbidding(standing, [post.school_id], agency, day):
        for key in [obstacle.breach.subject.guard] if obstacle.breach.subject.guard else keys:
            found[key].append(obstacle)
    return found


def obstacles_at(guard: Guard, schools: Iterable[School], agency: Agency, day: date) -> dict[int, list[Obstacle]]:
    """For each of the schools (by primary key) what would be broken if the guard stood there for the agency on the day.

    The number of queries depends on the clauses in force, never on the schools.
    """
    keys = [school.pk for school in schools]
    found: dict[int, list[Obstacle]] = {key: [] for key in keys}
    standing = as_if_standing_at(School.objects.filter(pk__in=keys), guard=guard, agency=agency.pk, day=day)
    for obstacle in _forbidding(standing, keys, agency, day):
        for key in [obstacle.breach.subject.school] if obstacle.breach.subject.school else keys:
            found[key].append(obstacle)
    return found


def obstacles_of(assignments: QuerySet[Assignment], agency: Agency, day: date) -> dict[tuple[int, int], list[Obstacle]]:
    """For each guard and school of some assignments of the agency (by primary keys) what would be broken on the day.

    They are asked about as if each of them stood there then, whatever its status; the number of queries depends on the
    clauses in force, never on the assignments.
    """
    pairs = list(assignments.order_by().values_list("guard", "post__school").distinct())
    found: dict[tuple[int, int], list[Obstacle]] = {pair: [] for pair in pairs}
    at_school: dict[int, list[tuple[int, int]]] = {}
    for guard, school in pairs:
        at_school.setdefault(school, []).append((guard, school))
    standing = standing_there(assignments).annotate(on=Value(day, output_field=DateField()))
    for obstacle in _forbidding(standing, list(at_school), agency, day):
        about = obstacle.breach.subject
        assert about.school is not None
        for pair in [(about.guard, about.school)] if about.guard else at_school[about.school]:
            found[pair].append(obstacle)
    return found


def _forbidding(standing: QuerySet[Any], schools: list[int], agency: Agency, day: date) -> Iterator[Obstacle]:
    """What the clauses in force have against those who would stand, and against the contracts with the schools."""
    versions = versions_judged(day)
    world = RegisterWorld(day, Scope.of(schools, [agency.pk]), base_terms(versions))
    contracts = Contract.objects.filter(agency=agency, school__in=schools)
    contracts = contracts.annotate(on=Value(day, output_field=DateField()))
    for version in versions:
        rule = version.build_rule()
        if isinstance(rule, StandingRule):
            breaches = rule.forbidding(standing, world)
        elif isinstance(rule, ContractRule):
            breaches = rule.found(rule.columns_of(rule.failing(contracts)), world)
        else:
            continue
        for breach in breaches:
            yield Obstacle(version, rule, breach)
