"""An agency with a school, a post of two places, and a manager who is signed in."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access.roles import Role
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    CredentialFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    PostFactory,
)


@dataclass
class Desk:
    """One agency, and what a test puts into it."""

    client: Client
    membership: Any = field(default_factory=lambda: MembershipFactory(role=Role.AGENCY_MANAGER))

    def __post_init__(self) -> None:
        self.agency = self.membership.agency
        self.today = timezone.localdate()
        self.client.force_login(self.membership.user)

    def post(self, **options: Any) -> Any:
        """A post at a school of its own, under contract."""
        options.setdefault("positions", 1)
        post = PostFactory(**options)
        ContractFactory(agency=self.agency, school=post.school)
        return post

    def guard(self, **options: Any) -> Any:
        """Somebody on the staff, with papers in order."""
        guard = GuardFactory(**options)
        EmploymentFactory(guard=guard, agency=self.agency)
        CredentialFactory(guard=guard)
        return guard

    def stands(self, post: Any, **options: Any) -> Any:
        """A confirmed guard at a post."""
        options.setdefault("guard", self.guard())
        return AssignmentFactory(post=post, agency=self.agency, **options)

    def proposal(self, post: Any, **options: Any) -> Any:
        options.setdefault("guard", self.guard())
        options.setdefault("first_day", self.today + timedelta(days=2))
        return AssignmentFactory(post=post, agency=self.agency, proposal=True, **options)

    def get(self, url: str, **options: Any) -> str:
        """The text of a page that opens."""
        response = self.client.get(url, **options)
        assert response.status_code == 200, response.status_code
        return str(response.content.decode())


@pytest.fixture
def desk(client: Client, db: None) -> Desk:
    client.cookies["django_language"] = "en"
    return Desk(client)


@pytest.fixture
def other(db: None) -> Desk:
    """Another agency with a client of its own."""
    client = Client()
    client.cookies["django_language"] = "en"
    return Desk(client)
