"""The form that fills the free places of a school: a choice for each."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desks.agency.taking_over import FreePlace
from desks.fields import DayField


class FromDayForm(forms.Form):
    """From which day they stand there."""

    first_day = DayField(label=gettext_lazy("First day"), missing=gettext_lazy("Type the first day."))


class PlacesForm(forms.Form):
    """Whom to place where; a place may stay empty."""

    def __init__(self, *args: Any, places: Sequence[FreePlace], **options: Any) -> None:
        super().__init__(*args, **options)
        self._names = {str(one.guard.public_id): one.guard.name for place in places for one in place.candidates}
        for place in places:
            self.fields[place.key] = forms.ChoiceField(
                label=_("%(post)s, place %(number)s") % {"post": place.post.name, "number": place.number},
                choices=[("", _("Nobody yet")), *place.choices],
                initial=str(place.stays.guard.public_id) if place.stays else "",
                required=False,
                help_text=_("%(guard)s stands here already and stays.") % {"guard": place.stays.guard.name}
                if place.stays
                else "",
                error_messages={"invalid_choice": _("This guard may not be placed here. Choose another one.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._blame_taken()
        seen: set[str] = set()
        for name, guard in [(name, guard) for name, guard in cleaned.items() if guard]:
            if guard in seen:
                self.add_error(name, _("This guard is chosen for another place already."))
            seen.add(guard)
        if not any(cleaned.values()) and not self.errors:
            self.add_error(None, _("Choose a guard for at least one place."))
        return cleaned

    def _blame_taken(self) -> None:
        """Places filled since the page was shown: whoever was chosen for one is not forgotten in silence."""
        for name, guard in self.data.items():
            if name.startswith("guard_") and guard and name not in self.fields:
                who = {"guard": self._names.get(guard, "—")}
                said = _(
                    "%(guard)s: this place was filled in the meantime. Nothing was sent; look at the places again."
                )
                self.add_error(None, said % who)
