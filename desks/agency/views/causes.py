"""Why guards left: the list of leaves that may be excused, the proof of one, and its files."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import causes as telling
from desks import returning
from desks.agency.cause_forms import CauseFilter, CauseForm
from desks.lists import Column, export_file, list_page, show_list
from guards.models import Assignment, Cause
from staffing import causes as actions
from staffing.refusals import Refused

SORTS = {"last_day": ("-last_day",), "name": ("guard__family_name", "guard__given_name")}
COLUMNS = [
    Column(gettext_lazy("Guard"), lambda leave: leave.guard.full_name),
    Column(gettext_lazy("IIN"), lambda leave: leave.guard.masked_iin),
    Column(gettext_lazy("School"), lambda leave: leave.post.school.name),
    Column(gettext_lazy("Post"), lambda leave: leave.post.name),
    Column(gettext_lazy("First day"), "first_day"),
    Column(gettext_lazy("Last day"), "last_day"),
    Column(gettext_lazy("Reason"), lambda leave: leave.get_end_reason_display()),
    Column(gettext_lazy("State"), lambda leave: leave.told_state.text),
]


@require_safe
@allow(Role.AGENCY_MANAGER)
def causes(request: MemberRequest) -> HttpResponseBase:
    """Leaves whose reason is excused once its cause is accepted, the latest first."""
    rows = telling.leaves(request.membership, timezone.localdate())
    page = list_page(
        request,
        rows.select_related("guard", "post__school"),
        filterset=CauseFilter,
        sorts=SORTS,
        default="last_day",
        prepare=telling.hang_states,
    )
    if page.wants_file:
        return export_file(page, COLUMNS, "causes")
    return show_list(request, "agency/causes.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def cause(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One leave with what was said of its cause; the proof is attached here."""
    assignment, today = _own(request, public_id), timezone.localdate()
    form = CauseForm(request.POST, request.FILES) if request.method == "POST" else CauseForm()
    if form.is_valid():
        try:
            actions.submit(assignment=assignment, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The proof is with the school and the regulator. Either of them answers."))
            return returning.back(request, "agency:cause", public_id=public_id)
    leave = telling.told(assignment, today)
    why_not = _why_not(assignment, leave)
    shown = None if why_not and not form.is_bound else form
    return render(request, "agency/cause.html", {"leave": leave, "form": shown, "why_not": why_not})


def _why_not(assignment: Assignment, leave: telling.ToldLeave) -> str:
    """Why nothing is to be attached now; empty where something is."""
    if assignment.cause_accepted:
        return _("The cause is accepted: the leave is excused wherever a limit excuses this reason.")
    if leave.causes and leave.causes[0].cause.status == Cause.Status.WAITING:
        return _("The proof is with the school and the regulator. Either of them answers.")
    if not actions.may_be_proved(assignment, actions.excusable(timezone.localdate())):
        return _("This reason counts towards the limit whatever its cause: there is nothing to prove.")
    return ""


def _own(request: MemberRequest, public_id: uuid.UUID) -> Assignment:
    mine = Assignment.objects.visible_to(request.membership).filter(status=Assignment.Status.ENDED)
    return get_object_or_404(mine.select_related("guard", "post__school", "agency"), public_id=public_id)
