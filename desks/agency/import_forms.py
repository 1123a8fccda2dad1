"""The forms of importing: a file to be sent, its columns to be matched, mended rows to be sent again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desks.fields import UploadField
from exchange.models import Import
from exchange.sheets import matching
from exchange.sheets.kinds import KINDS
from files.intake import SHEETS

CHOOSE_FILE = {"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("This file is empty.")}


class SendForm(forms.Form):
    """What is brought in, and the file with it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the file holds"),
        choices=[("", gettext_lazy("Choose"))] + [(kind.name, kind.label) for kind in KINDS.values()],
        error_messages={
            "required": gettext_lazy("Choose what the file holds."),
            "invalid_choice": gettext_lazy("Choose what the file holds."),
        },
    )
    file = UploadField(
        label=gettext_lazy("File"),
        kinds=SHEETS,
        help_text=gettext_lazy("XLSX or CSV, at most 30 MB and 150,000 rows"),
        error_messages=CHOOSE_FILE,
    )


class MendForm(forms.Form):
    """The rows at fault, mended."""

    file = UploadField(label=gettext_lazy("The mended file"), kinds=SHEETS, error_messages=CHOOSE_FILE)


class MatchForm(forms.Form):
    """For each head of a sheet the column that it is, or none."""

    def __init__(self, *args: Any, of: Import, **options: Any) -> None:
        super().__init__(*args, **options)
        self.of = of
        choices = [("", _("Leave out")), *((column.name, column.head) for column in of.sheet_kind.columns)]
        for place, head in enumerate(of.heads):
            self.fields[f"head_{place}"] = forms.ChoiceField(
                label=head or _("Column without a name"), choices=choices, required=False, initial=of.matching[place]
            )

    @property
    def names(self) -> list[str]:
        """The chosen columns in the order of the heads."""
        return [self.cleaned_data[f"head_{place}"] for place in range(len(self.of.heads))]

    def clean(self) -> dict[str, Any]:
        """No column is chosen twice, and none is missing that no row can do without."""
        cleaned = super().clean() or {}
        chosen: set[str] = set()
        for name in self.fields:
            column = cleaned.get(name, "")
            if column and column in chosen:
                self.add_error(name, _("This column was chosen above already."))
            chosen.add(column)
        if absent := matching.missing(self.of.sheet_kind, list(chosen)):
            heads = [str(column.head) for column in self.of.sheet_kind.required if column.name in absent]
            raise ValidationError(_("No column was chosen for: %(columns)s.") % {"columns": ", ".join(heads)})
        return cleaned
