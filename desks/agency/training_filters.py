"""The filter bars of training."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desks import papers
from desks.agency import training
from desks.agency.filters import GuardFilter, OwnSchoolFilter
from guards.models import Module, Requirement, Session
from schools.models import School


def asked_modules(request: Any) -> QuerySet[Module]:
    """The modules that matter to the agency: what its schools ask for, now or from a later day."""
    asked = Requirement.objects.visible_to(request.membership).not_ended(timezone.localdate())
    return Module.objects.filter(pk__in=asked.values("module")).order_by("scope", "code")


def taught_modules(request: Any) -> QuerySet[Module]:
    sessions = Session.objects.visible_to(request.membership)
    return Module.objects.filter(pk__in=sessions.values("module")).order_by("scope", "code")


class ModuleFilter(django_filters.ModelChoiceFilter):
    """A module by its code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Module"), to_field_name="code", empty_label=_("All"), **options)


class TrainingFilter(django_filters.FilterSet):
    """Whose training: by name or IIN, school, module, and whether something is lacking."""

    q = django_filters.CharFilter(label=_("Name or IIN"), method="by_name")
    school = OwnSchoolFilter(method="at_school")
    module = ModuleFilter(queryset=asked_modules, method="same")
    state = django_filters.ChoiceFilter(
        label=_("Training"),
        method="by_state",
        empty_label=_("All"),
        choices=[("gaps", _("Missing or expired")), ("ending", _("Also running out within 60 days"))],
    )

    @property
    def chosen(self) -> dict[str, Any]:
        """School and module, which narrow the matrix itself."""
        found = self.form.cleaned_data if self.form.is_valid() else {}
        return {"school": found.get("school"), "module": found.get("module")}

    by_name = GuardFilter.by_name

    def at_school(self, guards: QuerySet[Any], name: str, school: School) -> QuerySet[Any]:
        here = training.placed(self.request.membership, timezone.localdate()).filter(post__school=school)
        return guards.filter(Exists(here.filter(guard=OuterRef("pk"))))

    def same(self, guards: QuerySet[Any], name: str, module: Module) -> QuerySet[Any]:
        """A module narrows the columns; whose row stands is said by the other fields."""
        return guards

    def by_state(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        asked = Requirement.objects.in_force(today)
        for field, record in self.chosen.items():
            asked = asked.filter(**{field: record}) if record else asked
        until = today if value == "gaps" else papers.horizon(today)
        return guards.filter(pk__in=training.unanswered(asked, self.request.membership, today, until))


class RequirementFilter(django_filters.FilterSet):
    """Which school asks, and for what."""

    school = OwnSchoolFilter(field_name="school")
    module = ModuleFilter(queryset=asked_modules, field_name="module")


class SessionFilter(django_filters.FilterSet):
    """Which session: its state, module and school."""

    status = django_filters.ChoiceFilter(label=_("State"), empty_label=_("All"), choices=Session.Status.choices)
    module = ModuleFilter(queryset=taught_modules, field_name="module")
    school = OwnSchoolFilter(field_name="school")
