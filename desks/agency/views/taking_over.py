"""Placing several guards at once, as when a school changes hands: all of them are proposed, or none."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import ngettext

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import formats, returning
from desks.agency.reason_forms import ReasonsForm
from desks.agency.taking_over import FreePlace, TakingOver, contract_of, lead_of
from desks.agency.taking_over_forms import FromDayForm, PlacesForm
from schools.models import School
from staffing.taking_over import Placing, SomeRefused, propose_all


@allow(Role.AGENCY_MANAGER)
def take_over(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose a day, then a guard for each free place; those who stand there already are chosen to stay."""
    school = get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
    asked = request.POST if request.method == "POST" else request.GET
    today = timezone.localdate()
    contract = contract_of(school, request.membership, today)
    usual = max(contract.first_day, today) if contract else today
    day = FromDayForm(asked if "first_day" in asked else {"first_day": f"{usual:%d.%m.%Y}"})
    page = TakingOver(school, request.membership, day.cleaned_data["first_day"], today) if day.is_valid() else None
    sent = request.POST if request.method == "POST" else None
    form = PlacesForm(sent, places=page.places if page else [])
    reasons = ReasonsForm(sent, asked=page.reservations(sent.dict()) if page and sent else [])
    if page and sent and form.is_valid() and reasons.is_valid():
        chosen = [place for place in page.places if form.cleaned_data[place.key]]
        try:
            propose_all(
                placings=[_placing(place, form.cleaned_data[place.key]) for place in chosen],
                agency=request.membership.agency,
                first_day=page.first_day,
                reasons=reasons.reasons,
                by=request.membership,
            )
        except SomeRefused as refused:
            for at, fault in refused.faults.items():
                form.add_error(chosen[at].key, str(fault))
        else:
            messages.success(request, _sent(school, len(chosen)))
            return returning.back(request, "agency:school", public_id=school.public_id)
    context = {
        "school": school,
        "lead": lead_of(school, contract, today),
        "day": day,
        "page": page,
        "form": form,
        "reasons": reasons,
    }
    return render(request, "agency/take_over.html", context)


def _placing(place: FreePlace, public_id: str) -> Placing:
    candidate = place.candidate(public_id)
    assert candidate is not None
    return Placing(candidate.guard, place.post)


def _sent(school: Any, count: int) -> str:
    return ngettext("%(school)s received %(count)s proposal.", "%(school)s received %(count)s proposals.", count) % {
        "school": school.name,
        "count": formats.number(count),
    }
