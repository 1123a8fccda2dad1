"""The schools of the agency, and one of them."""

import uuid
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.agency import schools as listing
from desks.agency.filters import SchoolFilter
from desks.agency.school import SchoolFile
from desks.lists import export_file, list_page, show_list
from desks.trends import Whose, owner_trend, show_months
from guards.models import Guard
from schools.models import School


@allow(Role.AGENCY_MANAGER)
def schools(request: MemberRequest) -> HttpResponseBase:
    """All schools that the agency has, or had, a contract with."""
    today = timezone.localdate()
    page = list_page(
        request,
        listing.listed(request.membership, today),
        filterset=SchoolFilter,
        sorts=listing.SORTS,
        default="name",
        prepare=partial(listing.hang_details, membership=request.membership, today=today),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "schools")
    return show_list(request, "agency/schools.html", {"page": page})


@allow(Role.AGENCY_MANAGER)
def school(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One school: figures, who stood at the doors, the budget, who stands now, the contract, what happened."""
    visible = School.objects.visible_to(request.membership).select_related("region")
    one = get_object_or_404(visible, public_id=public_id)
    file = SchoolFile.of(one, request.membership, timezone.localdate(), guard_url=guard_urls(request.membership))
    months_url = reverse("agency:school_months", args=[public_id])
    trend = owner_trend("school", school=one.pk)
    context = {"school": one, "file": file, "trend": trend, "months_url": months_url}
    return render(request, "agency/school.html", context)


@allow(Role.AGENCY_MANAGER)
def school_months(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Turnover of a school of the agency, month by month."""
    one = get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
    url, list_url = reverse("agency:school", args=[public_id]), reverse("agency:schools")
    return show_months(request, Whose("school", {"school": one.pk}, one.name, url, _("Schools"), list_url))


def guard_urls(membership: Any) -> Any:
    """A function that gives the address of a guard's page, or nothing for one who is no longer on the staff."""
    staff = set(Guard.objects.visible_to(membership).values_list("pk", flat=True))

    def url(guard: Guard) -> str:
        return reverse("agency:guard", args=[guard.public_id]) if guard.pk in staff else ""

    return url
