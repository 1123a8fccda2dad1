"""The name under which a filter is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KeepForm(forms.Form):
    """A name; which list and which filter it is stands in the address."""

    name = forms.CharField(
        label=pgettext_lazy("filter", "Name"),
        help_text=_("For example, “Papers running out, Karaganda”"),
        max_length=80,
        error_messages={"required": _("Give the filter a name.")},
    )
