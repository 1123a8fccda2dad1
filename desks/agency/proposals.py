"""Proposals and how long the school has had them."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desks import formats, questions
from desks.papers import Validity
from guards.models import Assignment

SORTS = {
    "proposed": ("-proposed_at",),
    "first_day": ("first_day",),
    "name": ("guard__family_name", "guard__given_name"),
}


def listed(membership: Any) -> Any:
    """What the agency proposed, each with whose words on it are the last."""
    mine = Assignment.objects.visible_to(membership).select_related("guard", "post__school", "agency")
    return questions.with_asking(mine)


def proposed_on(assignment: Assignment) -> date:
    return timezone.localdate(assignment.proposed_at)


def days_waiting(assignment: Assignment, today: date) -> int:
    """Calendar days since the proposal reached the school."""
    return max((today - proposed_on(assignment)).days, 0)


def waiting(assignment: Assignment, today: date) -> Validity:
    """How long a proposal has waited, and whether its first day is at hand."""
    days = days_waiting(assignment, today)
    words = (
        ngettext("Waits %(count)s day", "Waits %(count)s days", days) % {"count": formats.number(days)}
        if days
        else _("Proposed today")
    )
    until_first = (assignment.first_day - today).days
    if until_first < 0:
        return Validity("near", _("%(waiting)s, already at the post") % {"waiting": words})
    if until_first == 0:
        return Validity("near", _("%(waiting)s, begins today") % {"waiting": words})
    if until_first == 1:
        return Validity("near", _("%(waiting)s, begins tomorrow") % {"waiting": words})
    return Validity("waiting", words)


def begins(assignment: Assignment, today: date) -> str:
    """How long it is until the first day; empty where it has passed or never comes."""
    holds = assignment.status in Assignment.HOLDING
    return formats.days_left(assignment.first_day, today) if holds and assignment.first_day >= today else ""


def leaves_on(last_day: date, today: date) -> str:
    return _("Leaves on %(day)s, %(left)s") % {
        "day": formats.day(last_day),
        "left": formats.days_left(last_day, today),
    }


def answer(assignment: Assignment, today: date) -> Validity:
    """What became of a proposal of `listed`, in one status."""
    if questions.is_asked(assignment):
        return Validity("near", _("The school asks you"))
    if assignment.status == Assignment.Status.PROPOSED:
        return waiting(assignment, today)
    if assignment.status == Assignment.Status.DECLINED:
        return Validity("blocked", _("The school declined"))
    if assignment.status == Assignment.Status.WITHDRAWN:
        return Validity("not_measurable", _("Withdrawn"))
    if assignment.status == Assignment.Status.ENDED and assignment.last_day and assignment.last_day < today:
        return Validity("not_measurable", _("Ended on %(day)s") % {"day": formats.day(assignment.last_day)})
    if assignment.last_day:
        return Validity("near", leaves_on(assignment.last_day, today))
    return Validity("ok", _("Confirmed on %(day)s") % {"day": formats.day(assignment.confirmed_on)})
