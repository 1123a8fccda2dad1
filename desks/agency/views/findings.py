"""Findings against the agency: the list, and the proof of one."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.models import Finding
from desks import proof
from desks.agency.filters import FindingFilter
from desks.lists import Column, csv_file, export_file, list_page, show_list

SORTS = {"opened": ("-opened_on",), "school": ("school__name_ru",)}
COLUMNS = [
    Column(gettext_lazy("Number"), "number"),
    Column(gettext_lazy("What"), "what"),
    Column(gettext_lazy("Status"), lambda finding: finding.said[1]),
    Column(gettext_lazy("School"), lambda finding: finding.school.name if finding.school else ""),
    Column(gettext_lazy("Clause"), lambda finding: finding.version.clause.number),
    Column(gettext_lazy("Opened on"), "opened_on"),
    Column(gettext_lazy("Closed on"), "closed_on"),
]


@allow(Role.AGENCY_MANAGER)
def findings(request: MemberRequest) -> HttpResponseBase:
    """Findings with their status, the newest first."""
    today = timezone.localdate()

    def hang_names(rows: Sequence[Any]) -> None:
        for row in rows:
            row.what, row.said = proof.name(row), proof.status(row)
            row.days_open = ((row.closed_on or today) - row.opened_on).days

    own = Finding.objects.visible_to(request.membership).defer("evidence")
    page = list_page(
        request,
        own.select_related("school", "agency", "version__clause__paragraph"),
        filterset=FindingFilter,
        sorts=SORTS,
        default="opened",
        prepare=hang_names,
    )
    if page.wants_file:
        return export_file(page, COLUMNS, "findings")
    return show_list(request, "agency/findings.html", {"page": page})


@allow(Role.AGENCY_MANAGER)
def finding(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The proof of one finding, as the regulator sees it."""
    one = _own_finding(request, public_id)
    csv_url = reverse("agency:finding_rows", args=[one.public_id])
    return render(request, "agency/finding.html", {"proof": proof.proof(one), "csv_url": csv_url})


@allow(Role.AGENCY_MANAGER)
def finding_rows(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The rows that the finding rests on, as a file."""
    one = _own_finding(request, public_id)
    heads, rows = proof.rows(one)
    return csv_file(heads, rows, f"finding-{one.number}")


def _own_finding(request: MemberRequest, public_id: uuid.UUID) -> Finding:
    own = Finding.objects.visible_to(request.membership)
    whole = own.select_related("school__region", "agency", "guard", "version__clause__paragraph")
    return get_object_or_404(whole, public_id=public_id)
