"""The way back: the page that a piece of work was begun from, kept through all its steps until it is done.

A link carries `{% returning %}`: what it leads to comes back here, or to where this page itself is to come back to;
one to something that has to be mended first, so that the work can go on, carries `{% detour %}`. A
form between two steps carries `{% keep_return %}`; a `step` and the forms that send to their own address keep it by
themselves. A view goes `on` to a further step and `back` when the work is done.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

NAME = "next"
# Addresses within addresses, each encoded once more than the one around it.
LONGEST = 2000


def asked(request: HttpRequest) -> str:
    """The address to come back to; empty where none was said, or one that is not of this site."""
    wanted = request.POST.get(NAME) or request.GET.get(NAME) or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and len(wanted) <= LONGEST else ""


def here(request: HttpRequest, section: str = "") -> str:
    """What a link adds to its address, so that what it leads to comes back to a section of this page or beyond it."""
    return urlencode({NAME: asked(request) or request.get_full_path() + (f"#{section}" if section else "")})


def detour(request: HttpRequest) -> str:
    """What a link adds that leads to what has to be mended first: the work goes on here afterwards."""
    return urlencode({NAME: request.get_full_path()})


def back(request: HttpRequest, name: str, **of: Any) -> HttpResponseRedirect:
    """The work is done: back to where it was begun, else to the page with this name."""
    return HttpResponseRedirect(asked(request) or reverse(name, kwargs=of))


def on(request: HttpRequest, name: str, **of: Any) -> HttpResponseRedirect:
    """To a further step of the same work."""
    address, wanted = reverse(name, kwargs=of), asked(request)
    return HttpResponseRedirect(f"{address}?{urlencode({NAME: wanted})}" if wanted else address)
