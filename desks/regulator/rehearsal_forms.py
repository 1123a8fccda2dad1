"""Where to rehearse, and the filter of those whose mark changes."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.drafting import number_key
from compliance.models import Clause, RehearsedMark
from desks.regulator.filters import RegionFilter, agency_like, school_like
from schools.models import Region


class ScopeForm(forms.Form):
    """The country, or one of its regions; an officer of a region is not asked."""

    region = forms.ModelChoiceField(
        label=pgettext_lazy("rehearsal", "Where"),
        queryset=Region.objects.all(),
        required=False,
        empty_label=_("The whole country"),
    )


class MarkFilter(RegionFilter):
    """Whose mark: by school, agency, region and clause; how it changes and how sure it is by the draft."""

    q = django_filters.CharFilter(label=_("School or place"), method="of_school")
    change = django_filters.ChoiceFilter(
        label=_("What changes"), empty_label=_("All"), choices=RehearsedMark.Change.choices
    )
    after = django_filters.ChoiceFilter(
        label=_("By the draft"), empty_label=_("All"), choices=RehearsedMark.Mark.choices
    )
    clause = django_filters.ChoiceFilter(label=_("Clause"), field_name="clause__number", empty_label=_("All"))
    agency = django_filters.CharFilter(label=_("Agency or BIN"), method="of_agency")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        marked = Exists(self.queryset.filter(clause=OuterRef("pk")))
        changed = Clause.objects.filter(marked).values_list("number", flat=True)
        if len(changed) > 1:
            self.filters["clause"].extra["choices"] = [(number, number) for number in sorted(changed, key=number_key)]
        else:
            del self.filters["clause"]

    def of_school(self, marks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return marks.filter(school_like(value, "school__"))

    def of_agency(self, marks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return marks.filter(agency_like(value, "agency__"))
