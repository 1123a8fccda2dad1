"""Who could stand at a post, ranked by continuity, with everything that stands in the way."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agencies.models import Agency
from guards.models import Assignment, Guard, TrainingRecord
from schools.models import Post, School
from staffing.actions import conflict_sentence
from staffing.experience import Experience, experiences
from staffing.obstacles import Obstacle, of_clauses


@dataclass
class Candidate:
    """A guard of the agency, as the place page ranks him.

    standing_at: the school of the post that he holds on these days. trained_here: he completed a module at this school.
    obstacles: each of them is enough to refuse. reservations: clauses that are policy, to be set aside with a reason
    only.
    """

    guard: Guard
    experience: Experience = field(default_factory=Experience)
    trained_here: bool = False
    standing_at: School | None = None
    obstacles: list[Obstacle] = field(default_factory=list)
    reservations: list[Obstacle] = field(default_factory=list)

    @property
    def may_be_proposed(self) -> bool:
        return not self.obstacles

    @property
    def days_here(self) -> int:
        return self.experience.days_here

    @property
    def last_here(self) -> date | None:
        return self.experience.last_here

    @property
    def relieved_here(self) -> bool:
        return self.experience.relief_days_here > 0

    @property
    def rank(self) -> tuple[Any, ...]:
        """The smaller, the sooner he should be asked: those the school knows, then those who know the school."""
        return (
            not self.may_be_proposed,
            bool(self.reservations),
            -self.days_here,
            not self.relieved_here,
            not self.trained_here,
            self.standing_at is not None,
            not self.experience.near,
        )


def candidates(*, post: Post, first_day: date, agency: Agency, last_day: date | None = None) -> list[Candidate]:
    """All guards on the agency's staff on the first day, the best first; the number of queries is the same for any."""
    guards = list(Guard.objects.employed_by(agency.pk, first_day).order_by("family_name", "given_name", "pk"))
    knows = experiences([guard.pk for guard in guards], post.school, first_day)
    trained = _trained_at(post.school, guards, first_day)
    found = {
        guard.pk: Candidate(guard, knows.get(guard.pk, Experience()), trained_here=guard.pk in trained)
        for guard in guards
    }
    _add_conflicts(found, first_day, last_day)
    for key, clauses in of_clauses(guards, post, agency, first_day).items():
        for obstacle in clauses:
            (found[key].obstacles if obstacle.blocks else found[key].reservations).append(obstacle)
    return sorted(found.values(), key=lambda one: one.rank)


def _trained_at(school: School, guards: Collection[Guard], day: date) -> set[int]:
    """Which of the guards completed a module at the school by the day."""
    records = TrainingRecord.objects.filter(school=school, guard__in=guards, completed_on__lte=day)
    return set(records.values_list("guard", flat=True))


def _add_conflicts(found: dict[int, Candidate], first_day: date, last_day: date | None) -> None:
    """Where each of them already stands on these days."""
    held = Assignment.objects.holding().filter(guard__in=found).overlapping(first_day, last_day)
    for assignment in held.select_related("guard", "post__school").order_by("first_day", "pk"):
        candidate = found[assignment.guard_id]
        candidate.standing_at = candidate.standing_at or assignment.post.school
        candidate.obstacles.append(Obstacle(conflict_sentence(assignment)))
