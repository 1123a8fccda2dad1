"""A register in which every verb can act: an agency that guards two schools, and what a case may need beside."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from access.roles import Role
from guards.actions import training
from guards.models import Assignment, Credential, EndReason
from staffing import relief
from tests.compliance.registers import DAY, SPRING, leave
from tests.factories import (
    AssignmentFactory,
    CredentialFactory,
    EmploymentFactory,
    MembershipFactory,
    PostFactory,
    RequirementFactory,
)

YESTERDAY, LAST_WEEK = DAY - timedelta(days=1), DAY - timedelta(days=7)
KIND = Credential.Kind.TRAINING_CERTIFICATE


class World:
    """An agency with a guard at each of two schools since long ago; both have all their papers."""

    def __init__(self) -> None:
        self.post, self.elsewhere = PostFactory(positions=2), PostFactory(positions=2)
        self.school = self.post.school
        self.standing = AssignmentFactory(post=self.post, guard__papers=True)
        self.agency, self.guard = self.standing.agency, self.standing.guard
        self.colleague = AssignmentFactory(post=self.elsewhere, agency=self.agency, guard__papers=True).guard
        self.manager = MembershipFactory(agency=self.agency)
        self.director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=self.school)
        self.regulator = MembershipFactory(role=Role.REGULATOR)

    def newcomer(self) -> Any:
        return EmploymentFactory(agency=self.agency, guard__papers=True).guard

    def requirement(self, **said: Any) -> Any:
        return RequirementFactory(school=self.school, first_day=SPRING, **said)

    def waiting(self) -> Assignment:
        """A proposal that the director has not answered for weeks: that is a finding."""
        since = DAY - timedelta(days=20)
        made: Assignment = AssignmentFactory(post=self.post, agency=self.agency, first_day=since, proposal=True)
        return made

    def named(self) -> Any:
        return relief.name(guard=self.newcomer(), school=self.school, by=self.manager)

    def leaves(self, reason: str = EndReason.ILLNESS) -> Assignment:
        """The second who left, and so one too many as long as his cause is not accepted."""
        leave(self.post, agency=self.agency, after=1)
        left: Assignment = leave(self.post, agency=self.agency, end_reason=reason)
        return left

    def on_the_staff_of_two(self) -> Assignment:
        """Where a guard of the agency's staff stands for another one."""
        there: Assignment = AssignmentFactory()
        EmploymentFactory(guard=there.guard, agency=self.agency)
        return there

    def nobody_has_a(self, kind: str) -> None:
        Credential.objects.filter(kind=kind).delete()

    @cached_property
    def another(self) -> Any:
        """The manager of another agency."""
        return MembershipFactory()

    def alone_has_a(self, kind: str, **employment: Any) -> Any:
        """A guard, who stands nowhere, with the only paper of a kind of the agency's."""
        self.nobody_has_a(kind)
        return EmploymentFactory(agency=self.agency, guard=CredentialFactory(kind=kind).guard, **employment).guard

    def moved_on(self) -> Any:
        """A guard of the agency's until yesterday whom another one took on; nobody has a paper of KIND."""
        self.nobody_has_a(KIND)
        moved = EmploymentFactory(agency=self.agency, last_day=YESTERDAY).guard
        return EmploymentFactory(guard=moved, agency=self.another.agency, first_day=DAY).guard

    def session(self) -> Any:
        """Planned for the guard, on a module that his school requires."""
        module = self.requirement(module__hours=1).module
        said = {"agency": self.agency, "module": module, "school": self.school, "on": DAY, "trainer": "T"}
        return training.plan(**said, hours=Decimal(2), guards=[self.guard], by=self.manager)
