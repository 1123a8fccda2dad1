"""The request as a page of a desk knows it."""

from typing import Any

from django.http import HttpRequest


class MemberRequest(HttpRequest):
    """A request that passed MembershipMiddleware: `membership` is the one in which the person acts.

    Its type stands in a layer above (`accounts.models.Membership`); behind `@allow` it is never None.
    """

    membership: Any
    htmx: Any
