"""The stored figures of schools and agencies, as the lists and the overview show them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, F, FilteredRelation, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from compliance.models import Figure, Finding
from desks import formats
from desks.early_warning import stored_budget

# What a list may be sorted by, from the figure of each row.
SORTED_BY = ("rate", "settled_low", "average_headcount", "net_left")


def with_figure(owners: QuerySet[Any], level: str) -> QuerySet[Any]:
    """Each school or agency with its latest figure: the columns to sort by, and `confirmed` in percent."""
    owners = owners.annotate(figure=FilteredRelation("figures", condition=Q(figures__level=level)))
    owners = owners.annotate(**{name: F(f"figure__{name}") for name in SORTED_BY})
    return owners.annotate(
        is_measurable=Coalesce("figure__measurable", Value(False)),
        gross_left=F("figure__gross_left"),
        rate_low=F("figure__rate_low"),
        rate_high=F("figure__rate_high"),
        person_days=F("figure__person_days"),
        provisional_left=F("figure__provisional_left"),
        allowed=F("figure__allowed"),
        # How many may still leave; below 0 where more have left than the limit allows.
        margin=F("figure__allowed") - F("figure__net_left"),
        confirmed=confirmed_share("figure__"),
    )


def near_limit(owners: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Of `with_figure`: those whom one more leave brings to the limit or beyond it, or that are beyond it already."""
    if value == "over":
        return owners.filter(margin__lt=0)
    return owners.filter(margin__lte=1, net_left__gt=0)


def confirmed_share(prefix: str = "") -> Case:
    """Percent of the claimed shifts that the school confirmed; empty where nothing was claimed."""
    share = Cast(f"{prefix}present", FloatField()) * 100.0 / Cast(f"{prefix}claimed", FloatField())
    return Case(When(**{f"{prefix}claimed__gt": 0}, then=share), default=None, output_field=FloatField())


def measured(level: str, membership: Any) -> QuerySet[Figure]:
    """The figures of a level that can be measured, with their `confirmed` share."""
    figures = Figure.objects.visible_to(membership).filter(level=level, measurable=True)
    return figures.annotate(confirmed=confirmed_share())


def hang_open_findings(owners: Sequence[Any], owner: str, membership: Any) -> None:
    """Hang on each school or agency its open findings: `open_count`, and `worst`, the status that weighs most."""
    strengths: dict[int, list[str]] = {}
    found = Finding.objects.visible_to(membership).open().filter(**{f"{owner}__in": [one.pk for one in owners]})
    for key, strength in found.order_by().values_list(f"{owner}_id", "strength"):
        strengths.setdefault(key, []).append(strength)
    for one in owners:
        held = strengths.get(one.pk, [])
        one.open_count = len(held)
        one.worst = worst(held)


def worst(strengths: Iterable[str]) -> tuple[str, str] | None:
    """The status of several open findings in one: established before what the records show, before indicated."""
    held = set(strengths)
    if Finding.Strength.ESTABLISHED in held:
        return "established", _("Established")
    if "" in held:
        return "established", _("By the records")
    return ("indicated", _("Indicated")) if held else None


def hang_figures(owners: Sequence[Any]) -> None:
    """Hang on each school or agency the `interval` of its rate and its `budget`, in words and squares."""
    for one in owners:
        one.interval, one.budget = interval_words(one), stored_budget(one)


def interval_words(figure: Any) -> str:
    """`58–295`, or nothing where the figure is not measurable."""
    if figure.rate_low is None or figure.rate_high is None:
        return ""
    return formats.number_range(figure.rate_low, figure.rate_high)
