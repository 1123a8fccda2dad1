"""A draft judged before anybody signs it: the comparison, and whose mark changes."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.asking import ask_for_rehearsal
from compliance.models import Draft, Rehearsal
from desks.lists import export_file, list_page, show_list
from desks.regulator import rehearsals as found
from desks.regulator.rehearsal_forms import MarkFilter, ScopeForm
from guards.refusals import Refused
from schools.models import Region


def _draft(request: MemberRequest, public_id: uuid.UUID) -> Draft:
    drafts = Draft.objects.visible_to(request.membership).select_related("paragraph")
    return get_object_or_404(drafts, public_id=public_id)


def _region(request: MemberRequest) -> Region | None:
    """The region that the address names; to an officer of a region always his own. None is the country."""
    if request.membership.region_id:
        return Region.objects.get(pk=request.membership.region_id)
    code = request.GET.get("scope", "")
    return get_object_or_404(Region, pk=code) if code else None


def _address(draft: Draft, region: Region | None) -> str:
    address = reverse("regulator:rehearsal", args=[draft.public_id])
    return f"{address}?{urlencode({'scope': region.pk})}" if region else address


@allow(Role.REGULATOR)
def rehearsal(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """What the draft would do in the country or a region; with a post it is rehearsed there."""
    draft, region = _draft(request, public_id), _region(request)
    form = ScopeForm(request.POST if request.method == "POST" else None, initial={"region": region})
    if form.is_valid():
        region = region if request.membership.region_id else form.cleaned_data["region"]
        try:
            ask_for_rehearsal(draft=draft, region=region, by=request.membership)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(_address(draft, region))
    latest = found.latest(draft, region, request.membership)
    number, address = request.GET.get("clause", ""), _address(draft, region)
    opened = request.GET.get("regions") == "all"
    result = found.result(latest, number, address, opened=opened) if latest and latest.summary else None
    context = {"draft": draft, "region": region, "form": form, "latest": latest, "result": result}
    return render(request, "regulator/rehearsal.html", {**context, **_details(request, latest, result)})


def _details(request: MemberRequest, latest: Rehearsal | None, result: found.Result | None) -> dict[str, object]:
    today = timezone.localdate()
    details: dict[str, object] = {
        "regions": [] if request.membership.region_id else Region.objects.all(),
        "may_hand_over": latest is not None and found.may_be_handed_over(latest, request.membership),
        "outdated": latest.is_outdated(today) if latest else False,
        "day_passed": latest.day != today if latest else False,
        "compared": None,
        "changed": [],
    }
    if latest and result and result.chosen:
        details["compared"] = found.compared(latest, result.chosen.clause)
        list_url = reverse("regulator:rehearsal_marks", args=[latest.draft.public_id])
        details["changed"] = found.changes_of(latest, result.chosen, request.membership, list_url)
    return details


@allow(Role.REGULATOR)
def marks(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Everyone whose mark changes by the draft, as a list and as a file."""
    draft, region = _draft(request, public_id), _region(request)
    finished = Rehearsal.objects.visible_to(request.membership).filter(draft=draft, region=region).finished()
    latest = get_object_or_404(finished[:1])
    page = list_page(
        request,
        found.listed(latest, request.membership),
        filterset=MarkFilter,
        sorts=found.SORTS,
        default="-weight",
        prepare=found.hang_words,
    )
    if page.wants_file:
        return export_file(page, found.COLUMNS, f"rehearsal-{draft.code}")
    context = {
        "page": page,
        "draft": draft,
        "rehearsal": latest,
        "address": _address(draft, region),
        "reset_url": f"{request.path}?{urlencode({'scope': region.pk})}" if region else request.path,
    }
    return show_list(request, "regulator/rehearsal_marks.html", context)
