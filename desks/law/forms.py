"""Which two versions of a clause are compared."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from desks.clauses import Edition


class PairForm(forms.Form):
    """Two versions of a clause, by their places."""

    use_required_attribute = False

    first = forms.TypedChoiceField(label=gettext_lazy("Earlier version"), coerce=int)
    second = forms.TypedChoiceField(label=gettext_lazy("Later version"), coerce=int)

    def __init__(self, data: Any, editions: Sequence[Edition]) -> None:
        super().__init__(data)
        choices = [(edition.ordinal, edition.head) for edition in editions]
        for name in ("first", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def pair(self) -> tuple[int, int] | None:
        """The places that were chosen, the earlier first; None where none were."""
        if not self.is_valid():
            return None
        first, second = sorted((self.cleaned_data["first"], self.cleaned_data["second"]))
        return None if first == second else (first, second)
