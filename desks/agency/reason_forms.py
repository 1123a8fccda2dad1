"""What the last step of a placing asks for: signed reasons, and the proof of a cause."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desks.fields import UploadField
from staffing.obstacles import Reservation


class ReasonsForm(forms.Form):
    """A reason to sign for each clause of policy that speaks against what is planned; nothing where none does.

    Clauses of one rule, as the limits of turnover at several levels, are set aside by the same leave: they take one
    reason, which is signed for each.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, asked: Sequence[Reservation], **options: Any) -> None:
        super().__init__(*args, **options)
        of_rule: dict[str, list[Reservation]] = {}
        for one in asked:
            of_rule.setdefault(one.version.rule, []).append(one)
        self._asked = {f"reason_{many[0].version.pk}": many for many in of_rule.values()}
        for name, many in self._asked.items():
            numbers = ", ".join(one.version.clause.number for one in many)
            self.fields[name] = forms.CharField(
                label=ngettext("Why clause %(number)s is set aside", "Why clauses %(number)s are set aside", len(many))
                % {"number": numbers},
                help_text=" ".join(one.sentence for one in many),
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=1000,
                error_messages={"required": _("Say why. The director reads this reason with your name.")},
            )

    @property
    def reasons_asked(self) -> bool:
        return bool(self._asked)

    @property
    def reasons(self) -> dict[int, str]:
        """The reasons by the version's primary key."""
        return {one.version.pk: self.cleaned_data[name] for name, many in self._asked.items() for one in many}


class ProofForm(ReasonsForm):
    """The same, after the proof of a cause where the reason of the end can be excused by one."""

    note = forms.CharField(
        label=gettext_lazy("The cause in words"),
        help_text=gettext_lazy("For example: sick list № 118 of 24.11.2026, until spring."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    evidence = UploadField(
        label=gettext_lazy("Proof of the cause"),
        help_text=gettext_lazy("Application, order or certificate. PDF, JPG or PNG. It can be sent later as well."),
        required=False,
    )

    def __init__(self, *args: Any, can_be_excused: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not can_be_excused:
            del self.fields["note"], self.fields["evidence"]
