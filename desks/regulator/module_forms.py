"""The form of a training module."""

from django import forms
from django.utils.translation import gettext_lazy

from guards.models import Module

HOURS = gettext_lazy("Type the hours: 2 or 1.5.")


class ModuleForm(forms.Form):
    """A module in the state's languages, with its hours and how long it lasts."""

    use_required_attribute = False

    title_kk = forms.CharField(
        label=gettext_lazy("Name in Kazakh"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the name in Kazakh.")},
    )
    title_ru = forms.CharField(
        label=gettext_lazy("Name in Russian"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the name in Russian.")},
    )
    title_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    scope = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Module.Scope.choices)
    hours = forms.DecimalField(
        label=gettext_lazy("Hours of training"),
        max_digits=6,
        decimal_places=2,
        min_value=0,
        required=False,
        error_messages={"invalid": HOURS},
    )
    valid_months = forms.IntegerField(
        label=gettext_lazy("Valid for how many months"),
        help_text=gettext_lazy("Leave it empty for a module that holds without an end"),
        min_value=1,
        max_value=600,
        required=False,
    )
