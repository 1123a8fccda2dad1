"""One guard as his agency sees him, put together for the page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.models import Event
from desks import formats, history, papers, training
from desks.agency import proposals as proposing
from desks.agency.allowed import Places, places_of
from desks.components import Entry
from desks.papers import Held, Validity
from guards.actions.people import employment_of
from guards.models import Assignment, Employment, Guard
from staffing.causes import excusable, may_be_proved


@dataclass(frozen=True)
class Service:
    """An assignment with its answer and the days served so far."""

    assignment: Assignment
    answer: Validity
    days: int
    may_end: bool
    may_withdraw: bool
    may_prove: bool


@dataclass(frozen=True)
class GuardFile:
    """All that stands on the page of a guard."""

    guard: Guard
    today: date
    employment: Employment | None
    papers: list[Held]
    earlier: list[Held]
    places: Places
    summary: Validity
    training: list[training.Completed]
    services: list[Service]
    history: list[Entry]

    @classmethod
    def of(cls, guard: Guard, membership: Any, today: date) -> "GuardFile":
        current, earlier = papers.current_and_earlier(guard, today)
        return cls(
            guard=guard,
            today=today,
            employment=employment_of(guard, membership.agency),
            papers=current,
            earlier=earlier,
            places=places_of(guard, membership, today),
            summary=papers.summary([one.credential for one in current], papers.asked_for(today), today),
            training=training.completed(guard, today),
            services=_services(guard, membership, today),
            history=history.entries(history.notable(Event.objects.about(guard)), membership, name_school=True),
        )

    @property
    def lead(self) -> str:
        """His number, and since when he is on the staff or until when."""
        if self.employment is None:
            return ""
        words = {
            "iin": self.guard.masked_iin,
            "day": formats.day(self.employment.first_day),
            "last": formats.day(self.employment.last_day),
        }
        if self.employment.last_day:
            words["left"] = formats.days_left(self.employment.last_day, self.today)
            return _("IIN %(iin)s · on the staff from %(day)s to %(last)s, %(left)s") % words
        if self.employment.first_day > self.today:
            words["left"] = formats.days_left(self.employment.first_day, self.today)
            return _("IIN %(iin)s · comes on the staff on %(day)s, %(left)s") % words
        return _("IIN %(iin)s · on the staff since %(day)s") % words

    @property
    def doubted(self) -> list[Held]:
        """The papers that the authorised body found wrong and that wait for the agency."""
        return [paper for paper in (*self.papers, *self.earlier) if paper.credential.is_doubted]


def _services(guard: Guard, membership: Any, today: date) -> list[Service]:
    """Every assignment for this agency, the latest first."""
    mine = proposing.listed(membership).filter(guard=guard)
    reasons = excusable(today)
    return [_service(row, today, reasons) for row in mine.order_by("-first_day", "-pk")]


def _service(row: Assignment, today: date, reasons: set[str]) -> Service:
    counted = row.status in Assignment.COUNTED
    days = max((min(row.last_day or today, today) - row.first_day).days + 1, 0) if counted else 0
    return Service(
        assignment=row,
        answer=proposing.answer(row, today),
        days=days,
        may_end=row.may_become(Assignment.Status.ENDED),
        may_withdraw=row.may_become(Assignment.Status.WITHDRAWN),
        may_prove=may_be_proved(row, reasons),
    )
