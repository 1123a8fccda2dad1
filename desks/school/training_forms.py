"""The forms of what a school asks for: a module from a day, the school's own words, and the end."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desks.fields import DayField
from guards.models import Module

CHOOSE_MODULE = gettext_lazy("Choose a module.")
LONGEST_WORDS = 2000


class CatalogueField(forms.ModelChoiceField):
    """A module of the catalogue, with its hours and how long it lasts."""

    def label_from_instance(self, module: Any) -> str:
        kind = module.get_scope_display().lower()
        if module.version == 1:
            return _("%(module)s (%(kind)s)") % {"module": module.title, "kind": kind}
        values = {"module": module.title, "kind": kind, "version": module.version}
        return _("%(module)s, version %(version)d (%(kind)s)") % values


class WordsForm(forms.Form):
    """What is special about this school under a module."""

    briefing = forms.CharField(
        label=gettext_lazy("What is special at your school"),
        required=False,
        max_length=LONGEST_WORDS,
        help_text=gettext_lazy(
            "The trainer reads it: for example, which exit the primary classes take. It is shown to the agencies "
            "that guard your school, and to nobody else."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class RequireForm(WordsForm):
    """Which module, from when, and the school's own words."""

    use_required_attribute = False

    module = CatalogueField(
        label=gettext_lazy("Module"),
        queryset=Module.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("Choose a module"),
        error_messages={"required": CHOOSE_MODULE, "invalid_choice": CHOOSE_MODULE},
    )
    first_day = DayField(label=gettext_lazy("From which day"), missing=gettext_lazy("Type the first day."))

    field_order = ("module", "first_day", "briefing")

    def __init__(self, *args: Any, modules: QuerySet[Module], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]


class EndRequirementForm(forms.Form):
    """The last day on which a module is asked for."""

    use_required_attribute = False

    last_day = DayField(label=gettext_lazy("Last day"), missing=gettext_lazy("Type the last day."))
