"""The forms of training: planning a session, saying who came, sending the signed sheet, entering the log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desks.agency.forms import RecordField
from desks.fields import DayField
from files.intake import take
from guards.models import Briefing, Guard, Module
from schools.models import School

CHOOSE_MODULE = gettext_lazy("Choose a module.")
CHOOSE_SCHOOL = gettext_lazy("Choose a school.")


def module_name(module: Module) -> str:
    """The title, with the version from the second one on."""
    if module.version == 1:
        return module.title
    return _("%(module)s, version %(version)d") % {"module": module.title, "version": module.version}


class ModuleField(forms.ModelChoiceField):
    """A module by its code, which is its identifier everywhere."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            to_field_name="code",
            error_messages={"required": CHOOSE_MODULE, "invalid_choice": CHOOSE_MODULE},
            **options,
        )

    def label_from_instance(self, module: Any) -> str:
        return module_name(module)


class GuardsField(forms.ModelMultipleChoiceField):
    """Some guards, ticked by name; what names no guard of the list is no choice."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Guard.objects.none(), to_field_name="public_id", **options)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except ValidationError as fault:
            word = "required" if getattr(fault, "code", "") == "required" else "invalid_choice"
            raise ValidationError(self.error_messages[word], code=word) from fault

    def label_from_instance(self, guard: Any) -> str:
        return str(guard.full_name)


class TeachForm(forms.Form):
    """What a session is about: which module, and for which school."""

    module = ModuleField(
        label=gettext_lazy("Module"), queryset=Module.objects.none(), empty_label=gettext_lazy("Choose a module")
    )
    school = RecordField(
        label=gettext_lazy("School"),
        queryset=School.objects.none(),
        required=False,
        empty_label=gettext_lazy("All schools"),
        help_text=gettext_lazy("A module for one school is completed anew for each school."),
        error_messages={"invalid_choice": CHOOSE_SCHOOL},
    )

    def __init__(self, *args: Any, modules: QuerySet[Module], schools: QuerySet[School], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A module for one school needs the school."""
        cleaned = super().clean() or {}
        module = cleaned.get("module")
        if module and module.is_for_a_school and not cleaned.get("school") and "school" not in self.errors:
            self.add_error("school", _("This module is completed for one school. Choose the school."))
        return cleaned


@dataclass
class Found:
    """Whom the lines of a search mean: one guard, several, or nobody."""

    single: dict[int, Guard] = field(default_factory=dict)
    several: dict[int, Guard] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        said = []
        if self.unknown:
            said.append(_("Nobody on your staff has this name or IIN: %(who)s.") % {"who": ", ".join(self.unknown)})
        if self.unclear:
            said.append(
                _("Several guards fit. Tick whom you mean in the list: %(who)s.") % {"who": ", ".join(self.unclear)}
            )
        return said


class SessionForm(forms.Form):
    """When, by whom, how long, where, and who is asked to come."""

    on = DayField(label=gettext_lazy("Day"), missing=gettext_lazy("Type the day."))
    hours = forms.CharField(
        label=gettext_lazy("Hours of training"),
        help_text=gettext_lazy("For example, 2 or 1.5"),
        error_messages={"required": gettext_lazy("Type the hours: 2 or 1.5.")},
    )
    trainer = forms.CharField(
        label=gettext_lazy("Trainer"),
        max_length=200,
        help_text=gettext_lazy("Name and position, as they are to stand in the sheet"),
        error_messages={"required": gettext_lazy("Type who leads the session.")},
    )
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=200, required=False, help_text=gettext_lazy("Address or room")
    )
    guards = GuardsField(
        label=gettext_lazy("Guards"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose among the guards of the list.")},
    )
    others = forms.CharField(
        label=gettext_lazy("Others on your staff"),
        required=False,
        help_text=gettext_lazy("A name or an IIN, one on a line: guards who are not in the list yet"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
    )

    def __init__(self, *args: Any, listed: QuerySet[Guard], found: Found, **options: Any) -> None:
        super().__init__(*args, **options)
        self.found = found
        self.fields["guards"].queryset = listed  # type: ignore[attr-defined]
        if not listed:
            del self.fields["guards"]

    def clean_hours(self) -> Decimal:
        """Hours with a point or a comma, in quarters or tenths."""
        text = self.cleaned_data["hours"].replace(",", ".").strip()
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text):
            raise ValidationError(_("Type the hours: 2 or 1.5."))
        return Decimal(text)

    def clean_others(self) -> list[Guard]:
        """The guards who were typed. Each line means one."""
        if self.found.faults:
            raise ValidationError(self.found.faults)
        return list(self.found.single.values())

    @property
    def chosen(self) -> list[Guard]:
        """Everybody who is asked to come, once."""
        ticked = self.cleaned_data.get("guards") or []
        return list({guard.pk: guard for guard in (*ticked, *self.cleaned_data["others"])}.values())


class CancelForm(forms.Form):
    """Why a session is called off."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why it is cancelled"),
        max_length=300,
        help_text=gettext_lazy("For example: the trainer fell ill. It stands with the session."),
        error_messages={"required": gettext_lazy("Type why the session is cancelled.")},
    )


class CameForm(forms.Form):
    """Who came to a session."""

    came = GuardsField(
        label=gettext_lazy("Who came"),
        error_messages={
            "required": gettext_lazy("Tick those who came. If nobody came, cancel the session."),
            "invalid_choice": gettext_lazy("Choose among the guards of the list."),
        },
    )

    use_required_attribute = False

    def __init__(self, *args: Any, guards: QuerySet[Guard], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["came"].queryset = guards  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    """The sign-in sheet with the signatures, scanned."""

    sheet = forms.FileField(
        label=gettext_lazy("Signed sheet"),
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB"),
        error_messages={"required": gettext_lazy("Choose the file with the signed sheet.")},
    )

    use_required_attribute = False

    def clean_sheet(self) -> Any:
        return take(self.cleaned_data["sheet"])


class LogForm(forms.Form):
    """An entry of a school's log: what was held, when, on what, by whom."""

    held_on = DayField(label=gettext_lazy("Day"), missing=gettext_lazy("Type the day."))
    kind = forms.ChoiceField(label=gettext_lazy("What was held"), choices=Briefing.Kind.choices)
    topic = forms.CharField(
        label=gettext_lazy("Topic"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type what it was about.")},
    )
    led_by = forms.CharField(
        label=gettext_lazy("Led by"),
        max_length=200,
        help_text=gettext_lazy("Name and position"),
        error_messages={"required": gettext_lazy("Type who led it.")},
    )
    attended = GuardsField(
        label=gettext_lazy("Who attended"),
        error_messages={
            "required": gettext_lazy("Choose at least one guard."),
            "invalid_choice": gettext_lazy("Choose among the guards of the list."),
        },
    )

    use_required_attribute = False

    def __init__(self, *args: Any, guards: Sequence[Guard] | QuerySet[Guard], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["attended"].queryset = guards  # type: ignore[attr-defined]
