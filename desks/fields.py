"""Fields that the forms of every desk share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

DAY_HELP = gettext_lazy("Day, month, year. For example, 30.11.2026")


class DayField(forms.DateField):
    """A day typed as ДД.ММ.ГГГГ."""

    def __init__(self, *, missing: Any = "", **options: Any) -> None:
        """`missing` is what stands by the field when it is left empty."""
        options.setdefault("help_text", DAY_HELP)
        wrong = {"invalid": gettext_lazy("Type a day as day, month and year: 30.11.2026.")}
        widget = forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(
            input_formats=["%d.%m.%Y"],
            widget=widget,
            error_messages=wrong | ({"required": missing} if missing else {}),
            **options,
        )
