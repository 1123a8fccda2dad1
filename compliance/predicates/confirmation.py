"""Rules about the director's confirmation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.predicates.base import Breach, RowRule, Subject, World, parameter
from compliance.predicates.standing import standing_then
from compliance.predicates.wording import day_of, told
from compliance.records import calendars_since
from compliance.recounting import open_days
from guards.models import Assignment


@dataclass(frozen=True)
class DirectorConfirmation(RowRule):
    """No guard stands at a post unconfirmed by the director for more open days than are allowed."""

    code: ClassVar[str] = "director_confirmation"
    title: ClassVar[Any] = _("Unconfirmed guard")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment"})
    school: ClassVar[str] = "post__school"
    columns: ClassVar[tuple[str, ...]] = ("code", "guard_id", "agency_id", "first_day")
    keeps: ClassVar[tuple[str, ...]] = ("calendars",)
    grace_open_days: int = parameter(
        3, help=_("Open days a guard may stand before the director confirms him"), low=0, high=60
    )

    def rows(self) -> QuerySet[Any]:
        return Assignment.objects.holding()

    def narrowed(self, world: World) -> QuerySet[Any]:
        return standing_then(super().narrowed(world), world)

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows whose guard stands on the day and whom nobody had confirmed by it."""
        unconfirmed = Q(status=Assignment.Status.PROPOSED) | Q(confirmed_on__gt=F("on"))
        standing = rows.on(F("on"))  # type: ignore[attr-defined]
        return standing.filter(unconfirmed).annotate(
            school_key=F("post__school_id"), calendar_key=F("post__school__calendar_id"), post_code=F("post__code")
        )

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        """A breach once he has stood more open days than the grace, the day judged included."""
        stood = world.open_days(row.calendar_key, row.first_day, world.day)
        if not self.broken({"open_days_stood": stood}):
            return
        yield Breach(
            Subject(school=row.school_key, agency=row.agency_id, guard=row.guard_id, mark=row.code),
            {
                "day": world.day.isoformat(),
                "assignment": row.code,
                "post": row.post_code,
                "first_day": row.first_day.isoformat(),
                "open_days_stood": stood,
                "grace_open_days": self.grace_open_days,
            },
        )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The open days since he stands."""
        return calendars_since([(one.subject.school, one.evidence["first_day"]) for one in breaches], day)

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        return {"open_days_stood": open_days(evidence, evidence["first_day"])}

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return bool(evidence["open_days_stood"] > self.grace_open_days)

    def says(self, breach: Breach) -> Any:
        return told(
            _("Stands unconfirmed since %(first)s: open days %(stood)s, allowed %(grace)s."),
            first=day_of(breach.evidence, "first_day"),
            stood=breach.evidence["open_days_stood"],
            grace=breach.evidence["grace_open_days"],
        )

    def cure(self, breach: Breach) -> Any:
        return told(_("The director confirms or declines the guard; if he declines, another guard is proposed."))
