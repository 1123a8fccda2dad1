"""Why guards left: the causes of the region, the proof of one, and the answer to it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import causes as telling
from desks.lists import export_file, list_page, show_list
from desks.regulator import causes as listing
from guards.models import Cause


@require_safe
@allow(Role.REGULATOR)
def causes(request: MemberRequest) -> HttpResponseBase:
    """The causes of leaves in the officer's region, or in the country, the longest waiting first."""
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=listing.CauseFilter,
        sorts=listing.SORTS,
        default="submitted",
        prepare=listing.prepare(timezone.localdate()),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "causes")
    return show_list(request, "regulator/causes.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.REGULATOR)
def cause(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One cause with its proof, and the two answers."""
    one, today = _cause(request, public_id), timezone.localdate()
    form = telling.DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (said := telling.decided(form, one, request.membership)):
        messages.success(request, said)
        return redirect(f"{reverse('regulator:causes')}?state=waiting")
    leave = telling.told(one.assignment, today)
    context = {"cause": one, "leave": leave, "form": form, "changes": telling.what_it_changes(one, today)}
    return render(request, "regulator/cause.html", context)


def _cause(request: MemberRequest, public_id: uuid.UUID) -> Cause:
    whole = Cause.objects.visible_to(request.membership).select_related(
        "evidence", "assignment__guard", "assignment__post__school", "assignment__agency"
    )
    return get_object_or_404(whole, public_id=public_id)
