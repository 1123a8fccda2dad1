"""Two sides that must not see each other, each with a record of every kind."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from access.roles import Role
from accounts.models import Membership
from compliance.models import Finding
from guards.models import Assignment
from schools.models import Region
from tests.access.matrix import Visitor
from tests.factories import (
    AssignmentFactory,
    CauseFactory,
    ContractFactory,
    CredentialFactory,
    ImportFactory,
    MembershipFactory,
    PostFactory,
    PresenceFactory,
    StoredFileFactory,
    UserFactory,
)

REGIONS = {"own": "35", "other": "75"}


@dataclass(frozen=True)
class Place:
    """What one side holds: a school with a guard at its post, others proposed long ago and gone, and a finding."""

    region: Region
    school: Any
    agency: Any
    post: Any
    guard: Any
    assignment: Any
    proposal: Any
    leave: Any
    cause: Any
    finding: Any = None
    sheet: Any = None


@dataclass
class World:
    """Both sides, and the visitors."""

    own: Place
    other: Place
    memberships: dict[Visitor, Membership]
    without_membership: Any = field(default_factory=UserFactory)


def _place(side: str) -> Place:
    today = timezone.localdate()
    region = Region.objects.get(code=REGIONS[side])
    post = PostFactory(school__region=region)
    contract = ContractFactory(school=post.school, agency__region=region)
    stands = {"post": post, "agency": contract.agency}
    assignment = AssignmentFactory(**stands)
    CredentialFactory(guard=assignment.guard)
    PresenceFactory(guard=assignment.guard, post=post, on=today - timedelta(days=1))
    proposal = AssignmentFactory(
        **stands, status=Assignment.Status.PROPOSED, confirmed_on=None, first_day=today - timedelta(days=40)
    )
    CredentialFactory(guard=proposal.guard)
    leave = AssignmentFactory(**stands, left=True, end_reason="illness", last_day=today - timedelta(days=10))
    cause = CauseFactory(assignment=leave, evidence=StoredFileFactory())
    return Place(
        region,
        post.school,
        contract.agency,
        post,
        assignment.guard,
        assignment,
        proposal,
        leave,
        cause,
        sheet=ImportFactory(agency=contract.agency),
    )


def _with_finding(place: Place) -> Place:
    finding = Finding.objects.get(school=place.school, version__rule="director_confirmation")
    return Place(**{**place.__dict__, "finding": finding})


def make_world() -> World:
    """Both sides judged today; a proposal that waits too long makes the finding of each."""
    own, other = _place("own"), _place("other")
    call_command("evaluate", verbosity=0)
    memberships = {
        Visitor.OWN_MANAGER: MembershipFactory(agency=own.agency),
        Visitor.OTHER_MANAGER: MembershipFactory(agency=other.agency),
        Visitor.OWN_DIRECTOR: MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=own.school),
        Visitor.OTHER_DIRECTOR: MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=other.school),
        Visitor.OWN_OFFICER: MembershipFactory(role=Role.REGULATOR, region=own.region),
        Visitor.OTHER_OFFICER: MembershipFactory(role=Role.REGULATOR, region=other.region),
        Visitor.NATIONAL_OFFICER: MembershipFactory(role=Role.REGULATOR),
    }
    return World(_with_finding(own), _with_finding(other), memberships)
