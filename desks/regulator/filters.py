"""The filter bars of this desk's lists."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Contract, Licence
from compliance.models import Clause, ClauseVersion, Finding
from desks import answers
from desks.finding_state import STRENGTHS, StateFilter, by_strength
from desks.proof import RULE_TITLES
from desks.regulator import comparison, figures
from schools.models import Region

NEAR_LIMIT = [("near", _("One more leave reaches it")), ("over", _("More left than it allows"))]
HAS_FINDINGS = [("established", _("Established")), ("any", _("Any open")), ("none", _("None open"))]


def regions(request: Any) -> QuerySet[Region]:
    """The regions that the officer may choose from: his own, or all."""
    own = request.membership.region_id
    return Region.objects.filter(pk=own) if own else Region.objects.all()


def spoken(text: str) -> set[str]:
    """A word as typed and with a capital: SQLite knows no case of Cyrillic letters."""
    return {text, text.capitalize(), text.upper()}


def named_like(text: str, *fields: str) -> Q:
    """Every word of the text is within one of the fields."""
    found = Q()
    for word in text.split():
        some = Q()
        for form in spoken(word):
            for field in fields:
                some |= Q(**{f"{field}__icontains": form})
        found &= some
    return found


def agency_like(text: str, prefix: str = "") -> Q:
    return named_like(text, f"{prefix}name_ru", f"{prefix}name_kk", f"{prefix}bin")


def school_like(text: str, prefix: str = "") -> Q:
    return named_like(text, *(f"{prefix}{name}" for name in ("name_ru", "name_kk", "locality", "code")))


class RegionFilter(django_filters.FilterSet):
    """The base of these filters: a region, which an officer of one region is not asked for."""

    region = django_filters.ModelChoiceFilter(label=_("Region"), queryset=regions, empty_label=_("All"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.request.membership.region_id:
            del self.filters["region"]
        if "q" in self.filters:
            self.filters.move_to_end("q", last=False)


def clauses(request: Any) -> QuerySet[Clause]:
    """The clauses that ever were in force, in order."""
    judged = ClauseVersion.objects.filter(clause=OuterRef("pk"), draft__isnull=True)
    return Clause.objects.filter(Exists(judged)).select_related("paragraph").order_by("paragraph__code", "number", "pk")


class ClauseField(django_filters.fields.ModelChoiceField):
    """Clauses by their number and paragraph, as the reader knows them."""

    def label_from_instance(self, clause: Any) -> str:
        return f"{clause.number}. {clause.paragraph.title}"


class ClauseChoice(django_filters.ModelChoiceFilter):
    field_class = ClauseField


class DayInput(forms.DateInput):
    """A day typed as ДД.ММ.ГГГГ, as the empty field says."""

    def __init__(self, **options: Any) -> None:
        super().__init__({"placeholder": _("DD.MM.YYYY"), "inputmode": "numeric"}, **options)


class FindingFilter(RegionFilter, StateFilter):
    """Which findings: what was breached, how sure it is, where, by whom, still open, answered, when opened."""

    rule = django_filters.ChoiceFilter(
        label=_("What is breached"), field_name="version__rule", empty_label=_("All"), choices=list(RULE_TITLES.items())
    )
    clause = ClauseChoice(label=_("Clause"), field_name="version__clause", queryset=clauses, empty_label=_("All"))
    strength = django_filters.ChoiceFilter(
        label=_("Strength"),
        method="by_strength",
        empty_label=_("All"),
        choices=STRENGTHS,
    )
    answer = django_filters.ChoiceFilter(
        label=_("Answer"), method="of_answer", empty_label=_("All"), choices=answers.CHOICES
    )
    agency = django_filters.CharFilter(label=_("Agency or BIN"), method="of_agency")
    school = django_filters.CharFilter(label=_("School or place"), method="of_school")
    opened_from = django_filters.DateFilter(
        label=_("Opened from"), field_name="opened_on", lookup_expr="gte", widget=DayInput
    )
    opened_to = django_filters.DateFilter(
        label=_("Opened up to"), field_name="opened_on", lookup_expr="lte", widget=DayInput
    )

    def by_strength(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return by_strength(findings, value)

    def of_answer(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return answers.by_answer(findings, value)

    def of_agency(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return findings.filter(agency_like(value, "agency__"))

    def of_school(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return findings.filter(school_like(value, "school__"))


class OwnerFilter(RegionFilter):
    """What the lists of schools and agencies share: findings that are open against them."""

    owner = ""

    findings = django_filters.ChoiceFilter(
        label=_("Findings"), method="by_findings", empty_label=_("All"), choices=HAS_FINDINGS
    )
    limit = django_filters.ChoiceFilter(label=_("Limit"), method="by_limit", empty_label=_("All"), choices=NEAR_LIMIT)

    def by_limit(self, owners: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return figures.near_limit(owners, value)

    def by_findings(self, owners: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = Finding.objects.visible_to(self.request.membership).open().filter(**{self.owner: OuterRef("pk")})
        if value == "established":
            return owners.filter(Exists(found.filter(strength=Finding.Strength.ESTABLISHED)))
        return owners.filter(Exists(found) if value == "any" else ~Exists(found))


class SchoolFilter(OwnerFilter):
    """Which school: by name or place, whether it can be measured, is under contract, has findings."""

    owner = "school"

    q = django_filters.CharFilter(label=_("School or place"), method="by_name")
    measurable = django_filters.ChoiceFilter(
        label=_("Measurable"),
        method="by_measurable",
        empty_label=_("All"),
        choices=[("yes", _("Measurable")), ("no", _("Not measurable"))],
    )
    contract = django_filters.ChoiceFilter(
        label=_("Contract"),
        method="by_contract",
        empty_label=_("All"),
        choices=[("in_force", _("In force")), ("none", _("Not in force"))],
    )

    def by_name(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return schools.filter(school_like(value))

    def by_measurable(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return schools.filter(figure__measurable=True) if value == "yes" else schools.exclude(figure__measurable=True)

    def by_contract(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        held = Exists(Contract.objects.in_force(timezone.localdate()).filter(school=OuterRef("pk")))
        return schools.filter(held if value == "in_force" else ~held)


class AgencyFilter(OwnerFilter):
    """Which agency: by name or BIN, whether a licence of its is in force, has findings."""

    owner = "agency"

    q = django_filters.CharFilter(label=_("Agency or BIN"), method="by_name")
    licence = django_filters.ChoiceFilter(
        label=_("Licence"),
        method="by_licence",
        empty_label=_("All"),
        choices=[("in_force", _("In force")), ("none", _("Not in force"))],
    )

    def by_name(self, agencies: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return agencies.filter(agency_like(value))

    def by_licence(self, agencies: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        held = Exists(Licence.objects.in_force(timezone.localdate()).filter(agency=OuterRef("pk")))
        return agencies.filter(held if value == "in_force" else ~held)


class CompareFilter(RegionFilter):
    """Which agencies are compared, which of them are listed, and by which limits."""

    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=regions, empty_label=_("All"), method="compared_already"
    )
    q = django_filters.CharFilter(label=_("Agency or BIN"), method="by_name")
    standing = django_filters.ChoiceFilter(
        label=_("Where it stands"), method="by_standing", empty_label=_("All"), choices=comparison.GROUP_WORDS
    )
    limits = django_filters.ChoiceFilter(
        label=_("Limits"),
        method="compared_already",
        empty_label=_("chance and what agencies differ by"),
        choices=[("chance", _("chance alone"))],
    )

    def by_name(self, compared: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return compared.filter(agency_like(value, "agency__"))

    def by_standing(self, compared: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return comparison.by_standing(compared, value, self.form.cleaned_data["limits"] == "chance")

    def compared_already(self, compared: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Region and limits decide which comparison is shown, not which of its agencies are listed."""
        return compared
