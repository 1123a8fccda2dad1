"""The relief pool: the agency names who could stand in at a school, its director approves him or not."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from agencies.models import Contract
from audit.recording import record
from guards.models import Employment, Guard, Relief
from schools.models import School
from staffing.refusals import Refused

Status = Relief.Status


@transaction.atomic
def name(*, guard: Guard, school: School, by: Membership) -> Relief:
    """The agency names one of its guards for the relief of a school that it guards. Raises Refused."""
    guard = Guard.objects.select_for_update().get(pk=guard.pk)
    today = timezone.localdate()
    if by.role != Role.AGENCY_MANAGER or by.agency is None:
        raise Refused(_("It is the agency that names who stands in."))
    if not Contract.objects.filter(agency=by.agency, school=school).in_force(today).exists():
        raise Refused(_("You have no contract with %(school)s that is in force.") % {"school": school.name})
    if not Employment.objects.on(today).filter(guard=guard, agency=by.agency).exists():
        raise Refused(_("%(guard)s is not on your staff.") % {"guard": guard.name}, field="guard")
    relief = _guarded_create(Relief(guard=guard, school=school, agency=by.agency, named_by=by.user.get_full_name()))
    _record("relief_named", relief, by)
    return relief


@transaction.atomic
def approve(*, relief: Relief, by: Membership) -> Relief:
    """The director agrees that he stands in at the school; the law is asked each time that he does. Raises Refused."""
    relief = _answered(relief, Status.APPROVED, by)
    _record("relief_approved", relief, by)
    return relief


@transaction.atomic
def decline(*, relief: Relief, reason: str, by: Membership) -> Relief:
    """The director says no, and why. Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why, so that the agency can name somebody who fits."), field="reason")
    relief = _answered(relief, Status.DECLINED, by, reason.strip())
    _record("relief_declined", relief, by, reason=relief.reason)
    return relief


@transaction.atomic
def end(*, relief: Relief, by: Membership) -> Relief:
    """The school or the agency takes him out of the pool. Raises Refused."""
    relief = _locked(relief, by)
    _become(relief, Status.ENDED)
    relief.save(update_fields=["status"])
    _record("relief_ended", relief, by)
    return relief


def _answered(relief: Relief, status: str, by: Membership, reason: str = "") -> Relief:
    relief = _locked(relief, by)
    if by.role != Role.SCHOOL_DIRECTOR:
        raise Refused(_("Who stands in at a school is approved by its director."))
    _become(relief, status)
    relief.reason = reason
    relief.answered_on, relief.answered_by = timezone.localdate(), by.user.get_full_name()
    relief.save(update_fields=["status", "reason", "answered_on", "answered_by"])
    return relief


def _locked(relief: Relief, by: Membership) -> Relief:
    """The row as it is now, its guard locked, so that two people cannot both be first."""
    Guard.objects.select_for_update().get(pk=relief.guard_id)
    found = Relief.objects.visible_to(by).select_related("guard", "school", "agency").filter(pk=relief.pk).first()
    if found is None or by.role == Role.REGULATOR:
        raise Refused(_("The relief pool is the school's and its agency's."))
    return found


def _become(relief: Relief, status: str) -> None:
    if not relief.may_become(status):
        raise Refused(
            _("%(guard)s: “%(status)s” by now.") % {"guard": relief.guard.name, "status": relief.get_status_display()}
        )
    relief.status = status


def _guarded_create(relief: Relief) -> Relief:
    """Create it; where he is there already, say so."""
    try:
        with transaction.atomic():
            relief.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(
            _("This guard is in the relief pool of the school already, or named for it."), field="guard"
        ) from fault
    return relief


def _record(verb: str, relief: Relief, by: Membership, **details: Any) -> None:
    subjects = [relief, relief.guard, relief.school, relief.agency]
    record(verb, subjects=subjects, by=by, guard=relief.guard.name, school=relief.school.code, **details)
