"""Two sides that must not see each other, each with a record of every kind."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from access.roles import Role
from accounts.models import Membership
from compliance.models import Finding
from schools.models import Region
from tests.access.matrix import OFFICERS, Visitor
from tests.compliance.drafts import rehearsed, repealing
from tests.compliance.editions import begin
from tests.factories import (
    AnswerFactory,
    AssignmentFactory,
    AttendeeFactory,
    CalendarFactory,
    CauseFactory,
    ContractFactory,
    CredentialFactory,
    ImportFactory,
    MembershipFactory,
    ModuleFactory,
    PostFactory,
    PresenceFactory,
    ReliefFactory,
    RequirementFactory,
    SessionFactory,
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
    paper: Any
    relief: Any
    finding: Any = None
    answer: Any = None
    answer_file: Any = None
    sheet: Any = None
    session: Any = None
    held: Any = None
    # Of the country, drawn up on screen.
    draft: Any = None
    # Of the country: the same for both sides, rehearsed in each region and in all.
    rehearsed_draft: Any = None


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
    # Open every day: at the door of a school that is closed nobody is expected, on a Sunday the lists would be empty.
    every_day = CalendarFactory(code="every-day", weekdays="1234567")
    post = PostFactory(school__region=region, school__calendar=every_day)
    contract = ContractFactory(school=post.school, agency__region=region)
    stands = {"post": post, "agency": contract.agency}
    assignment = AssignmentFactory(**stands, guard__papers=True)
    paper = CredentialFactory(guard=assignment.guard, scan=StoredFileFactory())
    assignment.guard.photo = StoredFileFactory()
    assignment.guard.save()
    PresenceFactory(guard=assignment.guard, post=post, on=today - timedelta(days=1))
    proposal = AssignmentFactory(**stands, proposal=True, first_day=today - timedelta(days=40))
    lawful = {"guard__papers": True, **stands}
    leave = AssignmentFactory(**lawful, left=True, end_reason="illness", last_day=today - timedelta(days=10))
    cause = CauseFactory(assignment=leave, evidence=StoredFileFactory())
    # What the school of this side asks for from tomorrow on: no finding of today hangs on it.
    module = ModuleFactory(code=f"module-of-{side}")
    RequirementFactory(school=post.school, module=module, first_day=today + timedelta(days=1))
    taught = {"agency": contract.agency, "module": module, "school": post.school, "on": today}
    session = SessionFactory(**taught)
    AttendeeFactory(session=session, guard=assignment.guard)
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
        paper,
        ReliefFactory(guard=leave.guard, school=post.school, agency=contract.agency),
        sheet=ImportFactory(agency=contract.agency),
        session=session,
        held=SessionFactory(**taught, status="held", signed_sheet=StoredFileFactory()),
    )


def _with_finding(place: Place) -> Place:
    finding = Finding.objects.get(school=place.school, version__rule="director_confirmation")
    answer, file = AnswerFactory(finding=finding), StoredFileFactory()
    answer.files.add(file)
    return Place(**{**place.__dict__, "finding": finding, "answer": answer, "answer_file": file})


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
    draft = repealing("4")
    for visitor in OFFICERS:
        rehearsed(draft, memberships[visitor])
    drawn_up = begin(memberships[Visitor.NATIONAL_OFFICER], timezone.localdate() + timedelta(days=30))
    sides = (replace(_with_finding(place), rehearsed_draft=draft, draft=drawn_up) for place in (own, other))
    return World(*sides, memberships)
