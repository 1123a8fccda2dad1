"""The guards of the agency, and one of them."""

import uuid
from functools import partial

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.agency import guards as listing
from desks.agency.filters import GuardFilter
from desks.agency.guard import GuardFile
from desks.lists import export_file, list_page, show_list
from guards.models import Guard


@allow(Role.AGENCY_MANAGER)
def guards(request: MemberRequest) -> HttpResponseBase:
    """All guards in the agency's employment."""
    today = timezone.localdate()
    page = list_page(
        request,
        listing.listed(request.membership, today),
        filterset=GuardFilter,
        sorts=listing.SORTS,
        default="name",
        prepare=partial(listing.hang_details, membership=request.membership, today=today),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "guards")
    return show_list(request, "agency/guards.html", {"page": page})


@allow(Role.AGENCY_MANAGER)
def guard(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One guard: papers, training, every assignment, what happened."""
    one = get_object_or_404(Guard.objects.visible_to(request.membership), public_id=public_id)
    file = GuardFile.of(one, request.membership, timezone.localdate())
    return render(request, "agency/guard.html", {"guard": one, "file": file})
