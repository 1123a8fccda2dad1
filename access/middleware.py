"""The current membership on the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SESSION_KEY = "membership"


class MembershipMiddleware:
    """Puts the membership in which the person acts on `request.membership` (None for a visitor without one).

    It reads the user's own `memberships`, so that this app need not know who keeps them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            request.membership = current_membership(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def current_membership(request: HttpRequest) -> object | None:
    """The membership chosen in the header, else the person's first."""
    memberships = list(request.user.memberships.in_use())  # type: ignore[union-attr]
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in memberships if str(one.public_id) == chosen), memberships[0] if memberships else None)
