"""The forms of this desk: an answer at the door, and saying no to a proposed guard."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guards.models import Presence

CHOOSE = _("Choose one of the answers.")


class MarkForm(forms.Form):
    """Who was at the door: what the buttons of a card send. An empty answer takes the earlier one back."""

    post = forms.UUIDField()
    guard = forms.UUIDField()
    on = forms.DateField(input_formats=["%Y-%m-%d"])
    answer = forms.ChoiceField(
        choices=Presence.Answer.choices, required=False, error_messages={"invalid_choice": CHOOSE}
    )


class DeclineForm(forms.Form):
    """Why the director does not want a guard; the agency reads it word for word."""

    # The error is said by the page, in its language, and not by the browser.
    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why not this guard"),
        help_text=_(
            "The agency reads these words. For example: I ask for a guard who has completed the module on evacuation."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": _("Say why, so that the agency can propose somebody who fits.")},
    )
