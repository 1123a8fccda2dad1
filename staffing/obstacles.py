"""What stands in the way of placing a guard: another post that he holds, and the clauses in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from agencies.models import Agency
from compliance import eligibility
from compliance.models import ClauseVersion
from guards.models import Assignment, Guard
from schools.models import Post
from staffing.refusals import Refused


@dataclass(frozen=True)
class Obstacle:
    """Why a guard may not stand at a post, and what would cure it; translated when it is shown.

    `version` is the clause that would be broken, None where the register itself forbids it. `of_post`: it stands in the
    way of every guard, because it is about the post or the contract. `assignment` is the other one that is in the way,
    `paper` the kind of paper and `module` the code of the module that he lacks.
    """

    sentence: Any
    cure: Any = ""
    version: ClauseVersion | None = None
    of_post: bool = False
    assignment: Assignment | None = None
    paper: str = ""
    module: str = ""

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def leads_somewhere(self) -> bool:
        """Whether a page knows where to mend it; where it does not, the cure has to be read."""
        return bool(self.assignment or self.paper or self.module)

    @property
    def whole(self) -> str:
        """What is wrong and what would cure it, as a refusal says it."""
        return f"{self.sentence} {self.cure}".strip()

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
    return {key: [_of_clause(one) for one in many] for key, many in found.items()}


def _of_clause(one: eligibility.Obstacle) -> Obstacle:
    evidence = one.breach.evidence
    return Obstacle(
        _said(one),
        _cured(one),
        one.version,
        of_post=one.breach.subject.guard is None,
        paper=evidence.get("paper", ""),
        module=evidence.get("module", ""),
    )


# Put into words where somebody reads them: of a large agency a page shows a few of many.
_said = lazy(lambda one: str(one.sentence), str)
_cured = lazy(lambda one: str(one.cure), str)


def check_lawful(guard: Guard, post: Post, agency: Agency, day: date) -> list[Obstacle]:
    """Refuse with what the law has against the guard at the post on the day, and what would cure it.

    What policy alone has against him is given back.
    """
    against = of_clauses([guard], post, agency, day)[guard.pk]
    if blocking := [one for one in against if one.blocks]:
        raise Refused(" ".join(one.whole for one in blocking), field="guard")
    return against


@dataclass(frozen=True)
class Reservation:
    """A clause of policy that speaks against a placing, with all that it says: it needs one signed reason."""

    version: ClauseVersion
    sentence: str


def reservations(against: Iterable[Obstacle]) -> list[Reservation]:
    """What policy says, one for each clause."""
    said: dict[int, list[Obstacle]] = {}
    for one in against:
        if one.version and not one.blocks:
            said.setdefault(one.version.pk, []).append(one)
    return [Reservation(many[0].version, " ".join(map(str, many))) for many in said.values() if many[0].version]


def check_reasons(asked: Iterable[Reservation], reasons: Mapping[int, str]) -> list[tuple[Reservation, str]]:
    """Each reservation with the reason that is signed for it, by the version's primary key. Raises Refused for none."""
    signed = [(one, reasons.get(one.version.pk, "").strip()) for one in asked]
    for one, text in signed:
        if not text:
            raise Refused(
                _("%(sentence)s This is policy, not law: sign a reason, which the director will see.")
                % {"sentence": one.sentence},
                field=f"reason_{one.version.pk}",
            )
    return signed
