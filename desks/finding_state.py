"""Whether a finding is still open and how sure it is: what every desk's list of findings is filtered by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.models import Finding

_BY_RECORDS = "by_records"
#: A finding that rests on records alone, not on a rate, has no strength.
STRENGTHS = [*Finding.Strength.choices, (_BY_RECORDS, _("By the records"))]


def by_strength(findings: QuerySet[Any], value: str) -> QuerySet[Any]:
    """The findings of one of the strengths."""
    return findings.filter(strength="" if value == _BY_RECORDS else value)


class StateFilter(django_filters.FilterSet):
    """Findings that are open, or closed."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        empty_label=_("All"),
        choices=[("open", _("Open")), ("closed", _("Closed"))],
    )

    def by_state(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return findings.filter(closed_on__isnull=value == "open")
