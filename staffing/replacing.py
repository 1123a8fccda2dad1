"""Replacing a guard: one leaves, another is proposed in his place, both or neither."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from compliance.reports import Effect, effect, limiting_version
from compliance.turnover import Arrival, Departure, Level
from files.intake import Taken
from guards.models import Assignment, Cause, Guard
from staffing import actions, causes
from staffing.holding import HANDOVER_DAYS
from staffing.obstacles import Reservation
from staffing.refusals import Refused, day_words

#: Whose turnover a leave adds to.
LEVELS: tuple[Level, ...] = ("school", "agency_school", "agency")


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
    against = limits_broken(assignment, reason, last_day, successor, first_day)
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


def foreseen(
    assignment: Assignment,
    reason: str,
    last_day: date,
    successor: Guard | None = None,
    first_day: date | None = None,
    *,
    level: Level = "school",
) -> Effect | None:
    """What the replacement would do to the school, or to the agency; None for relief, which no turnover counts."""
    if not assignment.is_regular:
        return None
    school, agency = assignment.post.school_id, assignment.agency_id
    departure = Departure(assignment.guard_id, agency, school, last_day, reason)
    arrivals = [Arrival(successor.pk, agency, school, first_day)] if successor and first_day else []
    day = max(last_day, first_day or last_day, timezone.localdate())
    return effect(school, day, departures=[departure], arrivals=arrivals, level=level, agency=agency)


def limits_broken(
    assignment: Assignment, reason: str, last_day: date, successor: Guard, first_day: date
) -> list[Reservation]:
    """The limits of turnover, of the school and of the agency, that are breached once this leave is settled.

    None for an end that will be refused.
    """
    if not assignment.may_become(Assignment.Status.ENDED):
        return []
    if last_day < assignment.first_day or (assignment.last_day and last_day > assignment.last_day):
        return []
    found = (
        foreseen(assignment, reason, last_day, successor, first_day, level=level) for level in limited_levels(last_day)
    )
    return [
        Reservation(one.version, _breach_words(one))
        for one in found
        if one and one.version and one.breach_after and one.settles_on
    ]


def limited_levels(day: date) -> list[Level]:
    """The levels at which a clause limits turnover on a day, or on today where the day has passed."""
    return [level for level in LEVELS if limiting_version(level, max(day, timezone.localdate()))[0]]


def _breach_words(found: Effect) -> str:
    assert found.settles_on is not None
    values = {"limit": found.limit.threshold_percent, "day": day_words(found.settles_on)}
    if found.level == "agency_school":
        said = _(
            "With this leave the limit for the agency at this school, %(limit)d %% a year, is breached from %(day)s."
        )
        return said % values
    if found.level == "agency":
        return (
            _("With this leave the limit for the whole agency, %(limit)d %% a year, is breached from %(day)s.") % values
        )
    return _("With this leave the limit of %(limit)d %% a year is breached, from %(day)s.") % values
