"""The list of causes of leaves: what each says in a line, and its filters."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desks import causes
from desks.lists import Column
from desks.regulator.filters import RegionFilter, agency_like, school_like
from guards.models import Cause, EndReason

SORTS = {
    "submitted": ("submitted_at",),
    "school": ("assignment__post__school__name_ru",),
    "agency": ("assignment__agency__name_ru",),
}
COLUMNS = [
    Column(_("Submitted on"), lambda cause: timezone.localdate(cause.submitted_at)),
    Column(_("State"), lambda cause: cause.told_state.text),
    Column(_("Guard"), lambda cause: cause.assignment.guard.full_name),
    Column(_("IIN"), lambda cause: cause.assignment.guard.masked_iin),
    Column(_("School"), lambda cause: cause.assignment.post.school.name),
    Column(_("Agency"), lambda cause: cause.assignment.agency.name),
    Column(_("BIN"), lambda cause: cause.assignment.agency.bin),
    Column(_("Last day"), lambda cause: cause.assignment.last_day),
    Column(_("Reason"), lambda cause: cause.assignment.get_end_reason_display()),
    Column(_("Answered on"), "decided_on"),
    Column(_("Why"), "reason"),
]


def listed(membership: Any) -> QuerySet[Cause]:
    """The causes of which the officer may know, with all that a line names."""
    return Cause.objects.visible_to(membership).select_related(
        "assignment__guard", "assignment__post__school__region", "assignment__agency"
    )


def hang_words(rows: Sequence[Any], today: date) -> None:
    """Hang on each cause its state and how long it has waited."""
    for row in rows:
        row.told_state = causes.state_words(row.status)
        row.submitted_on = timezone.localdate(row.submitted_at)
        row.waiting = causes.waiting_words(row, today) if row.status == Cause.Status.WAITING else ""


def prepare(today: date) -> Any:
    return partial(hang_words, today=today)


class CauseFilter(RegionFilter):
    """Which causes: their state, the reason of the leave, where and by whom."""

    state = django_filters.ChoiceFilter(
        label=_("State"), field_name="status", empty_label=_("All"), choices=causes.STATES[1:]
    )
    reason = django_filters.ChoiceFilter(
        label=_("Reason"), field_name="assignment__end_reason", empty_label=_("All"), choices=EndReason.choices
    )
    agency = django_filters.CharFilter(label=_("Agency or BIN"), method="of_agency")
    school = django_filters.CharFilter(label=_("School or place"), method="of_school")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "region" in self.filters:
            self.filters["region"].field_name = "assignment__post__school__region"

    def of_agency(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(agency_like(value, "assignment__agency__"))

    def of_school(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(school_like(value, "assignment__post__school__"))
