"""A director at a school that is open every day, with one post."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from access.roles import Role
from tests.factories import CalendarFactory, MembershipFactory, PostFactory, SchoolFactory


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def school(db: None) -> Any:
    return SchoolFactory(calendar=CalendarFactory(code="daily", weekdays="1234567"))


@pytest.fixture
def post(school: Any) -> Any:
    return PostFactory(school=school, name="Main entrance", positions=1)


@pytest.fixture
def director(school: Any) -> Any:
    return MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=school)


@pytest.fixture
def desk(client: Client, director: Any) -> Client:
    """A browser in which the director is signed in and reads English."""
    client.force_login(director.user)
    client.cookies["django_language"] = "en"
    return client


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes; asked once before, so that nothing is still to be cached."""
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
