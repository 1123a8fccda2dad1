"""Fields that the forms of every desk share."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from files.intake import DOCUMENTS, ENDINGS, Taken, take

# No day of a register lies beyond these; a year typed wrong must not reach the arithmetic of days.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
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

    def clean(self, value: Any) -> date | None:
        """The day, refused where its year cannot be meant."""
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(
                _("Type a year from %(first)d to %(last)d.") % {"first": EARLIEST.year, "last": LATEST.year}
            )
        return day


class UploadField(forms.FileField):
    """A private file: its cleaned value is what `files.intake.take` made of it, None where none was sent."""

    def __init__(self, *, kinds: tuple[str, ...] = DOCUMENTS, **options: Any) -> None:
        self.kinds = kinds
        accept = ",".join((*kinds, *(ENDINGS[kind] for kind in kinds)))
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), **options)

    def clean(self, data: Any, initial: Any = None) -> Taken | None:
        """What was sent, read once and checked by its bytes."""
        upload = super().clean(data, initial)
        return take(upload, kinds=self.kinds) if upload else None
