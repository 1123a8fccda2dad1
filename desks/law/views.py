"""The paragraphs as they read on a day, and one clause with all its versions."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.models import Clause, ClauseVersion, Draft
from desks.clauses import DayForm, Edition, compare, history, law
from desks.law.forms import PairForm


@require_safe
@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
def paragraphs(request: MemberRequest) -> HttpResponse:
    """Every paragraph as it reads today, or read on the day `?on=`."""
    today, form = timezone.localdate(), DayForm(request.GET or None)
    day = form.day(today)
    return render(request, "law/paragraphs.html", {"law": law(day, today), "today": today, "form": form})


@require_safe
@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
def clause(request: MemberRequest, code: str, number: str) -> HttpResponse:
    """One clause: every version in order, and what differs between two of them."""
    enacted = ClauseVersion.objects.enacted().values("clause")
    one = get_object_or_404(
        Clause.objects.filter(pk__in=enacted).select_related("paragraph"), paragraph__code=code, number=number
    )
    found = history(one, timezone.localdate())
    form = PairForm(_asked(request, found), found)
    regulates = request.membership.role == Role.REGULATOR
    context = {
        "clause": one,
        "editions": found[::-1],
        "shown": _shown(found),
        "form": form,
        **_compared(one, found, form),
        "drafts": _drafts(request, one),
        "may_draft": regulates and request.membership.region_id is None,
        "paragraphs_url": reverse("regulator:paragraph" if regulates else "law:paragraphs"),
    }
    return render(request, "law/clause.html", context)


def _shown(found: Sequence[Edition]) -> Edition:
    """The version in force; before the first begins that one, after the clause was repealed the repeal."""
    begun = [edition for edition in found if not edition.to_come]
    return begun[-1] if begun else found[0]


def _asked(request: MemberRequest, found: Sequence[Edition]) -> dict[str, Any]:
    """The two versions asked for, else the latest and the one before."""
    latest = found[-1].ordinal
    usual = {"first": max(latest - 1, 1), "second": latest}
    return {name: request.GET.get(name, value) for name, value in usual.items()}


def _compared(one: Clause, found: Sequence[Edition], form: PairForm) -> dict[str, Any]:
    """What differs between the two versions, and what they are called; no `change` where they are one."""
    pair = form.pair()
    if pair is None:
        return {"change": None}
    before, after = (found[place - 1] for place in pair)
    change = compare(one, before.version, after.version)
    return {"change": change, "before_head": before.head, "after_head": after.head}


def _drafts(request: MemberRequest, one: Clause) -> list[Draft]:
    """The drafts, known to regulators alone, that would change the clause."""
    return list(Draft.objects.visible_to(request.membership).pending().filter(versions__clause=one))
