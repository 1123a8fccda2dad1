"""The places of this desk."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from access.roles import Role
from compliance.models import Finding
from desks.components import NavItem, Search, register_navigation

# Which place a page belongs to, by the name of its address.
PLACE_OF = {
    "guard": "guards",
    "school": "schools",
    "place": "schools",
    "place_choose": "schools",
    "end": "schools",
    "withdraw": "proposals",
    "finding": "findings",
}


def items(request: HttpRequest) -> Sequence[NavItem]:
    """Today, guards, schools, proposals, and the findings that wait for an answer."""
    match = request.resolver_match
    here = match.url_name if match and match.app_name == "agency" else None
    labels = {
        "today": _("Today"),
        "guards": _("Guards"),
        "schools": _("Schools"),
        "proposals": _("Proposals"),
        "findings": _("Findings"),
    }
    counts = {"findings": Finding.objects.visible_to(request.membership).open().count()}  # type: ignore[attr-defined]
    return [
        NavItem(reverse(f"agency:{name}"), label, PLACE_OF.get(here or "", here) == name, counts.get(name) or None)
        for name, label in labels.items()
    ]


def search(request: HttpRequest) -> Search:
    return Search(reverse("agency:guards"), _("Guard's name or IIN"))


def register() -> None:
    """Tell the header what this desk offers."""
    register_navigation(Role.AGENCY_MANAGER, items, search)
