"""Attendance: what the agency claims of its shifts, and what it and the school say where their words differ."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from agencies.models import Agency
from audit.recording import record
from guards.models import Assignment, Guard, Presence, PresenceNote
from schools.models import Post, School
from staffing.refusals import Refused, day_words


class Shift(NamedTuple):
    """One guard at one post on one day, by their keys."""

    post: int
    guard: int
    on: date


@dataclass(frozen=True)
class Saved:
    """How many shifts a save claimed that were not, and how many claims it took back."""

    claimed: int
    withdrawn: int


def month_days(month: date) -> tuple[date, date]:
    """The first and the last day of the month in which a day lies."""
    return month.replace(day=1), month.replace(day=monthrange(month.year, month.month)[1])


def shifts(assignments: Iterable[Assignment], first_day: date, last_day: date) -> set[Shift]:
    """The shifts of some days that may be claimed: of guards with an assignment on the day."""
    found = set()
    for one in assignments:
        day, until = max(one.first_day, first_day), min(one.last_day or last_day, last_day)
        while day <= until:
            found.add(Shift(one.post_id, one.guard_id, day))
            day += timedelta(days=1)
    return found


def held_in(agency: Agency, school: School, first_day: date, last_day: date) -> Any:
    """The assignments of an agency at a school that share a day with the given days."""
    rows = Assignment.objects.holding().filter(agency=agency, post__school=school)
    return rows.overlapping(first_day, last_day)


class Overtaken(Exception):
    """Somebody else changed the month after it was read; nothing was saved."""


@transaction.atomic
def claim_month(
    *,
    agency: Agency,
    school: School,
    month: date,
    claims: Collection[Shift],
    seen: Collection[Shift],
    by: Membership,
) -> Saved:
    """The agency says who stood at a school in a month: `claims`, and nobody else of its guards.

    `seen` are the shifts claimed when it was asked. Raises Refused, and changes nothing, for a day to come and
    for a guard without an assignment on the day; Overtaken where something else is claimed by now.
    """
    if by.role != Role.AGENCY_MANAGER or by.agency_id != agency.pk:
        raise Refused(_("Shifts are claimed by the agency whose guards stand there."))
    first, last = month_days(month)
    # Whoever saves second waits for the first at the posts.
    posts = {post.pk: post for post in Post.objects.select_for_update().filter(school=school).order_by("pk")}
    allowed = shifts(held_in(agency, school, first, last), first, min(last, timezone.localdate()))
    _check_allowed(set(claims) - allowed)
    rows = Presence.objects.filter(post__in=posts, on__range=(first, last), agency_claim=True)
    before = {Shift(post, guard, on) for post, guard, on in rows.values_list("post", "guard", "on")} & allowed
    if before != set(seen) & allowed:
        raise Overtaken
    added, removed = set(claims) - before, before - set(claims)
    if added or removed:
        _write(added, claimed=True)
        _write(removed, claimed=False)
        record(
            "presence_month_claimed",
            subjects=[school, agency],
            by=by,
            school=school.code,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            claimed=_named(added, posts),
            withdrawn=_named(removed, posts),
        )
    return Saved(len(added), len(removed))


@transaction.atomic
def claim(*, presence: Presence, claimed: bool, by: Membership) -> Presence:
    """The agency claims one shift of which the school has spoken, or takes its claim back. Raises Refused."""
    presence = _locked(presence)
    agency = _agency_of(presence)
    if by.role != Role.AGENCY_MANAGER or agency is None or by.agency_id != agency.pk:
        raise Refused(_("Shifts are claimed by the agency whose guards stand there."))
    presence.agency_claim = claimed
    presence.save(update_fields=["agency_claim"])
    _record("presence_claimed" if claimed else "presence_claim_withdrawn", presence, agency, by)
    return presence


@transaction.atomic
def add_note(*, presence: Presence, text: str, by: Membership) -> PresenceNote:
    """The agency or the school says something of a day on which their words differ. Raises Refused."""
    presence = _locked(presence)
    agency = _agency_of(presence)
    of_agency = by.role == Role.AGENCY_MANAGER and agency is not None and by.agency_id == agency.pk
    of_school = by.role == Role.SCHOOL_DIRECTOR and by.school_id == presence.post.school_id
    if not (of_agency or of_school):
        raise Refused(_("The agency and the school concerned speak of a shift, nobody else."))
    if not text.strip():
        raise Refused(_("Write what you know of this shift."), field="text")
    note = PresenceNote.objects.create(
        presence=presence, role=by.role, author=by.user.get_full_name(), text=text.strip()
    )
    _record("presence_discussed", presence, agency, by, reason=note.text)
    return note


def _check_allowed(unlawful: Collection[Shift]) -> None:
    """Refuse the earliest shift that must not be claimed, by the guard's name and the day."""
    if not unlawful:
        return
    worst = min(unlawful, key=lambda one: (one.on, one.guard))
    if worst.on > timezone.localdate():
        raise Refused(_("%(day)s has not come yet.") % {"day": day_words(worst.on)})
    raise Refused(
        _("%(guard)s has no assignment of your agency at this post on %(day)s.")
        % {"guard": Guard.objects.get(pk=worst.guard).name, "day": day_words(worst.on)}
    )


def _write(changed: Collection[Shift], *, claimed: bool) -> None:
    """Write the claim and nothing else: a row that the school makes at the same moment keeps its answer."""
    Presence.objects.bulk_create(
        [Presence(post_id=one.post, guard_id=one.guard, on=one.on, agency_claim=claimed) for one in sorted(changed)],
        update_conflicts=True,
        update_fields=["agency_claim"],
        unique_fields=["guard", "post", "on"],
    )


def _named(changed: Collection[Shift], posts: dict[int, Post]) -> list[str]:
    """The shifts as an event keeps them: day, post, guard."""
    keys = dict(Guard.objects.filter(pk__in={one.guard for one in changed}).values_list("pk", "public_id"))
    return sorted(f"{one.on.isoformat()} {posts[one.post].code} {keys[one.guard]}" for one in changed)


def _locked(presence: Presence) -> Presence:
    Presence.objects.select_for_update().get(pk=presence.pk)
    return Presence.objects.select_related("guard", "post__school").get(pk=presence.pk)


def _agency_of(presence: Presence) -> Agency | None:
    """For whom the guard held the post on the day."""
    rows = Assignment.objects.holding().filter(guard=presence.guard_id, post=presence.post_id).on(presence.on)
    held = rows.select_related("agency").order_by("-first_day", "-pk").first()
    return held.agency if held else None


def _record(verb: str, presence: Presence, agency: Agency | None, by: Membership, **details: Any) -> None:
    post, guard = presence.post, presence.guard
    record(
        verb,
        subjects=[guard, post, post.school, *([agency] if agency else [])],
        by=by,
        guard=guard.name,
        post=post.name,
        school=post.school.code,
        on=presence.on.isoformat(),
        **details,
    )
