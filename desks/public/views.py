"""What anyone may open, and where a signed-in person lands."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access.requests import MemberRequest
from access.roles import Role

DESKS = {
    Role.AGENCY_MANAGER: "agency:today",
    Role.SCHOOL_DIRECTOR: "school:door",
    Role.REGULATOR: "regulator:overview",
}


@login_not_required
def home(request: MemberRequest) -> HttpResponse:
    """The desk of whoever is signed in; for a visitor, what Qorgan is and where to sign in."""
    if not request.user.is_authenticated:
        return render(request, "public/home.html")
    if request.membership is None:
        return render(request, "public/no_membership.html")
    return redirect(DESKS[Role(request.membership.role)])
