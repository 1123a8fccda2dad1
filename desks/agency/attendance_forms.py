"""The form of a month's grid: the marks, the week that is copied, the sheet that is pasted."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desks import attendance as telling
from desks import formats
from desks.agency.attendance import Month
from desks.agency.filters import OwnSchoolFilter
from staffing.attendance import Shift

ONE_DAY = timedelta(days=1)
SAVE, COPY, PASTE = "save", "copy", "paste"


class GridForm(forms.Form):
    """What the boxes of a grid send; shown again it keeps every mark that still fits."""

    use_required_attribute = False

    claim = forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": _(
                "An assignment changed after you opened this page, and a mark no longer fits. "
                "Look at the grid and save."
            )
        },
    )
    week = forms.ChoiceField(label=_("Week to fill in"), required=False)
    sheet = forms.CharField(
        label=_("Rows of the sheet"),
        help_text=_(
            "A row for each guard: the IIN or the name, then a cell for each day from the 1st on. "
            "+, 1 or hours mark a shift; an empty cell, 0 or - none."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "wrap": "off"}),
        max_length=20000,
        required=False,
        strip=False,
    )

    def __init__(self, data: Any, month: Month) -> None:
        super().__init__(data)
        self.month = month
        self.known = month.values
        self.fields["claim"].choices = [(value, value) for value in self.known]  # type: ignore[attr-defined]
        self.fields["week"].choices = [  # type: ignore[attr-defined]
            (monday.isoformat(), formats.day_range(monday, monday + 6 * ONE_DAY)) for monday in month.weeks
        ]

    @property
    def seen(self) -> set[Shift]:
        """What was claimed when the page was opened, as it says itself; of a form that was not sent, what is saved."""
        return self.month.told(self.data.getlist("was")) if self.is_bound else self.month.saved  # type: ignore[attr-defined]

    @property
    def marks(self) -> set[Shift]:
        """The marks of the form that still fit; of a form that was not sent, what is saved."""
        if not self.is_bound:
            return self.month.saved
        return {self.known[value] for value in self.data.getlist("claim") if value in self.known}  # type: ignore[attr-defined]


class OwnDisagreementFilter(telling.DisagreementFilter):
    """The filter bar of this desk: at which school, besides."""

    school = OwnSchoolFilter(field_name="post__school")
