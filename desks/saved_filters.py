"""Filters of lists that somebody keeps under a name: `{% saved_filters %}` under the filter bar of a list."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.models import SavedFilter
from desks.lists import PAGING


def without_paging(query: str) -> str:
    """What a list is filtered and sorted by: without empty fields, and without the place in it."""
    kept = QueryDict(mutable=True)
    for name, values in QueryDict(query).lists():
        if name not in PAGING and any(values):
            kept.setlist(name, values)
    return kept.urlencode()


def address(page: str, query: str = "") -> str:
    """Where a list stands, filtered; `page` is the name of its address. Raises NoReverseMatch."""
    return f"{reverse(page)}?{query}" if query else reverse(page)


def kept(membership: Any, page: str) -> list[Any]:
    """The filters that a membership keeps of a list, by name, each with its `address`."""
    found: list[Any] = list(SavedFilter.objects.filter(membership=membership, page=page))
    for one in found:
        one.address = address(page, one.query)
    return found


def shown(request: HttpRequest) -> dict[str, Any]:
    """What stands under the filter bar of the list that is asked for."""
    match, membership = request.resolver_match, getattr(request, "membership", None)
    if match is None or membership is None:
        return {"kept": [], "page": "", "query": ""}
    return {
        "kept": kept(membership, match.view_name),
        "page": match.view_name,
        "query": without_paging(request.GET.urlencode()),
    }
