"""A guard leaves: what his leave does to the limits of turnover, and the end of his service at a post."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from compliance.reports import Effect, asked_for, effect, limiting_version
from compliance.turnover import Arrival, Departure, Level
from guards.models import Assignment, Guard
from staffing import actions
from staffing.obstacles import Reservation
from staffing.refusals import day_words

#: Whose turnover a leave adds to, beside the school's.
AGENCY_LEVELS: tuple[Level, ...] = ("agency_school", "agency")


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
        against=limits_broken(foreseen(assignment, reason, last_day)),
        reasons=reasons,
        by=by,
    )


def foreseen(
    assignment: Assignment,
    reason: str,
    last_day: date,
    successor: Guard | None = None,
    first_day: date | None = None,
) -> list[Effect]:
    """What a leave, with who follows and from when, would do: to the school first, then to the agency there and as a
    whole, where a clause limits its turnover. It is reckoned on the later of both days. Nothing for relief, which no
    turnover counts, and for an end that will be refused."""
    if not assignment.is_regular or not _may_end(assignment, last_day):
        return []
    with asked_of(assignment, last_day, first_day):
        levels = [level for level in AGENCY_LEVELS if limiting_version(level, max(last_day, timezone.localdate()))[0]]
        return [_effect(assignment, reason, last_day, successor, first_day, level) for level in ("school", *levels)]


def asked_of(assignment: Assignment, last_day: date, first_day: date | None) -> AbstractContextManager[None]:
    """Inside, what is foreseen of a leave, by whichever function, is asked of the register once."""
    return asked_for(_judged_on(last_day, first_day), assignment.post.school_id, assignment.agency_id)


def _judged_on(last_day: date, first_day: date | None) -> date:
    """The day of a leave and of who follows, the later one, or today where both are past."""
    return max(last_day, first_day or last_day, timezone.localdate())


def foreseen_of_school(assignment: Assignment, reason: str, last_day: date, first_day: date) -> Effect | None:
    """The same of the school alone, on the day on which somebody follows, and of nobody who does."""
    counts = assignment.is_regular and _may_end(assignment, last_day)
    return _effect(assignment, reason, last_day, None, first_day, "school") if counts else None


def _may_end(assignment: Assignment, last_day: date) -> bool:
    if not assignment.may_become(Assignment.Status.ENDED):
        return False
    return assignment.first_day <= last_day and (assignment.last_day is None or last_day <= assignment.last_day)


def _effect(
    assignment: Assignment, reason: str, last_day: date, successor: Guard | None, first_day: date | None, level: Level
) -> Effect:
    school, agency = assignment.post.school_id, assignment.agency_id
    departure = Departure(assignment.guard_id, agency, school, last_day, reason)
    arrivals = [Arrival(successor.pk, agency, school, first_day)] if successor and first_day else []
    day = _judged_on(last_day, first_day)
    return effect(school, day, departures=[departure], arrivals=arrivals, level=level, agency=agency)


def limits_broken(effects: Iterable[Effect]) -> list[Reservation]:
    """The limits of turnover, of the school and of the agency, that are breached once a leave with these effects is
    settled."""
    broken = (one for one in effects if one.breach_after and one.settles_on)
    return [Reservation(one.then_version, _breach_words(one)) for one in broken if one.then_version]


def _breach_words(found: Effect) -> str:
    assert found.settles_on is not None
    values = {"limit": found.then_limit.threshold_percent, "day": day_words(found.settles_on)}
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
