"""The schools of an agency with what a list shows of them: how many places are filled, the budget, the contract."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Contract
from compliance.models import Figure
from compliance.reports import budgets, limiting_version
from desks import formats
from desks.agency.places import places
from desks.lists import Column
from desks.papers import Validity
from desks.school_file import budget_words, small_budget
from schools.models import School

SORTS = {
    "name": ("name_ru",),
    "turnover": ("-rate",),
    "contract": ("contract_until",),
}
#: Days before the end of a contract at which the list speaks of it.
CONTRACT_ENDS_DAYS = 60


def listed(membership: Any, today: date) -> QuerySet[School]:
    """Schools with the stored `rate`, its leaves, and `contract_until`, the last day of the latest contract."""
    figures = Figure.objects.filter(level=Figure.Level.SCHOOL, school=OuterRef("pk"))
    contracts = Contract.objects.visible_to(membership).filter(school=OuterRef("pk")).order_by("-first_day", "-pk")
    return (
        School.objects.visible_to(membership)
        .select_related("region")
        .annotate(
            rate=Subquery(figures.values("rate")[:1]),
            net_left=Subquery(figures.values("net_left")[:1]),
            gross_left=Subquery(figures.values("gross_left")[:1]),
            contract_number=Subquery(contracts.values("number")[:1]),
            contract_from=Subquery(contracts.values("first_day")[:1]),
            contract_until=Subquery(contracts.values("last_day")[:1]),
        )
    )


def hang_details(schools: Sequence[Any], membership: Any, today: date) -> None:
    """Hang on each school `filled` and `places`, `line` and `budget`, and `contract`: a few queries for all."""
    of_school: dict[int, list[Any]] = {}
    for place in places(membership, today, schools):
        of_school.setdefault(place.post.school_id, []).append(place)
    _version, rule = limiting_version("school", today)
    lines = budgets([school.pk for school in schools], today)
    for school in schools:
        mine = of_school.get(school.pk, [])
        school.places = len(mine)
        school.filled = sum(not place.is_empty_on(today) for place in mine)
        school.line = lines[school.pk]
        school.budget = small_budget(school.line, rule)
        school.contract = contract_status(school.contract_from, school.contract_until, today)


def contract_status(first_day: date, last_day: date | None, today: date) -> Validity:
    """Whether a contract is in force, and for how long."""
    if first_day > today:
        values = {"day": formats.day(first_day), "left": formats.days_left(first_day, today)}
        return Validity("waiting", _("In force from %(day)s, %(left)s") % values)
    if last_day is None:
        return Validity("ok", _("In force"))
    values = {"day": formats.day(last_day), "left": formats.days_left(last_day, today)}
    if last_day < today:
        return Validity("not_measurable", _("Ended on %(day)s") % values)
    kind = "near" if (last_day - today).days <= CONTRACT_ENDS_DAYS else "ok"
    return Validity(kind, _("Until %(day)s, %(left)s") % values)


def _rate(school: Any) -> Any:
    """The turnover of a school for a file: a number, or a dash where it is not measurable."""
    return formats.UNKNOWN if school.rate is None else round(school.rate, 1)


COLUMNS = [
    Column(gettext_lazy("School"), "name"),
    Column(gettext_lazy("Locality"), "locality"),
    Column(gettext_lazy("Region"), lambda school: school.region.name),
    Column(gettext_lazy("Places filled today"), "filled"),
    Column(gettext_lazy("Places"), "places"),
    Column(gettext_lazy("Turnover, % a year"), _rate),
    Column(gettext_lazy("Leaves that count"), "net_left"),
    Column(gettext_lazy("Leaves in all"), "gross_left"),
    Column(gettext_lazy("Replacement budget"), lambda school: budget_words(school.line)),
    Column(gettext_lazy("Contract"), "contract_number"),
    Column(gettext_lazy("Contract until"), "contract_until"),
]
