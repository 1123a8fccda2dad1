"""The proof of why a guard left, and the filter of the list of causes."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from desks import causes
from desks.agency.filters import OwnSchoolFilter
from files.intake import take


class CauseForm(forms.Form):
    """What the agency says of the cause, and the paper that proves it."""

    use_required_attribute = False

    evidence = forms.FileField(
        label=_("Proof"),
        help_text=_("A sick note, an order, a certificate: PDF, JPEG or PNG of at most 10 MB"),
        required=False,
    )
    note = forms.CharField(
        label=_("What it proves"),
        help_text=_("Number and date of the paper, who issued it. The school and the regulator read these words."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )

    def clean_evidence(self) -> Any:
        """The file as it is kept, read once; nothing where none was sent."""
        upload = self.cleaned_data["evidence"]
        return take(upload) if upload else None


class CauseFilter(django_filters.FilterSet):
    """In which state the cause of a leave is, and at which school."""

    state = django_filters.ChoiceFilter(
        label=_("State"), method="by_state", empty_label=_("All"), choices=causes.STATES
    )
    school = OwnSchoolFilter(field_name="post__school")

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return causes.in_state(rows, value)
