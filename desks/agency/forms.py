"""The forms of this desk: placing a guard and ending an assignment."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.models import Assignment
from schools.models import Post, School

DAY_HELP = gettext_lazy("Day, month, year. For example, 30.11.2026")


class DayField(forms.DateField):
    """A day typed as ДД.ММ.ГГГГ."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", DAY_HELP)
        super().__init__(
            error_messages={"invalid": gettext_lazy("Type a day as day, month and year: 30.11.2026.")}, **options
        )


class PostField(forms.ModelChoiceField):
    def label_from_instance(self, post: Any) -> str:
        return _("%(post)s, %(pattern)s") % {"post": post.name, "pattern": post.get_pattern_display()}


class ChooseSchoolForm(forms.Form):
    """At which school a guard is to be placed."""

    school = forms.ModelChoiceField(
        label=gettext_lazy("School"),
        queryset=School.objects.none(),
        empty_label=gettext_lazy("Choose a school"),
        to_field_name="public_id",
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
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose a post"),
        error_messages={"required": gettext_lazy("Choose a post."), "invalid_choice": gettext_lazy("Choose a post.")},
    )
    first_day = (
        DayField(label=gettext_lazy("First day"), error_messages_required=gettext_lazy("Type the first day."))
        if False
        else DayField(label=gettext_lazy("First day"))
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Assignment.Kind.choices, initial=Assignment.Kind.REGULAR
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("For relief only: the last day of standing in for somebody."),
    )
