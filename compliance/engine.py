"""Judging a day: every clause in force, over the country or over what an action touched."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from agencies.models import Agency
from compliance.blocks import Asked, measure_blocks
from compliance.evidence import TurnoverCase, turnover_evidence
from compliance.keys import among
from compliance.models import Clause, ClauseVersion, Draft, Paragraph
from compliance.open_days import counted_from
from compliance.predicates import Breach, Rule, Subject
from compliance.predicates.base import Case
from compliance.predicates.turnover import ContinuityFloor, TurnoverLimit
from compliance.prepared import Given, Question, ask, ask_made, asked_together
from compliance.register import (
    COUNTRY,
    Register,
    Scope,
    last_key,
    lay_out,
    posts_ask,
    posts_of,
    read_blocks,
    read_register,
    register_asks,
)
from compliance.turnover import DEFAULT_TERMS, KEYS_OF_LEVEL, LEVELS, Calendars, Level, Table, Terms, breach
from schools.models import School


@dataclass(frozen=True, slots=True)
class Judged:
    """A breach, and the version of the clause that it breaches."""

    version: ClauseVersion
    breach: Breach


@dataclass(frozen=True)
class Judgement:
    """What a day looks like: the versions it was judged by, the figures of each level, and every breach."""

    day: date
    scope: Scope
    versions: list[ClauseVersion]
    tables: dict[Level, Table]
    breaches: list[Judged]
    # The kinds of record that were changed, if only the clauses were judged that read one of them.
    touched: frozenset[str] | None = None
    # Of each level the first clause that limits turnover there, whichever clauses were judged.
    limited_by: dict[Level, TurnoverLimit] = field(default_factory=dict)

    @property
    def measured(self) -> bool:
        """Whether the figures were measured: what changed may have changed them."""
        return self.touched is None or bool(self.touched & FIGURES_READ)


# Hands blocks of the register through.
Reading = Callable[[Iterable[Register]], Iterable[Register]]
# Schools or posts of a country whose rows a rule has at a time.
KEYS_AT_ONCE = 2000
# What the stored figures are made of.
FIGURES_READ = frozenset({"assignment", "contract", "presence"})


def judge(
    day: date,
    *,
    scope: Scope = COUNTRY,
    draft: Draft | None = None,
    touched: frozenset[str] | None = None,
    reading: Reading = iter,
) -> Judgement:
    """Judge a day. It reads only; `findings.store` writes what it finds.

    With a draft, its versions stand in for those of the same clauses, as if they were in force. With the kinds of
    record that were changed, only the clauses are judged that read one of them. The blocks of a country go through
    `reading` on their way: to read them is much of the work, and others need them too.
    """
    versions = versions_judged(day, draft)
    limited_by = turnover_rules(versions)
    terms = base_terms(versions)
    if not scope.whole:
        # A region is measured with the country only.
        del terms["region"]
    if touched is not None:
        versions = [version for version in versions if version.judging_rule.reads & touched]
    world = RegisterWorld(day, scope, terms, further_terms(versions), reading)
    with world.ahead(version.judging_rule for version in versions):
        breaches = [Judged(version, found) for version in versions for found in version.judging_rule.breaches(world)]
    judgement = Judgement(day, scope, versions, {}, breaches, touched, limited_by)
    return replace(judgement, tables=world.tables) if judgement.measured else judgement


def judging_asks(day: date, scope: Scope, touched: frozenset[str] | None = None) -> list[Question]:
    """What judging a narrower scope asks before it knows by which rules."""
    register = register_asks(day, scope) if touched is None or touched & FIGURES_READ else []
    return [versions_ask(day), posts_ask(scope), *register]


def versions_ask(day: date) -> Question:
    """What asks for the versions in force on a day."""
    return _in_force, Given.of(day)


def versions_judged(day: date, draft: Draft | None = None) -> list[ClauseVersion]:
    """The versions in force on a day, a draft's in the place of their clauses' own; in order of the clauses' codes."""
    if draft is None:
        return sorted(ask_made(*versions_ask(day), version_of), key=_clause_order)
    in_force = ClauseVersion.objects.in_force(day).select_related("clause__paragraph")
    drafted = draft.versions.select_related("clause__paragraph").exclude(rule="")
    others = in_force.exclude(clause__in=draft.versions.values("clause"))
    return sorted([*others, *drafted], key=_clause_order)


VERSION, CLAUSE, PARAGRAPH = (
    [field.attname for field in model._meta.concrete_fields] for model in (ClauseVersion, Clause, Paragraph)
)


def _in_force(given: Given) -> QuerySet[Any, Any]:
    return told_whole(ClauseVersion.objects.in_force(given.day).order_by())


def told_whole(versions: QuerySet[ClauseVersion]) -> QuerySet[Any, Any]:
    """The fields of versions, of their clauses and of their paragraphs, of which `version_of` makes them."""
    of_clause = (f"clause__{name}" for name in CLAUSE)
    of_paragraph = (f"clause__paragraph__{name}" for name in PARAGRAPH)
    return versions.values_list(*VERSION, *of_clause, *of_paragraph)


def version_of(row: Sequence[Any]) -> ClauseVersion:
    """The version with its clause and its paragraph."""
    values = iter(row)
    version = ClauseVersion.from_db(DEFAULT_DB_ALIAS, VERSION, list(islice(values, len(VERSION))))
    version.clause = Clause.from_db(DEFAULT_DB_ALIAS, CLAUSE, list(islice(values, len(CLAUSE))))
    version.clause.paragraph = Paragraph.from_db(DEFAULT_DB_ALIAS, PARAGRAPH, list(values))
    return version


def _clause_order(version: ClauseVersion) -> str:
    return version.clause.code


def turnover_rules(versions: Iterable[ClauseVersion]) -> dict[Level, TurnoverLimit]:
    """For each level the first clause that limits turnover there."""
    rules: dict[Level, TurnoverLimit] = {}
    for version in versions:
        rule = version.judging_rule
        if isinstance(rule, TurnoverLimit):
            rules.setdefault(rule.level, rule)  # type: ignore[arg-type]
    return rules


def base_terms(versions: Iterable[ClauseVersion]) -> dict[Level, Terms]:
    """How each level is counted: as its clause says, else by the defaults; a region as its schools."""
    terms = {**DEFAULT_TERMS, **{level: rule.terms for level, rule in turnover_rules(versions).items()}}
    return {level: terms["school" if level == "region" else level] for level in LEVELS}


def further_terms(versions: Iterable[ClauseVersion]) -> list[Asked]:
    """The levels that clauses measure, each by the terms of the clause."""
    rules = (version.judging_rule for version in versions)
    return [(rule.level, rule.terms) for rule in rules if isinstance(rule, TurnoverLimit | ContinuityFloor)]  # type: ignore[misc]


@dataclass(eq=False)
class RegisterWorld:
    """The register on the day judged, as the rules see it (`predicates.World`).

    What is measured is measured by the terms of each level and, in the same go, by the further ones.
    """

    day: date
    scope: Scope
    terms: dict[Level, Terms]
    further: Collection[Asked] = ()
    reading: Reading = iter
    _measured: dict[Asked, Table] = field(default_factory=dict)
    _counted: dict[tuple[int, date, date], int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return self.scope.whole

    def ask(self, build: Callable[[Any], QuerySet[Any, Any]]) -> list[Any]:
        """The rows of a query that is written from the world alone (`predicates.World`)."""
        return list(build(self)) if self.whole else ask(_Written(build), self.given)

    def in_turn(self, build: Callable[[Any], QuerySet[Any, Any]]) -> Iterable[Any]:
        """The same, of a country one row after another (`predicates.World`)."""
        return build(self).iterator(chunk_size=1) if self.whole else self.ask(build)

    def in_parts(self, build: Callable[[Any], QuerySet[Any, Any]], by: str) -> Iterator[list[Any]]:
        """The same, of a country some rows at a time (`predicates.World`)."""
        if not self.whole:
            yield self.ask(build)
            return
        rows = build(self)
        keyed = rows.model._meta.get_field(by).related_model
        for begin in range(0, last_key(keyed) + 1, KEYS_AT_ONCE):
            yield list(rows.filter(**{f"{by}__gte": begin, f"{by}__lt": begin + KEYS_AT_ONCE}))

    def ahead(self, rules: Iterable[Rule]) -> AbstractContextManager[None]:
        """Inside, what the rules ask is asked already: of a narrower scope, together."""
        asks = [] if self.whole else [(_Written(build), self.given) for rule in rules for build in rule.asks()]
        return asked_together(*asks)

    @cached_property
    def given(self) -> Given:
        """The day and the scope, for queries that are written once."""
        schools, agencies = self.scope.schools or (), self.scope.agencies or ()
        return Given.of(self.day, schools=schools, agencies=agencies, posts=posts_of(self.scope))

    @cached_property
    def register(self) -> Register:
        """All rows of the scope: too much to hold of a country, which is measured and told in parts."""
        return read_register(self.day, self.scope)

    @cached_property
    def tables(self) -> dict[Level, Table]:
        """The figures of each level by its own clause. In a narrower scope only its owners' figures are whole."""
        return {level: self.table(level, terms) for level, terms in self.terms.items()}

    def table(self, level: Level, terms: Terms) -> Table:
        """The figures of a level by the terms of a clause, measured once for all clauses that share them."""
        if (level, terms) not in self._measured:
            asked = dict.fromkeys([(level, terms), *self.terms.items(), *self.further])
            blocks = self.reading(read_blocks(self.day)) if self.whole else [self.register]
            missing = [one for one in asked if one not in self._measured]
            # No clause and no stored figure rests on what those did next who left.
            self._measured |= measure_blocks(blocks, self.day, missing, followed=False)
        return self._measured[level, terms]

    def narrowed(self, rows: QuerySet[Any], school: str) -> QuerySet[Any]:
        """Those of the rows whose school, by the lookup that leads to it, is in scope.

        A way over a post asks for the posts by name: joined, SQLite would walk the rows of the whole country.
        """
        if self.scope.whole:
            return rows
        if school.endswith("post__school"):
            return rows.filter(**{f"{school.removesuffix('__school')}__in": self.given.posts})
        return rows.filter(**{f"{school}__in": self.scope.schools})

    def narrowed_to_agencies(self, rows: QuerySet[Any], agency: str) -> QuerySet[Any]:
        """Those of the rows whose agency, by the lookup that leads to it, is judged as a whole."""
        return rows if self.scope.whole else rows.filter(**{f"{agency}__in": self.scope.agencies or ()})

    @cached_property
    def _calendars(self) -> Calendars:
        return lay_out(counted_from(self.day), self.day)

    def open_days(self, calendar: int, first: date, last: date) -> int:
        """Open days from `first` to `last`, both included; of more than three years those of the last three.

        Counted once: of all who could be placed somewhere the same days are asked.
        """
        asked = calendar, first, last
        if asked not in self._counted:
            calendars = self._calendars
            begin = max(first.toordinal(), calendars.low_day)
            found = calendars.open_days(calendars.positions[calendar], begin - 1, last.toordinal() + 1)
            self._counted[asked] = int(found)
        return self._counted[asked]

    def which_open(self, calendar: int, first: date, last: date) -> np.ndarray:
        """Which of the days from `first` to `last`, all of the last three years, are open."""
        calendars = self._calendars
        begin, end = (day.toordinal() - calendars.low_day for day in (first, last))
        return np.diff(calendars.opened[calendars.positions[calendar], begin : end + 2]) > 0

    def owners_in_scope(self, table: Table) -> np.ndarray:
        """The positions of the owners that the scope judges: schools, agencies at these schools, whole agencies."""
        if self.scope.whole:
            return np.arange(len(table))
        if table.level == "agency":
            return np.flatnonzero(among(table.agency, self.scope.agencies or ()))
        return np.flatnonzero(among(table.school, self.scope.schools or ()))

    def turnover_breaches(self, rule: TurnoverLimit) -> Iterator[Breach]:
        """The owners whose settled leaves break the limit, with the arithmetic and whether chance could explain it."""
        level: Level = rule.level  # type: ignore[assignment]
        table = self.table(level, rule.terms)
        breached, established = breach(table, rule.limit)
        owners = self.owners_in_scope(table)
        accused = owners[breached[owners]]
        case: Case = (
            CountryCase(rule, table, self.day)
            if self.whole
            else TurnoverCase(self.register, rule, table, accused, self.day)
        )
        for owner in accused.tolist():
            key: dict[str, Any] = {name: int(getattr(table, name)[owner]) for name in KEYS_OF_LEVEL[table.level]}
            yield Breach(Subject(**key), (case, owner), "established" if established[owner] else "indicated")

    def unmeasurable_schools(self, schools: np.ndarray) -> list[int]:
        """Which of these schools have no confirmed service in the window."""
        table = self.tables["school"]
        found: list[int] = np.setdiff1d(schools, table.school[table.measurable]).tolist()
        return found


@dataclass(eq=False)
class CountryCase:
    """The owners in a country who break the limit of a rule (`predicates.Case`).

    Their rows are read when the evidence against some of them is asked for, and held no longer than until it is asked
    of others. The figures are counted from these very rows, which may have changed since the country was measured.
    """

    rule: TurnoverLimit
    table: Table
    day: date
    _told: dict[int, dict[str, Any]] = field(default_factory=dict)

    def evidence_of(self, accused: int) -> dict[str, Any]:
        if accused not in self._told:
            self.prepare([accused])
        return self._told[accused]

    def prepare(self, accused: Iterable[int]) -> None:
        self._told = {}
        level, owners = self.table.level, np.array(sorted(set(accused)))
        whole_agencies = level == "agency"
        scope = Scope.of(
            [] if whole_agencies else self.table.school[owners].tolist(),
            self.table.agency[owners].tolist() if whole_agencies else [],
        )
        world = RegisterWorld(self.day, scope, {})
        table = world.table(level, self.rule.terms)
        position = {table.key(index): index for index in range(len(table))}
        again = {position[self.table.key(owner)]: owner for owner in owners.tolist()}
        told = turnover_evidence(world.register, self.rule, table, np.array(sorted(again)), self.day)
        self._told = {again[index]: evidence for index, evidence in told}


@dataclass(frozen=True)
class _Written:
    """A query of a world, written from what is given instead."""

    build: Callable[[RegisterWorld], QuerySet[Any, Any]]

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        world = RegisterWorld(given.day, Scope.of(given.schools, given.agencies), {})
        world.given = given
        return self.build(world)


def regions_of(judged: Iterable[Judged]) -> dict[Subject, str]:
    """The region whose officer sees a breach: the school's, else the agency's."""
    subjects = {one.breach.subject for one in judged}
    of_school = dict(
        School.objects.filter(pk__in={one.school for one in subjects if one.school}).values_list("pk", "region_id")
    )
    of_agency = dict(
        Agency.objects.filter(pk__in={one.agency for one in subjects if one.agency}).values_list("pk", "region_id")
    )
    return {one: of_school[one.school] if one.school else of_agency[one.agency] for one in subjects}
