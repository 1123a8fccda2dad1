"""Reminding a school of a proposal that it has not answered."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import returning
from guards.models import Assignment
from staffing import reminding
from staffing.refusals import Refused


@require_POST
@allow(Role.AGENCY_MANAGER)
def remind(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Write to the school's directors, and go back to where the button was pressed."""
    mine = Assignment.objects.visible_to(request.membership).select_related("guard", "post__school")
    assignment = get_object_or_404(mine, public_id=public_id)
    values = {"school": assignment.post.school.name, "guard": assignment.guard.name}
    try:
        reminding.remind(assignment=assignment, by=request.membership)
    except Refused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, _("%(school)s was reminded of your proposal: %(guard)s.") % values)
    return returning.back(request, "agency:school", public_id=assignment.post.school.public_id)
