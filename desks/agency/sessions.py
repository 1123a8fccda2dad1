"""Training sessions as their lists and pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from desks import formats, training
from desks.lists import Column
from desks.papers import Validity
from guards.models import Attendee, Session, TrainingRecord

SORTS = {"day": ("-on",), "module": ("module__code", "-on")}


def listed(membership: Any) -> QuerySet[Session]:
    """Sessions with how many were `asked` to come and how many `came`."""
    return (
        Session.objects.visible_to(membership)
        .select_related("module", "school")
        .annotate(asked=Count("attendees"), came=Count("attendees", filter=Q(attendees__came=True)))
    )


def hang_states(sessions: Sequence[Any], today: date) -> None:
    for one in sessions:
        one.state = state(one, today)


def state(session: Session, today: date) -> Validity:
    """What became of a session; one whose day has passed waits for the agency to say who came."""
    if session.status == Session.Status.HELD:
        return Validity("ok", _("Held"))
    if session.status == Session.Status.CANCELLED:
        return Validity("not_measurable", _("Cancelled"))
    if session.on < today:
        return Validity("near", _("Say who came"))
    return Validity("waiting", _("Planned, %(left)s") % {"left": formats.days_left(session.on, today)})


COLUMNS = [
    Column(gettext_lazy("Day"), "on"),
    Column(gettext_lazy("Module"), lambda row: row.module.title),
    Column(gettext_lazy("School"), lambda row: row.school.name if row.school else ""),
    Column(gettext_lazy("Trainer"), "trainer"),
    Column(gettext_lazy("Hours of training"), "hours"),
    Column(gettext_lazy("Place"), "place"),
    Column(gettext_lazy("Asked to come"), "asked"),
    Column(pgettext_lazy("how many", "Came"), "came"),
    Column(gettext_lazy("State"), lambda row: row.state.text),
]


@dataclass(frozen=True)
class Line:
    """A guard on the list of a session, with the certificate that he got there."""

    attendee: Attendee
    status: Validity
    until: str
    token: str


def lines(session: Session, today: date) -> list[Line]:
    """Everybody on the list, by name; three queries for any number."""
    attendees = session.attendees.select_related("guard").order_by("guard__family_name", "guard__given_name", "pk")
    records = TrainingRecord.objects.filter(session=session).select_related("module")
    of_guard = {record.guard_id: record for record in records}
    return [_line(one, of_guard.get(one.guard_id), today) for one in attendees]


def _line(attendee: Attendee, record: TrainingRecord | None, today: date) -> Line:
    if record:
        until = training.until_words(record, today)
        return Line(attendee, Validity("ok", _("Came")), until, training.token(record))
    status = Validity("waiting", pgettext("one guard", "Asked to come"))
    if attendee.came is not None:
        status = Validity("ok", _("Came")) if attendee.came else Validity("blocked", _("Did not come"))
    return Line(attendee, status, "", "")
