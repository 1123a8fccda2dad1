"""What happened at the school: who stood at its doors, how often they changed, and what was found."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from audit.models import Event
from compliance.models import Finding
from compliance.reports import OwnerReport, report
from desks import history as telling
from desks import proof, recurrence
from desks.early_warning import warning
from desks.finding_state import StateFilter
from desks.lists import Column, export_file, list_page, show_list
from desks.school.leaves import signed_ends
from desks.school_file import figure_blocks, school_ribbon
from desks.trends import Whose, owner_trend, show_months
from schools.models import School

#: How many years of faces, this one among them, and how many findings stand on the page.
YEARS = 3
FINDINGS_SHOWN = 5
FINDING_COLUMNS = [
    Column(gettext_lazy("Number"), "number"),
    Column(gettext_lazy("What"), "name"),
    Column(gettext_lazy("Guard"), lambda finding: finding.guard.name if finding.guard else ""),
    Column(gettext_lazy("Status"), lambda finding: finding.status[1]),
    Column(gettext_lazy("Clause"), lambda finding: finding.version.clause.number),
    Column(gettext_lazy("Opened on"), "opened_on"),
    Column(gettext_lazy("Closed on"), "closed_on"),
]


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def history(request: MemberRequest) -> HttpResponse:
    """The ribbon, the figures, the faces of each year, the findings and the timeline."""
    today = timezone.localdate()
    school = request.membership.school
    figures = report("school", today, school=school.pk, warn=True)
    findings = Finding.objects.visible_to(request.membership).open().select_related("version", "guard")
    shown = list(findings.order_by("-opened_on", "-pk")[:FINDINGS_SHOWN])
    _hang_words(shown)
    return render(
        request,
        "school/history.html",
        {
            "school": school,
            "today": today,
            "report": figures,
            "ribbon": school_ribbon(school, request.membership, today, figures=figures),
            "blocks": figure_blocks(figures),
            "warning": warning(figures, request.membership),
            "trend": owner_trend("school", school=school.pk),
            "months_url": reverse("school:months"),
            "years": _years(school, figures),
            "ends": signed_ends(request.membership, figures.window[0]),
            "findings": shown,
            "findings_count": findings.count(),
            "entries": telling.entries(telling.notable(Event.objects.about(school)), request.membership),
        },
    )


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def months(request: MemberRequest) -> HttpResponseBase:
    """Turnover of the school, month by month."""
    school = request.membership.school
    place, url = pgettext("place of the director's desk", "History"), reverse("school:history")
    return show_months(request, Whose("school", {"school": school.pk}, school.name, url, place))


def _years(school: School, latest: OwnerReport) -> list[OwnerReport]:
    """The same figures for this window and for those of the years before, the latest first."""
    window = timedelta(days=latest.terms.window_days)
    return [latest, *(report("school", latest.day - back * window, school=school.pk) for back in range(1, YEARS))]


def _hang_words(findings: Sequence[Any]) -> None:
    """Hang on each finding what the breach is called, and its status."""
    for one in findings:
        one.name, one.status = proof.name(one), proof.status(one)


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def findings(request: MemberRequest) -> HttpResponseBase:
    """Everything that was found about the school."""
    page = list_page(
        request,
        Finding.objects.visible_to(request.membership).select_related("version__clause", "guard"),
        filterset=StateFilter,
        sorts={"opened": ("-opened_on",), "closed": ("-closed_on",)},
        default="opened",
        prepare=_hang_words,
    )
    if page.wants_file:
        return export_file(page, FINDING_COLUMNS, "findings")
    return show_list(request, "school/findings.html", {"page": page})


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def finding(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """A finding about the school, with all that it rests on."""
    found = Finding.objects.visible_to(request.membership).select_related(
        "version__clause__paragraph", "school", "agency", "guard"
    )
    one = get_object_or_404(found, public_id=public_id)
    kin = recurrence.kin(one, request.membership, lambda other: reverse("school:finding", args=[other.public_id]))
    context = {"finding": one, "proof": recurrence.in_history(proof.proof(one), kin), "kin": kin}
    return render(request, "school/finding.html", context)
