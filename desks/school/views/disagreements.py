"""Shifts on which the school and the agency say different things, as the director sees and answers them."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import attendance as telling
from desks.lists import export_file, list_page, show_list
from guards.models import Presence
from guards.models.assignments import PresenceQuerySet
from staffing import actions
from staffing.refusals import Refused


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def disagreements(request: MemberRequest) -> HttpResponseBase:
    """The disagreements of the last months at the school, the latest first."""
    page = list_page(
        request,
        telling.listed(_own(request), timezone.localdate()),
        filterset=telling.DisagreementFilter,
        sorts=telling.SORTS,
        default="on",
        prepare=telling.hang_words,
    )
    if page.wants_file:
        return export_file(page, telling.columns(), "disagreements")
    return show_list(request, "school/disagreements.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def disagreement(request: MemberRequest, post: uuid.UUID, guard: uuid.UUID, on: str) -> HttpResponse:
    """One shift: what both sides say, the notes, and the school's answer, which it may correct for some days."""
    presence, refusal = telling.found(_own(request), post, guard, on), ""
    here = reverse("school:disagreement", args=telling.address(presence.post, presence.guard, presence.on))
    answers = request.method == "POST" and "answer" in request.POST
    form = telling.NoteForm(request.POST if request.method == "POST" and not answers else None)
    if answers:
        refusal = _corrected(request, presence)
        if not refusal:
            messages.success(request, _("Your answer is corrected."))
            return redirect(here)
    if form.is_bound and telling.noted(form, presence, request.membership):
        messages.success(request, _("The agency reads your words."))
        return redirect(here)
    context = {
        "told": telling.Told.of(presence),
        "form": form,
        "refusal": refusal,
        "answers": Presence.Answer.choices,
        "days": actions.FILL_IN_DAYS,
        "may_correct": presence.on >= timezone.localdate() - timedelta(days=actions.FILL_IN_DAYS),
    }
    return render(request, "school/disagreement.html", context)


def _corrected(request: MemberRequest, presence: Presence) -> str:
    """Write down the other answer; why not, where it is refused."""
    answer = request.POST["answer"]
    try:
        actions.mark_presence(
            guard=presence.guard, post=presence.post, on=presence.on, answer=answer, by=request.membership
        )
    except Refused as refused:
        return str(refused)
    return ""


def _own(request: MemberRequest) -> PresenceQuerySet:
    return telling.seen_by(request.membership)
