"""Filters kept under a name: keeping the present one, and taking one away."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from accounts import actions
from accounts.models import SavedFilter
from desks import saved_filters
from desks.saved.forms import KeepForm


def _list_url(page: str, query: str = "") -> str:
    """The address of the list, 404 where there is none of this name."""
    try:
        return saved_filters.address(page, query)
    except NoReverseMatch as fault:
        raise Http404 from fault


@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
def filters(request: MemberRequest) -> HttpResponse:
    """Keep the filter that the address names, and see those kept of the same list."""
    page, query = request.GET.get("page", ""), saved_filters.without_paging(request.GET.get("query", ""))
    back_url = _list_url(page, query)
    form = KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep_filter(membership=request.membership, page=page, query=query, **form.cleaned_data)
        except ValidationError as fault:
            form.add_error("name", fault.messages[0])
        else:
            messages.success(request, _("The filter “%(name)s” is kept.") % {"name": kept.name})
            return redirect(back_url)
    kept_here = saved_filters.kept(request.membership, page)
    context: dict[str, Any] = {"form": form, "query": query, "back_url": back_url, "kept": kept_here}
    return render(request, "saved/filters.html", context)


@allow(Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR, Role.REGULATOR)
@require_POST
def delete(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a kept filter away."""
    one = get_object_or_404(SavedFilter, membership=request.membership, public_id=public_id)
    actions.delete_filter(saved_filter=one)
    messages.success(request, _("The filter “%(name)s” is no longer kept.") % {"name": one.name})
    return redirect(f"{reverse('saved:filters')}?page={one.page}")
