"""One guard of the relief pool, or named for it: what is known of him, and the director's answer."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.school import relief as telling
from guards.models import Relief


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def relief(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Approve, decline with a reason, or take out of the pool."""
    mine = Relief.objects.visible_to(request.membership).select_related("guard", "school", "agency")
    one, today = get_object_or_404(mine, public_id=public_id), timezone.localdate()
    form = telling.AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if said := telling.answered(form, request.POST.get("answer", ""), one, request.membership):
            messages.success(request, said)
            return redirect("school:proposals")
        one.refresh_from_db()
    context = {
        "relief": one,
        "state": telling.state(one, today),
        "proof": telling.proof(one, today) if one.status in Relief.OPEN else None,
        "form": form,
    }
    return render(request, "school/relief.html", context)
