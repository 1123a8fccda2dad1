"""Who could stand at a post, ranked by continuity, with everything that stands in the way."""

from dataclasses import dataclass, field
from datetime import date

from agencies.models import Agency
from guards.models import Assignment, Guard
from schools.models import Post, School
from staffing.actions import conflict_sentence


@dataclass
class Candidate:
    """A guard of the agency, as the place page ranks him.

    days_here: days he stood at this school before, confirmed. last_here: the last of them. standing_at: the school of
    the post that he holds on the first day. obstacles: sentences, each of them enough to refuse.
    """

    guard: Guard
    days_here: int = 0
    last_here: date | None = None
    relieved_here: bool = False
    standing_at: School | None = None
    obstacles: list[str] = field(default_factory=list)

    @property
    def may_be_proposed(self) -> bool:
        return not self.obstacles


def candidates(*, post: Post, first_day: date, agency: Agency, last_day: date | None = None) -> list[Candidate]:
    """All guards on the agency's staff on the first day: those free first, of them those the school knows longest."""
    guards = Guard.objects.employed_by(agency.pk, first_day).order_by("family_name", "given_name", "pk")
    found = {guard.pk: Candidate(guard) for guard in guards}
    _add_history(found, post, first_day)
    _add_conflicts(found, post, first_day, last_day)
    return sorted(found.values(), key=lambda one: (not one.may_be_proposed, -one.days_here))


def _add_history(found: dict[int, Candidate], post: Post, day: date) -> None:
    """How long, and how lately, each of them stood at this school by the day."""
    served = Assignment.objects.counted().filter(guard__in=found, post__school=post.school_id, first_day__lt=day)
    for assignment in served:
        candidate = found[assignment.guard_id]
        last = min(assignment.last_day or day, day)
        candidate.days_here += (last - assignment.first_day).days + 1
        candidate.last_here = max(candidate.last_here or last, last)
        candidate.relieved_here = candidate.relieved_here or not assignment.is_regular


def _add_conflicts(found: dict[int, Candidate], post: Post, first_day: date, last_day: date | None) -> None:
    """Where each of them already stands on these days."""
    held = Assignment.objects.holding().filter(guard__in=found).overlapping(first_day, last_day)
    for assignment in held.select_related("guard", "post__school").order_by("first_day"):
        candidate = found[assignment.guard_id]
        candidate.standing_at = candidate.standing_at or assignment.post.school
        candidate.obstacles.append(conflict_sentence(assignment))
