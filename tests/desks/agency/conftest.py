"""An agency with a manager who is signed in and reads English, and what a test puts into its desk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from access.roles import Role
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    PostFactory,
)


@dataclass
class Desk:
    """One agency; everything that is made here belongs to it."""

    client: Client
    membership: Any = field(default_factory=lambda: MembershipFactory(role=Role.AGENCY_MANAGER))

    def __post_init__(self) -> None:
        self.agency = self.membership.agency
        self.today = timezone.localdate()
        self.client.force_login(self.membership.user)
        self.client.cookies["django_language"] = "en"

    def post(self, **options: Any) -> Any:
        """A post of one position at a school under contract."""
        options.setdefault("positions", 1)
        post = PostFactory(**options)
        ContractFactory(agency=self.agency, school=post.school)
        return post

    def guard(self, **options: Any) -> Any:
        """Somebody on the staff, with all his papers in order."""
        guard = GuardFactory(**{"papers": True} | options)
        EmploymentFactory(guard=guard, agency=self.agency)
        return guard

    def stands(self, post: Any, **options: Any) -> Any:
        """A confirmed guard at a post."""
        options.setdefault("guard", self.guard())
        return AssignmentFactory(post=post, agency=self.agency, **options)

    def left(self, post: Any, days_ago: int, **options: Any) -> Any:
        """A guard whose last day at a post was so many days ago."""
        return self.stands(post, last_day=self.today - timedelta(days=days_ago), left=True, **options)

    def proposal(self, post: Any, **options: Any) -> Any:
        """A proposal that waits for the school, its first day the day after tomorrow."""
        options.setdefault("guard", self.guard())
        options.setdefault("first_day", self.today + timedelta(days=2))
        return AssignmentFactory(post=post, agency=self.agency, proposal=True, **options)

    def get(self, name: str, *records: Any, **query: str) -> str:
        """The text of a page that opens."""
        response = self.client.get(self.url(name, *records), query)
        assert response.status_code == 200
        return str(response.content.decode())

    def url(self, name: str, *records: Any) -> str:
        return reverse(f"agency:{name}", args=[record.public_id for record in records])

    def queries(self, name: str, *records: Any, **query: str) -> int:
        """How many queries a page takes; asked once before, so that nothing is still to be cached."""
        self.get(name, *records, **query)
        with CaptureQueriesContext(connection) as caught:
            self.get(name, *records, **query)
        return len(caught)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk(Client())


@pytest.fixture
def other(db: None) -> Desk:
    """The desk of another agency."""
    return Desk(Client())
