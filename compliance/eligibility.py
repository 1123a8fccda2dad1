"""Who may be placed: the rules about those who stand at posts, asked as if somebody stood there."""

from collections.abc import Callable, Iterable
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
from compliance.prepared import Given, Question, ask, asked_together
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
    posts = [post.pk] if post.pk else []
    given = Given.of(day, schools=[post.school_id], agencies=[agency.pk], posts=posts, guards=keys)
    for obstacle in _forbidding(lambda rule: (_Forbidden(rule), given), [post.school_id], agency, day):
        for key in [obstacle.breach.subject.guard] if obstacle.breach.subject.guard else keys:
            found[key].append(obstacle)
    return found


def obstacles_at(guard: Guard, schools: Iterable[School], agency: Agency, day: date) -> dict[int, list[Obstacle]]:
    """For each of the schools (by primary key) what would be broken if the guard stood there for the agency on the day.

    The number of queries depends on the clauses in force, never on the schools.
    """
    keys = [school.pk for school in schools]
    found: dict[int, list[Obstacle]] = {key: [] for key in keys}
    given = Given.of(day, schools=keys, agencies=[agency.pk], guards=[guard.pk])
    for obstacle in _forbidding(lambda rule: (_ForbiddenAt(rule), given), keys, agency, day):
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
    for obstacle in _forbidding(lambda rule: rule.forbidden(standing), list(at_school), agency, day):
        about = obstacle.breach.subject
        assert about.school is not None
        for pair in [(about.guard, about.school)] if about.guard else at_school[about.school]:
            found[pair].append(obstacle)
    return found


@dataclass(frozen=True)
class _Forbidden:
    """Those of the guards given whom a rule keeps from the post given, for the agency given."""

    rule: StandingRule

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        standing = as_if_standing(
            Guard.objects.filter(pk__in=given.guards),
            school=given.schools[0],
            post=given.posts[0] if given.posts else None,
            agency=given.agencies[0],
            day=given.day,
        )
        return self.rule.forbidden(standing)


@dataclass(frozen=True)
class _ForbiddenAt:
    """Those of the schools given from which a rule keeps the guard given, for the agency given."""

    rule: StandingRule

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        schools = School.objects.filter(pk__in=given.schools)
        guard, agency = given.guards[0], given.agencies[0]
        return self.rule.forbidden(as_if_standing_at(schools, guard=guard, agency=agency, day=given.day))


@dataclass(frozen=True)
class _Failing:
    """Those of the contracts of the agency given with the schools given that fail a rule."""

    rule: ContractRule

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        contracts = Contract.objects.filter(agency=given.agencies[0], school__in=given.schools)
        on = contracts.annotate(on=Value(given.day, output_field=DateField()))
        return self.rule.columns_of(self.rule.failing(on))


# What is asked of those who would stand: a question that is written once, or a queryset of them.
Asked = Question | QuerySet[Any, Any]


def _forbidding(asks: Callable[[StandingRule], Asked], schools: list[int], agency: Agency, day: date) -> list[Obstacle]:
    """What the clauses in force have against those who would stand, and against the contracts with the schools."""
    versions = versions_judged(day)
    world = RegisterWorld(day, Scope.of(schools, [agency.pk]), base_terms(versions))
    contracts = Given.of(day, schools=schools, agencies=[agency.pk])
    asked: list[tuple[ClauseVersion, Any, Asked]] = []
    for version in versions:
        rule = version.build_rule()
        if isinstance(rule, StandingRule):
            asked.append((version, rule, asks(rule)))
        elif isinstance(rule, ContractRule):
            asked.append((version, rule, (_Failing(rule), contracts)))
    found: list[Obstacle] = []
    with asked_together(*(question for _version, _rule, question in asked if isinstance(question, tuple))):
        for version, rule, question in asked:
            rows = ask(*question) if isinstance(question, tuple) else question
            breaches = rule.forbidding(rows, world) if isinstance(rule, StandingRule) else rule.found(rows, world)
            found += [Obstacle(version, rule, breach) for breach in breaches]
    return found
