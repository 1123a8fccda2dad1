"""The log of what was held with the guards of a school in a year (resolution 305 of 06.05.2021, p. 23-27)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from guards.models import Attendee, Briefing, Guard, Session
from schools.models import School


@dataclass(frozen=True)
class Entry:
    """One line of the log: what, when, on what, by whom, and which guards of the agency attended."""

    day: date
    kind: str
    topic: str
    led_by: str
    hours: Any
    attended: tuple[Guard, ...]
    session: Session | None = None


def entries(membership: Any, school: School, year: int) -> list[Entry]:
    """Sessions held for the school and entries made in its log, by day; a year of one school is short.

    Of an entry that another agency made, or that came with the register, it is not said who attended.
    """
    found = [*_sessions(membership, school, year), *_briefings(membership, school, year)]
    return sorted(found, key=lambda one: (one.day, one.kind, one.topic))


def _sessions(membership: Any, school: School, year: int) -> Iterator[Entry]:
    came = Attendee.objects.filter(came=True).select_related("guard").order_by("guard__family_name", "pk")
    held = Session.objects.visible_to(membership).filter(school=school, status=Session.Status.HELD, on__year=year)
    for one in held.select_related("module").prefetch_related(Prefetch("attendees", queryset=came)):
        guards = tuple(attendee.guard for attendee in one.attendees.all())
        yield Entry(one.on, _("Training session"), one.module.title, one.trainer, one.hours, guards, one)


def _briefings(membership: Any, school: School, year: int) -> Iterator[Entry]:
    attended = Prefetch("attended", queryset=Guard.objects.order_by("family_name", "pk"))
    log = Briefing.objects.visible_to(membership).filter(school=school, held_on__year=year)
    for one in log.prefetch_related(attended):
        mine = one.agency_id == membership.agency_id
        guards = tuple(one.attended.all()) if mine else ()
        yield Entry(one.held_on, one.get_kind_display(), one.topic, one.led_by, None, guards)


def years(today: date) -> list[int]:
    """The years that can be chosen: this one and the four before."""
    return [today.year - back for back in range(5)]


def heads() -> list[str]:
    return [_("Day"), _("What was held"), _("Topic"), _("Hours of training"), _("Led by"), _("Who attended"), _("IIN")]


def rows(found: Sequence[Entry]) -> Iterator[list[Any]]:
    """The log as a file: a row for each guard, and one for an entry without names."""
    for one in found:
        for guard in one.attended or (None,):
            yield [
                one.day,
                one.kind,
                one.topic,
                one.hours,
                one.led_by,
                guard.full_name if guard else "",
                guard.masked_iin if guard else "",
            ]
