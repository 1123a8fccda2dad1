"""The relief pool of a school: naming somebody for it, and taking him out."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import returning
from desks.agency.relief import NameForm, state
from guards.models import Relief
from schools.models import School
from staffing import relief as actions
from staffing.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def name(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose a guard of the staff; the director is asked."""
    school = get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
    form = NameForm(request.POST if request.method == "POST" else None, school=school, membership=request.membership)
    if form.is_valid():
        try:
            relief = actions.name(guard=form.cleaned_data["guard"], school=school, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            values = {"guard": relief.guard.name, "school": school.name}
            messages.success(request, _("%(school)s is asked whether %(guard)s may stand in there.") % values)
            return returning.back(request, "agency:school", public_id=public_id)
    return render(request, "agency/relief_name.html", {"school": school, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AGENCY_MANAGER)
def end(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a guard out of the pool, after asking once."""
    mine = Relief.objects.visible_to(request.membership).select_related("guard", "school")
    relief, refusal = get_object_or_404(mine, public_id=public_id), ""
    if request.method == "POST":
        try:
            actions.end(relief=relief, by=request.membership)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("%(guard)s is no longer in the pool.") % {"guard": relief.guard.name})
            return returning.back(request, "agency:school", public_id=relief.school.public_id)
    may = relief.may_become(Relief.Status.ENDED)
    context = {"relief": relief, "state": state(relief), "may_end": may, "refusal": refusal}
    return render(request, "agency/relief_end.html", context)
