"""The relief pool of a school as its agency sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desks import formats
from desks.agency.forms import RecordField
from desks.papers import Validity
from guards.models import Guard, Relief
from schools.models import School


class GuardField(RecordField):
    def label_from_instance(self, guard: Any) -> str:
        return str(guard.full_name)


class NameForm(forms.Form):
    """Whom of its staff the agency names, of those who are not in the pool yet."""

    use_required_attribute = False

    guard = GuardField(
        label=gettext_lazy("Guard"),
        queryset=Guard.objects.none(),
        empty_label=gettext_lazy("Choose a guard"),
        error_messages={
            "required": gettext_lazy("Choose a guard."),
            "invalid_choice": gettext_lazy("Choose a guard."),
        },
    )

    def __init__(self, *args: Any, school: School, membership: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        there = Relief.objects.visible_to(membership).filter(school=school).open()
        staff = Guard.objects.visible_to(membership).exclude(pk__in=there.values("guard"))
        self.fields["guard"].queryset = staff.order_by("family_name", "given_name", "pk")  # type: ignore[attr-defined]


def pool(school: School, membership: Any) -> list[tuple[Relief, Validity]]:
    """Who is in the pool or named for it, and the latest whom the director declined, each with where he stands."""
    mine = Relief.objects.visible_to(membership).filter(school=school).exclude(status=Relief.Status.ENDED)
    rows = mine.select_related("guard").order_by("guard__family_name", "guard__given_name", "-pk")
    return [(one, state(one)) for one in rows]


def state(relief: Relief) -> Validity:
    """How a guard stands in the pool, in one status."""
    if relief.status == Relief.Status.NAMED:
        return Validity("waiting", _("Named on %(day)s, the school has not answered") % _day(relief.named_on))
    if relief.status == Relief.Status.APPROVED:
        return Validity("ok", _("Approved on %(day)s") % _day(relief.answered_on))
    if relief.status == Relief.Status.DECLINED:
        return Validity("blocked", _("Declined on %(day)s") % _day(relief.answered_on))
    return Validity("not_measurable", _("No longer in the pool"))


def _day(value: Any) -> dict[str, str]:
    return {"day": formats.day(value)}
