"""Who could stand at a post, ranked by continuity, with everything that stands in the way."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agencies.models import Agency
from guards.models import Assignment, Guard, Relief, TrainingRecord
from schools.models import Post, School
from staffing.conflicts import conflict
from staffing.experience import Experience, known_here
from staffing.holding import full_post, held, is_kept_from_another_agency, post_closed
from staffing.obstacles import Obstacle, of_clauses


@dataclass
class Candidate:
    """A guard of the agency, as the place page ranks him.

    standing_at: the school of the post that he holds for the agency on these days. stays: he stands at this very post
    for an agency whose contract ends before. trained_here: he completed a module at this school. approved_relief: the
    director took him into the relief pool of the school.
    obstacles: each of them is enough to refuse. reservations: clauses that are policy, to be set aside with a reason
    only.
    """

    guard: Guard
    experience: Experience = field(default_factory=Experience)
    trained_here: bool = False
    approved_relief: bool = False
    standing_at: School | None = None
    stays: bool = False
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
            not self.stays,
            -self.days_here,
            not (self.approved_relief or self.relieved_here),
            not self.trained_here,
            self.standing_at is not None,
            not self.experience.near,
        )


def candidates(
    *,
    post: Post,
    first_day: date,
    agency: Agency,
    last_day: date | None = None,
    kind: str = Assignment.Kind.REGULAR,
    leaver: Assignment | None = None,
) -> list[Candidate]:
    """All guards on the agency's staff on the first day, the best first; the number of queries is the same for any.

    `leaver` is the assignment at the post that ends for this one: neither its place nor its guard is in question.
    """
    guards = list(Guard.objects.employed_by(agency.pk, first_day).order_by("family_name", "given_name", "pk"))
    knows = known_here([guard.pk for guard in guards], post.school, first_day)
    trained = _trained_at(post.school, guards, first_day)
    approved = set(Relief.objects.approved().filter(school=post.school, agency=agency).values_list("guard", flat=True))
    found = {
        guard.pk: Candidate(guard, knows.get(guard.pk, Experience()), guard.pk in trained, guard.pk in approved)
        for guard in guards
    }
    if leaver:
        found.pop(leaver.guard_id, None)
    _add_conflicts(found, post, agency, first_day, last_day)
    closed = post_closed(post, first_day, last_day)
    full = full_post(post, kind, first_day, last_day, agency=agency, without=leaver)
    for candidate in found.values():
        candidate.obstacles += [one for one in (closed, full) if one]
    for key, clauses in of_clauses((one.guard for one in found.values()), post, agency, first_day).items():
        for obstacle in clauses:
            (found[key].obstacles if obstacle.blocks else found[key].reservations).append(obstacle)
    return sorted(found.values(), key=lambda one: one.rank)


def _trained_at(school: School, guards: Collection[Guard], day: date) -> set[int]:
    """Which of the guards completed a module at the school by the day."""
    records = TrainingRecord.objects.filter(school=school, guard__in=guards, completed_on__lte=day)
    return set(records.values_list("guard", flat=True))


def _add_conflicts(
    found: dict[int, Candidate], post: Post, agency: Agency, first_day: date, last_day: date | None
) -> None:
    """Where each of them already stands on these days."""
    rows = Assignment.objects.holding().filter(guard__in=found).overlapping(first_day, last_day)
    there = list(rows.select_related("post").order_by("first_day", "pk"))
    schools = School.objects.in_bulk({one.post.school_id for one in there})
    for row in there:
        row.guard, row.post.school = found[row.guard_id].guard, schools[row.post.school_id]
    for one in held(there):
        if one.assignment is None:
            continue
        candidate = found[one.assignment.guard_id]
        if is_kept_from_another_agency(one, post, agency, first_day):
            candidate.stays = True
        else:
            if one.assignment.agency_id == agency.pk:
                candidate.standing_at = candidate.standing_at or one.assignment.post.school
            candidate.obstacles.append(conflict(one.assignment, agency))
