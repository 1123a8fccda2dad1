"""A guard's place on the staff: taking him on, correcting him, his photograph, letting him go."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import formats
from desks.agency.guard_forms import DismissForm, HireForm, NamesForm, PhotoForm, names_of
from desks.agency.people import iin_answer
from guards import actions
from guards.actions.people import employment_of
from guards.models import Guard
from guards.refusals import Refused

IIN_ANSWER = "iin-answer"


def _guard(request: MemberRequest, public_id: uuid.UUID) -> Guard:
    return get_object_or_404(Guard.objects.visible_to(request.membership), public_id=public_id)


@allow(Role.AGENCY_MANAGER)
def hire(request: MemberRequest) -> HttpResponse:
    """Take somebody on the staff; to htmx, while the IIN is typed, only what is to be said of it."""
    agency, today = request.membership.agency, timezone.localdate()
    asks_iin = request.headers.get("HX-Target") == IIN_ANSWER
    form = HireForm(request.POST if request.method == "POST" and not asks_iin else None, initial={"first_day": today})
    if form.is_valid():
        try:
            guard = actions.hire(**form.cleaned_data, agency=agency, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            day = formats.day(form.cleaned_data["first_day"])
            messages.success(request, _("%(guard)s is on your staff from %(day)s.") % {"guard": guard.name, "day": day})
            return redirect("agency:guard", public_id=guard.public_id)
    answer = iin_answer(request.POST.get("iin", ""), agency, today) if asks_iin else None
    template = f"agency/hire.html#{IIN_ANSWER}" if asks_iin else "agency/hire.html"
    return render(request, template, {"form": form, "answer": answer})


@allow(Role.AGENCY_MANAGER)
def correct(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Write a guard's names as his identity card has them."""
    guard = _guard(request, public_id)
    form = NamesForm(request.POST or None, initial=names_of(guard))
    if request.method == "POST" and form.is_valid():
        guard = actions.correct(guard=guard, **form.cleaned_data, by=request.membership)
        messages.success(request, _("Saved: %(guard)s.") % {"guard": guard.full_name})
        return redirect("agency:guard", public_id=public_id)
    return render(request, "agency/guard_correct.html", {"guard": guard, "form": form})


@allow(Role.AGENCY_MANAGER)
def photo(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep a photograph of a guard, or take the one that is kept away."""
    guard = _guard(request, public_id)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        removes = "remove" in request.POST
        if removes or form.is_valid():
            taken = None if removes else form.cleaned_data["photo"]
            actions.set_photo(guard=guard, taken=taken, by=request.membership)
            kept, removed = _("The photograph of %(guard)s is kept."), _("The photograph of %(guard)s is removed.")
            messages.success(request, (removed if removes else kept) % {"guard": guard.name})
            return redirect("agency:guard", public_id=public_id)
    return render(request, "agency/guard_photo.html", {"guard": guard, "form": form})


@allow(Role.AGENCY_MANAGER)
def dismiss(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """End a guard's employment."""
    guard = _guard(request, public_id)
    form = DismissForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.dismiss(guard=guard, agency=request.membership.agency, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            day = formats.day(form.cleaned_data["last_day"])
            messages.success(
                request, _("The last day of %(guard)s on your staff is %(day)s.") % {"guard": guard.name, "day": day}
            )
            return redirect("agency:guards")
    employment = employment_of(guard, request.membership.agency)
    return render(request, "agency/dismiss.html", {"guard": guard, "form": form, "employment": employment})
