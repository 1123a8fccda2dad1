"""Shifts on which a school and an agency say different things, as the regulator reads them."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import attendance as telling
from desks.lists import export_file, list_page, show_list
from desks.regulator import disagreements as listing
from guards.models import Presence


@require_safe
@allow(Role.REGULATOR)
def disagreements(request: MemberRequest) -> HttpResponseBase:
    """The disagreements of the last months in the region or the country, the latest first."""
    page = list_page(
        request,
        listing.listed(request.membership, timezone.localdate()),
        filterset=listing.DisagreementFilter,
        sorts=telling.SORTS,
        default="on",
        prepare=telling.hang_words,
    )
    if page.wants_file:
        return export_file(page, telling.columns(), "disagreements")
    return show_list(request, "regulator/disagreements.html", {"page": page})


@require_safe
@allow(Role.REGULATOR)
def disagreement(request: MemberRequest, post: uuid.UUID, guard: uuid.UUID, on: str) -> HttpResponse:
    """One shift: what both sides say, and their notes. The regulator reads; those who disagree settle it."""
    presence = telling.found(Presence.objects.visible_to(request.membership), post, guard, on)
    return render(request, "regulator/disagreement.html", {"told": telling.Told.of(presence)})
