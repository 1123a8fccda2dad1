"""Whether a finding is still open: the filter that every desk's list of findings begins with."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _


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
