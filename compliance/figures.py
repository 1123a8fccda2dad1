"""The latest figures of every owner, stored so that lists can be sorted by them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import QuerySet

from agencies.models import Agency, Contract
from compliance.engine import Judgement
from compliance.keys import among
from compliance.models import Figure
from compliance.predicates.turnover import TurnoverLimit
from compliance.prepared import Given, Question, ask
from compliance.register import Scope
from compliance.rewriting import rewrite
from compliance.shifts import COUNTED, NO_SHIFTS, count_shifts, shifts_asks
from compliance.turnover import KEYS_OF_LEVEL, LEVELS, Level, Table, budget
from schools.models import Region, School

STORED = (
    "measurable",
    "person_days",
    "average_headcount",
    "gross_left",
    "excused_left",
    "net_left",
    "provisional_left",
    "rate",
    "rate_low",
    "rate_high",
    "settled_rate",
    "settled_low",
    "distinct_guards",
    "continuity",
    "median_tenure_days",
    "stability",
)
OWNER = ("level", "school_id", "agency_id", "region_id")
VALUES = ("as_of", "allowed", *STORED, *COUNTED)
ROWS_AT_ONCE = 1000
SCHOOLS_AT_ONCE = 2000
AGENCIES_AT_ONCE = 5000
# The key of an owner at its level, and its values as STORED names them.
Figures = tuple[tuple[int, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Part:
    """Some of the owners that a judgement speaks of: the schools with the agencies there, whole agencies, regions."""

    schools: Collection[int] = ()
    agencies: Collection[int] = ()
    regions: Collection[str] = ()

    @cached_property
    def region_of_school(self) -> dict[int, str]:
        return dict(ask(_regions_of_schools, Given.of(date.min, schools=self.schools)))

    @cached_property
    def region_of_agency(self) -> dict[int, str]:
        return dict(ask(_regions_of_agencies, Given.of(date.min, agencies=self.agencies)))

    def region_of(self, level: Level, key: tuple[int, ...]) -> str:
        if level == "region":
            return f"{key[0]:02d}"
        return self.region_of_agency[key[0]] if level == "agency" else self.region_of_school[key[-1]]

    def owners(self, level: Level, day: date) -> set[tuple[int, ...]]:
        """Those who have figures although nothing may have been measured: every school and agency, every agency at a
        school where it had a contract begun by the day, every region that has schools."""
        if level == "agency_school":
            return set(ask(_contracts, Given.of(day, schools=self.schools)))
        if level == "region":
            codes = School.objects.filter(region__in=self.regions).order_by().values_list("region_id", flat=True)
            return {(int(code),) for code in codes.distinct()}
        return {(key,) for key in (self.schools if level == "school" else self.agencies)}

    def last_keys(self, level: Level) -> list[int]:
        """Who stands last in the keys of a level: the schools, or the agencies or regions as wholes."""
        if level == "region":
            return [int(code) for code in self.regions]
        return list(self.agencies if level == "agency" else self.schools)

    def positions(self, table: Table) -> np.ndarray:
        """Where in a table its owners stand."""
        last = KEYS_OF_LEVEL[table.level][-1]
        return np.flatnonzero(among(getattr(table, last), self.last_keys(table.level)))

    def asks(self, day: date) -> list[Question]:
        """What is asked of some schools and agencies, with which `owners` and `held` are told."""
        given = Given.of(date.min, schools=self.schools, agencies=self.agencies)
        return [
            (_regions_of_schools, Given.of(date.min, schools=self.schools)),
            (_regions_of_agencies, Given.of(date.min, agencies=self.agencies)),
            (_contracts, Given.of(day, schools=self.schools)),
            (_held_by_schools, given),
            (_held_by_agencies, given),
        ]

    def held(self) -> list[tuple[Any, ...]]:
        """The figures of its owners as they are stored: the primary key, OWNER and VALUES."""
        given = Given.of(date.min, schools=self.schools, agencies=self.agencies)
        regions = Figure.objects.filter(level=Figure.Level.REGION, region__in=self.regions) if self.regions else None
        return [
            *ask(_held_by_schools, given),
            *ask(_held_by_agencies, given),
            *(() if regions is None else _told(regions)),
        ]


def _regions_of_schools(given: Given) -> QuerySet[Any, Any]:
    return School.objects.filter(pk__in=given.schools).order_by().values_list("pk", "region_id")


def _regions_of_agencies(given: Given) -> QuerySet[Any, Any]:
    return Agency.objects.filter(pk__in=given.agencies).order_by().values_list("pk", "region_id")


def _contracts(given: Given) -> QuerySet[Any, Any]:
    """Which agencies had a contract begun by the day with which of the schools."""
    contracts = Contract.objects.filter(first_day__lte=given.day, school__in=given.schools).order_by()
    return contracts.values_list("agency_id", "school_id")


def _held_by_schools(given: Given) -> QuerySet[Any, Any]:
    return _told(Figure.objects.filter(school__in=given.schools))


def _held_by_agencies(given: Given) -> QuerySet[Any, Any]:
    return _told(Figure.objects.filter(level=Figure.Level.AGENCY, agency__in=given.agencies))


def _told(figures: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return figures.order_by().values_list("pk", *OWNER, *VALUES)


def parts_of(scope: Scope) -> Iterator[Part]:
    """The owners in scope, those of the country some at a time; the schools first."""
    if not scope.whole:
        yield Part(sorted(scope.schools or ()), sorted(scope.agencies or ()))
        return
    schools = list(School.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(schools), SCHOOLS_AT_ONCE):
        yield Part(schools=schools[start : start + SCHOOLS_AT_ONCE])
    agencies = list(Agency.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(agencies), AGENCIES_AT_ONCE):
        yield Part(agencies=agencies[start : start + AGENCIES_AT_ONCE])
    yield Part(regions=list(Region.objects.order_by("pk").values_list("pk", flat=True)))


def all_figures(judgement: Judgement) -> dict[Level, list[dict[str, Any]]]:
    """The figures of every owner in scope, those with nothing to measure included, in order of their keys.

    Schools and agencies that have no assignment have their row too; an agency has one at each school where it had an
    assignment or a contract begun by the day judged, a region where it has schools.
    """
    found: dict[Level, list[dict[str, Any]]] = {level: [] for level in LEVELS}
    for part in parts_of(judgement.scope):
        for level in judgement.tables:
            found[level] += [
                {"school": None, "agency": None, "region": None}
                | dict(zip((*KEYS_OF_LEVEL[level], *STORED), (*key, *values), strict=True))
                for key, values in _figures(judgement, part, level)
            ]
    return found


def _figures(judgement: Judgement, part: Part, level: Level) -> Iterator[Figures]:
    """The figures of the owners of a part at a level, in order of their keys."""
    table = judgement.tables[level]
    here = part.positions(table)
    keys = zip(*(getattr(table, name)[here].tolist() for name in KEYS_OF_LEVEL[level]), strict=True)
    columns = [_plain(getattr(table, name)[here]) for name in STORED]
    measured = dict(zip(keys, zip(*columns, strict=True), strict=True))
    nothing = table.blank()
    blank = tuple(nothing[name] for name in STORED)
    for key in sorted(measured.keys() | part.owners(level, judgement.day)):
        yield key, measured.get(key, blank)


def _plain(column: np.ndarray) -> list[Any]:
    """Plain values, None for a figure that is empty."""
    values: list[Any] = column.tolist()
    return [None if value != value else value for value in values] if column.dtype.kind == "f" else values


def figures_asks(day: date, scope: Scope) -> list[Question]:
    """What `store_figures` asks of a narrower scope whose posts are known."""
    return [*shifts_asks(day, scope), *(one for part in parts_of(scope) for one in part.asks(day))]


def store_figures(judgement: Judgement, known: Collection[str] = ()) -> list[tuple[int | None, int | None]]:
    """Bring the stored figures of every owner in scope up to date; rows that did not change stay as they are.

    Gives the schools and agencies whose figures changed in a column that whoever stored them knew, nobody where none
    is named; a region's are only ever measured with the whole country.
    """
    fresh = _Fresh(judgement)
    told = [position for position, name in enumerate(VALUES) if name in known]
    changed: set[tuple[Any, ...]] = set()
    for part in parts_of(judgement.scope):
        changed |= _store(fresh.of(part), part.held(), told)
    ordered = sorted(changed, key=str)
    return [(school, agency) for level, school, agency, _region in ordered if level != Figure.Level.REGION]


def _store(
    fresh: dict[tuple[Any, ...], tuple[Any, ...]], held: Iterable[tuple[Any, ...]], told: Collection[int]
) -> set[tuple[Any, ...]]:
    """Put the fresh figures, by owner, in the place of those that differ; the owners whose figures changed, by the
    columns at these positions."""
    outdated, filled = {}, set()
    for key, *columns in held:
        owner, values = tuple(columns[: len(OWNER)]), tuple(columns[len(OWNER) :])
        now = fresh.get(owner)
        if now == values:
            del fresh[owner]
            continue
        outdated[key] = owner
        if now is not None and all(now[position] == values[position] for position in told):
            filled.add(owner)
    rewrite(Figure, list(outdated), (*OWNER, *VALUES), [(*owner, *values) for owner, values in fresh.items()])
    return {*outdated.values(), *fresh} - filled if told else set()


class _Fresh:
    """The figures of a judgement as they are to be stored, part after part."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        self.shifts = count_shifts(judgement.day, judgement.scope)
        self.allowed = {level: _Allowed(judgement.limited_by.get(level)) for level in LEVELS}

    def of(self, part: Part) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """VALUES by OWNER."""
        judgement, found = self.judgement, {}
        served = STORED.index("person_days")
        for level in judgement.tables:
            shifts = self.shifts.of(level, part.last_keys(level))
            for key, values in _figures(judgement, part, level):
                owner = dict(zip(KEYS_OF_LEVEL[level], key, strict=True))
                allowed = self.allowed[level].at(values[served])
                owned_by = level, owner.get("school"), owner.get("agency"), part.region_of(level, key)
                found[owned_by] = (judgement.day, allowed, *values, *shifts.get(key, NO_SHIFTS))
        return found


@dataclass
class _Allowed:
    """How many leaves a rule allows, counted once for each amount of service; None where no rule limits them."""

    rule: TurnoverLimit | None
    found: dict[int, int] = field(default_factory=dict)

    def at(self, person_days: int) -> int | None:
        if self.rule is None:
            return None
        if person_days not in self.found:
            headcount = person_days / self.rule.window_days
            self.found[person_days] = budget((), headcount, self.rule.limit, self.rule.terms, 1).allowed
        return self.found[person_days]
