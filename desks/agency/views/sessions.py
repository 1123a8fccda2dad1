"""Training sessions: the list, planning one, saying who came, cancelling, the sign-in sheet."""

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import documents, formats, returning
from desks.agency import sessions as listing
from desks.agency.planning import Planning, asks, planning
from desks.agency.training_filters import SessionFilter
from desks.agency.training_forms import CameForm, CancelForm, SheetForm, TeachForm
from desks.lists import export_file, list_page, show_list
from files.serving import file_response
from guards.actions import training as actions
from guards.models import Guard, Module, Session
from guards.refusals import Refused
from schools.models import School


@allow(Role.AGENCY_MANAGER)
def sessions(request: MemberRequest) -> HttpResponseBase:
    """Sessions of the agency, the latest day first."""
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=SessionFilter,
        sorts=listing.SORTS,
        default="day",
        prepare=partial(listing.hang_states, today=timezone.localdate()),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "sessions")
    return show_list(request, "agency/sessions.html", {"page": page})


@allow(Role.AGENCY_MANAGER)
def plan(request: MemberRequest) -> HttpResponse:
    """First the module and the school; then day, trainer and guards, those who lack the module ticked."""
    schools = School.objects.visible_to(request.membership).order_by("name_ru", "pk")
    modules = Module.objects.to_teach(schools, timezone.localdate()).order_by("scope", "code")
    asked = request.POST if request.method == "POST" else request.GET
    teach = TeachForm(asked if "module" in asked else None, modules=modules, schools=schools)
    context: dict[str, Any] = {"teach": teach}
    if teach.is_bound and teach.is_valid():
        module, school = teach.cleaned_data["module"], teach.cleaned_data["school"]
        step = _step(request, module=module, school=school)
        if session := _done(request, step, _plan, module=module, school=school if module.is_for_a_school else None):
            messages.success(request, _planned(session))
            return returning.back(request, "agency:session", public_id=session.public_id)
        context["step"] = step
    return render(request, "agency/session_plan.html", context)


@allow(Role.AGENCY_MANAGER)
def change(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another day, trainer, length, place or list for a session that is planned; its sheet follows."""
    one = _own(request, public_id)
    if one.status != Session.Status.PLANNED:
        return redirect("agency:session", public_id=public_id)
    step = _step(request, module=one.module, school=one.school, of=one)
    if _done(request, step, actions.change, session=one):
        messages.success(request, _("The session is changed. Print its sign-in sheet anew."))
        return redirect("agency:session", public_id=public_id)
    return render(request, "agency/session_change.html", {"session": one, "step": step})


def _step(request: MemberRequest, **of: Any) -> Planning:
    data = request.POST if request.method == "POST" else None
    return planning(data, request.membership, timezone.localdate(), **{"of": None, **of})


def _plan(**values: Any) -> Session:
    return actions.plan(agency=values["by"].agency, **values)


def _done(request: MemberRequest, step: Planning, action: Any, **of: Any) -> Session | None:
    """The session once the form is right and nothing speaks against it; else the form says what does."""
    form = step.form
    if not form.is_bound or not form.is_valid():
        return None
    values = {name: form.cleaned_data[name] for name in ("on", "hours", "trainer", "place")}
    try:
        session: Session = action(**of, **values, guards=form.chosen, by=request.membership)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None
    return session


def _planned(session: Session) -> str:
    said = _("The session on %(day)s is planned: %(module)s. Print the sign-in sheet and take it along.")
    return format_html(
        "{} <a href='{}'>{}</a>",
        said % {"day": formats.day(session.on), "module": session.module.title},
        reverse("agency:session", args=[session.public_id]),
        _("Open the session"),
    )


@allow(Role.AGENCY_MANAGER)
def session(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One session; once its day has come, who came is said here."""
    one, today = _own(request, public_id), timezone.localdate()
    lines = listing.lines(one, today)
    guards = Guard.objects.filter(sessions__session=one).order_by("family_name", "given_name", "pk")
    held = one.status == Session.Status.HELD
    may_hold = one.may_become(Session.Status.HELD)
    form = CameForm(request.POST if request.method == "POST" else None, guards=guards)
    if request.method == "POST" and form.is_valid():
        try:
            records = actions.hold(session=one, came=list(form.cleaned_data["came"]), by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _held(len(records)))
            return redirect("agency:session", public_id=one.public_id)
    context = {
        "session": one,
        "state": listing.state(one, today),
        "lines": lines,
        "form": form,
        "came": {str(key) for key in request.POST.getlist("came")} if request.method == "POST" else None,
        "may_hold": may_hold and one.on <= today,
        "is_to_come": may_hold and one.on > today,
        "sheet_form": SheetForm() if held else None,
        "today": today,
    }
    return render(request, "agency/session.html", context)


def _held(count: int) -> str:
    return ngettext(
        "The session was held: %(count)s guard has completed the module.",
        "The session was held: %(count)s guards have completed the module.",
        count,
    ) % {"count": formats.number(count)}


@allow(Role.AGENCY_MANAGER)
def cancel(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Call a planned session off, after asking once and for the reason."""
    one = _own(request, public_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(session=one, reason=form.cleaned_data["reason"], by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The session on %(day)s was cancelled.") % {"day": formats.day(one.on)})
            return redirect("agency:sessions")
    context = {"session": one, "may_cancel": one.may_become(Session.Status.CANCELLED), "form": form}
    return render(request, "agency/session_cancel.html", context)


@require_safe
@allow(Role.AGENCY_MANAGER)
def sheet(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The sign-in sheet to print: everybody on the list, with room for a signature."""
    one = _own(request, public_id)
    context = {
        "session": one,
        "title": documents.in_both(gettext_lazy("Sign-in sheet")),
        "asks": asks(one.module, one.school, one.on),
        "guards": [line.attendee.guard for line in listing.lines(one, timezone.localdate())],
        "created": documents.document_date(one.on),
        "language": get_language(),
    }
    return documents.pdf_response(request, "documents/sign_in_sheet.html", context, f"sheet-{one.on.isoformat()}")


@require_safe
@allow(Role.AGENCY_MANAGER)
def signed(request: MemberRequest, public_id: uuid.UUID) -> FileResponse:
    """The sheet with the signatures."""
    one = _own(request, public_id)
    if one.signed_sheet is None:
        raise Http404
    return file_response(one.signed_sheet)


@require_POST
@allow(Role.AGENCY_MANAGER)
def send_signed(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep the sheet with the signatures; a fault shows the session again with the reason by the field."""
    one, today = _own(request, public_id), timezone.localdate()
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.keep_sheet(session=one, sheet=form.cleaned_data["sheet"], by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The signed sheet is kept with the session."))
            return redirect("agency:session", public_id=one.public_id)
    context = {
        "session": one,
        "state": listing.state(one, today),
        "lines": listing.lines(one, today),
        "form": None,
        "may_hold": False,
        "is_to_come": False,
        "sheet_form": form,
        "today": today,
    }
    return render(request, "agency/session.html", context)


def _own(request: MemberRequest, public_id: uuid.UUID) -> Session:
    own = Session.objects.visible_to(request.membership).select_related("agency", "module", "school", "signed_sheet")
    return get_object_or_404(own, public_id=public_id)
