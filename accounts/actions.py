"""Giving a person an organisation to act for, and taking it back; the filters that he keeps."""

from datetime import date
from typing import Any

from django.db import transaction

from access.roles import Role
from accounts.models import Membership, SavedFilter, User
from agencies.models import Agency
from audit.recording import record
from schools.models import Region, School


@transaction.atomic
def add_member(
    *,
    email: str,
    full_name: str,
    role: Role,
    agency: Agency | None = None,
    school: School | None = None,
    region: Region | None = None,
    by: Membership | None,
) -> Membership:
    """Let a person act for an organisation from now on, as before if he once did. Raises ValidationError."""
    email = User.objects.normalize_email(email).lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, full_name=full_name)
        user.set_unusable_password()
        user.full_clean()
        user.save()
    held: dict[str, Any] = {"user": user, "role": role, "agency": agency, "school": school, "region": region}
    membership = Membership.objects.filter(**held, ended_on__isnull=False).first() or Membership(**held)
    membership.ended_on = None
    membership.full_clean()
    membership.save()
    _record("member_added", membership, by)
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, on: date, by: Membership | None) -> Membership:
    """The person no longer acts for the organisation; at his next click the desk is closed to him."""
    membership.ended_on = on
    membership.save(update_fields=["ended_on"])
    _record("membership_ended", membership, by)
    return membership


@transaction.atomic
def keep_filter(*, membership: Membership, page: str, name: str, query: str) -> SavedFilter:
    """Keep a filter of a list under a name. It is a convenience of one person and touches no record: no event tells it.

    Raises ValidationError where the name is taken or the filter is empty or too long.
    """
    kept = SavedFilter(membership=membership, page=page, name=name.strip(), query=query)
    kept.full_clean()
    kept.save(force_insert=True)
    return kept


@transaction.atomic
def delete_filter(*, saved_filter: SavedFilter) -> None:
    """Take a kept filter away."""
    saved_filter.delete()


def _record(verb: str, membership: Membership, by: Membership | None) -> None:
    record(
        verb,
        subjects=[membership],
        by=by,
        person=membership.user.email,
        role=membership.role,
        organisation=membership.organisation_key,
    )
