"""Causes: the agency proves why a guard left; the school or the regulator accepts it or not, never the agency."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from audit.recording import record
from compliance.engine import turnover_rules, versions_judged
from compliance.predicates.turnover import LEVELS, TurnoverLimit
from files.intake import Taken
from files.models import StoredFile
from guards.models import Assignment, Cause, Guard
from staffing.refusals import Refused

DECIDING = (Role.SCHOOL_DIRECTOR, Role.REGULATOR)


def excusable(day: date) -> set[str]:
    """The reasons that a limit of some level, as it reads on a day, excuses once their cause is accepted."""
    rules = {level: TurnoverLimit(level=level) for level in LEVELS}
    rules |= {str(level): rule for level, rule in turnover_rules(versions_judged(day)).items()}
    return {reason for rule in rules.values() for reason in rule.terms.excused}


def may_be_proved(assignment: Assignment, reasons: set[str]) -> bool:
    """Whether a cause of this assignment could excuse: it ended for one of these reasons, and none is accepted yet."""
    is_over = assignment.status == Assignment.Status.ENDED
    return is_over and assignment.end_reason in reasons and not assignment.cause_accepted


@transaction.atomic
def submit(*, assignment: Assignment, note: str, evidence: Taken | None, by: Membership) -> Cause:
    """The agency says why a guard left, and proves it; it counts for nothing until somebody accepts it.

    Raises Refused.
    """
    assignment = _locked(assignment)
    if by.role != Role.AGENCY_MANAGER or by.agency_id != assignment.agency_id:
        raise Refused(_("The cause is proved by the agency whose guard left."))
    if assignment.status != Assignment.Status.ENDED:
        raise Refused(_("This service has not ended: there is no cause to prove."))
    if assignment.cause_accepted:
        raise Refused(_("This cause is accepted already."))
    if assignment.end_reason not in excusable(timezone.localdate()):
        raise Refused(
            _("The reason “%(reason)s” counts towards the limit whatever its cause: there is nothing to prove.")
            % {"reason": assignment.get_end_reason_display()}
        )
    if evidence is None and not note.strip():
        raise Refused(_("Attach the proof, or say in words what the school itself can check."), field="evidence")
    kept = StoredFile.objects.keep(evidence, by=by) if evidence else None
    cause = _guarded_create(
        Cause(assignment=assignment, note=note.strip(), evidence=kept, submitted_by=by.user.get_full_name())
    )
    _record("cause_submitted", assignment, by)
    return cause


@transaction.atomic
def accept(*, cause: Cause, reason: str = "", by: Membership) -> Cause:
    """The school or the regulator agrees to the cause: from now on the leave is excused. Raises Refused."""
    cause = _decided(cause, Cause.Status.ACCEPTED, reason, by)
    assignment = cause.assignment
    assignment.cause_accepted = True
    assignment.save(update_fields=["cause_accepted"])
    _record("cause_accepted", assignment, by, reason=cause.reason)
    return cause


@transaction.atomic
def reject(*, cause: Cause, reason: str, by: Membership) -> Cause:
    """The school or the regulator does not agree, and says why; the agency may submit better proof. Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why, so that the agency can bring better proof."), field="reason")
    cause = _decided(cause, Cause.Status.REJECTED, reason, by)
    _record("cause_rejected", cause.assignment, by, reason=cause.reason)
    return cause


def _decided(cause: Cause, status: str, reason: str, by: Membership) -> Cause:
    """The cause with its answer, its assignment locked, so that two people cannot both be first."""
    assignment = _locked(cause.assignment)
    if by.role not in DECIDING or not Assignment.objects.visible_to(by).filter(pk=assignment.pk).exists():
        raise Refused(_("A cause is accepted by the school concerned or the regulator of its region, nobody else."))
    cause = Cause.objects.get(pk=cause.pk)
    cause.assignment = assignment
    if not cause.may_become(status):
        raise Refused(
            _("This cause was answered in the meantime: %(status)s.") % {"status": cause.get_status_display()}
        )
    cause.status, cause.reason = status, reason.strip()
    cause.decided_on, cause.decided_by, cause.decided_role = timezone.localdate(), by.user.get_full_name(), by.role
    cause.save(update_fields=["status", "reason", "decided_on", "decided_by", "decided_role"])
    return cause


def _locked(assignment: Assignment) -> Assignment:
    """The assignment as it is now, with its guard locked."""
    Guard.objects.select_for_update().get(pk=assignment.guard_id)
    return Assignment.objects.select_related("guard", "post__school", "agency").get(pk=assignment.pk)


def _guarded_create(cause: Cause) -> Cause:
    """Create it; where one already waits, say so."""
    try:
        with transaction.atomic():
            cause.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(_("This cause already waits for an answer.")) from fault
    return cause


def _record(verb: str, assignment: Assignment, by: Membership, **details: Any) -> None:
    """The school and the agency are among the subjects: both are judged again with the cause as it is now."""
    post = assignment.post
    record(
        verb,
        subjects=[assignment, assignment.guard, post, post.school, assignment.agency],
        by=by,
        guard=assignment.guard.name,
        post=post.name,
        school=post.school.code,
        **({"cause": assignment.end_reason} | details),
    )
