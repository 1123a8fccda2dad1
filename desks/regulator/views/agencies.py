"""The agencies of a region or the country, and the file of one."""

import uuid
from functools import partial

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from agencies.models import Agency
from audit.models import Event
from compliance.reports import report
from desks import early_warning, history, school_file
from desks.lists import export_file, list_page, show_list
from desks.regulator import agencies as listing
from desks.regulator import comparison, contracts, findings
from desks.regulator.filters import AgencyFilter, CompareFilter, regions
from desks.trends import owner_trend


@allow(Role.REGULATOR)
def agencies(request: MemberRequest) -> HttpResponseBase:
    """Every agency that is registered in the officer's region or guards a school there."""
    today = timezone.localdate()
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=AgencyFilter,
        sorts=listing.SORTS,
        default="name",
        prepare=partial(listing.hang_details, membership=request.membership, today=today),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "agencies")
    return show_list(request, "regulator/agencies.html", {"page": page})


@allow(Role.REGULATOR)
def compare(request: MemberRequest) -> HttpResponseBase:
    """Agencies of all sizes against their common line: the picture, and the list of where each stands."""
    by_chance = request.GET.get("limits") == "chance"
    asked = request.GET.get("region", "")
    region = None if request.membership.region_id else regions(request).filter(pk=asked).first() if asked else None
    found = comparison.compare(request.membership, region, timezone.localdate(), by_chance=by_chance)
    page = list_page(
        request,
        comparison.listed(request.membership, found),
        filterset=CompareFilter,
        sorts=comparison.sorts(found),
        default="standing",
        prepare=partial(comparison.hang_words, by_chance=by_chance),
    )
    if page.wants_file:
        return export_file(page, comparison.COLUMNS, "agencies-compared")
    explained = comparison.explained(found.funnel, by_chance)
    return show_list(request, "regulator/compare.html", {"page": page, "found": found, "explained": explained})


@allow(Role.REGULATOR)
def agency(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One agency: its licences, figures, schools, contracts, staff and findings, and what happened."""
    today = timezone.localdate()
    known = Agency.objects.visible_to(request.membership).select_related("region")
    one = get_object_or_404(known, public_id=public_id)
    licences = listing.licence_files(one, today)
    figures = report("agency", today, agency=one.pk, warn=True)
    return render(
        request,
        "regulator/agency.html",
        {
            "agency": one,
            "today": today,
            "licences": licences,
            "licence": listing.licence_state([file.licence for file in licences], today),
            "blocks": school_file.figure_blocks(figures),
            "warning": early_warning.warning(figures, request.membership),
            "trend": owner_trend("agency", agency=one.pk),
            "months_url": reverse("regulator:agency_months", args=[public_id]),
            "staff": listing.staff_of(one, request.membership, today),
            "schools": listing.school_figures(one, request.membership),
            "contracts": contracts.held(request.membership, today, agency=one),
            "findings": findings.of_owner(request.membership, today, agency=one),
            "history": history.entries(history.notable(Event.objects.about(one)), request.membership, name_school=True),
        },
    )
