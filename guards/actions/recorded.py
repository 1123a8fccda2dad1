"""The event of an action on a guard: it names him, those who employ him, and the schools where he stands."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Membership
from agencies.models import Agency
from audit.recording import record
from guards.models import Assignment, Employment, Guard
from schools.models import School


def record_about(guard: Guard, verb: str, by: Membership, **details: Any) -> None:
    """Write the event; what the schools and agencies among its subjects are found to breach is judged again with it."""
    record(verb, subjects=[guard, *_agencies(guard, by), *_schools(guard)], by=by, guard=guard.name, **details)


def _agencies(guard: Guard, by: Membership) -> list[Agency]:
    """Whoever employs him; of an agency that acts, itself alone: what it does is no other agency's business."""
    if by.agency:
        return [by.agency]
    employed = Employment.objects.on(timezone.localdate()).filter(guard=guard, agency=OuterRef("pk"))
    return list(Agency.objects.filter(Exists(employed)).order_by("pk"))


def _schools(guard: Guard) -> list[School]:
    today = timezone.localdate()
    holding = Assignment.objects.holding().overlapping(today, None).filter(guard=guard, post__school=OuterRef("pk"))
    return list(School.objects.filter(Exists(holding)).order_by("pk"))
