"""A guard leaves: what his leave does to the limits of turnover, and the end of his service at a post."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from compliance.reports import Effect, effect, limiting_version
from compliance.turnover import Arrival, Departure, Level
from guards.models import Assignment, Guard
from staffing import actions
from staffing.obstacles import Reservation
from staffing.refusals import day_words

#: Whose turnover a leave adds to.
LEVELS: tuple[Level, ...] = ("school", "agency_school", "agency")


@transaction.atomic
def leave(
    *, assignment: Assignment, last_day: date, reason: str, reasons: Mapping[int, str] | None = None, by: Membership
) -> Assignment:
    """The agency ends a service without saying who follows. Raises Refused.

    A limit that the leave would break needs a signed reason, which stays with the service that ended.
    """
    assignment = Assignment.objects.select_related("guard", "post__school", "agency").get(pk=assignment.pk)
    return actions.end(
        assignment=assignment,
        last_day=last_day,
        reason=reason,
        against=limits_broken(assignment, reason, last_day),
        reasons=reasons,
        by=by,
    )


def foreseen(
    assignment: Assignment,
    reason: str,
    last_day: date,
    successor: Guard | None = None,
    first_day: date | None = None,
    *,
    level: Level = "school",
) -> Effect | None:
    """What a leave, with who follows, would do to the school or the agency; None for relief: no turnover counts it."""
    if not assignment.is_regular:
        return None
    school, agency = assignment.post.school_id, assignment.agency_id
    departure = Departure(assignment.guard_id, agency, school, last_day, reason)
    arrivals = [Arrival(successor.pk, agency, school, first_day)] if successor and first_day else []
    day = max(last_day, first_day or last_day, timezone.localdate())
    return effect(school, day, departures=[departure], arrivals=arrivals, level=level, agency=agency)


def foreseen_of_agency(
    assignment: Assignment,
    reason: str,
    last_day: date,
    successor: Guard | None = None,
    first_day: date | None = None,
) -> list[Effect]:
    """The same for the agency, at this school and as a whole, where a clause limits its turnover."""
    levels = [level for level in limited_levels(last_day) if level != "school"]
    found = (foreseen(assignment, reason, last_day, successor, first_day, level=level) for level in levels)
    return [one for one in found if one]


def limits_broken(
    assignment: Assignment,
    reason: str,
    last_day: date,
    successor: Guard | None = None,
    first_day: date | None = None,
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
