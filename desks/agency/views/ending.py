"""Ending an assignment: until when and why, what it does to the school, then the end."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import formats, returning
from desks.agency.ending import Ending
from desks.agency.forms import EndForm
from desks.agency.overtaken import Overtaken
from desks.agency.reason_forms import ReasonsForm
from guards.models import Assignment
from staffing.causes import excusable
from staffing.leaving import leave
from staffing.refusals import Refused


@allow(Role.AGENCY_MANAGER)
def end(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask for day and reason, show what becomes of the school, and end the assignment when that is agreed to."""
    mine = Assignment.objects.visible_to(request.membership).select_related("guard", "post__school", "agency")
    assignment = get_object_or_404(mine, public_id=public_id)
    asked = request.POST if request.method == "POST" else request.GET
    form = EndForm(asked if "reason" in asked else None, initial={"last_day": timezone.localdate()})
    ending = Ending(assignment, form, timezone.localdate())
    sent = request.POST if request.method == "POST" and ending.is_asked else None
    reasons = ReasonsForm(sent, asked=ending.reservations)
    if sent and reasons.is_valid():
        try:
            leave(assignment=assignment, **ending.answers, reasons=reasons.reasons, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            assignment.refresh_from_db()
        else:
            messages.success(request, ended(ending))
            if ending.answers["reason"] in excusable(timezone.localdate()):
                return returning.on(request, "agency:cause", public_id=public_id)
            return returning.back(request, "agency:school", public_id=assignment.post.school.public_id)
    overtaken = Overtaken(assignment, request.membership, form, asked)
    return render(request, "agency/end.html", {"ending": ending, "reasons": reasons, "overtaken": overtaken})


def ended(ending: Ending) -> str:
    return _("The last day of %(guard)s at %(school)s is %(day)s.") % {
        "guard": ending.assignment.guard.name,
        "school": ending.assignment.post.school.name,
        "day": formats.day(ending.answers["last_day"]),
    }
