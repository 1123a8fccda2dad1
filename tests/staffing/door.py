"""A school, its agency and its people, lawful in everything: each test of an action breaks one thing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from access.roles import Role
from accounts.models import Membership
from agencies.models import Agency
from audit.models import Event
from guards.models import Assignment, Guard
from schools.models import Post, School
from staffing import actions
from tests.factories import ContractFactory, EmploymentFactory, MembershipFactory, PostFactory

MONDAY = date(2026, 11, 30)


@dataclass
class Door:
    """One post under contract, a guard of the agency who is free, the manager and the director."""

    post: Post
    agency: Agency
    guard: Guard
    manager: Membership
    director: Membership

    @property
    def school(self) -> School:
        return self.post.school

    def another_post(self) -> Post:
        """A post at another school that the agency guards."""
        post: Post = PostFactory()
        ContractFactory(agency=self.agency, school=post.school)
        return post

    def propose(self, **changed: Any) -> Assignment:
        asked = {"guard": self.guard, "post": self.post, "agency": self.agency, "first_day": MONDAY, "by": self.manager}
        return actions.propose(**(asked | changed))

    def confirmed(self, **changed: Any) -> Assignment:
        return actions.confirm(assignment=self.propose(**changed), by=self.director)


def make_door() -> Door:
    contract = ContractFactory()
    guard = EmploymentFactory(guard__papers=True, agency=contract.agency).guard
    return Door(
        post=PostFactory(school=contract.school),
        agency=contract.agency,
        guard=guard,
        manager=MembershipFactory(agency=contract.agency),
        director=MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=contract.school),
    )


def told() -> list[str]:
    """The verbs of all events so far, oldest first."""
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))
