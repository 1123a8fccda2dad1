"""At which of the agency's schools a guard may stand, and what speaks against him at the others."""

from collections.abc import Iterable
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
    """A school, what speaks against the guard there alone, and whether the law forbids him to stand there."""

    school: School
    obstacles: list[Obstacle]
    is_blocked: bool


@dataclass(frozen=True)
class Places:
    """The agency's schools, first those where least speaks against him.

    `everywhere` holds what would be wrong at each of the schools: it is said once.
    """

    everywhere: list[Obstacle]
    answers: list[PlaceAnswer]

    @property
    def free(self) -> list[School]:
        """Where nothing at all speaks against him."""
        return [] if self.everywhere else [one.school for one in self.answers if not one.obstacles]

    @property
    def count(self) -> int:
        return len(self.answers)


def places_of(guard: Guard, membership: Any, today: date) -> Places:
    """What is found for today, of the schools where the agency has a contract; as many queries for one as for many."""
    contracts = Contract.objects.in_force(today).filter(agency=membership.agency, school=OuterRef("pk"))
    schools = list(School.objects.visible_to(membership).filter(Exists(contracts)).order_by("name_ru", "pk"))
    if not schools:
        return Places([], [])
    # What the reader is told is put together once for each: a school may ask for many modules.
    found = {
        school: [(_same(one), one) for one in of_school]
        for school, of_school in obstacles_at(guard, schools, membership.agency, today).items()
    }
    shared = set.intersection(*({same for same, _ in found[school.pk]} for school in schools))
    answers = [
        PlaceAnswer(
            school,
            _law_first(one for same, one in found[school.pk] if same not in shared),
            any(one.is_law for _, one in found[school.pk]),
        )
        for school in schools
    ]
    everywhere = _law_first(one for same, one in found[schools[0].pk] if same in shared)
    return Places(everywhere, sorted(answers, key=lambda one: (one.is_blocked, len(one.obstacles))))


def _law_first(found: Iterable[Obstacle]) -> list[Obstacle]:
    """What no reason sets aside comes before what a signed reason does."""
    return sorted(found, key=lambda one: not one.is_law)


def _same(one: Obstacle) -> tuple[int, str]:
    """Two obstacles are the same where a reader is told the same by the same clause."""
    return one.version.pk, str(one.sentence)
