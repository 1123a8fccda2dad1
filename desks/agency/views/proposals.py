"""What the agency proposed to schools, and taking a proposal back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import questions, returning, talk
from desks.agency import proposals as listing
from desks.agency.filters import ProposalFilter
from desks.lists import Column, export_file, list_page, show_list
from guards.models import Assignment
from staffing import actions
from staffing.refusals import Refused


@allow(Role.AGENCY_MANAGER)
def proposals(request: MemberRequest) -> HttpResponseBase:
    """Proposals with what the schools answered, the latest first."""
    today = timezone.localdate()

    def hang_answers(rows: Any) -> None:
        for row in rows:
            row.answer = listing.answer(row, today)
            row.proposed_on = listing.proposed_on(row)
            row.begins = listing.begins(row, today)
            row.is_asked = questions.is_asked(row)

    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=ProposalFilter,
        sorts=listing.SORTS,
        default="proposed",
        prepare=hang_answers,
    )
    if page.wants_file:
        return export_file(page, columns(), "proposals")
    return show_list(request, "agency/proposals.html", {"page": page, "today": today})


def columns() -> list[Column]:
    return [
        Column(_("Guard"), lambda row: row.guard.full_name),
        Column(_("IIN"), lambda row: row.guard.masked_iin),
        Column(_("School"), lambda row: row.post.school.name),
        Column(_("Post"), lambda row: row.post.name),
        Column(_("Kind"), lambda row: row.get_kind_display()),
        Column(_("First day"), "first_day"),
        Column(_("Proposed on"), "proposed_on"),
        Column(_("Answer"), lambda row: row.answer.text),
        Column(_("Why the school declined"), "decline_reason"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def proposal(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One proposal: where it stands, what the director asks, and the answer to that."""
    one, today = get_object_or_404(listing.listed(request.membership), public_id=public_id), timezone.localdate()
    form = questions.SayForm(request.POST if request.method == "POST" else None, asks=False)
    if form.is_bound and questions.said(form, one, request.membership):
        messages.success(request, _("%(school)s reads your words.") % {"school": one.post.school.name})
        return returning.back(request, "agency:proposals")
    context = {
        "proposal": one,
        "answer": listing.answer(one, today),
        "begins": listing.begins(one, today),
        "proposed_on": listing.proposed_on(one),
        "talk": talk.entries(one.notes.all()),
        "form": form,
        "today": today,
    }
    return render(request, "agency/proposal.html", context)


@allow(Role.AGENCY_MANAGER)
def withdraw(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a proposal back, after asking once."""
    assignment = get_object_or_404(listing.listed(request.membership), public_id=public_id)
    refusal = ""
    if request.method == "POST":
        try:
            actions.withdraw(assignment=assignment, by=request.membership)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(
                request,
                _("The proposal of %(guard)s was withdrawn; %(school)s no longer sees it.")
                % {"guard": assignment.guard.name, "school": assignment.post.school.name},
            )
            return returning.back(request, "agency:proposals")
    may = assignment.may_become(Assignment.Status.WITHDRAWN)
    return render(
        request,
        "agency/withdraw.html",
        {
            "assignment": assignment,
            "answer": listing.answer(assignment, timezone.localdate()),
            "may_withdraw": may,
            "refusal": refusal,
        },
    )
