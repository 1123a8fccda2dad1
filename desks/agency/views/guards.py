"""The guards of the agency, and one of them."""

import uuid
from functools import partial

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from access.allow import allow
from access.roles import Role
from audit.models import Event
from desks import history, papers
from desks.agency import guards as listing
from desks.agency.filters import GuardFilter
from desks.lists import export_csv, list_page
from guards.models import Assignment, Guard


@allow(Role.AGENCY_MANAGER)
def guards(request: HttpRequest) -> HttpResponseBase:
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
    if page.wants_csv:
        return export_csv(page, listing.COLUMNS, "guards")
    return render(request, "agency/guards.html", {"page": page})


@allow(Role.AGENCY_MANAGER)
def guard(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One guard: papers, training, every assignment, what happened."""
    today = timezone.localdate()
    one = get_object_or_404(Guard.objects.visible_to(request.membership), public_id=public_id)
    assignments = Assignment.objects.visible_to(request.membership).filter(guard=one).select_related("post__school")
    held = papers.of_guards([one.pk]).get(one.pk, [])
    return render(
        request,
        "agency/guard.html",
        {
            "guard": one,
            "today": today,
            "employment": one.employments.filter(agency=request.membership.agency_id, last_day__isnull=True).first(),
            "papers": [(paper, papers.validity(paper.valid_until, today)) for paper in held],
            "papers_summary": papers.summary(held, today),
            "training": one.training.select_related("module", "school").order_by("-completed_on", "pk"),
            "assignments": assignments.order_by("-first_day", "-pk"),
            "history": history.entries(Event.objects.about(one), request.membership),
        },
    )
