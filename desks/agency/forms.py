"""The forms of this desk: placing a guard, ending an assignment and replacing him."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desks.fields import DayField
from guards.models import Assignment, EndReason
from schools.models import Post, School
from staffing.holding import HANDOVER_DAYS


class ByPublicId:
    """Makes a choice of records one by their public identifier; what is none is no choice."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)  # type: ignore[misc]
        except ValidationError as fault:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from fault  # type: ignore[attr-defined]


class RecordField(ByPublicId, forms.ModelChoiceField):
    """One of some records."""

    def __init__(self, **options: Any) -> None:
        super().__init__(to_field_name="public_id", **options)


class PostField(RecordField):
    def label_from_instance(self, post: Any) -> str:
        return _("%(post)s, %(pattern)s") % {"post": post.name, "pattern": post.get_pattern_display()}


class ChooseSchoolForm(forms.Form):
    """At which school a guard is to be placed."""

    school = RecordField(
        label=gettext_lazy("School"),
        queryset=School.objects.none(),
        empty_label=gettext_lazy("Choose a school"),
        error_messages={
            "required": gettext_lazy("Choose a school."),
            "invalid_choice": gettext_lazy("Choose a school."),
        },
    )

    def __init__(self, *args: Any, schools: QuerySet[School], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """Which place is to be filled, from when: what the candidates are ranked for."""

    post = PostField(
        label=gettext_lazy("Post"),
        queryset=Post.objects.none(),
        empty_label=gettext_lazy("Choose a post"),
        error_messages={"required": gettext_lazy("Choose a post."), "invalid_choice": gettext_lazy("Choose a post.")},
    )
    first_day = DayField(label=gettext_lazy("First day"), missing=gettext_lazy("Type the first day."))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Assignment.Kind.choices, initial=Assignment.Kind.REGULAR
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("For relief only: the last day of standing in. For example, 30.11.2026"),
    )

    def __init__(self, *args: Any, posts: QuerySet[Post], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A last day belongs to relief, and is the first day or later."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if last and cleaned.get("kind") == Assignment.Kind.REGULAR:
            self.add_error("last_day", _("A regular guard comes without a last day. Choose relief, or leave it empty."))
        elif first and last and last < first:
            self.add_error("last_day", _("The last day is the first day or later."))
        return cleaned


class EndForm(forms.Form):
    """Until when a guard stands at his post, and why he leaves it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The reason decides whether the leave counts towards the limit."),
        choices=[("", gettext_lazy("Choose a reason")), *EndReason.choices],
        error_messages={
            "required": gettext_lazy("Choose the reason from the list."),
            "invalid_choice": gettext_lazy("Choose the reason from the list."),
        },
    )
    last_day = DayField(label=gettext_lazy("Last day"), missing=gettext_lazy("Type the last day."))


class ReplaceForm(EndForm):
    """The same for a guard who is replaced, and how long he and his successor stand there together."""

    handover_days = forms.IntegerField(
        label=gettext_lazy("Days of handover"),
        help_text=gettext_lazy("For how many days the new guard stands beside the former one."),
        min_value=0,
        max_value=HANDOVER_DAYS,
        initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Type a number of days, 0 for none."),
            "invalid": gettext_lazy("Type a number of days, 0 for none."),
            "max_value": gettext_lazy("A handover takes %(limit_value)s days at most."),
            "min_value": gettext_lazy("Type a number of days, 0 for none."),
        },
    )


def hidden(form: forms.Form) -> list[Any]:
    """The fields of a form that was filled, to be sent again with the step that it prepared.

    Without an id: on the page stand those of the form itself.
    """
    return [field.as_hidden(attrs={"id": False}) for field in form if field.value()]
