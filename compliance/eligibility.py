"""Who may be placed: the rules about those who stand at posts, asked as if somebody stood there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, QuerySet, Value

from agencies.models import Agency, Contract
from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.models import ClauseVersion
from compliance.predicates import Breach
from compliance.predicates.licences import ContractRule
from compliance.predicates.standing import StandingRule, as_if_standing
from compliance.register import Scope
from guards.models import Guard
from schools.models import Post


@dataclass(frozen=True)
class Obstacle:
    """Why a guard may not stand at a post: the clause's version, what is wrong, and what would cure it.

    `mark` says what kind of clause it is: law, reported or policy. The sentences are translated when they are shown.
    """

    version: ClauseVersion
    mark: str
    sentence: Any
    cure: Any
    breach: Breach

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
    versions = versions_judged(day)
    world = RegisterWorld(day, Scope.of([post.school_id], [agency.pk]), base_terms(versions))
    standing = as_if_standing(Guard.objects.filter(pk__in=keys), post=post, agency=agency.pk, day=day)
    contracts = Contract.objects.filter(agency=agency, school=post.school_id).select_related(
        "agency", "school", "licence"
    )
    contracts = contracts.annotate(on=Value(day, output_field=DateField()))
    for version in versions:
        rule = version.build_rule()
        if isinstance(rule, StandingRule):
            breaches = rule.forbidding(standing, world)
        elif isinstance(rule, ContractRule):
            breaches = rule.found(contracts, world)
        else:
            continue
        for breach in breaches:
            obstacle = Obstacle(version, version.mark, rule.says(breach), rule.cure(breach), breach)
            for key in [breach.subject.guard] if breach.subject.guard else keys:
                found[key].append(obstacle)
    return found
