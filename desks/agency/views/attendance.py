"""The agency's claims: the schools of a month, the grid of one, and the shifts on which a school says otherwise."""

import uuid
from datetime import date
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import attendance as telling
from desks import formats, returning
from desks.agency import attendance as grid
from desks.agency import attendance_schools as listing
from desks.agency.attendance_forms import COPY, PASTE, GridForm, OwnDisagreementFilter
from desks.agency.pasting import KEYS, paste
from desks.lists import export_file, list_page, show_list
from guards.models.assignments import PresenceQuerySet
from schools.models import School
from staffing import attendance as actions
from staffing.refusals import Refused


@require_safe
@allow(Role.AGENCY_MANAGER)
def attendance(request: MemberRequest) -> HttpResponseBase:
    """The schools of a month: how much was claimed, how much of it confirmed, and where the words differ."""
    today = timezone.localdate()
    month = listing.month_asked(request.GET.get("month", ""), today)
    page = list_page(
        request,
        listing.listed(request.membership, month),
        filterset=listing.AttendanceFilter,
        sorts=listing.SORTS,
        default="name",
        prepare=partial(listing.hang_tallies, membership=request.membership, month=month, today=today),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "attendance")
    return show_list(request, "agency/attendance.html", {"page": page, "month": month})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def attendance_month(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The grid of a month at one school; one button saves it whole."""
    school = get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
    today = timezone.localdate()
    month = grid.read(school, request.membership, listing.month_asked(request.GET.get("month", ""), today), today)
    form = GridForm(request.POST if request.method == "POST" else None, month)
    marks, seen, said, faults, changed = form.marks, form.seen, "", list[str](), None
    if form.is_valid():
        if request.POST.get("do") == COPY:
            marks, said = _copied(form)
        elif request.POST.get("do") == PASTE:
            pasted = paste(form.cleaned_data["sheet"], month, form.marks)
            marks, faults, said = pasted.marks, pasted.faults, _pasted_words(pasted.guards)
        elif _saved(request, form):
            return redirect(f"{request.path}?month={month.first_day:%Y-%m}")
        elif not form.errors:
            # Somebody was first. What he changed is put beside what was typed, to be looked at and saved.
            month = grid.read(school, request.membership, month.first_day, today)
            changed = grid.meanwhile(month, seen)
            marks, seen = (month.saved | (marks - seen)) - (seen - marks), month.saved
    context = {
        "month": month,
        "form": form,
        "days": grid.columns(month),
        "rows": grid.rows(month, marks, seen),
        "said": said,
        "faults": faults,
        "changed": changed,
        "keys": KEYS,
        "before": f"{month.first_day - grid.ONE_DAY:%Y-%m}",
        "after": f"{month.last_day + grid.ONE_DAY:%Y-%m}" if month.last_day < today else "",
    }
    return render(request, "agency/attendance_month.html", context)


def _copied(form: GridForm) -> tuple[set[actions.Shift], str]:
    """The marks with the week before copied into the week asked for, and what to say of it."""
    monday = form.cleaned_data["week"] or form.month.weeks[0].isoformat()
    marks = form.month.copied(form.marks, date.fromisoformat(monday))
    more = len(marks) - len(form.marks)
    if not more:
        return marks, _("The week before holds no shift that is not marked already.")
    words = ngettext("%(count)s shift was marked.", "%(count)s shifts were marked.", more) % {
        "count": formats.number(more)
    }
    return marks, _("%(words)s Nothing is saved yet: look at the grid and save.") % {"words": words}


def _pasted_words(guards: int) -> str:
    if not guards:
        return ""
    words = ngettext("The row of %(count)s guard was taken in.", "The rows of %(count)s guards were taken in.", guards)
    return _("%(words)s Nothing is saved yet: look at the grid and save.") % {
        "words": words % {"count": formats.number(guards)}
    }


def _saved(request: MemberRequest, form: GridForm) -> bool:
    """Save the marks; a refusal stands in the form. False without one where somebody else saved before."""
    month = form.month
    try:
        saved = actions.claim_month(
            agency=request.membership.agency,
            school=month.school,
            month=month.first_day,
            claims=form.marks,
            seen=form.seen,
            by=request.membership,
        )
    except actions.Overtaken:
        return False
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    said = _("Saved. Shifts claimed: %(claimed)s, claims taken back: %(withdrawn)s.") % {
        "claimed": formats.number(saved.claimed),
        "withdrawn": formats.number(saved.withdrawn),
    }
    messages.success(request, said if saved.claimed or saved.withdrawn else _("Nothing has changed."))
    return True


@require_safe
@allow(Role.AGENCY_MANAGER)
def disagreements(request: MemberRequest) -> HttpResponseBase:
    """Shifts on which a school says otherwise than the agency, the latest first."""
    page = list_page(
        request,
        telling.listed(_own(request), timezone.localdate()),
        filterset=OwnDisagreementFilter,
        sorts=telling.SORTS,
        default="on",
        prepare=telling.hang_words,
    )
    if page.wants_file:
        return export_file(page, telling.columns(), "disagreements")
    return show_list(request, "agency/disagreements.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def disagreement(request: MemberRequest, post: uuid.UUID, guard: uuid.UUID, on: str) -> HttpResponse:
    """One shift: what both sides say, the notes, and the claim, which the agency may take back."""
    presence = telling.found(_own(request), post, guard, on)
    here = reverse("agency:disagreement", args=telling.address(presence.post, presence.guard, presence.on))
    form = telling.NoteForm(request.POST if request.method == "POST" and "claim" not in request.POST else None)
    if request.method == "POST" and "claim" in request.POST:
        claimed = request.POST["claim"] == "1"
        actions.claim(presence=presence, claimed=claimed, by=request.membership)
        messages.success(request, _("You claim this shift.") if claimed else _("You took your claim back."))
        return redirect(returning.asked(request) or here)
    if form.is_bound and telling.noted(form, presence, request.membership):
        messages.success(request, _("The school reads your words."))
        return redirect(returning.asked(request) or here)
    return render(request, "agency/disagreement.html", {"told": telling.Told.of(presence), "form": form})


def _own(request: MemberRequest) -> PresenceQuerySet:
    """The shifts of guards who stood for the agency, at the schools that it knows."""
    return telling.seen_by(request.membership).of_agency(request.membership.agency_id)
