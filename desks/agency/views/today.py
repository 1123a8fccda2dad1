"""What needs the manager today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.agency.overview import SHOWN, Overview


@allow(Role.AGENCY_MANAGER)
def today(request: MemberRequest) -> HttpResponse:
    """Empty places, proposals, budgets, findings and papers; each line leads to where it is mended."""
    overview = Overview.of(request.membership, timezone.localdate())
    return render(request, "agency/today.html", {"overview": overview, "shown": SHOWN})
