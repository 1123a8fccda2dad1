"""Forms to show: a field of each kind, empty and with something to correct."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desks.styleguide import samples

SCHOOLS = [("", _("All")), *samples.SCHOOLS]
REASONS = [("own", _("Of his own accord")), ("moved", _("Moved by the agency"))]


class SampleForm(forms.Form):
    """One field of each kind."""

    last_day = forms.DateField(label=_("Last day"), help_text=_("Day, month, year. For example 30.11.2026"))
    iin = forms.CharField(label=_("Guard's IIN"), help_text=_("12 digits"), min_length=12)
    school = forms.ChoiceField(label=_("School"), choices=SCHOOLS)
    ground = forms.CharField(label=_("Ground"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS, widget=forms.RadioSelect)
    agreed = forms.BooleanField(label=_("The school knows of it"))


class SampleFilter(forms.Form):
    """A filter of a list."""

    q = forms.CharField(label=_("Name or IIN"), required=False)
    school = forms.ChoiceField(label=_("School"), choices=SCHOOLS, required=False)
    papers = forms.ChoiceField(label=_("Papers"), choices=[("", _("All"))], required=False)
