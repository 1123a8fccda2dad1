"""The list of findings: what each of them says in a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models import Finding
from desks import answers, formats, proof
from desks.lists import Column
from desks.proof.flat import of_another_agency
from guards.models import Guard

SORTS = {
    "opened": ("opened_on",),
    "closed": ("closed_on",),
    "school": ("school__name_ru",),
    "agency": ("agency__name_ru",),
    "clause": ("version__clause__paragraph__code", "version__clause__number"),
}
IN_A_FILE = 20
# The figures of a turnover finding that a line shows; the rest of the evidence stays where it is.
FIGURES = ("settled_left", "net_left", "gross_left", "settled_rate", "settled_low", "settled_high")


def listed(membership: Any) -> QuerySet[Finding]:
    """The findings of which the officer may know, each with the figures of its evidence and without the rest."""
    figures = {f"found_{name}": KT(f"evidence__{name}") for name in FIGURES}
    found = answers.listed(Finding.objects.visible_to(membership)).annotate(**figures).defer("evidence")
    return found.select_related("version__clause__paragraph", "school__region", "agency__region", "guard", "region")


def hang_words(findings: Sequence[Any], today: date) -> None:
    """Hang on each finding its `name`, its `status`, its `figures`, its `answer` and its age."""
    for finding in findings:
        finding.name = proof.name(finding)
        finding.status = proof.status(finding)
        finding.answer = answers.state(finding, today)
        finding.figures = figures_in_words(finding)
        finding.since = formats.days_left(finding.opened_on, today)


@dataclass(frozen=True)
class OwnersFindings:
    """The findings of a school or an agency: those that a file shows, and how many there are in all."""

    rows: list[Any]
    open_count: int
    count: int


def of_owner(membership: Any, today: date, **owner: Any) -> OwnersFindings:
    """The findings of `school=` or `agency=`, those still open first."""
    found = listed(membership).filter(**owner)
    rows = list(found.order_by(F("closed_on").desc(nulls_first=True), "-opened_on", "-pk")[:IN_A_FILE])
    hang_words(rows, today)
    counted = Finding.objects.visible_to(membership).filter(**owner)
    return OwnersFindings(rows, counted.open().count(), counted.count())


def guards_named(finding: Finding, membership: Any) -> QuerySet[Guard]:
    """The guards whom a finding speaks of, as its subject or in the rows of its evidence, by name."""
    iins = {finding.guard.iin} if finding.guard else set()
    rows = (row for value in finding.evidence.values() if isinstance(value, list) for row in value)
    iins |= {row["iin"] for row in rows if _names(row) and not of_another_agency(row, finding)}
    known = Guard.objects.visible_to(membership).filter(iin__in=iins)
    return known.order_by("family_name", "given_name", "pk")


def _names(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get("iin"))


def prepare(today: date) -> Any:
    return partial(hang_words, today=today)


def number_of(finding: Any, name: str) -> float | None:
    """A figure of the evidence; None where the finding is not about turnover."""
    text = getattr(finding, f"found_{name}")
    return None if text is None else float(text)


def figures_in_words(finding: Any) -> str:
    """`143 % a year, interval 58–295; left for good 7, 8 of 9 leaves count`; empty where it is not about turnover."""
    found = {name: number_of(finding, name) for name in FIGURES}
    if any(value is None for value in found.values()):
        return ""
    return _(
        "%(rate)s a year, interval %(interval)s; left for good %(settled)s, counted %(net)s of %(gross)s leaves"
    ) % {
        "rate": formats.percent(found["settled_rate"]),
        "interval": formats.number_range(found["settled_low"] or 0, found["settled_high"] or 0),
        "settled": formats.number(found["settled_left"]),
        "net": formats.number(found["net_left"]),
        "gross": formats.number(found["gross_left"]),
    }


COLUMNS = [
    Column(gettext_lazy("Number"), "number"),
    Column(gettext_lazy("What is breached"), "name"),
    Column(gettext_lazy("Paragraph"), lambda one: one.version.clause.paragraph.title),
    Column(gettext_lazy("Clause"), lambda one: one.version.clause.number),
    Column(gettext_lazy("Strength"), lambda one: one.status[1]),
    Column(gettext_lazy("Region"), lambda one: one.region.name),
    Column(gettext_lazy("School"), lambda one: one.school.name if one.school else None),
    Column(gettext_lazy("Agency"), lambda one: one.agency.name if one.agency else None),
    Column(gettext_lazy("BIN"), lambda one: one.agency.bin if one.agency else None),
    Column(gettext_lazy("Guard"), lambda one: one.guard.full_name if one.guard else None),
    Column(gettext_lazy("Left for good"), lambda one: one.found_settled_left),
    Column(gettext_lazy("Leaves that count"), lambda one: one.found_net_left),
    Column(gettext_lazy("Leaves in all"), lambda one: one.found_gross_left),
    Column(gettext_lazy("Turnover, % a year"), partial(number_of, name="settled_rate")),
    Column(gettext_lazy("Lower bound"), partial(number_of, name="settled_low")),
    Column(gettext_lazy("Upper bound"), partial(number_of, name="settled_high")),
    Column(gettext_lazy("Answered"), lambda one: _("yes") if one.is_answered else _("no")),
    Column(gettext_lazy("Remedy by"), "remedy_by"),
    Column(gettext_lazy("Opened"), "opened_on"),
    Column(gettext_lazy("Closed"), "closed_on"),
]
