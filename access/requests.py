"""The request as a page of a desk knows it."""

from typing import Any

from django.http import HttpRequest


class MemberRequest(HttpRequest):
    """A request that passed MembershipMiddleware: `membership` is the one of `memberships` in which the person acts.

    Its type stands in a layer above (`accounts.models.Membership`); behind `@allow` it is never None.
    """

    membership: Any
    memberships: list[Any]
    user: Any
    htmx: Any
