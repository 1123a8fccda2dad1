"""The places of this desk."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from access.roles import Role
from compliance.models import Draft, Finding
from desks.components import NavItem, Search, register_navigation
from guards.models import Cause

# Which place a page belongs to, by the name of its address.
PLACE_OF = {
    "agency": "agencies",
    "compare": "agencies",
    "school": "schools",
    "guard": "guards",
    "disagreement": "disagreements",
    "finding": "findings",
    "finding_replay": "findings",
    "cause": "causes",
    "paper": "papers",
    "module_add": "modules",
    "draft": "paragraph",
    "draft_begin": "paragraph",
    "draft_edit": "paragraph",
    "draft_add": "paragraph",
    "draft_clause": "paragraph",
    "draft_repeal": "paragraph",
    "draft_step": "paragraph",
    "rehearsal": "paragraph",
    "rehearsal_marks": "paragraph",
}


def items(request: HttpRequest) -> Sequence[NavItem]:
    """Overview, agencies, schools, guards, what waits for somebody, and what guards are taught."""
    match = request.resolver_match
    here = match.url_name if match and match.app_name == "regulator" else None
    if match and match.app_name == "law":
        here = "paragraph"
    waiting = Finding.objects.visible_to(request.membership).open().count()  # type: ignore[attr-defined]
    causes = Cause.objects.visible_to(request.membership).waiting().count()  # type: ignore[attr-defined]
    places = (
        ("overview", _("Overview"), "", None),
        ("agencies", _("Agencies"), "", None),
        ("schools", _("Schools"), "", None),
        ("guards", _("Guards"), "", None),
        ("findings", _("Findings"), "?state=open", waiting),
        ("causes", _("Causes of leaves"), "?state=waiting", causes),
        ("papers", _("Papers"), "?state=waiting", None),
        ("disagreements", _("Disagreements"), "?state=open", None),
        ("modules", _("Training modules"), "", None),
        ("paragraph", _("Paragraph"), "", Draft.objects.waiting_for(request.membership).count()),  # type: ignore[attr-defined]
    )
    return [
        NavItem(f"{reverse(f'regulator:{name}')}{query}", label, PLACE_OF.get(here or "", here) == name, count)
        for name, label, query, count in places
    ]


def search(request: HttpRequest) -> Search:
    return Search(reverse("regulator:schools"), _("School or place"))


def register() -> None:
    """Tell the header what this desk offers."""
    register_navigation(Role.REGULATOR, items, search)
