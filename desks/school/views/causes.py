"""Why guards left the school: the agency's proof, and the director's answer to it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import causes as telling
from guards.models import Cause


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def cause(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One cause with its proof, and the two answers."""
    one, today = _cause(request, public_id), timezone.localdate()
    form = telling.DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (said := telling.decided(form, one, request.membership)):
        messages.success(request, said)
        return redirect("school:proposals")
    leave = telling.told(one.assignment, today)
    context = {"cause": one, "leave": leave, "form": form, "changes": telling.what_it_changes(one, today)}
    return render(request, "school/cause.html", context)


def _cause(request: MemberRequest, public_id: uuid.UUID) -> Cause:
    whole = Cause.objects.visible_to(request.membership).select_related(
        "evidence", "assignment__guard", "assignment__post__school", "assignment__agency"
    )
    return get_object_or_404(whole, public_id=public_id)
