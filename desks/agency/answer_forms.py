"""The form in which the agency answers a finding."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desks.fields import DayField
from files.intake import take


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files, each read once and kept as what it is."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files as they are kept, in the order in which they were chosen."""
        chosen = data if isinstance(data, list | tuple) else [data]
        found = [super(FilesField, self).clean(one, initial) for one in chosen if one]
        return [take(one) for one in found]


class AnswerForm(forms.Form):
    """What the agency says of a finding."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Explanation"),
        help_text=_("What happened and what you do about it. The regulator reads these words beside the proof."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        error_messages={"required": _("Explain in words: the regulator reads them with the proof.")},
    )
    remedy_by = DayField(
        label=_("You will mend it by"),
        required=False,
        help_text=_("A day that you set yourself, for example 30.11.2026. It is not a deadline of law."),
    )
    attachments = FilesField(
        label=_("Attachments"),
        required=False,
        help_text=_("At most ten: PDF, JPEG or PNG, each of at most 10 MB"),
    )
