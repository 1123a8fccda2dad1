"""The papers of guards: what waits to be verified, and the answer to one."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.lists import export_file, list_page, show_list
from desks.regulator import papers as listing
from desks.regulator.paper_forms import DoubtForm, PaperFilter
from guards import actions
from guards.refusals import Refused


@allow(Role.REGULATOR)
def papers(request: MemberRequest) -> HttpResponseBase:
    """The papers of the guards of the region, or of the country; first those that were entered first."""
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=PaperFilter,
        sorts=listing.SORTS,
        default="entered",
        prepare=listing.prepare(timezone.localdate()),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "papers")
    return show_list(request, "regulator/papers.html", {"page": page})


@allow(Role.REGULATOR)
def paper(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One paper beside its guard: verify it, or say what is wrong with it."""
    one = get_object_or_404(listing.listed(request.membership).select_related("scan"), public_id=public_id)
    verifies = request.POST.get("answer") == "verify"
    form = DoubtForm(request.POST if request.method == "POST" and not verifies else None)
    refusal = ""
    if request.method == "POST" and (verifies or form.is_valid()):
        try:
            if verifies:
                actions.verify_paper(paper=one, by=request.membership)
                said = _("Verified: %(paper)s № %(number)s, %(guard)s.")
            else:
                actions.doubt_paper(paper=one, **form.cleaned_data, by=request.membership)
                said = _("The agency reads what is wrong: %(paper)s № %(number)s, %(guard)s.")
        except Refused as refused:
            refusal = str(refused)
        else:
            names = {"paper": one.get_kind_display(), "number": one.number, "guard": one.guard.name}
            messages.success(request, said % names)
            return redirect(f"{reverse('regulator:papers')}?state=waiting")
    file = listing.PaperFile.of(one, request.membership, timezone.localdate())
    return render(request, "regulator/paper.html", {"file": file, "form": form, "refusal": refusal})
