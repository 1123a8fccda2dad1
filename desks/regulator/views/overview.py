"""The country or a region on one page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.reports import limiting_version
from desks import formats
from desks.regulator import comparison
from desks.regulator import overview as figures
from desks.trends import owner_trend
from schools.models import Region


@allow(Role.REGULATOR)
def overview(request: MemberRequest) -> HttpResponse:
    """What is confirmed, measurable and breached; for the country also the map of the regions."""
    today = timezone.localdate()
    own = request.membership.region_id
    chosen = request.GET.get("region", "") or own
    region = get_object_or_404(Region.objects.filter(pk=own) if own else Region, pk=chosen) if chosen else None
    found = figures.overview(request.membership, region, today)
    shade = figures.SHADES.get(request.GET.get("figure", ""), figures.SHADES["confirmed"])
    judged = found.evaluation.as_of if found.evaluation else today
    version, rule = limiting_version("school", judged)
    return render(
        request,
        "regulator/overview.html",
        {
            "found": found,
            "today": today,
            "judged_ago": formats.days_left(judged, today),
            "national": not own,
            "regions": [] if own else Region.objects.all(),
            "compared": comparison.compare(request.membership, None if own else region, judged),
            "map": None if region else figures.tile_map(request.membership, shade, request.path, found),
            "shade": shade,
            "shades": figures.SHADES.values(),
            "trend": owner_trend("region", region=region.pk if region else None),
            "months_url": reverse("regulator:months") + (f"?{urlencode({'region': region.pk})}" if region else ""),
            "version": version,
            "limit": rule.threshold_percent,
        },
    )
