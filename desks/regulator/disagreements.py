"""The list of disagreements: what each says in a line, and its filters."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from desks import attendance as telling
from desks.lists import Column
from desks.regulator.filters import RegionFilter, school_like
from guards.models import Presence


def seen(membership: Any) -> QuerySet[Presence]:
    """The shifts at the schools of the region; of the country without asking for the posts of each school."""
    return Presence.objects.all() if membership.region_id is None else Presence.objects.visible_to(membership)


def listed(membership: Any, today: date) -> QuerySet[Any]:
    return telling.listed(seen(membership), today).select_related("guard", "post__school__region")


def columns() -> list[Column]:
    return [
        Column(_("Day"), "on"),
        Column(_("Guard"), lambda row: row.guard.full_name),
        Column(_("IIN"), lambda row: row.guard.masked_iin),
        Column(_("School"), lambda row: row.post.school.name),
        Column(_("Post"), lambda row: row.post.name),
        Column(_("What differs"), lambda row: row.verdict.text),
        Column(_("Notes"), "spoken"),
    ]


class DisagreementFilter(RegionFilter, telling.DisagreementFilter):
    """Where, besides whether the words still differ, and how."""

    school = django_filters.CharFilter(label=_("School or place"), method="of_school")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "region" in self.filters:
            self.filters["region"].field_name = "post__school__region"

    def of_school(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(school_like(value, "post__school__"))
