"""Training sessions: planned for chosen guards, then held, when those who came get their records."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Membership
from agencies.models import Agency, Contract
from audit.recording import record
from files.intake import Taken
from files.models import StoredFile
from guards.models import Assignment, Attendee, Guard, Module, Session, TrainingRecord
from guards.refusals import Refused
from schools.models import School

Status = Session.Status
# How long ago a session may have been that is entered only now.
ENTER_BACK_DAYS = 60
LONGEST_HOURS = 200
CHANGEABLE = ("on", "trainer", "hours", "place")


@transaction.atomic
def plan(
    *,
    agency: Agency,
    module: Module,
    school: School | None,
    on: date,
    trainer: str,
    hours: Decimal,
    place: str = "",
    guards: Collection[Guard],
    by: Membership,
) -> Session:
    """The agency plans a session for some of its guards. Raises Refused."""
    _check(module, school, agency, on, hours, guards)
    session = Session.objects.create(
        agency=agency, module=module, school=school, on=on, trainer=trainer.strip(), hours=hours, place=place.strip()
    )
    Attendee.objects.bulk_create(Attendee(session=session, guard=guard) for guard in guards)
    _record("session_planned", session, guards, by, asked=len(guards))
    return session


@transaction.atomic
def change(
    *,
    session: Session,
    on: date,
    trainer: str,
    hours: Decimal,
    place: str = "",
    guards: Collection[Guard],
    by: Membership,
) -> Session:
    """Another day, trainer, length, place or list for a session that is planned. Raises Refused.

    Module and school stay: for others a session of its own is planned.
    """
    session = _locked(session)
    if session.status != Status.PLANNED:
        raise Refused(_by_now(session))
    _check(session.module, session.school, session.agency, on, hours, guards)
    before = {name: str(getattr(session, name)) for name in CHANGEABLE}
    session.on, session.trainer, session.hours, session.place = on, trainer.strip(), hours, place.strip()
    session.save(update_fields=CHANGEABLE)
    listed = {one.guard_id: one.guard for one in session.attendees.select_related("guard")}
    wanted = {guard.pk: guard for guard in guards}
    session.attendees.exclude(guard__in=wanted).delete()
    Attendee.objects.bulk_create(
        Attendee(session=session, guard=guard) for key, guard in wanted.items() if key not in listed
    )
    _record(
        "session_changed",
        session,
        (listed | wanted).values(),
        by,
        before=before,
        added=len(wanted.keys() - listed.keys()),
        removed=len(listed.keys() - wanted.keys()),
    )
    return session


@transaction.atomic
def hold(*, session: Session, came: Collection[Guard], by: Membership) -> list[TrainingRecord]:
    """The session was held: those who came have completed the module, those who did not have not. Raises Refused.

    Schools and agency are judged again, once, after all records are there.
    """
    session = _locked(session)
    _become(session, Status.HELD)
    if session.on > timezone.localdate():
        raise Refused(
            _("The session is on %(day)s: it can be held on that day or later.") % {"day": date_format(session.on)}
        )
    attendees = list(session.attendees.select_related("guard").order_by("pk"))
    present = {guard.pk for guard in came}
    if not present:
        raise Refused(_("Tick those who came. If nobody came, cancel the session."), field="came")
    if strangers := present - {one.guard_id for one in attendees}:
        raise Refused(
            _("%(count)d of them are not on the list of this session.") % {"count": len(strangers)}, field="came"
        )
    for attendee in attendees:
        attendee.came = attendee.guard_id in present
    Attendee.objects.bulk_update(attendees, ["came"])
    session.save(update_fields=["status"])
    trained = [attendee.guard for attendee in attendees if attendee.came]
    records = [_completed(session, guard) for guard in trained]
    schools = [session.school] if session.school else _schools_of(trained, session)
    _record(
        "session_held",
        session,
        trained,
        by,
        further=[session.agency, *schools],
        came=len(trained),
        asked=len(attendees),
    )
    return records


@transaction.atomic
def cancel(*, session: Session, reason: str, by: Membership) -> Session:
    """The session will not be held; nobody gets a record. Raises Refused."""
    session = _locked(session)
    _become(session, Status.CANCELLED)
    if not reason.strip():
        raise Refused(_("Type why the session is cancelled."), field="reason")
    session.cancel_reason = reason.strip()
    session.save(update_fields=["status", "cancel_reason"])
    guards = [attendee.guard for attendee in session.attendees.select_related("guard")]
    _record("session_cancelled", session, guards, by, reason=session.cancel_reason)
    return session


@transaction.atomic
def keep_sheet(*, session: Session, sheet: Taken, by: Membership) -> Session:
    """Keep the sign-in sheet with the signatures; a later one takes the place of an earlier one. Raises Refused."""
    session = _locked(session)
    if session.status != Status.HELD:
        raise Refused(_("A signed sheet belongs to a session that was held. Say first who came."), field="sheet")
    session.signed_sheet = StoredFile.objects.keep(sheet, by=by)
    session.save(update_fields=["signed_sheet"])
    _record("session_sheet_kept", session, [], by, name=sheet.name, digest=sheet.digest)
    return session


def _check(
    module: Module, school: School | None, agency: Agency, on: date, hours: Decimal, guards: Collection[Guard]
) -> None:
    _check_when(on, hours)
    _check_long_enough(module, hours)
    _check_where(module, school, agency, on)
    if not guards:
        raise Refused(_("Choose at least one guard."), field="guards")
    _check_employed(guards, agency, on)


def _check_long_enough(module: Module, hours: Decimal) -> None:
    """A session completes the module, so it lasts as long as the module does (docs/adr/0110)."""
    if module.hours and hours < module.hours:
        raise Refused(
            _("The module “%(module)s” takes %(needed)s hours; a shorter session does not complete it.")
            % {"module": module.title, "needed": floatformat(module.hours)},
            field="hours",
        )


def _check_when(on: date, hours: Decimal) -> None:
    if (timezone.localdate() - on).days > ENTER_BACK_DAYS:
        raise Refused(
            _("A session is entered at most %(days)d days after it was held.") % {"days": ENTER_BACK_DAYS}, field="on"
        )
    if not 0 < hours <= LONGEST_HOURS:
        raise Refused(
            _("A session lasts more than 0 and at most %(most)d hours.") % {"most": LONGEST_HOURS}, field="hours"
        )


def _check_where(module: Module, school: School | None, agency: Agency, on: date) -> None:
    if module.is_for_a_school and school is None:
        raise Refused(_("This module is completed for one school. Choose the school."), field="school")
    if school is None:
        return
    if not module.is_for_a_school:
        raise Refused(_("A general module counts at every school. Leave the school empty."), field="school")
    if not Contract.objects.filter(agency=agency, school=school).in_force(on).exists():
        raise Refused(
            _("You have no contract with %(school)s that is in force on %(day)s.")
            % {"school": school.name, "day": date_format(on)},
            field="school",
        )


def _check_employed(guards: Collection[Guard], agency: Agency, on: date) -> None:
    employed = set(
        Guard.objects.employed_by(agency.pk, on).filter(pk__in=[one.pk for one in guards]).values_list("pk", flat=True)
    )
    for guard in guards:
        if guard.pk not in employed:
            raise Refused(
                _("%(guard)s is not on your staff on %(day)s.") % {"guard": guard.name, "day": date_format(on)},
                field="guards",
            )


def _locked(session: Session) -> Session:
    """The session as it is now, so that it is not both held and cancelled."""
    Session.objects.select_for_update().get(pk=session.pk)
    return Session.objects.select_related("agency", "module", "school").get(pk=session.pk)


def _become(session: Session, status: str) -> None:
    if not session.may_become(status):
        raise Refused(_by_now(session))
    session.status = status


def _by_now(session: Session) -> str:
    return _("This session is “%(status)s” by now. Open it again to see who changed it.") % {
        "status": session.get_status_display()
    }


def _completed(session: Session, guard: Guard) -> TrainingRecord:
    """The guard's record; one that the register already holds of that day is the same training."""
    kept, created = TrainingRecord.objects.get_or_create(
        guard=guard,
        module=session.module,
        school=session.school,
        completed_on=session.on,
        defaults={"hours": session.hours, "trainer": session.trainer, "session": session},
    )
    if not created and kept.session_id is None:
        kept.session = session
        kept.save(update_fields=["session"])
    return kept


def _schools_of(guards: Sequence[Guard], session: Session) -> list[School]:
    """Where they stand today: the schools at which a general module may now be missing no longer."""
    standing = Assignment.objects.counted().on(timezone.localdate()).filter(guard__in=guards, agency=session.agency_id)
    return list(School.objects.filter(posts__assignments__in=standing).distinct().order_by("pk"))


def _words(session: Session) -> dict[str, str]:
    """What each event of a session says: the module by code and names, the school, the day."""
    return {
        "module": session.module.code,
        **session.module.titles,
        "school": session.school.code if session.school else "",
        "on": session.on.isoformat(),
    }


def _record(
    verb: str,
    session: Session,
    guards: Collection[Guard],
    by: Membership,
    *,
    further: Sequence[Any] = (),
    **details: Any,
) -> None:
    record(verb, subjects=[session, *guards, *further], by=by, **_words(session), **details)
