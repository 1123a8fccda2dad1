"""Choices in the header: for whom the person acts, in which language and theme."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from access.context import THEME_COOKIE, THEMES
from access.middleware import SESSION_KEY

A_YEAR = 60 * 60 * 24 * 365


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else "/"


@require_POST
def choose_membership(request: HttpRequest) -> HttpResponse:
    """Act for another of one's own organisations from now on."""
    person: Any = request.user
    try:
        wanted = uuid.UUID(request.POST.get("membership", ""))
    except ValueError as error:
        raise Http404 from error
    chosen = get_object_or_404(person.memberships.in_use(), public_id=wanted)
    request.session[SESSION_KEY] = str(chosen.public_id)
    return redirect("home")


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme for a year on this device."""
    response = redirect(_back(request))
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response
