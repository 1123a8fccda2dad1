"""The places of this desk."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.roles import Role
from desks.components import NavItem, register_navigation
from guards.models import Assignment, Cause, Relief

# Which place a page belongs to, by the name of its address.
PLACE_OF = {
    "proposal": "proposals",
    "decline": "proposals",
    "ask": "proposals",
    "relief": "proposals",
    "cause": "proposals",
    "disagreements": "history",
    "disagreement": "history",
    "findings": "history",
    "finding": "history",
    "require": "requirements",
    "requirement_words": "requirements",
    "requirement_end": "requirements",
}


def items(request: HttpRequest) -> Sequence[NavItem]:
    """The door, who and what waits for an answer, what the school asks for, and what happened."""
    match = request.resolver_match
    here = match.url_name if match and match.app_name == "school" else None
    waiting = Assignment.objects.visible_to(request.membership).proposed().count()  # type: ignore[attr-defined]
    waiting += Cause.objects.visible_to(request.membership).waiting().count()  # type: ignore[attr-defined]
    waiting += Relief.objects.visible_to(request.membership).waiting().count()  # type: ignore[attr-defined]
    places = [
        ("door", _("Today"), "door", None),
        ("proposals", pgettext("place of the director's desk", "Confirm"), "check", waiting),
        ("requirements", pgettext("place of the director's desk", "Requirements"), "document", None),
        ("history", pgettext("place of the director's desk", "History"), "history", None),
    ]
    return [
        NavItem(reverse(f"school:{name}"), label, PLACE_OF.get(here or "", here) == name, count, icon)
        for name, label, icon, count in places
    ]


def register() -> None:
    """Tell the header what this desk offers."""
    register_navigation(Role.SCHOOL_DIRECTOR, items)
