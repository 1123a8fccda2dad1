"""Replacing a guard: one leaves, another is proposed in his place, both or neither."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from files.intake import Taken
from guards.models import Assignment, Cause, Guard
from staffing import actions, causes
from staffing.holding import HANDOVER_DAYS
from staffing.leaving import foreseen, limits_broken
from staffing.refusals import Refused


@dataclass(frozen=True)
class Replacement:
    """Who leaves, who is proposed, and the cause that the school or the regulator is asked to accept."""

    ended: Assignment
    proposal: Assignment
    cause: Cause | None = None


@transaction.atomic
def replace(
    *,
    assignment: Assignment,
    reason: str,
    last_day: date,
    successor: Guard,
    first_day: date,
    note: str = "",
    evidence: Taken | None = None,
    reasons: Mapping[int, str] | None = None,
    by: Membership,
) -> Replacement:
    """End an assignment and propose a successor for its post; before the last day both may stand there.

    `note` and `evidence` prove the cause. A limit that the leave would break needs a signed reason like every clause of
    policy, which stands with the proposal. Raises Refused.
    """
    if successor.pk == assignment.guard_id:
        raise Refused(_("A guard does not replace himself. Choose another one."), field="guard")
    if (last_day - first_day).days >= HANDOVER_DAYS:
        raise Refused(
            _("Handover takes %(days)d days at most.") % {"days": HANDOVER_DAYS},
            field="handover_days",
        )
    assignment = Assignment.objects.select_related("guard", "post__school", "agency").get(pk=assignment.pk)
    against = limits_broken(foreseen(assignment, reason, last_day, successor, first_day))
    ended = actions.end(assignment=assignment, last_day=last_day, reason=reason, by=by)
    cause = causes.submit(assignment=ended, note=note, evidence=evidence, by=by) if note.strip() or evidence else None
    proposal = actions.propose(
        guard=successor,
        post=assignment.post,
        agency=assignment.agency,
        first_day=first_day,
        kind=assignment.kind,
        last_day=None if assignment.is_regular else assignment.last_day,
        reasons=reasons,
        further=against,
        by=by,
    )
    return Replacement(ended, proposal, cause)
