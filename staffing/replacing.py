"""Replacing a guard: one leaves, another is proposed in his place, both or neither."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from compliance.reports import Effect, effect
from compliance.turnover import Arrival, Departure
from files.intake import Taken
from guards.models import Assignment, Cause, Guard
from staffing import actions, causes
from staffing.holding import HANDOVER_DAYS
from staffing.obstacles import Reservation
from staffing.refusals import Refused, day_words


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
    against = limit_broken(assignment, reason, last_day, successor, first_day)
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
        further=[against] if against else [],
        by=by,
    )
    return Replacement(ended, proposal, cause)


def foreseen(
    assignment: Assignment, reason: str, last_day: date, successor: Guard | None = None, first_day: date | None = None
) -> Effect | None:
    """What the replacement would do to the school; None for relief, which no figure of turnover counts."""
    if not assignment.is_regular:
        return None
    school, agency = assignment.post.school_id, assignment.agency_id
    departure = Departure(assignment.guard_id, agency, school, last_day, reason)
    arrivals = [Arrival(successor.pk, agency, school, first_day)] if successor and first_day else []
    day = max(last_day, first_day or last_day, timezone.localdate())
    return effect(school, day, departures=[departure], arrivals=arrivals)


def limit_broken(
    assignment: Assignment, reason: str, last_day: date, successor: Guard, first_day: date
) -> Reservation | None:
    """The limit of turnover at the school, if it is breached once this leave is settled; None where it holds.

    None too for an end that will be refused.
    """
    if not assignment.may_become(Assignment.Status.ENDED):
        return None
    if last_day < assignment.first_day or (assignment.last_day and last_day > assignment.last_day):
        return None
    found = foreseen(assignment, reason, last_day, successor, first_day)
    if found is None or found.version is None or not found.breach_after or found.settles_on is None:
        return None
    sentence = _("With this leave the limit of %(limit)d %% a year is breached, from %(day)s.") % {
        "limit": found.limit.threshold_percent,
        "day": day_words(found.settles_on),
    }
    return Reservation(found.version, sentence)
