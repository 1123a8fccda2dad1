"""The forms about a guard: taking him on the staff, correcting him, his photograph, his papers, letting him go."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desks.fields import DayField, UploadField
from files.intake import PICTURES
from guards.actions.people import DISMISSAL_REASONS
from guards.models import Credential, Guard
from schools.identifiers import iin_of_a_person_fault

KAZAKHSTAN = "KZ"


def one_line(label: Any, longest: int, missing: Any = "", **options: Any) -> forms.CharField:
    """A field of one line; `missing` is what stands by it when it is left empty, without it the field is optional."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(missing),
        error_messages={"required": missing} if missing else {},
        **options,
    )


class NamesForm(forms.Form):
    """A person's names and citizenship, as his identity card has them."""

    use_required_attribute = False

    family_name = one_line(_("Family name"), 80, _("Type the family name."))
    given_name = one_line(_("Given name"), 80, _("Type the given name."))
    patronymic = one_line(_("Patronymic"), 80, help_text=_("If the identity card has one"))
    citizenship = one_line(
        _("Citizenship"),
        3,
        _("Type the code of the country."),
        initial=KAZAKHSTAN,
        help_text=_("Code of the country. Kazakhstan is KZ"),
    )

    def clean_citizenship(self) -> str:
        code: str = self.cleaned_data["citizenship"].upper()
        if not (code.isascii() and code.isalpha()):
            raise ValidationError(_("A code of a country has two or three Latin letters, such as KZ."))
        return code


class IinField(forms.CharField):
    """An IIN, with or without spaces between its digits."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20})
        super().__init__(
            label=_("IIN"),
            help_text=_("12 digits from the identity card"),
            widget=widget,
            error_messages={"required": _("Type the IIN.")},
            **options,
        )

    def to_python(self, value: Any) -> str:
        return "".join(str(value or "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if fault := iin_of_a_person_fault(value, timezone.localdate()):
            raise ValidationError(fault)


class HireForm(NamesForm):
    """Who comes on the staff, and from when."""

    iin = IinField()
    first_day = DayField(label=_("First day on the staff"), missing=_("Type the first day."))
    field_order = ("iin", "family_name", "given_name", "patronymic", "citizenship", "first_day")


class PhotoForm(forms.Form):
    """A photograph of the guard."""

    use_required_attribute = False

    photo = UploadField(
        label=_("Photograph"),
        kinds=PICTURES,
        help_text=_("JPEG or PNG, at most 10 MB: the face from the front, nobody else beside him"),
        error_messages={"required": _("Choose a photograph.")},
    )


class DismissForm(forms.Form):
    """The last day on the staff, and why he leaves."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *((one.value, one.label) for one in DISMISSAL_REASONS)],
        error_messages={
            "required": _("Choose the reason from the list."),
            "invalid_choice": _("Choose the reason from the list."),
        },
    )
    last_day = DayField(label=_("Last day on the staff"), missing=_("Type the last day."))


class PaperForm(forms.Form):
    """A paper, as it is written on it, and its scan."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Kind of paper"),
        choices=[("", _("Choose a kind")), *Credential.Kind.choices],
        error_messages={
            "required": _("Choose the kind of paper from the list."),
            "invalid_choice": _("Choose the kind of paper from the list."),
        },
    )
    number = one_line(_("Number"), 60, _("Type the number of the paper."))
    issued_by = one_line(_("Issued by"), 200)
    issued_on = DayField(label=_("Day of issue"), required=False)
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Leave it empty for a paper without an end")
    )
    scan = UploadField(label=_("Scan"), required=False, help_text=_("PDF, JPEG or PNG, at most 10 MB"))


def names_of(guard: Guard) -> dict[str, str]:
    """What the form of a guard's names begins with."""
    return {name: getattr(guard, name) for name in ("family_name", "given_name", "patronymic", "citizenship")}


def paper_of(paper: Credential) -> dict[str, Any]:
    """What the form of a paper begins with."""
    return {name: getattr(paper, name) for name in ("kind", "number", "issued_by", "issued_on", "valid_until")}
