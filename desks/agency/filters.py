"""The filter bars of this desk's lists."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from agencies.models import Contract
from compliance.models import Finding
from desks import papers
from desks.agency.forms import ByPublicId
from guards.models import Assignment
from schools.models import Region, School


def own_schools(request: Any) -> QuerySet[School]:
    return School.objects.visible_to(request.membership).order_by("name_ru", "pk")


class ChosenSchoolField(ByPublicId, ModelChoiceField):
    """A school by its public identifier."""


class OwnSchoolFilter(django_filters.ModelChoiceFilter):
    """One of the agency's own schools."""

    field_class = ChosenSchoolField

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("School"), queryset=own_schools, empty_label=_("All"), to_field_name="public_id", **options
        )


def own_regions(request: Any) -> QuerySet[Region]:
    return Region.objects.filter(schools__in=own_schools(request)).distinct()


def matching_name(text: str) -> Q:
    """Every word is within a name, as typed or with a capital: SQLite knows no case of Cyrillic letters."""
    found = Q()
    for word in text.split():
        some = Q()
        for name in ("family_name", "given_name", "patronymic"):
            some |= Q(**{f"{name}__icontains": word}) | Q(**{f"{name}__contains": word.capitalize()})
        found &= some
    return found


class GuardFilter(django_filters.FilterSet):
    """Who: by name or IIN, region, school, whether he stands somewhere, and the state of his papers."""

    q = django_filters.CharFilter(label=_("Name or IIN"), method="by_name")
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=own_regions, method="in_region", empty_label=_("All")
    )
    school = OwnSchoolFilter(method="at_school")
    status = django_filters.ChoiceFilter(
        label=_("Where"),
        method="by_status",
        empty_label=_("All"),
        choices=[("standing", _("At a post")), ("proposed", _("Proposed")), ("free", _("Free"))],
    )
    papers = django_filters.ChoiceFilter(
        label=_("Papers"),
        method="by_papers",
        empty_label=_("All"),
        choices=[
            ("valid", _("In order")),
            ("ending", _("Running out")),
            ("expired", _("Expired")),
            ("none", _("Not entered")),
        ],
    )

    def by_name(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        digits = "".join(value.split())
        if digits.isdigit():
            return guards.filter(Q(iin__startswith=digits) | Q(iin__endswith=digits))
        return guards.filter(matching_name(value))

    def in_region(self, guards: QuerySet[Any], name: str, region: Region) -> QuerySet[Any]:
        return guards.filter(Exists(self._holding().filter(post__school__region=region)))

    def at_school(self, guards: QuerySet[Any], name: str, school: School) -> QuerySet[Any]:
        return guards.filter(Exists(self._holding().filter(post__school=school)))

    def by_status(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        standing, proposed = Exists(self._holding().counted()), Exists(self._proposed())
        if value == "standing":
            return guards.filter(standing)
        return guards.filter(proposed) if value == "proposed" else guards.filter(~standing, ~proposed)

    def by_papers(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        horizon = papers.horizon(today)
        states = {
            "valid": Q(has_papers=True) & (Q(paper_until__isnull=True) | Q(paper_until__gt=horizon)),
            "ending": Q(paper_until__gte=today, paper_until__lte=horizon),
            "expired": Q(paper_until__lt=today),
            "none": Q(has_papers=False),
        }
        return guards.filter(states[value])

    def _holding(self) -> Any:
        """Where the guard of the outer query stands, or is proposed to stand, today."""
        mine = Assignment.objects.visible_to(self.request.membership).filter(guard=OuterRef("pk"))
        return mine.holding().on(timezone.localdate())

    def _proposed(self) -> Any:
        return Assignment.objects.visible_to(self.request.membership).proposed().filter(guard=OuterRef("pk"))


class SchoolFilter(django_filters.FilterSet):
    """Which school: by name or place, and whether it is under contract."""

    q = django_filters.CharFilter(label=_("School or place"), method="by_name")
    contract = django_filters.ChoiceFilter(
        label=_("Contract"),
        method="by_contract",
        empty_label=_("All"),
        choices=[("in_force", _("In force")), ("over", _("Not in force"))],
    )

    def by_name(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = Q()
        for word in {value, value.capitalize()}:
            found |= Q(name_ru__icontains=word) | Q(name_kk__icontains=word) | Q(locality__icontains=word)
        return schools.filter(found)

    def by_contract(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Contract.objects.visible_to(self.request.membership).in_force(timezone.localdate())
        in_force = Exists(own.filter(school=OuterRef("pk")))
        return schools.filter(in_force if value == "in_force" else ~in_force)


class ProposalFilter(django_filters.FilterSet):
    """What became of a proposal, and at which school."""

    school = OwnSchoolFilter(field_name="post__school")
    status = django_filters.ChoiceFilter(
        label=_("Answer"),
        empty_label=_("All"),
        choices=[
            (Assignment.Status.PROPOSED, _("Not yet")),
            (Assignment.Status.CONFIRMED, _("Confirmed")),
            (Assignment.Status.DECLINED, _("Declined")),
            (Assignment.Status.WITHDRAWN, _("Withdrawn")),
        ],
    )


class FindingFilter(django_filters.FilterSet):
    """Whether a finding is still open, and how sure it is."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        empty_label=_("All"),
        choices=[("open", _("Open")), ("closed", _("Closed"))],
    )
    strength = django_filters.ChoiceFilter(label=_("Strength"), empty_label=_("All"), choices=Finding.Strength.choices)

    def by_state(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return findings.filter(closed_on__isnull=value == "open")
