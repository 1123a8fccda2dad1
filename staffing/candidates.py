"""Who could stand at a post, ranked by continuity, with everything that stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from agencies.models import Agency
from guards.models import Assignment, Guard, Relief, TrainingRecord
from schools.models import Post, School
from staffing.conflicts import conflict
from staffing.experience import Experience, known_here
from staffing.holding import full_post, held, is_kept_from_another_agency, post_closed
from staffing.obstacles import Obstacle, of_clauses

# Of so many whom the register keeps away it is told at once what the clauses have against them too.
TOLD_OF = 12


@dataclass
class Candidate:
    """A guard of the agency, as the place page ranks him.

    standing_at: the school of the post that he holds for the agency on these days. stays: he stands at this very post
    for an agency whose contract ends before. trained_here: he completed a module at this school. approved_relief: the
    director took him into the relief pool of the school.
    obstacles: each of them is enough to refuse. reservations: clauses that are policy, to be set aside with a reason
    only. is_judged: whether both hold what the clauses say; of whom the register itself keeps away they are asked by
    `judge`, where he is shown.
    """

    guard: Guard
    experience: Experience = field(default_factory=Experience)
    trained_here: bool = False
    approved_relief: bool = False
    standing_at: School | None = None
    stays: bool = False
    obstacles: list[Obstacle] = field(default_factory=list)
    reservations: list[Obstacle] = field(default_factory=list)
    is_judged: bool = False

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
            self.may_be_proposed and bool(self.reservations),
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
    The clauses are asked about those whom the register lets stand there, and about the best of the others. Of a large
    agency most stand elsewhere, and what the clauses have against them changes nothing of their order.
    """
    staff = Guard.objects.employed_by(agency.pk, first_day)
    knows = known_here(staff, post.school, first_day)
    trained = _trained_at(post.school, staff, first_day)
    approved = set(Relief.objects.approved().filter(school=post.school, agency=agency).values_list("guard", flat=True))
    found = {
        guard.pk: Candidate(guard, knows.get(guard.pk, Experience()), guard.pk in trained, guard.pk in approved)
        for guard in staff.order_by("family_name", "given_name", "pk")
    }
    if leaver:
        found.pop(leaver.guard_id, None)
    _add_conflicts(found, staff, post, agency, first_day, last_day)
    closed = post_closed(post, first_day, last_day)
    full = full_post(post, kind, first_day, last_day, agency=agency, without=leaver)
    for candidate in found.values():
        candidate.obstacles += [one for one in (closed, full) if one]
    free = [one for one in found.values() if one.may_be_proposed]
    others = _ranked(one for one in found.values() if not one.may_be_proposed)
    judge([*free, *others[:TOLD_OF]], post=post, first_day=first_day, agency=agency)
    return _ranked([*free, *others])


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda one: one.rank)


def judge(candidates: Iterable[Candidate], *, post: Post, first_day: date, agency: Agency) -> None:
    """Add what the clauses in force have against each candidate of whom they were not asked yet."""
    asked = {one.guard.pk: one for one in candidates if not one.is_judged}
    if not asked:
        return
    for key, clauses in of_clauses((one.guard for one in asked.values()), post, agency, first_day).items():
        asked[key].is_judged = True
        for obstacle in clauses:
            (asked[key].obstacles if obstacle.blocks else asked[key].reservations).append(obstacle)


def _trained_at(school: School, staff: QuerySet[Guard], day: date) -> set[int]:
    """Which of the guards completed a module at the school by the day."""
    records = TrainingRecord.objects.filter(school=school, guard__in=staff, completed_on__lte=day)
    return set(records.values_list("guard", flat=True))


def _add_conflicts(
    found: dict[int, Candidate],
    staff: QuerySet[Guard],
    post: Post,
    agency: Agency,
    first_day: date,
    last_day: date | None,
) -> None:
    """Where each of them already stands on these days."""
    rows = Assignment.objects.holding().filter(guard__in=staff).overlapping(first_day, last_day)
    there = [one for one in rows.order_by("first_day", "pk") if one.guard_id in found]
    posts = Post.objects.select_related("school").in_bulk({one.post_id for one in there})
    for row in there:
        row.guard, row.post = found[row.guard_id].guard, posts[row.post_id]
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
