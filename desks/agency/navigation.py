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
    "hire": "guards",
    "guard_correct": "guards",
    "guard_photo": "guards",
    "dismiss": "guards",
    "paper_add": "guards",
    "paper_correct": "guards",
    "paper_delete": "guards",
    "school": "schools",
    "place": "schools",
    "place_choose": "schools",
    "end": "schools",
    "replace": "schools",
    "take_over": "schools",
    "relief_name": "schools",
    "relief_end": "schools",
    "withdraw": "proposals",
    "proposal": "proposals",
    "training_requirements": "training",
    "sessions": "training",
    "session_plan": "training",
    "session": "training",
    "session_cancel": "training",
    "session_send_signed": "training",
    "training_log": "training",
    "briefing_enter": "training",
    "attendance_month": "attendance",
    "disagreements": "attendance",
    "disagreement": "attendance",
    "causes": "findings",
    "cause": "findings",
    "import": "imports",
    "import_match": "imports",
    "import_mend": "imports",
    "import_undo": "imports",
    "finding": "findings",
    "answer": "findings",
}


def items(request: HttpRequest) -> Sequence[NavItem]:
    """Today, guards, schools, proposals, training, attendance, and the findings that wait for an answer."""
    match = request.resolver_match
    here = match.url_name if match and match.app_name == "agency" else None
    labels = {
        "today": _("Today"),
        "guards": _("Guards"),
        "schools": _("Schools"),
        "proposals": _("Proposals"),
        "training": _("Training"),
        "attendance": _("Attendance"),
        "findings": _("Findings"),
        "imports": _("Import"),
    }
    counts = {"findings": Finding.objects.visible_to(request.membership).open().unanswered().count()}  # type: ignore[attr-defined]
    return [
        NavItem(reverse(f"agency:{name}"), label, PLACE_OF.get(here or "", here) == name, counts.get(name) or None)
        for name, label in labels.items()
    ]


def search(request: HttpRequest) -> Search:
    return Search(reverse("agency:guards"), _("Guard's name or IIN"))


def register() -> None:
    """Tell the header what this desk offers."""
    register_navigation(Role.AGENCY_MANAGER, items, search)
