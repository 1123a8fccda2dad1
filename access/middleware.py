"""The current membership on the request."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from access.requests import MemberRequest

SESSION_KEY = "membership"


class MembershipMiddleware:
    """Puts all memberships of the person on `request.memberships`, and the one in which he acts on
    `request.membership` (None for a visitor without one).

    It reads the user's own `memberships`, so that this app need not know who keeps them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(MemberRequest, request)
        asked.memberships = list(asked.user.memberships.in_use()) if asked.user.is_authenticated else []
        asked.membership = _current(asked)
        return self.get_response(request)


def _current(request: MemberRequest) -> Any:
    """The membership chosen in the header, else the person's first; None for a visitor."""
    chosen = request.session.get(SESSION_KEY)
    first = request.memberships[0] if request.memberships else None
    return next((one for one in request.memberships if str(one.public_id) == chosen), first)
