"""The list of schools, and what a school's file says beside the shared pieces."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy

from agencies.models import Contract
from desks.early_warning import used_words
from desks.lists import Column
from desks.regulator.figures import hang_figures, hang_open_findings, with_figure
from guards.models import Assignment
from schools.models import Post, School

SORTS = {
    "name": ("name_ru",),
    "region": ("region__code", "name_ru"),
    # What cannot be measured stands last, whichever way the values go.
    "turnover": ("rate",),
    "low": ("settled_low",),
    "margin": ("margin",),
    "headcount": ("average_headcount",),
    "confirmed": ("confirmed",),
}


def listed(membership: Any) -> QuerySet[School]:
    return with_figure(School.objects.visible_to(membership), "school").select_related("region")


def hang_details(schools: Sequence[Any], membership: Any, today: date) -> None:
    """Hang on each school its agencies `under_contract`, its open findings, its `interval` and `budget` in words."""
    held: dict[int, list[Any]] = {}
    contracts = Contract.objects.visible_to(membership).in_force(today).filter(school__in=[one.pk for one in schools])
    for contract in contracts.select_related("agency").order_by("first_day", "pk"):
        held.setdefault(contract.school_id, []).append(contract.agency)
    for school in schools:
        school.under_contract = list(dict.fromkeys(held.get(school.pk, [])))
    hang_figures(schools)
    hang_open_findings(schools, "school", membership)


def posts(school: School) -> QuerySet[Post]:
    """The posts of a school, those still open first."""
    return Post.objects.filter(school=school).order_by(F("last_day").desc(nulls_first=True), "first_day", "pk")


def standing(school: School, membership: Any, today: date) -> QuerySet[Assignment]:
    """Who stands at the doors of a school today, by post."""
    held = Assignment.objects.visible_to(membership).counted().on(today).filter(post__school=school)
    return held.select_related("guard", "post", "agency").order_by("post__first_day", "post__code", "first_day", "pk")


def places(school: School, today: date) -> int:
    """How many guards the open posts of a school ask for."""
    still = Q(last_day__isnull=True) | Q(last_day__gte=today)
    total = Post.objects.filter(still, school=school, first_day__lte=today).aggregate(total=Sum("positions"))
    return total["total"] or 0


COLUMNS = [
    Column(gettext_lazy("School"), "name"),
    Column(gettext_lazy("Region"), lambda one: one.region.name),
    Column(gettext_lazy("Place"), "locality"),
    Column(gettext_lazy("Agency under contract"), lambda one: ", ".join(agency.name for agency in one.under_contract)),
    Column(gettext_lazy("Headcount"), "average_headcount"),
    Column(gettext_lazy("Leaves that count"), "net_left"),
    Column(gettext_lazy("Leaves in all"), "gross_left"),
    Column(gettext_lazy("Turnover, % a year"), "rate"),
    Column(gettext_lazy("Lower bound"), "rate_low"),
    Column(gettext_lazy("Upper bound"), "rate_high"),
    Column(gettext_lazy("Leaves used of those the limit allows"), used_words),
    Column(gettext_lazy("Confirmed, %"), "confirmed"),
    Column(gettext_lazy("Open findings"), "open_count"),
]
