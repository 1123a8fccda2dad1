"""Findings against the agency: the list, the proof of one with its document, and the agency's answer."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.actions import answer_finding
from compliance.models import Finding
from desks import answers, documents, proof, recurrence, returning
from desks.agency.answer_forms import AnswerForm
from desks.agency.filters import FindingFilter
from desks.lists import Column, csv_file, export_file, list_page, show_list
from guards.refusals import Refused

SORTS = {"opened": ("-opened_on",), "school": ("school__name_ru",)}
COLUMNS = [
    Column(gettext_lazy("Number"), "number"),
    Column(gettext_lazy("What"), "what"),
    Column(gettext_lazy("Strength"), lambda finding: finding.said[1]),
    Column(gettext_lazy("School"), lambda finding: finding.school.name if finding.school else ""),
    Column(gettext_lazy("Clause"), lambda finding: finding.version.clause.number),
    Column(gettext_lazy("Answered"), lambda finding: _("yes") if finding.is_answered else _("no")),
    Column(gettext_lazy("Remedy by"), "remedy_by"),
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
            row.answer = answers.state(row, today)
            row.days_open = ((row.closed_on or today) - row.opened_on).days

    own = Finding.objects.visible_to(request.membership).defer("evidence")
    page = list_page(
        request,
        answers.listed(own.select_related("school", "agency", "version__clause__paragraph")),
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
    given = answers.of_finding(one, request.membership, timezone.localdate())
    answer_url = f"{reverse('agency:answer', args=[public_id])}?{returning.here(request)}"
    kin = recurrence.kin(one, request.membership, lambda other: reverse("agency:finding", args=[other.public_id]))
    context = {
        "proof": answers.in_history(recurrence.in_history(proof.proof(one), kin), given),
        "kin": kin,
        "answers": given,
        "answer_url": answer_url if one.is_open else "",
        "csv_url": reverse("agency:finding_rows", args=[public_id]),
        "pdf_url": reverse("agency:finding_pdf", args=[public_id]),
    }
    return render(request, "agency/finding.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def answer(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Explain, attach, and say by when it will be mended."""
    one = _own_finding(request, public_id)
    form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else AnswerForm()
    if form.is_valid():
        try:
            answer_finding(finding=one, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Your answer to finding № %(number)s is sent.") % {"number": one.number})
            return returning.back(request, "agency:finding", public_id=public_id)
    presented = proof.presenter(one)
    context = {"finding": one, "form": form, "name": proof.name(one), "sentence": presented.sentence()}
    return render(request, "agency/answer.html", context)


@require_safe
@allow(Role.AGENCY_MANAGER)
def finding_pdf(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The proof as a document, the same as the regulator's; its code leads to the agency's own page."""
    one = _own_finding(request, public_id)
    address = request.build_absolute_uri(reverse("agency:finding", args=[public_id]))
    return documents.pdf_response(
        request, "documents/finding.html", proof.document(one, address), f"finding-{one.number}"
    )


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
