"""The guards whom agencies propose: what is known of each, and the director's answer."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import formats, questions, talk
from desks.causes import waiting_words
from desks.school import proofs, relief
from desks.school.forms import DeclineForm
from desks.school.leaves import signed_ends
from guards.models import Assignment, Cause
from schools.models import Post
from staffing import actions

#: How long a leave against the limit stands beside the proposals; the history keeps it.
ENDS_SHOWN = timedelta(days=30)


class Withdrawn(Exception):
    """The agency took the proposal back after the director had opened it."""


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def proposals(request: MemberRequest) -> HttpResponse:
    """All proposals that wait for an answer, those that begin first on top."""
    today = timezone.localdate()
    found = Assignment.objects.visible_to(request.membership).proposed()
    whole = questions.with_asking(found).select_related("guard", "post", "agency")
    rows = whole.order_by("first_day", "proposed_at", "pk")
    context = {
        "proposals": proofs.list_words(list(rows), today),
        "causes": _causes(request.membership, today),
        "named": [(one, relief.state(one, today)) for one in relief.waiting(request.membership)],
        "pool": [(one, relief.state(one, today)) for one in relief.pool(request.membership, today)],
        "ends": signed_ends(request.membership, today - ENDS_SHOWN),
        "today": today,
    }
    return render(request, "school/proposals.html", context)


def _causes(membership: Any, today: date) -> list[tuple[Cause, str]]:
    """The causes of leaves that wait for an answer, each with how long it has waited."""
    waiting = Cause.objects.visible_to(membership).waiting().select_related("assignment__guard", "assignment__agency")
    return [(one, waiting_words(one, today)) for one in waiting.order_by("submitted_at", "pk")]


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def proposal(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One proposed guard with the proof behind him; a press of the button confirms."""
    try:
        assignment = _proposal(request, public_id)
    except Withdrawn:
        return render(request, "school/withdrawn.html", {"pressed": request.method == "POST"})
    refusal = ""
    if request.method == "POST":
        try:
            actions.confirm(assignment=assignment, by=request.membership)
        except actions.Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _confirmed(assignment))
            return redirect("school:proposals")
    today = timezone.localdate()
    context: dict[str, Any] = {"assignment": assignment, "today": today, "refusal": refusal}
    if assignment.status == Assignment.Status.PROPOSED:
        context["proof"] = proofs.proof(assignment, request.membership, today)
        context["waiting"] = proofs.waiting(assignment, today)
        context["talk"] = talk.entries(assignment.notes.all())
        return render(request, "school/proposal.html", context)
    return render(request, "school/proposal_answered.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def decline(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say no to a proposed guard, and why."""
    try:
        assignment = _proposal(request, public_id)
    except Withdrawn:
        return render(request, "school/withdrawn.html", {"pressed": request.method == "POST"})
    form = DeclineForm(request.POST or None) if request.method == "POST" else DeclineForm()
    if form.is_valid():
        try:
            actions.decline(assignment=assignment, reason=form.cleaned_data["reason"], by=request.membership)
        except actions.Refused as refused:
            form.add_error(refused.field, refused)
        else:
            messages.success(request, _declined(assignment))
            return redirect("school:proposals")
    if assignment.status != Assignment.Status.PROPOSED and not form.errors:
        return redirect("school:proposal", public_id)
    return render(request, "school/decline.html", {"assignment": assignment, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def ask(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask the agency something before answering its proposal."""
    try:
        assignment = _proposal(request, public_id)
    except Withdrawn:
        return render(request, "school/withdrawn.html", {"pressed": request.method == "POST"})
    form = questions.SayForm(request.POST if request.method == "POST" else None, asks=True)
    if form.is_bound and questions.said(form, assignment, request.membership):
        messages.success(request, _("%(agency)s reads your question.") % {"agency": assignment.agency.name})
        return redirect("school:proposal", public_id)
    if assignment.status != Assignment.Status.PROPOSED and not form.errors:
        return redirect("school:proposal", public_id)
    return render(request, "school/ask.html", {"assignment": assignment, "form": form})


def _proposal(request: MemberRequest, public_id: uuid.UUID) -> Assignment:
    """The assignment as the school may know it. Raises Withdrawn for one of its posts that the agency took back."""
    mine = Assignment.objects.visible_to(request.membership)
    try:
        return get_object_or_404(mine.select_related("guard", "post__school", "agency"), public_id=public_id)
    except Http404:
        own_posts = Post.objects.visible_to(request.membership)
        gone = Assignment.objects.filter(status=Assignment.Status.WITHDRAWN, post__in=own_posts, public_id=public_id)
        if gone.exists():
            raise Withdrawn from None
        raise


def _confirmed(assignment: Assignment) -> str:
    values = {
        "guard": assignment.guard.name,
        "post": assignment.post.name,
        "day": formats.day(assignment.first_day),
    }
    if assignment.first_day > timezone.localdate():
        return (
            _("You confirmed %(guard)s. From %(day)s he is expected at the post “%(post)s”, and his service counts.")
            % values
        )
    return (
        _("You confirmed %(guard)s. He is expected at the post “%(post)s”, and his service counts since %(day)s.")
        % values
    )


def _declined(assignment: Assignment) -> str:
    values = {"guard": assignment.guard.name, "agency": assignment.agency.name}
    return (
        _("You declined %(guard)s. %(agency)s sees why and can propose somebody else; he counts for nothing.") % values
    )
