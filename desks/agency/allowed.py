"""At which of the agency's schools a guard may stand, and what speaks against him at the others."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from agencies.models import Contract
from compliance.eligibility import Obstacle, obstacles_at
from guards.models import Guard
from schools.models import School


@dataclass(frozen=True)
class PlaceAnswer:
    """A school, and what speaks against the guard there alone."""

    school: School
    obstacles: list[Obstacle]


@dataclass(frozen=True)
class Places:
    """The agency's schools: where nothing speaks against him, and where something does.

    `everywhere` holds what would be wrong at each of the schools: it is said once.
    """

    everywhere: list[Obstacle]
    free: list[School]
    hindered: list[PlaceAnswer]

    @property
    def is_blocked(self) -> bool:
        """Whether the law forbids him every place."""
        return any(one.is_law for one in self.everywhere)

    @property
    def count(self) -> int:
        return len(self.free) + len(self.hindered)


def places_of(guard: Guard, membership: Any, today: date) -> Places:
    """What is found for today, of the schools where the agency has a contract; as many queries for one as for many."""
    contracts = Contract.objects.in_force(today).filter(agency=membership.agency, school=OuterRef("pk"))
    schools = list(School.objects.visible_to(membership).filter(Exists(contracts)).order_by("name_ru", "pk"))
    if not schools:
        return Places([], [], [])
    found = obstacles_at(guard, schools, membership.agency, today)
    shared = set.intersection(*({_same(one) for one in found[school.pk]} for school in schools))
    own = {school.pk: [one for one in found[school.pk] if _same(one) not in shared] for school in schools}
    return Places(
        everywhere=[one for one in found[schools[0].pk] if _same(one) in shared],
        free=[school for school in schools if not own[school.pk]],
        hindered=[PlaceAnswer(school, own[school.pk]) for school in schools if own[school.pk]],
    )


def _same(one: Obstacle) -> tuple[int, str]:
    """Two obstacles are the same where a reader is told the same by the same clause."""
    return one.version.pk, str(one.sentence)
