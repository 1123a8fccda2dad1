"""One guard as his agency sees him, put together for the page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.models import Event
from desks import formats, history, papers
from desks.agency import proposals as proposing
from desks.components import Entry
from desks.papers import Validity
from guards.models import Assignment, Credential, Employment, Guard, TrainingRecord


@dataclass(frozen=True)
class Service:
    """An assignment with its answer and the days served so far."""

    assignment: Assignment
    answer: Validity
    days: int
    may_end: bool
    may_withdraw: bool


@dataclass(frozen=True)
class GuardFile:
    """All that stands on the page of a guard."""

    guard: Guard
    today: date
    employment: Employment | None
    papers: list[tuple[Credential, Validity, str]]
    summary: Validity
    training: list[TrainingRecord]
    services: list[Service]
    history: list[Entry]

    @classmethod
    def of(cls, guard: Guard, membership: Any, today: date) -> "GuardFile":
        held = papers.of_guards([guard.pk]).get(guard.pk, [])
        return cls(
            guard=guard,
            today=today,
            employment=Employment.objects.on(today).filter(guard=guard, agency=membership.agency_id).first(),
            papers=[_paper(paper, today) for paper in held],
            summary=papers.summary(held, today),
            training=_training(guard),
            services=_services(guard, membership, today),
            history=history.entries(history.notable(Event.objects.about(guard)), membership, name_school=True),
        )

    @property
    def lead(self) -> str:
        """His number, and since when he is on the staff."""
        if self.employment is None:
            return ""
        return _("IIN %(iin)s · on the staff since %(day)s") % {
            "iin": self.guard.masked_iin,
            "day": formats.day(self.employment.first_day),
        }


def _paper(paper: Credential, today: date) -> tuple[Credential, Validity, str]:
    left = formats.days_left(paper.valid_until, today) if paper.valid_until else formats.UNKNOWN
    return paper, papers.validity(paper.valid_until, today), left


def _training(guard: Guard) -> list[TrainingRecord]:
    """What the guard completed, each module once for each school, the latest first."""
    records = TrainingRecord.objects.filter(guard=guard).select_related("module", "school")
    latest: dict[tuple[int, int | None], TrainingRecord] = {}
    for record in records.order_by("-completed_on", "pk"):
        latest.setdefault((record.module_id, record.school_id), record)
    return list(latest.values())


def _services(guard: Guard, membership: Any, today: date) -> list[Service]:
    """Every assignment for this agency, the latest first."""
    mine = Assignment.objects.visible_to(membership).filter(guard=guard).select_related("post__school")
    return [_service(row, today) for row in mine.order_by("-first_day", "-pk")]


def _service(row: Assignment, today: date) -> Service:
    counted = row.status in Assignment.COUNTED
    days = max((min(row.last_day or today, today) - row.first_day).days + 1, 0) if counted else 0
    return Service(
        assignment=row,
        answer=proposing.answer(row, today),
        days=days,
        may_end=row.may_become(Assignment.Status.ENDED),
        may_withdraw=row.may_become(Assignment.Status.WITHDRAWN),
    )
