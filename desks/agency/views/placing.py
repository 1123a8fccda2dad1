"""Placing a guard: which place, from when, whom; what it does to the school; then the proposal."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import returning
from desks.agency.forms import ChooseSchoolForm, PlaceForm
from desks.agency.placing import Placing
from desks.agency.reason_forms import ReasonsForm
from schools.models import Post, School
from staffing import actions
from staffing.refusals import Refused


@allow(Role.AGENCY_MANAGER)
def place_choose(request: MemberRequest) -> HttpResponse:
    """At which school: then the page of that school goes on."""
    schools = School.objects.visible_to(request.membership).order_by("name_ru", "pk")
    form = ChooseSchoolForm(request.GET if "school" in request.GET else None, schools=schools)
    if form.is_valid():
        return returning.on(request, "agency:place", public_id=form.cleaned_data["school"].public_id)
    return render(request, "agency/place_choose.html", {"form": form, "has_schools": schools.exists()})


@allow(Role.AGENCY_MANAGER)
def place(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose place and day, then a candidate; the last step proposes him to the school."""
    school = get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
    asked = request.POST if request.method == "POST" else request.GET
    form = PlaceForm(asked if "post" in asked else None, posts=posts_of(school), initial=initial(timezone.localdate()))
    placing = Placing(school, request.membership, form, asked)
    is_sent = request.method == "POST" and placing.chosen is not None
    reasons = ReasonsForm(request.POST if is_sent else None, asked=placing.reservations)
    if is_sent and reasons.is_valid():
        try:
            proposal = propose(placing, reasons, request)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, sent(proposal))
            return returning.back(request, "agency:school", public_id=school.public_id)
    context = {"school": school, "form": form, "placing": placing, "reasons": reasons}
    return render(request, "agency/place.html", context)


def posts_of(school: School) -> Any:
    return Post.objects.filter(school=school).order_by("first_day", "code")


def initial(today: date) -> dict[str, Any]:
    return {"first_day": today, "kind": "regular"}


def propose(placing: Placing, reasons: ReasonsForm, request: MemberRequest) -> Any:
    """Hand the proposal to the school. Raises Refused."""
    assert placing.chosen is not None
    asked = placing.answers
    return actions.propose(
        guard=placing.chosen.guard,
        post=asked["post"],
        agency=request.membership.agency,
        first_day=asked["first_day"],
        last_day=asked["last_day"],
        kind=asked["kind"],
        reasons=reasons.reasons,
        by=request.membership,
    )


def sent(proposal: Any) -> str:
    return format_html(
        "{} <a href='{}'>{}</a>",
        _("%(school)s received your proposal: %(guard)s.")
        % {"school": proposal.post.school.name, "guard": proposal.guard.name},
        reverse("agency:withdraw", args=[proposal.public_id]),
        _("Withdraw"),
    )
