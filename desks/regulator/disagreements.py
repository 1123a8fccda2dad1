"""The list of disagreements: what each says in a line, and its filters."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from desks import attendance as telling
from desks.regulator.filters import RegionFilter, school_like
from guards.models import Presence


def listed(membership: Any, today: date) -> QuerySet[Any]:
    rows = telling.listed(Presence.objects.visible_to(membership), today)
    return rows.select_related("guard", "post__school__region")


class DisagreementFilter(RegionFilter, telling.DisagreementFilter):
    """Where, besides whether the words still differ, and how."""

    school = django_filters.CharFilter(label=_("School or place"), method="of_school")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "region" in self.filters:
            self.filters["region"].field_name = "post__school__region"

    def of_school(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(school_like(value, "post__school__"))
