"""The schools of a region or the country, and the file of one."""

import uuid
from functools import partial

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from audit.models import Event
from compliance.reports import limiting_version, report
from desks import early_warning, formats, history, school_file
from desks.lists import export_file, list_page, show_list
from desks.regulator import contracts, findings
from desks.regulator import schools as listing
from desks.regulator.filters import SchoolFilter
from desks.trends import owner_trend
from schools.models import School


@allow(Role.REGULATOR)
def schools(request: MemberRequest) -> HttpResponseBase:
    """Every school of the officer's region, or of the country."""
    today = timezone.localdate()
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=SchoolFilter,
        sorts=listing.SORTS,
        default="name",
        prepare=partial(listing.hang_details, membership=request.membership, today=today),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "schools")
    _version, rule = limiting_version("school", today)
    return show_list(request, "regulator/schools.html", {"page": page, "window": formats.days(rule.window_days)})


@allow(Role.REGULATOR)
def school(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One school: who stood at its doors, its figures, contracts, posts and findings, and what happened."""
    today = timezone.localdate()
    known = School.objects.visible_to(request.membership).select_related("region", "calendar")
    one = get_object_or_404(known, public_id=public_id)
    figures = report("school", today, school=one.pk, warn=True)
    return render(
        request,
        "regulator/school.html",
        {
            "school": one,
            "today": today,
            "vulnerable": one.is_vulnerable_on(today),
            "ribbon": school_file.school_ribbon(one, request.membership, today, figures=figures),
            "blocks": school_file.figure_blocks(figures),
            "warning": early_warning.warning(figures, request.membership),
            "trend": owner_trend("school", school=one.pk),
            "months_url": reverse("regulator:school_months", args=[public_id]),
            "contracts": contracts.held(request.membership, today, school=one),
            "posts": listing.posts(one),
            "guards": listing.standing(one, request.membership, today),
            "places": listing.places(one, today),
            "findings": findings.of_owner(request.membership, today, school=one),
            "history": history.entries(history.notable(Event.objects.about(one)), request.membership),
        },
    )
