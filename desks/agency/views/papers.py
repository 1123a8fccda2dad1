"""A guard's papers: claiming one, correcting it, taking away what was entered by mistake."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import papers, returning
from desks.agency.guard_forms import PaperForm, paper_of
from guards import actions
from guards.actions.papers import who_relies_on
from guards.models import Credential, Guard
from guards.refusals import Refused


def _paper(request: MemberRequest, public_id: uuid.UUID) -> Credential:
    known = Credential.objects.visible_to(request.membership).select_related("guard", "scan")
    return get_object_or_404(known, public_id=public_id)


def _keep(form: PaperForm, request: MemberRequest, guard: Guard, paper: Credential | None) -> bool:
    """Claim or correct the paper; False where that is refused, with the reason by its field."""
    try:
        if paper:
            kept = actions.correct_paper(paper=paper, **form.cleaned_data, by=request.membership)
        else:
            kept = actions.add_paper(guard=guard, **form.cleaned_data, by=request.membership)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return False
    said = _("Saved: %(paper)s № %(number)s. It waits for the authorised body.")
    messages.success(request, said % {"paper": kept.get_kind_display(), "number": kept.number})
    return True


@allow(Role.AGENCY_MANAGER)
def add(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Enter a paper; in the address `kind` says which one is to be renewed."""
    guard = get_object_or_404(Guard.objects.visible_to(request.membership), public_id=public_id)
    form = PaperForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid() and _keep(form, request, guard, None):
        return returning.back(request, "agency:guard", public_id=guard.public_id)
    back = returning.asked(request) or reverse("agency:guard", args=[guard.public_id])
    context = {"guard": guard, "form": form, "paper": None, "standing": None, "back": back}
    return render(request, "agency/paper_form.html", context)


@allow(Role.AGENCY_MANAGER)
def correct(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Correct a paper that the regulator has not verified."""
    paper = _paper(request, public_id)
    form = PaperForm(request.POST or None, request.FILES or None, initial=paper_of(paper))
    if request.method == "POST" and form.is_valid() and _keep(form, request, paper.guard, paper):
        return returning.back(request, "agency:guard", public_id=paper.guard.public_id)
    back = returning.asked(request) or reverse("agency:guard", args=[paper.guard.public_id])
    context = {"guard": paper.guard, "form": form, "paper": paper, "standing": papers.standing(paper), "back": back}
    return render(request, "agency/paper_form.html", context)


@allow(Role.AGENCY_MANAGER)
def delete(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a paper away that was entered by mistake, after asking once."""
    paper = _paper(request, public_id)
    refusal = ""
    if request.method == "POST":
        try:
            actions.delete_paper(paper=paper, by=request.membership)
        except Refused as refused:
            refusal = str(refused)
        else:
            said = _("Deleted: %(paper)s № %(number)s.")
            messages.success(request, said % {"paper": paper.get_kind_display(), "number": paper.number})
            return returning.back(request, "agency:guard", public_id=paper.guard.public_id)
    may = not paper.is_verified and who_relies_on(paper) is None
    return render(request, "agency/paper_delete.html", {"paper": paper, "refusal": refusal, "may": may})
