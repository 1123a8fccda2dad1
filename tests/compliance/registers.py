"""Registers in the database to judge: a calm school, a school that is confetti, and what the tests look at in them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies.models import Agency
from compliance.models import Finding
from guards.models import Assignment
from schools.models import Post, School
from tests.factories import AgencyFactory, AssignmentFactory, PostFactory

DAY = date(2026, 11, 25)
SPRING = date(2026, 2, 2)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))


def staffed_post(guards: int = 2, *, agency: Agency | None = None, **post: Any) -> Post:
    """A post where so many guards have stood since long ago."""
    found: Post = PostFactory(**post)
    agency = agency or AgencyFactory()
    for _ in range(guards):
        AssignmentFactory(post=found, agency=agency)
    return found


def leave(post: Post, *, after: int = 0, agency: Agency | None = None, **fields: Any) -> Assignment:
    """One more guard stood at the post in spring 2026, for a month and `after` days, and left: settled by DAY."""
    agency = agency or post.assignments.earliest("pk").agency
    first_day = fields.pop("first_day", SPRING)
    last_day = fields.pop("last_day", first_day + timedelta(days=28 + after))
    left: Assignment = AssignmentFactory(
        post=post, agency=agency, first_day=first_day, last_day=last_day, left=True, **fields
    )
    return left


def confetti(leaves: int, **post: Any) -> Post:
    """A post with two guards who stay and some who did not: 2 leaves breach the limit of 50 %, 8 beyond chance."""
    found = staffed_post(2, **post)
    for number in range(leaves):
        leave(found, after=number)
    return found


def turnover_findings(school: School, level: str = "school") -> list[Finding]:
    """What was found about the turnover of a school by the clause of a level, in the order it was opened."""
    found = Finding.objects.filter(version__rule="turnover_limit", school=school).order_by("opened_on", "pk")
    return [one for one in found if one.evidence["level"] == level]


def rows_of(model: Any) -> list[dict[str, Any]]:
    """Everything that a table holds, to prove that nothing of it changed."""
    return list(model.objects.order_by("pk").values())
