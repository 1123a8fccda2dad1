"""A guard who was lawful when the school agreed, and whose paper ran out before his first day."""

from datetime import datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from access.roles import Role
from compliance.models import Finding
from guards.models import Assignment
from staffing import actions
from tests.factories import MembershipFactory

SATURDAY = 5


@pytest.fixture
def begins(desk: Any) -> Any:
    """Confirmed today; his certificate of health ends the day before he begins, a school day five days from now or
    soon after."""
    post = desk.post()
    guard = desk.guard()
    first_day = next(
        day for day in (desk.today + timedelta(days=days) for days in range(5, 8)) if day.weekday() < SATURDAY
    )
    director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=post.school)
    proposal = actions.propose(guard=guard, post=post, agency=desk.agency, first_day=first_day, by=desk.membership)
    actions.confirm(assignment=proposal, by=director)
    guard.credentials.filter(kind="medical_certificate").update(valid_until=first_day - timedelta(days=1))
    return proposal, director


def test_the_door_today_and_the_findings_say_so_on_that_day(begins: Any, desk: Any) -> None:
    proposal, director = begins
    noon = datetime.combine(proposal.first_day, time(12), tzinfo=timezone.get_current_timezone())
    with time_machine.travel(noon, tick=False):
        call_command("evaluate", verbosity=0)
        finding = Finding.objects.open().get(guard=proposal.guard, version__rule="guard_no_bars")
        assert finding.opened_on == proposal.first_day

        today = desk.get("today")
        assert proposal.guard.name in today and "Expired" in today
        assert desk.url("finding", finding) in today

        school = Client()
        school.force_login(director.user)
        school.cookies["django_language"] = "en"
        door = unescape(school.get("/school/").content.decode())
        assert proposal.guard.name in door
        assert "The law says that he may not stand here on this day." in door
    # It is told, and not undone: he may be standing there.
    proposal.refresh_from_db()
    assert proposal.status == Assignment.Status.CONFIRMED


def test_the_day_before_nothing_is_found(begins: Any, desk: Any) -> None:
    proposal, _director = begins
    before = datetime.combine(proposal.first_day - timedelta(days=1), time(12), tzinfo=timezone.get_current_timezone())
    with time_machine.travel(before, tick=False):
        call_command("evaluate", verbosity=0)
        assert not Finding.objects.open().filter(guard=proposal.guard).exists()
        # Yet Today warns of the paper, which ends that day.
        assert "Last day" in desk.get("today")
