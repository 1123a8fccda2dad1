"""The list of agencies, and what an agency's file says: its licences, its staff, its schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.licensing import ANNULLED, REVOKED, SUSPENDED
from agencies.models import Agency, Contract, Licence, LicenceEvent
from compliance.models import Figure
from desks import formats
from desks.components import Entry
from desks.early_warning import stored_budget, used_words
from desks.lists import Column
from desks.papers import Validity
from desks.regulator.figures import (
    confirmed_share,
    hang_figures,
    hang_open_findings,
    interval_words,
    with_figure,
)
from guards.models import Assignment, Employment

SORTS = {
    "name": ("name_ru",),
    "region": ("region__code", "name_ru"),
    # What cannot be measured stands last, whichever way the values go.
    "turnover": ("rate",),
    "low": ("settled_low",),
    "margin": ("margin",),
    "headcount": ("average_headcount",),
    "confirmed": ("confirmed",),
}
SHAPES = {SUSPENDED: "near", REVOKED: "blocked", ANNULLED: "blocked"}


def listed(membership: Any) -> QuerySet[Agency]:
    return with_figure(Agency.objects.visible_to(membership), "agency").select_related("region")


def hang_details(agencies: Sequence[Any], membership: Any, today: date) -> None:
    """Hang on each agency the state of its `licence`, how many schools and staff it has, and its open findings."""
    keys = [one.pk for one in agencies]
    licences: dict[int, list[Any]] = {}
    for licence in Licence.objects.filter(agency__in=keys).with_state(today).order_by("issued_on", "number"):
        licences.setdefault(licence.agency_id, []).append(licence)
    contracts = Contract.objects.visible_to(membership).in_force(today).filter(agency__in=keys)
    schools = dict(contracts.order_by().values_list("agency").annotate(count=Count("school", distinct=True)))
    staff = dict(_on_staff(today, keys))
    for agency in agencies:
        agency.licence = licence_state(licences.get(agency.pk, []), today)
        agency.school_count = schools.get(agency.pk, 0)
        agency.staff_count = staff.get(agency.pk, 0)
    hang_figures(agencies)
    hang_open_findings(agencies, "agency", membership)


def _on_staff(today: date, keys: Sequence[int]) -> QuerySet[Any, Any]:
    employed = Employment.objects.on(today).filter(agency__in=keys)
    return employed.order_by().values_list("agency").annotate(count=Count("guard", distinct=True))


def licence_state(licences: Sequence[Any], today: date) -> Validity:
    """What has become of an agency's licences by today, in one status: one in force is enough."""
    issued = [licence for licence in licences if licence.issued_on <= today]
    if not issued:
        return Validity("blocked", _("No licence"))
    last = max(issued, key=lambda licence: (licence.state not in SHAPES, licence.issued_on, licence.pk))
    if last.state not in SHAPES:
        return Validity("ok", _("In force"))
    state = str(LicenceEvent.Kind(last.state).label)
    return Validity(
        SHAPES[last.state], _("%(state)s on %(day)s") % {"state": state, "day": formats.day(last.state_since)}
    )


# An agency's file


@dataclass(frozen=True)
class LicenceFile:
    """One licence of an agency: its status today, and its history, newest first."""

    licence: Licence
    state: Validity
    entries: list[Entry]


def licence_files(agency: Agency, today: date) -> list[LicenceFile]:
    """All licences of an agency, the youngest first."""
    events = Prefetch("events", queryset=LicenceEvent.objects.order_by("on"))
    held = agency.licences.all().with_state(today).prefetch_related(events)
    return [
        LicenceFile(licence, licence_state([licence], today), _licence_entries(licence))
        for licence in held.order_by("-issued_on", "-number")
    ]


def _licence_entries(licence: Licence) -> list[Entry]:
    entries = [Entry(licence.issued_on, "ok", _("Issued"), str(licence.get_subtype_display()))]
    for event in licence.events.all():
        entries.append(Entry(event.on, SHAPES.get(event.event, "ok"), str(event.get_event_display()), event.basis))
    return entries[::-1]


@dataclass(frozen=True)
class Staff:
    """How many guards an agency employs, and how many of them stand at posts of whose schools the officer knows."""

    employed: int
    standing: int


def staff_of(agency: Agency, membership: Any, today: date) -> Staff:
    standing = Assignment.objects.visible_to(membership).counted().on(today).filter(agency=agency)
    return Staff(
        employed=dict(_on_staff(today, [agency.pk])).get(agency.pk, 0),
        standing=standing.order_by().values("guard").distinct().count(),
    )


def school_figures(agency: Agency, membership: Any) -> list[Any]:
    """The figures of an agency at each school of which the officer knows, the worst first."""
    figures = Figure.objects.visible_to(membership).filter(level=Figure.Level.AGENCY_SCHOOL, agency=agency)
    found = list(figures.annotate(confirmed=confirmed_share()).select_related("school__region"))
    for figure in found:
        figure.interval, figure.budget = interval_words(figure), stored_budget(figure)
    return sorted(found, key=lambda one: (one.settled_low is None, -(one.settled_low or 0), -(one.rate or 0), one.pk))


COLUMNS = [
    Column(gettext_lazy("Agency"), "name"),
    Column(gettext_lazy("BIN"), "bin"),
    Column(gettext_lazy("Region"), lambda one: one.region.name),
    Column(gettext_lazy("Licence"), lambda one: one.licence.text),
    Column(gettext_lazy("Schools"), "school_count"),
    Column(gettext_lazy("Guards on staff"), "staff_count"),
    Column(gettext_lazy("Headcount"), "average_headcount"),
    Column(gettext_lazy("Leaves that count"), "net_left"),
    Column(gettext_lazy("Leaves in all"), "gross_left"),
    Column(gettext_lazy("Turnover, % a year"), "rate"),
    Column(gettext_lazy("Lower bound"), "rate_low"),
    Column(gettext_lazy("Upper bound"), "rate_high"),
    Column(gettext_lazy("Leaves used of those the limit allows"), used_words),
    Column(gettext_lazy("Confirmed, %"), "confirmed"),
    Column(gettext_lazy("Open findings"), "open_count"),
]
