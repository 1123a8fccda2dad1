"""The current membership on the request."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from access.requests import MemberRequest

SESSION_KEY = "membership"


class MembershipMiddleware:
    """Puts the membership in which the person acts on `request.membership` (None for a visitor without one).

    It reads the user's own `memberships`, so that this app need not know who keeps them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast(MemberRequest, request).membership = current_membership(request)
        return self.get_response(request)


def current_membership(request: HttpRequest) -> Any:
    """The membership chosen in the header, else the person's first; None for a visitor."""
    if not request.user.is_authenticated:
        return None
    user: Any = request.user
    memberships = list(user.memberships.in_use())
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in memberships if str(one.public_id) == chosen), memberships[0] if memberships else None)
