"""One school as its agency sees it, put together for the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Contract
from audit.models import Event
from compliance.models import Finding
from compliance.reports import OwnerReport, report
from desks import early_warning, formats, history, papers, proof, school_file
from desks.agency import proposals as proposing
from desks.agency import relief
from desks.agency.places import Place, places
from desks.agency.schools import contract_status
from desks.components import Entry
from desks.papers import Validity
from desks.pictures.budget import Budget
from desks.pictures.ribbon import Ribbon
from guards.models import Assignment, Guard, Relief, Requirement
from schools.models import School


@dataclass(frozen=True)
class PlaceRow:
    """A place with who holds it today."""

    place: Place
    url: str
    days: int
    validity: Validity
    may_end: bool


@dataclass(frozen=True)
class SchoolFile:
    """All that stands on the page of a school."""

    school: School
    today: date
    report: OwnerReport
    blocks: list[school_file.FigureBlock]
    ribbon: Ribbon
    warning: early_warning.EarlyWarning
    # The budget that the agency itself has at this school, and what its limit rests on.
    own: Budget | None
    own_mark: str
    rows: list[PlaceRow]
    contracts: list[tuple[Contract, Validity]]
    proposals: list[Any]
    findings: list[Any]
    requirements: list[Requirement]
    relief: list[tuple[Relief, Validity]]
    history: list[Entry]

    @classmethod
    def of(cls, school: School, membership: Any, today: date, *, guard_url: Callable[[Guard], str]) -> "SchoolFile":
        """In a number of queries that does not depend on how many guards stood there."""
        figures = report("school", today, school=school.pk, warn=True)
        own = report("agency_school", today, school=school.pk, agency=membership.agency_id)
        return cls(
            school=school,
            today=today,
            report=figures,
            blocks=school_file.figure_blocks(figures),
            ribbon=school_file.school_ribbon(school, membership, today, figures=figures, guard_url=guard_url),
            warning=early_warning.warning(figures, membership),
            own=school_file.small_budget(own.budget, own.rule) if own.version else None,
            own_mark=own.version.mark if own.version else "",
            rows=_rows(school, membership, today, guard_url),
            contracts=_contracts(school, membership, today),
            proposals=_proposals(school, membership, today),
            findings=_findings(school, membership),
            requirements=_requirements(school, today),
            relief=relief.pool(school, membership),
            history=history.entries(history.notable(Event.objects.about(school)), membership),
        )

    @property
    def lead(self) -> str:
        """Where the school is, how large, whether it is on the list of vulnerable objects, and the contract."""
        school = self.school
        parts = [", ".join(part for part in (school.locality, school.region.name) if part)]
        if school.pupils:
            parts.append(
                ngettext("%(count)s pupil", "%(count)s pupils", school.pupils)
                % {"count": formats.number(school.pupils)}
            )
        if school.is_vulnerable_on(self.today):
            since = formats.day(school.vulnerable_since)
            parts.append(_("object vulnerable to terrorism since %(day)s") % {"day": since})
        return " · ".join(parts)

    @property
    def filled(self) -> str:
        """How many of the places are filled today."""
        filled = sum(not row.place.is_empty_on(self.today) for row in self.rows)
        return _("%(filled)s of %(places)s places are filled") % {
            "filled": formats.number(filled),
            "places": formats.number(len(self.rows)),
        }

    @property
    def may_place(self) -> bool:
        """Whether a contract is in force, or will be."""
        return any((one.last_day or date.max) >= self.today for one, _status in self.contracts)

    @property
    def has_several_to_place(self) -> bool:
        """Whether more than one place waits for a guard: then they are placed on one page."""
        return self.begins_later or sum(not (row.place.holder or row.place.proposal) for row in self.rows) > 1

    @property
    def begins_later(self) -> bool:
        """Whether the agency's first contract here is still to come."""
        return all(one.first_day > self.today for one, _status in self.contracts)

    @property
    def has_somebody(self) -> bool:
        return any(row.may_end for row in self.rows)


def _rows(school: School, membership: Any, today: date, guard_url: Callable[[Guard], str]) -> list[PlaceRow]:
    found = places(membership, today, [school], holders=True)
    of_guard = papers.of_guards({place.holder.guard_id for place in found if place.holder})
    asked = papers.asked_for(today)
    return [_row(place, of_guard, asked, today, guard_url) for place in found]


def _row(
    place: Place,
    of_guard: dict[int, list[Any]],
    asked: Sequence[str],
    today: date,
    guard_url: Callable[[Guard], str],
) -> PlaceRow:
    holder = place.holder
    if holder is None:
        kind, words = place.status(today)
        return PlaceRow(place, "", 0, Validity(kind, words), may_end=False)
    validity = papers.summary(of_guard.get(holder.guard_id, []), asked, today)
    if holder.last_day:
        validity = Validity("provisional", proposing.leaves_on(holder.last_day, today))
    days = (today - holder.first_day).days + 1
    may_end = holder.may_become(Assignment.Status.ENDED)
    return PlaceRow(place, guard_url(holder.guard), days, validity, may_end)


def _contracts(school: School, membership: Any, today: date) -> list[tuple[Contract, Validity]]:
    own = Contract.objects.visible_to(membership).filter(school=school).select_related("licence")
    return [
        (contract, contract_status(contract.first_day, contract.last_day, today))
        for contract in own.order_by("-first_day", "-pk")
    ]


def _proposals(school: School, membership: Any, today: date) -> list[Any]:
    """Those without an answer, and the latest that the school declined."""
    status = Assignment.Status
    found = proposing.listed(membership).filter(post__school=school, status__in=[status.PROPOSED, status.DECLINED])
    rows: list[Any] = list(found.order_by("-status", "-proposed_at", "-pk")[:10])
    for row in rows:
        row.answer, row.begins = proposing.answer(row, today), proposing.begins(row, today)
    return rows


def _findings(school: School, membership: Any) -> list[Any]:
    own = Finding.objects.visible_to(membership).open().filter(school=school).defer("evidence")
    found = list(own.select_related("version__clause__paragraph").order_by("-opened_on", "-pk"))
    for finding in found:
        finding.what, finding.said = proof.name(finding), proof.status(finding)
    return found


def _requirements(school: School, today: date) -> list[Requirement]:
    asked = Requirement.objects.filter(school=school, first_day__lte=today)
    asked = asked.filter(Q(last_day__isnull=True) | Q(last_day__gte=today))
    return list(asked.select_related("module").order_by("first_day", "module__code"))
