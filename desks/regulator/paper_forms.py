"""The filter of the queue of papers, and what an officer says of a paper that is wrong."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desks import papers
from desks.regulator.filters import RegionFilter, agency_like, named_like, regions
from guards.models import Assignment, Credential, Employment, Guard
from schools.models import Region


class PaperFilter(RegionFilter):
    """Which papers: whose, what they are, whether somebody has seen to them, how long they hold, with a scan or not."""

    q = django_filters.CharFilter(label=_("Guard's name or IIN"), method="by_guard")
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=regions, method="in_region", empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("Authorised body"),
        method="by_state",
        empty_label=_("All"),
        choices=[("waiting", _("Not verified")), ("verified", _("Verified")), ("doubted", _("Found wrong"))],
    )
    kind = django_filters.ChoiceFilter(label=_("Kind of paper"), empty_label=_("All"), choices=Credential.Kind.choices)
    agency = django_filters.CharFilter(label=_("Agency or BIN"), method="of_agency")
    valid = django_filters.ChoiceFilter(
        label=_("Term"),
        method="by_validity",
        empty_label=_("All"),
        choices=[("valid", _("Valid")), ("ending", _("Running out")), ("expired", _("Expired"))],
    )
    scan = django_filters.ChoiceFilter(
        label=_("Scan"),
        method="by_scan",
        empty_label=_("All"),
        choices=[("yes", _("With a scan")), ("no", _("Without a scan"))],
    )

    def by_guard(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        digits = "".join(value.split())
        if digits.isdigit():
            return rows.filter(Q(guard__iin__startswith=digits) | Q(guard__iin__endswith=digits))
        return rows.filter(named_like(value, "guard__family_name", "guard__given_name", "guard__patronymic"))

    def in_region(self, rows: QuerySet[Any], name: str, region: Region) -> QuerySet[Any]:
        """By sets of guards that are made once: asked of each paper, a country of papers would be gone through."""
        today = timezone.localdate()
        employed = Employment.objects.on(today).filter(agency__region=region).values("guard")
        standing = Assignment.objects.holding().on(today).filter(post__school__region=region).values("guard")
        return rows.filter(guard__in=Guard.objects.filter(Q(pk__in=employed) | Q(pk__in=standing)))

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "waiting":
            return rows.waiting()  # type: ignore[attr-defined]
        return rows.filter(**{f"{value}_on__isnull": False})

    def of_agency(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        employed = Employment.objects.on(timezone.localdate()).filter(agency_like(value, "agency__"))
        return rows.filter(guard__in=employed.values("guard"))

    def by_validity(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        horizon = papers.horizon(today)
        states = {
            "valid": Q(valid_until__isnull=True) | Q(valid_until__gt=horizon),
            "ending": Q(valid_until__range=(today, horizon)),
            "expired": Q(valid_until__lt=today),
        }
        return rows.filter(states[value])

    def by_scan(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(scan__isnull=value == "no")


class DoubtForm(forms.Form):
    """What is wrong with a paper, in words that the agency reads."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("What is wrong"),
        help_text=_("The agency reads it and corrects the paper"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is wrong, so that the agency can correct it.")},
    )
