"""Judging a finding again: as it was known on its day, from its own evidence, and as the register knows that day now.

Three questions, each with its own answer. Is the record as it was written (its digest)? Does the engine of today make
the same figures of the records that were counted? Does the register of today still say so of that day, and if not, what
changed since: which records and calendars differ, or, of a clause that counted none, what was recorded of its subject?
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db.models import QuerySet

from audit.models import Event
from compliance.digests import digest_of
from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.evidence import turnover_evidence
from compliance.models import Finding
from compliance.predicates import Breach, Rule, Subject
from compliance.predicates.base import evidence_in_full
from compliance.predicates.turnover import TurnoverLimit
from compliance.records import IDENTITY, KINDS, SPELL, Record
from compliance.register import Scope
from compliance.turnover import KEYS_OF_LEVEL

# What of evidence is told record by record, or follows from what is.
LISTS = frozenset({*KINDS, "spells"})
# What evidence that somebody wrote over can bring about.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
# How a record reads while what it says of a day, by the name of the field, is still to come.
ENDS: Mapping[str, Record] = {
    "last_day": {"last_day": None, "end_reason": "", "cause_accepted": False},
    "vulnerable_until": {"vulnerable_until": None},
    "contract_last_day": {"contract_last_day": None},
    "confirmed_on": {"confirmed_on": None},
}


@dataclass(frozen=True)
class Difference:
    """A value that is not what it was; None where it was not there, or is no more."""

    name: str
    was: Any
    now: Any


@dataclass(frozen=True)
class RecordDifference:
    """A record that reads otherwise in the field `name`; without a name it was counted and is no more, or the other way
    round. `kind` is one of `records.IDENTITY`, or spells; `record` what is known of it: as it was, or as it is where it
    is new."""

    kind: str
    record: Record
    name: str
    was: Any
    now: Any


@dataclass(frozen=True)
class Replay:
    """What judging a finding again says.

    then: how what follows from its own records differs from what it states; None where it keeps none. spells: the same
    of the spells that it tells. breaks: whether by what it states the clause does not hold. still_found: whether the
    register of today breaches the clause on that day. values, records, calendars: how today's evidence differs from the
    finding's; `values` is None where there is none today. readable: whether its evidence can be read at all; of one
    that cannot nothing else is said.
    """

    finding: Finding
    untouched: bool
    then: list[Difference] | None = None
    spells: list[RecordDifference] = field(default_factory=list)
    breaks: bool = True
    still_found: bool = False
    values: list[Difference] | None = None
    records: list[RecordDifference] = field(default_factory=list)
    calendars: list[Difference] = field(default_factory=list)
    readable: bool = True

    @property
    def proved(self) -> bool:
        """Whether the finding is what it was and follows from its records; the register may have changed since."""
        return self.untouched and self.follows and not self.outdated

    @property
    def follows(self) -> bool:
        """Whether what it states, and that this breaks its clause, follows from its records."""
        return self.readable and self.breaks and not self.then and not self.spells

    @property
    def outdated(self) -> bool:
        """Whether a finding that keeps totals alone can be counted again no more: the register of today gives others.
        That is neither proof nor its opposite."""
        return self.keeps_totals and self.values != []

    @property
    def keeps_totals(self) -> bool:
        """Whether the finding states what was counted of records that it does not hold: those opened before findings
        kept them."""
        return self.readable and self.then is None and bool(self.finding.version.judging_rule.keeps)

    @property
    def unchanged(self) -> bool:
        """Whether the register of today says exactly what the finding says."""
        return self.still_found and not self.told

    @property
    def told(self) -> bool:
        """Whether something that the finding states or keeps reads otherwise today."""
        return bool(self.values or self.records or self.calendars)


def replay(finding: Finding) -> Replay:
    """Judge a finding again by its own version of the clause. It reads only."""
    untouched = digest_of(finding.version, finding.engine, finding.evidence) == finding.digest
    try:
        return _replayed(finding, untouched=untouched)
    except UNREADABLE:
        # Evidence that somebody wrote over may be anything; what was written here can be read.
        if untouched:
            raise
        return Replay(finding, untouched=False, readable=False)


def _replayed(finding: Finding, *, untouched: bool) -> Replay:
    evidence, rule = finding.evidence, finding.version.build_rule()
    kept = _kept(evidence, rule)
    then, of_spells = _recounted(finding, rule) if kept else (None, [])
    found, now = _as_known_now(finding, rule)
    # Where there is nothing today, what was counted is gone; of records that are facts nothing is known.
    kinds = [kind for kind in IDENTITY if isinstance(evidence.get(kind), list) and (now is not None or kind in kept)]
    return Replay(
        finding=finding,
        untouched=untouched,
        then=then,
        spells=of_spells,
        breaks=not kept or rule.broken(evidence),
        still_found=found,
        values=None if now is None else _stated(evidence, now, finding.opened_on),
        records=[
            one
            for kind in kinds
            for one in _record_differences(
                kind,
                IDENTITY[kind],
                *(_known_on(finding.opened_on, known) for known in (evidence[kind], (now or {}).get(kind, ()))),
            )
        ],
        calendars=[] if now is None else _calendar_differences(evidence, now),
    )


def _kept(evidence: dict[str, Any], rule: Rule) -> list[str]:
    """The lists that a finding keeps: all that the rule does, or, from before it did, none. ValueError for others."""
    kept = [kind for kind in rule.keeps if kind in evidence]
    lists = [evidence[kind] for kind in kept]
    if kept and (len(kept) < len(rule.keeps) or not all(isinstance(one, list) for one in lists)):
        raise ValueError("The evidence does not hold the lists that its rule keeps.")
    if not all(isinstance(one, dict) for records in lists for one in records):
        raise ValueError("The evidence holds what is no record.")
    return kept


def _recounted(finding: Finding, rule: Rule) -> tuple[list[Difference], list[RecordDifference]]:
    """How what follows from the records of a finding differs from what it states, its strength included, and from the
    spells it tells."""
    evidence = finding.evidence
    again = rule.recounted(evidence)
    spells = again.pop("spells", [])
    stated = {name: evidence.get(name) for name in again} | {"strength": finding.strength}
    told = _record_differences("spells", SPELL, evidence.get("spells", ()), spells)
    return _differences(stated, again | {"strength": rule.strength_of(evidence | again)}), list(told)


def recorded_since(finding: Finding) -> QuerySet[Event]:
    """What was recorded from the finding's day on: of its guard if it has one, else of its school and its agency."""
    subjects = [finding.guard] if finding.guard else [one for one in (finding.school, finding.agency) if one]
    return Event.objects.about(*subjects).filter(at__date__gte=finding.opened_on)


def _as_known_now(finding: Finding, rule: Rule) -> tuple[bool, dict[str, Any] | None]:
    """Whether the register of today breaches the rule on the finding's day, and its evidence."""
    scope = Scope.of(
        [finding.school_id] if finding.school_id else [],
        [finding.agency_id] if finding.agency_id else [],
    )
    world = RegisterWorld(finding.opened_on, scope, base_terms(versions_judged(finding.opened_on)))
    for breach in rule.breaches(world):
        if breach.subject.key == finding.subject:
            (evidence,) = evidence_in_full([(rule, breach)], world.day)
            return breach.strength == finding.strength, evidence
    return False, _lawful_evidence(finding, rule, world)


def _lawful_evidence(finding: Finding, rule: Rule, world: RegisterWorld) -> dict[str, Any] | None:
    """What the register of today has of an owner whom it does not accuse; None where nothing was counted, or where
    nobody served in the window."""
    if isinstance(rule, TurnoverLimit):
        return _lawful_turnover(finding, rule, world)
    if not rule.keeps:
        return None
    subject = Subject(finding.school_id, finding.agency_id, finding.guard_id)
    (evidence,) = evidence_in_full([(rule, Breach(subject, _plain(finding.evidence)))], world.day)
    return evidence


def _lawful_turnover(finding: Finding, rule: TurnoverLimit, world: RegisterWorld) -> dict[str, Any] | None:
    table = world.table(rule.level, rule.terms)  # type: ignore[arg-type]
    key = {"school": finding.school_id, "agency": finding.agency_id}
    mine = [getattr(table, name) == key[name] for name in KEYS_OF_LEVEL[table.level]]
    owners = np.flatnonzero(np.logical_and.reduce([*mine, table.distinct_guards > 0]))
    for _owner, evidence in turnover_evidence(world.register, rule, table, owners, world.day):
        return evidence
    return None


def _plain(evidence: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in evidence.items() if name not in LISTS}


def _stated(evidence: dict[str, Any], now: dict[str, Any], day: date) -> list[Difference]:
    """How the evidence of today differs in what the finding states; what it did not state yet is not asked for."""
    was, known = (_seen_on(day, _plain(one)) for one in (evidence, now))
    return _differences(was, {name: value for name, value in known.items() if name in was})


def _differences(was: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    # In the order of what was just made: PostgreSQL keeps evidence in an order of its own.
    names = [*now, *(name for name in was if name not in now)]
    return [Difference(name, was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)]


def _known_on(day: date, known: Iterable[Record]) -> list[Record]:
    return [_seen_on(day, one) for one in known]


def _seen_on(day: date, one: Record) -> Record:
    """A record as the day sees it: an end that is still to come is none yet, whatever is known of it by now."""
    for end, still in ENDS.items():
        if (one.get(end) or "") > day.isoformat():
            one = one | {name: value for name, value in still.items() if name in one}
    return one


def _calendar_differences(was: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """What became of the calendars by which open days were counted: `calendar closure`, `calendar weekdays`, or `school
    calendar` where a school keeps another one."""
    before, after = ({one["calendar"]: one for one in known.get("calendars", ())} for known in (was, now))
    found = []
    for code in before.keys() & after.keys():
        old, new = ({tuple(one) for one in known[code]["closures"]} for known in (before, after))
        found += [Difference(f"{code} closure", list(one), None) for one in sorted(old - new)]
        found += [Difference(f"{code} closure", None, list(one)) for one in sorted(new - old)]
        found += [
            Difference(f"{code} {one.name}", one.was, one.now)
            for one in _differences(before[code], after[code])
            if one.name == "weekdays"
        ]
    kept, keep = ({school: code for code in known for school in known[code]["schools"]} for known in (before, after))
    moved = (Difference(f"{school} calendar", kept[school], keep[school]) for school in kept.keys() & keep.keys())
    return sorted([*found, *(one for one in moved if one.was != one.now)], key=lambda one: one.name)


def _record_differences(
    kind: str, identity: Sequence[str], was: Iterable[Record], now: Iterable[Record]
) -> Iterator[RecordDifference]:
    """What became of the records of a kind, told apart by some of their fields."""
    before, after = ({tuple(one.get(name) for name in identity): one for one in known} for known in (was, now))
    for key in sorted({*before, *after}, key=str):
        if key in before and key in after:
            for one in _differences(before[key], after[key]):
                yield RecordDifference(kind, before[key], one.name, one.was, one.now)
        else:
            there = before.get(key) or after[key]
            yield RecordDifference(kind, there, "", key in before, key in after)
