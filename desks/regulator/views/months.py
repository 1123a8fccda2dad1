"""Turnover month by month: of a school, an agency, a region or the country."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from agencies.models import Agency
from desks.regulator.filters import regions
from desks.trends import Whose, show_months
from schools.models import School


@allow(Role.REGULATOR)
def months(request: MemberRequest) -> HttpResponseBase:
    """The country, or the region that the address names; to an officer of a region his own."""
    asked = request.membership.region_id or request.GET.get("region", "")
    region = get_object_or_404(regions(request), pk=asked) if asked else None
    url = reverse("regulator:overview")
    query = f"?{urlencode({'region': region.pk})}" if region else ""
    name = str(region or _("The Republic of Kazakhstan"))
    owner = {"region": region.pk if region else None}
    return show_months(request, Whose("region", owner, name, url + query, _("Overview")))


@allow(Role.REGULATOR)
def school_months(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A school that the officer may know."""
    one = get_object_or_404(School.objects.visible_to(request.membership), public_id=public_id)
    url, list_url = reverse("regulator:school", args=[public_id]), reverse("regulator:schools")
    return show_months(request, Whose("school", {"school": one.pk}, one.name, url, _("Schools"), list_url))


@allow(Role.REGULATOR)
def agency_months(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """An agency that the officer may know."""
    one = get_object_or_404(Agency.objects.visible_to(request.membership), public_id=public_id)
    url, list_url = reverse("regulator:agency", args=[public_id]), reverse("regulator:agencies")
    return show_months(request, Whose("agency", {"agency": one.pk}, one.name, url, _("Agencies"), list_url))
