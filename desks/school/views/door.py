"""The page at the door: who is expected today, and who came."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.school import cards, forms
from guards.models import Assignment, Guard
from schools.models import Post
from staffing import actions

FRAGMENT = "door"


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.SCHOOL_DIRECTOR)
def door(request: MemberRequest) -> HttpResponse:
    """A card for each guard who is expected on the day; a press of its button answers."""
    if request.method == "POST":
        return _mark(request)
    return _show(request, _day_asked(request.GET.get("day", "")))


def _mark(request: MemberRequest) -> HttpResponse:
    """Write down an answer, and show the day again with what was said of whom."""
    form = forms.MarkForm(request.POST)
    if not form.is_valid():
        return _show(request, timezone.localdate(), refusal=str(forms.CHOOSE))
    sent = form.cleaned_data
    post = get_object_or_404(Post.objects.visible_to(request.membership), public_id=sent["post"])
    guard = get_object_or_404(Guard.objects.visible_to(request.membership), public_id=sent["guard"])
    try:
        actions.mark_presence(guard=guard, post=post, on=sent["on"], answer=sent["answer"], by=request.membership)
    except actions.Refused as refused:
        return _show(request, _day_asked(sent["on"].isoformat()), refusal=str(refused))
    return redirect(_address(sent["on"], answered=f"{post.public_id}.{guard.public_id}"))


def _show(request: MemberRequest, day: date, refusal: str = "") -> HttpResponse:
    """The page, or to htmx the part of it that changes."""
    today = timezone.localdate()
    school = request.membership.school
    page = cards.door_page(
        school,
        request.membership,
        day,
        today=today,
        changing=request.GET.get("change", ""),
        answered=request.GET.get("answered", ""),
    )
    unconfirmed = Assignment.objects.visible_to(request.membership).proposed().on(today)
    wanted = request.headers.get("HX-Target") == FRAGMENT
    response = render(
        request,
        f"school/door.html#{FRAGMENT}" if wanted else "school/door.html",
        {"page": page, "refusal": refusal, "unconfirmed": unconfirmed.count()},
    )
    # One address, two bodies: a browser that keeps the one must not show it for the other.
    patch_vary_headers(response, ["HX-Target"])
    return response


def _day_asked(text: str) -> date:
    """The day of an address that can still be marked, else today."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today - timedelta(days=actions.FILL_IN_DAYS) <= day <= today else today


def _address(day: date, **more: str) -> str:
    query = more if day == timezone.localdate() else {"day": day.isoformat(), **more}
    return f"{reverse('school:door')}?{urlencode(query)}"
