"""Replacing a guard: why and when he leaves, whom to place; what it does to the school; then both at once."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import formats, returning
from desks.agency.forms import ReplaceForm
from desks.agency.overtaken import Overtaken
from desks.agency.reason_forms import ProofForm
from desks.agency.replacing import Replacing
from guards.models import Assignment
from staffing.refusals import Refused
from staffing.replacing import Replacement
from staffing.replacing import replace as replace_guard


@allow(Role.AGENCY_MANAGER)
def replace(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask why and when, rank who could follow, show what becomes of the school; the last step ends and proposes."""
    mine = Assignment.objects.visible_to(request.membership).select_related("guard", "post__school", "agency")
    assignment = get_object_or_404(mine, public_id=public_id)
    asked = request.POST if request.method == "POST" else request.GET
    today = timezone.localdate()
    form = ReplaceForm(asked if "reason" in asked else None, initial={"last_day": today})
    replacing = Replacing(assignment, request.membership, form, asked, today)
    sent = (request.POST, request.FILES) if request.method == "POST" and replacing.chosen else ()
    proof = ProofForm(*sent, asked=replacing.reservations, can_be_excused=replacing.can_be_excused)
    if sent and proof.is_valid():
        try:
            done = _replace(replacing, proof, request)
        except Refused as refused:
            _show(refused, form, proof)
            assignment.refresh_from_db()
        else:
            messages.success(request, _told(done))
            return returning.back(request, "agency:school", public_id=assignment.post.school.public_id)
    overtaken = Overtaken(assignment, request.membership, form, asked)
    context = {"replacing": replacing, "form": form, "proof": proof, "overtaken": overtaken}
    return render(request, "agency/replace.html", context)


def _replace(replacing: Replacing, proof: ProofForm, request: MemberRequest) -> Replacement:
    """End the one and propose the other. Raises Refused."""
    assert replacing.chosen is not None
    return replace_guard(
        assignment=replacing.assignment,
        reason=replacing.answers["reason"],
        last_day=replacing.answers["last_day"],
        successor=replacing.chosen.guard,
        first_day=replacing.first_day,
        note=proof.cleaned_data.get("note", ""),
        evidence=proof.cleaned_data.get("evidence"),
        reasons=proof.reasons,
        by=request.membership,
    )


def _show(refused: Refused, form: Any, proof: ProofForm) -> None:
    """A refusal by the field that it is about, wherever that stands."""
    if refused.field in proof.fields:
        proof.add_error(refused.field, str(refused))
    else:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def _told(done: Replacement) -> str:
    return _("The last day of %(leaver)s is %(day)s. %(school)s received your proposal: %(guard)s.") % {
        "leaver": done.ended.guard.name,
        "day": formats.day(done.ended.last_day),
        "school": done.proposal.post.school.name,
        "guard": done.proposal.guard.name,
    }
