"""What the clauses in force cannot judge, because the register holds no record of what they speak of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.models import ClauseVersion
from compliance.predicates import Subject
from compliance.register import COUNTRY, Scope


@dataclass(frozen=True)
class Silence:
    """A version in force, and the agencies (perhaps at schools) whom it cannot judge: they neither pass nor fail."""

    version: ClauseVersion
    subjects: list[Subject]


def not_measurable(
    day: date, *, scope: Scope = COUNTRY, versions: Iterable[ClauseVersion] | None = None
) -> list[Silence]:
    """For each version in force (or each given) that cannot judge somebody: whom. One query a version."""
    judged_by = versions_judged(day) if versions is None else list(versions)
    world = RegisterWorld(day, scope, base_terms(judged_by))
    silences = [Silence(version, list(version.build_rule().silent(world))) for version in judged_by]
    return [silence for silence in silences if silence.subjects]
