"""Questions on a proposal before the director answers it, as both desks tell them.

with_asking(proposals)              adds `last_said_by`: whose words on a proposal are the last
is_asked(proposal)                  whether the school waits for the agency's answer
SayForm, said(form, proposal, by)   ask, or answer
"""

from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from access.roles import Role
from guards.models import Assignment, ProposalNote
from staffing.asking import discuss
from staffing.refusals import Refused


def with_asking(proposals: QuerySet[Any]) -> QuerySet[Any]:
    last = ProposalNote.objects.filter(assignment=OuterRef("pk")).order_by("-at", "-pk")
    return proposals.annotate(last_said_by=Subquery(last.values("role")[:1]))


def is_asked(proposal: Any) -> bool:
    """Whether the director's question is the last word on a proposal that still waits."""
    asked: bool = proposal.last_said_by == Role.SCHOOL_DIRECTOR
    return asked and proposal.status == Assignment.Status.PROPOSED


class SayForm(forms.Form):
    """A question of the director, or the agency's answer; the other side reads it word for word."""

    use_required_attribute = False

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": _("Write what you want to say.")},
    )

    def __init__(self, *args: Any, asks: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        text = self.fields["text"]
        text.label = _("Your question") if asks else _("Your answer")
        text.help_text = (
            _("The agency reads these words. For example: has he worked with small children before?")
            if asks
            else _("The director reads these words before he decides.")
        )


def said(form: forms.Form, proposal: Assignment, by: Any) -> bool:
    """Write down what the form says; where it is at fault or refused, it says so."""
    if not form.is_valid():
        return False
    try:
        discuss(assignment=proposal, text=form.cleaned_data["text"], by=by)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return False
    return True
