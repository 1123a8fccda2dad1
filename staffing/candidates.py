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

    held: the assignments (primary keys) by which he holds other posts on these days. stays: he stands at this very post
    for an agency whose contract ends before. trained_here: he completed a module at this school. approved_relief: the
    director took him into the relief pool of the school.
    obstacles: each of them is enough to refuse. reservations: clauses that are policy, to be set aside with a reason
    only. standing_at: the school of the post that he holds for the agency. The three are whole once he `is_judged`:
    whom the register keeps away is told of where he is shown.
    """

    guard: Guard
    experience: Experience = field(default_factory=Experience)
    trained_here: bool = False
    approved_relief: bool = False
    held: list[int] = field(default_factory=list)
    stands_elsewhere: bool = False
    standing_at: School | None = None
    stays: bool = False
    obstacles: list[Obstacle] = field(default_factory=list)
    reservations: list[Obstacle] = field(default_factory=list)
    is_judged: bool = False

    @property
    def may_be_proposed(self) -> bool:
        return not self.obstacles and not self.held

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
            self.stands_elsewhere,
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
    _add_held(found, staff, post, agency, first_day, last_day)
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
    """Add which posts each candidate holds, and what the clauses in force have against him, where that was not told
    yet."""
    asked = {one.guard.pk: one for one in candidates if not one.is_judged}
    if not asked:
        return
    rows = Assignment.objects.select_related("post__school").in_bulk(
        {key for one in asked.values() for key in one.held}
    )
    for candidate in asked.values():
        candidate.is_judged = True
        _tell_of_posts(candidate, [rows[key] for key in candidate.held], agency)
    for key, clauses in of_clauses((one.guard for one in asked.values()), post, agency, first_day).items():
        for obstacle in clauses:
            (asked[key].obstacles if obstacle.blocks else asked[key].reservations).append(obstacle)


def _tell_of_posts(candidate: Candidate, held_by_him: list[Assignment], agency: Agency) -> None:
    for row in held_by_him:
        row.guard = candidate.guard
    candidate.obstacles[:0] = [conflict(row, agency) for row in held_by_him]
    own = (row.post.school for row in held_by_him if row.agency_id == agency.pk)
    candidate.standing_at = next(own, None)


def _trained_at(school: School, staff: QuerySet[Guard], day: date) -> set[int]:
    """Which of the guards completed a module at the school by the day."""
    records = TrainingRecord.objects.filter(school=school, guard__in=staff, completed_on__lte=day)
    return set(records.values_list("guard", flat=True))


def _add_held(
    found: dict[int, Candidate],
    staff: QuerySet[Guard],
    post: Post,
    agency: Agency,
    first_day: date,
    last_day: date | None,
) -> None:
    """Which other posts each of them holds on these days, and who stays at this one."""
    rows = Assignment.objects.holding().filter(guard__in=staff).overlapping(first_day, last_day)
    found_rows = list(rows.order_by("first_day", "pk").values_list("pk", "guard", "post", "agency"))
    # Whoever stands here for another agency may be the one to be kept; nobody else is.
    here = [key for key, _guard, at, of in found_rows if at == post.pk and of != agency.pk]
    there = held(Assignment.objects.filter(pk__in=here).select_related("post")) if here else []
    kept = {
        one.assignment.pk
        for one in there
        if one.assignment and is_kept_from_another_agency(one, post, agency, first_day)
    }
    for key, guard, _at, of in found_rows:
        candidate = found.get(guard)
        if candidate is None:
            continue
        if key in kept:
            candidate.stays = True
        else:
            candidate.held.append(key)
            candidate.stands_elsewhere |= of == agency.pk
