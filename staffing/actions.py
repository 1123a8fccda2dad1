"""Putting guards on posts: every verb in its own transaction, with its event."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from agencies.models import Agency, Contract
from audit.recording import record
from compliance.prepared import Given, ask, asked_together
from guards.models import Assignment, Employment, EndReason, Guard, Presence
from schools.models import Post
from staffing.changed import changed
from staffing.conflicts import check_free, check_still_free
from staffing.holding import check_room, post_closed
from staffing.models import SignedReason
from staffing.obstacles import Reservation, check_lawful, check_reasons, reservations
from staffing.refusals import Refused, day_words

Status = Assignment.Status
# How long ago a missed day at the door can still be filled in.
FILL_IN_DAYS = 14


@transaction.atomic
def propose(
    *,
    guard: Guard,
    post: Post,
    agency: Agency,
    first_day: date,
    kind: str = Assignment.Kind.REGULAR,
    last_day: date | None = None,
    reasons: Mapping[int, str] | None = None,
    further: Iterable[Reservation] = (),
    by: Membership,
) -> Assignment:
    """The agency proposes a guard to a school: it counts for nothing until the director confirms.

    `reasons` says, for each version of a clause of policy that speaks against it, why it is set aside; `further` are
    such clauses beside those about the guard. Raises Refused for what the register or the law forbids on the first day,
    and for policy without a reason.
    """
    guard = Guard.objects.select_for_update().get(pk=guard.pk)
    Post.objects.select_for_update().get(pk=post.pk)
    _check_days(first_day, last_day)
    _check_post_open(post, first_day, last_day)
    _check_contract(agency, post, first_day)
    _check_employed(guard, agency, first_day)
    check_free(guard, post, agency, first_day, last_day)
    check_room(post, kind, first_day, last_day, agency=agency, guard=guard)
    against = check_lawful(guard, post, agency, first_day)
    signed = check_reasons([*reservations(against), *further], reasons or {})
    assignment = _guarded_create(
        Assignment(
            code=f"q-{uuid4()}",
            guard=guard,
            post=post,
            agency=agency,
            kind=kind,
            first_day=first_day,
            last_day=last_day,
            status=Status.PROPOSED,
        )
    )
    _sign(assignment, signed, by)
    _record("assignment_proposed", assignment, by)
    return assignment


@transaction.atomic
def withdraw(*, assignment: Assignment, by: Membership) -> Assignment:
    """The agency takes back a proposal that the school has not answered. Raises Refused."""
    assignment = _locked(assignment)
    _become(assignment, Status.WITHDRAWN)
    assignment.save(update_fields=["status"])
    _record("assignment_withdrawn", assignment, by)
    return assignment


@transaction.atomic
def confirm(*, assignment: Assignment, on: date | None = None, by: Membership) -> Assignment:
    """The director agrees to a guard; from now on the assignment counts. The law is asked once more. Raises Refused."""
    assignment = _locked(assignment)
    _become(assignment, Status.CONFIRMED)
    check_still_free(assignment)
    _check_still_room(assignment)
    today = timezone.localdate()
    check_lawful(assignment.guard, assignment.post, assignment.agency, max(assignment.first_day, today))
    assignment.confirmed_on = on or today
    assignment.save(update_fields=["status", "confirmed_on"])
    _record("assignment_confirmed", assignment, by)
    return assignment


@transaction.atomic
def decline(*, assignment: Assignment, reason: str, by: Membership) -> Assignment:
    """The director says no, and why. Raises Refused."""
    assignment = _locked(assignment)
    if not reason.strip():
        raise Refused(_("Say why, so that the agency can propose somebody who fits."), field="reason")
    _become(assignment, Status.DECLINED)
    assignment.decline_reason = reason.strip()
    assignment.save(update_fields=["status", "decline_reason"])
    _record("assignment_declined", assignment, by, reason=reason.strip())
    return assignment


@transaction.atomic
def end(
    *,
    assignment: Assignment,
    last_day: date,
    reason: str,
    against: Iterable[Reservation] = (),
    reasons: Mapping[int, str] | None = None,
    by: Membership | None,
) -> Assignment:
    """A confirmed assignment ends: its last day and why. A day to come is a planned end. Raises Refused.

    `reasons` says for each clause of policy in `against` why it is set aside. `by` is None for what ends by itself,
    with the agency's contract: against that nothing speaks.
    """
    assignment = _locked(assignment)
    if reason not in EndReason.values:
        raise Refused(_("Choose the reason from the list."), field="reason")
    if last_day < assignment.first_day:
        raise Refused(
            _("The guard began on %(day)s: the last day is that day or later.")
            % {"day": day_words(assignment.first_day)},
            field="last_day",
        )
    if assignment.last_day and last_day > assignment.last_day:
        raise Refused(
            _("The assignment already ends on %(day)s: the last day is that day or earlier.")
            % {"day": day_words(assignment.last_day)},
            field="last_day",
        )
    _become(assignment, Status.ENDED)
    signed = check_reasons(against, reasons or {})
    assignment.last_day, assignment.end_reason = last_day, reason
    assignment.save(update_fields=["status", "last_day", "end_reason"])
    if by:
        _sign(assignment, signed, by, of_end=True)
    _record("assignment_ended", assignment, by, last_day=last_day.isoformat(), reason=reason)
    return assignment


@transaction.atomic
def mark_presence(*, guard: Guard, post: Post, on: date, answer: str, by: Membership) -> Presence:
    """The school says who was at the door: present, absent or somebody else; an empty answer takes it back.

    Raises Refused for a day to come, one too long ago, and a guard who was not expected there on that day.
    """
    today = timezone.localdate()
    if on > today:
        raise Refused(_("%(day)s has not come yet.") % {"day": day_words(on)})
    if on < today - timedelta(days=FILL_IN_DAYS):
        raise Refused(
            _("%(day)s is too long ago: a day can be filled in for %(days)d days.")
            % {"day": day_words(on), "days": FILL_IN_DAYS}
        )
    if answer and answer not in Presence.Answer.values:
        raise Refused(_("Choose one of the answers."))
    rows = Assignment.objects.holding().filter(guard=guard, post=post).on(on).select_related("agency")
    assignment = rows.order_by("-first_day", "-pk").first()
    claimed = Presence.objects.filter(guard=guard, post=post, on=on).exists()
    if assignment is None and not claimed:
        raise Refused(_("%(guard)s was not expected at this post on that day.") % {"guard": guard.name})
    presence, _created = Presence.objects.select_for_update().get_or_create(guard=guard, post=post, on=on)
    presence.school_confirmation = answer
    presence.answered_at = timezone.now() if answer else None
    presence.save(update_fields=["school_confirmation", "answered_at"])
    record(
        "presence_marked",
        # For whom he stood there on that day: by now he may have left them.
        subjects=[guard, post.school, *([assignment, assignment.agency] if assignment else [])],
        by=by,
        guard=guard.name,
        post=post.name,
        on=on.isoformat(),
        answer=answer,
    )
    return presence


def _check_still_room(proposal: Assignment) -> None:
    Post.objects.select_for_update().get(pk=proposal.post_id)
    check_room(
        proposal.post,
        proposal.kind,
        proposal.first_day,
        proposal.last_day,
        agency=proposal.agency,
        guard=proposal.guard,
        without=proposal,
    )


def _check_days(first_day: date, last_day: date | None) -> None:
    if last_day and last_day < first_day:
        raise Refused(_("The last day is the first day or later."), field="last_day")


def _check_post_open(post: Post, first_day: date, last_day: date | None) -> None:
    if obstacle := post_closed(post, first_day, last_day):
        raise Refused(obstacle.whole, field="first_day")


def _check_contract(agency: Agency, post: Post, first_day: date) -> None:
    contracts = Contract.objects.filter(agency=agency, school=post.school_id)
    if not contracts.in_force(first_day).exists():
        raise Refused(
            _("You have no contract with %(school)s that is in force on %(day)s.")
            % {"school": post.school.name, "day": day_words(first_day)},
            field="first_day",
        )


def _check_employed(guard: Guard, agency: Agency, first_day: date) -> None:
    if not Employment.objects.on(first_day).filter(guard=guard, agency=agency).exists():
        raise Refused(
            _("%(guard)s is not on your staff on %(day)s.") % {"guard": guard.name, "day": day_words(first_day)},
            field="guard",
        )


def _locked(assignment: Assignment) -> Assignment:
    """The assignment as it is now, with its guard locked, so that two people cannot both be first."""
    given = Given.of(date.min, guards=[assignment.guard_id], assignments=[assignment.pk])
    with asked_together((_guards_for_update, given), (_with_what_they_name, given)):
        (locked,) = ask(_with_what_they_name, given)
    return locked


def _guards_for_update(given: Given) -> QuerySet[Any, Any]:
    return Guard.objects.select_for_update().filter(pk__in=given.guards).values_list("pk")


def _with_what_they_name(given: Given) -> QuerySet[Any, Any]:
    assignments = Assignment.objects.select_related("guard", "post__school", "agency")
    return assignments.filter(pk__in=given.assignments)


def _become(assignment: Assignment, status: str) -> None:
    if not assignment.may_become(status):
        raise Refused(changed(assignment))
    assignment.status = status


def _guarded_create(assignment: Assignment) -> Assignment:
    """Create it; where the database finds a second post for that day after all, say so."""
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(_("The guard was put on another post in the meantime."), field="guard") from fault
    return assignment


def _sign(
    assignment: Assignment, signed: Iterable[tuple[Reservation, str]], by: Membership, *, of_end: bool = False
) -> None:
    SignedReason.objects.bulk_create(
        SignedReason(
            assignment=assignment,
            of_end=of_end,
            version=one.version,
            sentence=one.sentence,
            text=text,
            signed_by=by.user.email,
            signed_name=by.user.get_full_name(),
        )
        for one, text in signed
    )


def _record(verb: str, assignment: Assignment, by: Membership | None, **details: Any) -> None:
    post = assignment.post
    record(
        verb,
        subjects=[assignment, assignment.guard, post, post.school, assignment.agency],
        by=by,
        guard=assignment.guard.name,
        post=post.name,
        school=post.school.code,
        first_day=assignment.first_day.isoformat(),
        **details,
    )
