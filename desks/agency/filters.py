"""The filter bars of this desk's lists."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from agencies.models import Contract
from desks import answers, papers
from desks.agency.forms import ByPublicId
from desks.agency.guards import holding, untrained
from desks.finding_state import STRENGTHS, StateFilter, by_strength
from guards.models import Assignment, Credential
from schools.models import Region, School

#: Days at a post by the name of the choice: the fewest, and the most or none.
TENURES = {"month": (1, 30), "quarter": (31, 90), "year": (91, 365), "longer": (366, None)}


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
            ("incomplete", _("Not all entered")),
            ("none", _("Not entered")),
            ("waiting", _("Not verified")),
            ("doubted", _("Found wrong")),
        ],
    )
    training = django_filters.ChoiceFilter(
        label=_("Training for the school"),
        method="by_training",
        empty_label=_("All"),
        choices=[("complete", _("Everything that is asked for")), ("lacking", _("Something is missing"))],
    )
    tenure = django_filters.ChoiceFilter(
        label=_("At the post"),
        method="by_tenure",
        empty_label=_("All"),
        choices=[
            ("month", _("Up to 30 days")),
            ("quarter", _("31 to 90 days")),
            ("year", _("91 to 365 days")),
            ("longer", _("More than 365 days")),
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
        missing: Any = Q(pk__in=[])
        for kind in papers.asked_for(today):
            missing |= ~Exists(self._papers().filter(kind=kind))
        states = {
            "valid": ~missing & Q(has_papers=True) & (Q(paper_until__isnull=True) | Q(paper_until__gt=horizon)),
            "ending": Q(paper_until__gte=today, paper_until__lte=horizon),
            "expired": Q(paper_until__lt=today),
            "incomplete": missing & Q(has_papers=True),
            "none": Q(has_papers=False),
            "waiting": Exists(self._papers().waiting()),
            "doubted": Exists(self._papers().filter(doubted_on__isnull=False)),
        }
        return guards.filter(states[value])

    def by_training(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of those who hold a place, whether they lack a module that its school asks for."""
        rows = holding([self.request.membership.agency_id], timezone.localdate())
        lacking = Q(pk__in=untrained(rows))
        return guards.filter(lacking) if value == "lacking" else guards.filter(~lacking, pk__in=rows.values("guard"))

    def by_tenure(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the days at the post where the guard stands today, the first day counted."""
        low, high = TENURES[value]
        today = timezone.localdate()
        found = guards.filter(stands_since__lte=today - timedelta(days=low - 1))
        return found.filter(stands_since__gt=today - timedelta(days=high)) if high else found

    def _papers(self) -> Any:
        return Credential.objects.current().filter(guard=OuterRef("pk"))

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


class FindingFilter(StateFilter):
    """Whether a finding is still open, how sure it is, and whether it is answered."""

    strength = django_filters.ChoiceFilter(
        label=_("Strength"), method="of_strength", empty_label=_("All"), choices=STRENGTHS
    )
    answer = django_filters.ChoiceFilter(
        label=_("Answer"), method="of_answer", empty_label=_("All"), choices=answers.CHOICES
    )

    def of_strength(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return by_strength(findings, value)

    def of_answer(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return answers.by_answer(findings, value)
