"""Asking for a module from a day on, saying what is special here, and asking for it no more."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import formats
from desks.school.training_forms import EndRequirementForm, RequireForm, WordsForm
from guards.actions import requirements as actions
from guards.models import Module, Requirement
from guards.refusals import Refused

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@allow(Role.SCHOOL_DIRECTOR)
def ask(request: MemberRequest) -> HttpResponse:
    """Ask for a module of the catalogue from a day on."""
    today, school = timezone.localdate(), request.membership.school
    asked = Requirement.objects.visible_to(request.membership).not_ended(today)
    modules = Module.objects.current().exclude(pk__in=asked.values("module")).order_by("scope", "code")
    initial = {"first_day": today, "module": request.GET.get("module", "")}
    form = RequireForm(request.POST if request.method == "POST" else None, modules=modules, initial=initial)
    if form.is_valid():
        try:
            made = actions.require(school=school, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _asked_for(made))
            return redirect("school:requirements")
    return render(request, "school/require.html", {"form": form, "has_modules": modules.exists()})


@require_http_methods(METHODS)
@allow(Role.SCHOOL_DIRECTOR)
def words(request: MemberRequest, module: str) -> HttpResponse:
    """Change what the school says of a module that it asks for."""
    requirement = _requirement(request, module)
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"briefing": requirement.briefing})
    if form.is_valid():
        actions.change_briefing(requirement=requirement, **form.cleaned_data, by=request.membership)
        messages.success(
            request, _("The agency reads your words with the module “%(module)s”.") % {"module": requirement.module}
        )
        return redirect("school:requirements")
    return render(request, "school/requirement_words.html", {"requirement": requirement, "form": form})


@require_http_methods(METHODS)
@allow(Role.SCHOOL_DIRECTOR)
def end(request: MemberRequest, module: str) -> HttpResponse:
    """Ask for a module no more after a day, after asking once."""
    requirement = _requirement(request, module)
    initial = {"last_day": max(timezone.localdate(), requirement.first_day)}
    form = EndRequirementForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            actions.end_requirement(requirement=requirement, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            values = {"module": requirement.module, "day": formats.day(form.cleaned_data["last_day"])}
            messages.success(request, _("Your school asks for the module “%(module)s” until %(day)s.") % values)
            return redirect("school:requirements")
    return render(request, "school/requirement_end.html", {"requirement": requirement, "form": form})


def _requirement(request: MemberRequest, module: str) -> Requirement:
    """What the school asks for under the code of a module, the one in force before one to come."""
    mine: Any = Requirement.objects.visible_to(request.membership).not_ended(timezone.localdate())
    found: Requirement | None = (
        mine.filter(module__code=module).select_related("module", "school").order_by("first_day").first()
    )
    if found is None:
        raise Http404
    return found


def _asked_for(made: Requirement) -> str:
    return _("Your school asks for the module “%(module)s” from %(day)s. The agency sees it.") % {
        "module": made.module,
        "day": formats.day(made.first_day),
    }
