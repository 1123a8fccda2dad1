"""A country of one evening: schools that fell apart, a calm one, one that confirms nothing, and two officers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from access.roles import Role
from agencies.models import LicenceEvent
from compliance.models import Finding
from schools.models import Region
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    ContractFactory,
    GuardFactory,
    LicenceEventFactory,
    MembershipFactory,
    PostFactory,
    PresenceFactory,
)

TODAY = date(2026, 11, 24)
OWN, OTHER = "79", "35"


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    """Every test of this desk happens on one evening."""
    with time_machine.travel(datetime(2026, 11, 24, 19, 0, tzinfo=ZoneInfo("Asia/Almaty")), tick=False):
        yield TODAY


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass
class Country:
    """What a test puts into the register, and who looks at it."""

    client: Client

    def enter(self, *, region: str | None = None, language: str = "en") -> Client:
        """An officer of a region, or of the whole country, who reads in a language."""
        membership = MembershipFactory(role=Role.REGULATOR, region_id=region)
        self.client.force_login(membership.user)
        self.client.cookies["django_language"] = language
        return self.client

    def school(self, region: str = OWN, *, leaves: int = 6, positions: int = 2, **names: Any) -> Any:
        """A school where `leaves` guards left for good, one excused and one provisionally, and one still serves."""
        # Named in Kazakh: what was entered is shown as it was entered, and is no left-over.
        names = {"name": "№ 1 бекет", "school__locality": "Абай ауылы", **names}
        post = PostFactory(
            school__region=Region.objects.get(code=region), positions=positions, first_day=before(800), **names
        )
        agency = AgencyFactory(region=post.school.region)
        stands: dict[str, Any] = {"post": post, "agency": agency}
        AssignmentFactory(**stands, first_day=before(700))
        for number in range(leaves):
            first = before(340 - 32 * number)
            AssignmentFactory(**stands, left=True, first_day=first, last_day=first + timedelta(days=30))
        if leaves:
            accepted = {"end_reason": "parental_leave", "cause_accepted": True}
            AssignmentFactory(
                **stands, left=True, first_day=before(600), last_day=before(300), **accepted,
                guard=GuardFactory(family_name="Өмірқұлова", given_name="Ғазиза"),
            )  # fmt: skip
            AssignmentFactory(**stands, left=True, first_day=before(90), last_day=before(15))
        return post.school

    def attended(self, school: Any, answers: list[str]) -> None:
        """Shifts that the agency claimed at the school, one for each answer; an empty answer is none."""
        post = school.posts.get()
        guard = post.assignments.order_by("pk").first().guard
        for number, answer in enumerate(answers):
            PresenceFactory(guard=guard, post=post, on=before(number + 1), school_confirmation=answer)

    def silent_school(self, region: str = OWN) -> Any:
        """A school under contract that confirmed nobody."""
        place = Region.objects.get(code=region)
        return ContractFactory(school__region=place, school__locality="Абай ауылы", agency__region=place).school

    def suspend(self, school: Any) -> None:
        """The licence of the school's agency is suspended."""
        licence = school.contracts.get().licence
        LicenceEventFactory(licence=licence, on=before(30), event=LicenceEvent.Kind.SUSPENDED, basis="Приказ № 12")

    def judge(self) -> None:
        call_command("evaluate", verbosity=0)

    def finding(self, rule: str, **where: Any) -> Finding:
        return Finding.objects.filter(version__rule=rule, **where).order_by("pk")[0]


@pytest.fixture
def country(db: None, client: Client, capsys: pytest.CaptureFixture[str]) -> Country:
    return Country(client)
