"""The log of training events of a school: on screen, as CSV, to print and sign; and a new entry."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import documents, formats
from desks.agency import training, training_log
from desks.agency.training_forms import LogForm
from desks.lists import csv_file
from guards.actions import requirements as actions
from guards.models import Guard
from guards.refusals import Refused
from schools.models import School


@allow(Role.AGENCY_MANAGER)
def log(request: MemberRequest) -> HttpResponseBase:
    """What was held at one school in one year, the earliest first."""
    context = _asked(request)
    if request.GET.get("format") == "csv":
        rows = training_log.rows(context["entries"])
        return csv_file(training_log.heads(), rows, f"training-log-{context['year']}")
    return render(request, "agency/training_log.html", context)


@allow(Role.AGENCY_MANAGER)
def log_pdf(request: MemberRequest) -> HttpResponse:
    """The same as a document, with a column for the signatures of those who attended."""
    context = _asked(request)
    if context["school"] is None:
        raise Http404
    days = [entry.day for entry in context["entries"]]
    context |= {
        "agency": request.membership.agency,
        "title": documents.in_both(gettext_lazy("Log of training events")),
        "language": get_language(),
        "created": documents.document_date(max(days) if days else timezone.localdate()),
    }
    return documents.pdf_response(request, "documents/training_log.html", context, f"training-log-{context['year']}")


@allow(Role.AGENCY_MANAGER)
def enter(request: MemberRequest) -> HttpResponse:
    """Enter a briefing, a class or a drill that was held with the guards of a school."""
    school, today = _school(request, request.GET.get("school", "")), timezone.localdate()
    if school is None:
        return redirect("agency:training_log")
    placed = training.placed(request.membership, today).filter(post__school=school)
    guards = Guard.objects.filter(pk__in=placed.values("guard")).order_by("family_name", "given_name", "pk")
    everybody = [guard.public_id for guard in guards]
    initial = {"held_on": today, "attended": everybody}
    form = LogForm(request.POST if request.method == "POST" else None, guards=guards, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.log_briefing(
                agency=request.membership.agency, school=school, **form.cleaned_data, by=request.membership
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            values = {"kind": entry.get_kind_display(), "day": formats.day(entry.held_on), "school": school.name}
            messages.success(request, _("%(kind)s of %(day)s stands in the log of %(school)s.") % values)
            return redirect(f"{reverse('agency:training_log')}?school={school.public_id}&year={entry.held_on.year}")
    return render(request, "agency/briefing_enter.html", {"school": school, "form": form, "guards": guards})


def _asked(request: MemberRequest) -> dict[str, Any]:
    """The school and the year that the address asks for, and the entries."""
    today = timezone.localdate()
    schools = School.objects.visible_to(request.membership).order_by("name_ru", "pk")
    school = _school(request, request.GET.get("school", "")) or schools.first()
    years = training_log.years(today)
    year = next((one for one in years if str(one) == request.GET.get("year")), today.year)
    entries = training_log.entries(request.membership, school, year) if school else []
    return {"schools": schools, "school": school, "years": years, "year": year, "entries": entries, "today": today}


def _school(request: MemberRequest, public_id: str) -> School | None:
    """The school of an address; none where it names none, 404 where it is not the agency's."""
    if not public_id:
        return None
    try:
        uuid.UUID(public_id)
    except ValueError:
        return None
    return get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
