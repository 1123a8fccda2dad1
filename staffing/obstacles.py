"""What stands in the way of placing a guard: another post that he holds, and the clauses in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from agencies.models import Agency
from compliance import eligibility
from compliance.models import ClauseVersion
from guards.models import Guard
from schools.models import Post
from staffing.refusals import Refused


@dataclass(frozen=True)
class Obstacle:
    """Why a guard may not stand at a post, and what would cure it; translated when it is shown.

    `version` is the clause that would be broken, None where the register itself forbids it.
    """

    sentence: Any
    cure: Any = ""
    version: ClauseVersion | None = None

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def mark(self) -> str:
        """Law, reported or policy; empty where the register itself forbids it."""
        return self.version.mark if self.version else ""

    @property
    def blocks(self) -> bool:
        """Law is never set aside; policy may be, by who answers for it and says why."""
        return self.mark in ("", ClauseVersion.Mark.LAW)


def of_clauses(guards: Iterable[Guard], post: Post, agency: Agency, day: date) -> dict[int, list[Obstacle]]:
    """For each guard (by primary key) the clauses broken if he stood at the post, for the agency, on the day."""
    found = eligibility.obstacles(list(guards), post, agency, day)
    return {key: [Obstacle(one.sentence, one.cure, one.version) for one in many] for key, many in found.items()}


def check_lawful(guard: Guard, post: Post, agency: Agency, day: date) -> None:
    """Refuse with what the law has against the guard at the post on the day, and what would cure it."""
    against = [one for one in of_clauses([guard], post, agency, day)[guard.pk] if one.blocks]
    if against:
        raise Refused(" ".join(f"{one.sentence} {one.cure}" for one in against), field="guard")
