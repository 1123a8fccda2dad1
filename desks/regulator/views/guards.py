"""The guards of a region or the country, and one of them."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.lists import export_file, list_page, show_list
from desks.regulator import guards as listing


@require_safe
@allow(Role.REGULATOR)
def guards(request: MemberRequest) -> HttpResponseBase:
    """Everybody who works, or worked, for an agency or at a school of which the officer may know."""
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=listing.GuardFilter,
        sorts=listing.SORTS,
        default="name",
        prepare=listing.prepare(request.membership, timezone.localdate()),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "guards")
    return show_list(request, "regulator/guards.html", {"page": page})


@require_safe
@allow(Role.REGULATOR)
def guard(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One guard: papers, training, every assignment, findings, what happened. To be read, not to be changed."""
    one = get_object_or_404(listing.listed(request.membership).select_related("photo"), public_id=public_id)
    file = listing.GuardFile.of(one, request.membership, timezone.localdate())
    return render(request, "regulator/guard.html", {"guard": one, "file": file})
