"""Judging a finding again: as it was known on its day, from its own evidence, and as the register knows that day now.

Three questions, each with its own answer. Is the record as it was written (its digest)? Does the engine of today make
the same figures of the rows that were judged? Does the register of today still say so of that day, and if not, what
changed since: which rows and calendars differ, or, of a clause that keeps no rows, what was recorded of its subject?
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import QuerySet

from audit.models import Event
from compliance.digests import digest_of
from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.evidence import FIGURES, turnover_evidence
from compliance.models import Finding
from compliance.predicates.turnover import TurnoverLimit
from compliance.register import Scope
from compliance.turnover import END_REASONS, KEYS_OF_LEVEL, OPEN, Calendars, Rows, measure
from guards.models import Assignment

LISTS = ("rows", "spells", "calendars")


@dataclass(frozen=True)
class Difference:
    """A value that is not what it was; None where it was not there, or is no more."""

    name: str
    was: Any
    now: Any


@dataclass(frozen=True)
class Replay:
    """What judging a finding again says.

    then: how the figures made from its own rows differ from those that it states; None where a rule keeps no rows
    apart from its facts. still_found: whether the register of today breaches the clause on that day. values, rows,
    calendars: how today's evidence differs from the finding's; `values` is None where there is none today.
    """

    finding: Finding
    untouched: bool
    then: list[Difference] | None
    still_found: bool
    values: list[Difference] | None
    rows: list[Difference]
    calendars: list[Difference]

    @property
    def proved(self) -> bool:
        """Whether the finding is what it was and follows from its rows; the register may have changed since."""
        return self.untouched and not self.then and not self.outdated

    @property
    def outdated(self) -> bool:
        """Whether a finding that keeps totals alone can be counted again no more: the register of today gives others.
        That is neither proof nor its opposite."""
        return self.keeps_totals and not self.unchanged

    @property
    def keeps_totals(self) -> bool:
        """Whether the finding states what was counted of records that it does not hold."""
        return self.finding.version.judging_rule.keeps_totals

    @property
    def unchanged(self) -> bool:
        """Whether the register of today says exactly what the finding says."""
        return self.still_found and self.values == [] and not self.rows and not self.calendars

    @property
    def keeps_rows(self) -> bool:
        """Whether what changed can be told by the rows that the finding keeps."""
        return "rows" in self.finding.evidence


def replay(finding: Finding) -> Replay:
    """Judge a finding again by its own version of the clause. It reads only."""
    evidence = finding.evidence
    rule = finding.version.build_rule()
    then = None
    if isinstance(rule, TurnoverLimit) and "calendars" in evidence:
        then = _differences(_only_figures(evidence), figures_of(evidence, rule))
    found, now = _as_known_now(finding, rule)
    known = now or {}
    return Replay(
        finding=finding,
        untouched=digest_of(finding.version, finding.engine, evidence) == finding.digest,
        then=then,
        still_found=found,
        values=None if now is None else _differences(_plain(evidence), _plain(now)),
        rows=_row_differences(*(_known_on(finding.opened_on, one.get("rows", ())) for one in (evidence, known))),
        calendars=[] if now is None else _calendar_differences(evidence, now),
    )


def recorded_since(finding: Finding) -> QuerySet[Event]:
    """What was recorded from the finding's day on: of its guard if it has one, else of its school and its agency."""
    subjects = [finding.guard] if finding.guard else [one for one in (finding.school, finding.agency) if one]
    return Event.objects.about(*subjects).filter(at__date__gte=finding.opened_on)


def _as_known_now(finding: Finding, rule: Any) -> tuple[bool, dict[str, Any] | None]:
    """Whether the register of today breaches the rule on the finding's day, and its evidence."""
    scope = Scope.of(
        [finding.school_id] if finding.school_id else [],
        [finding.agency_id] if finding.agency_id else [],
    )
    world = RegisterWorld(finding.opened_on, scope, base_terms(versions_judged(finding.opened_on)))
    for breach in rule.breaches(world):
        if breach.subject.key == finding.subject:
            return breach.strength == finding.strength, breach.evidence
    return False, _lawful_evidence(finding, rule, world) if isinstance(rule, TurnoverLimit) else None


def _lawful_evidence(finding: Finding, rule: TurnoverLimit, world: RegisterWorld) -> dict[str, Any] | None:
    """The figures of an owner whom the register of today does not accuse; None where nobody served in the window."""
    table = world.table(rule.level, rule.terms)  # type: ignore[arg-type]
    key = {"school": finding.school_id, "agency": finding.agency_id}
    mine = [getattr(table, name) == key[name] for name in KEYS_OF_LEVEL[table.level]]
    owners = np.flatnonzero(np.logical_and.reduce([*mine, table.distinct_guards > 0]))
    for _owner, evidence in turnover_evidence(world.register, rule, table, owners, world.day):
        return evidence
    return None


def figures_of(evidence: dict[str, Any], rule: TurnoverLimit) -> dict[str, Any]:
    """The figures that the engine makes of the rows and calendars of some evidence, and of nothing else."""
    day = date.fromisoformat(evidence["day"])
    rows, calendars = evidence["rows"], evidence["calendars"]
    numbers = {
        name: {value: number for number, value in enumerate(sorted({row[name] for row in rows}))}
        for name in ("iin", "agency_bin", "school_id", "assignment_id")
    }
    arrays = Rows(
        guard=np.array([numbers["iin"][row["iin"]] for row in rows]),
        agency=np.array([numbers["agency_bin"][row["agency_bin"]] for row in rows]),
        school=np.array([numbers["school_id"][row["school_id"]] for row in rows]),
        first=np.array([date.fromisoformat(row["first_day"]).toordinal() for row in rows]),
        last=np.array([date.fromisoformat(row["last_day"]).toordinal() if row["last_day"] else OPEN for row in rows]),
        relief=np.array([row["kind"] == Assignment.Kind.RELIEF for row in rows]),
        reason=np.array([END_REASONS.index(row["end_reason"]) if row["end_reason"] else -1 for row in rows]),
        accepted=np.array([bool(row["cause_accepted"]) for row in rows]),
        ident=np.array([numbers["assignment_id"][row["assignment_id"]] for row in rows]),
    )
    laid_out = Calendars.build(
        {
            one["calendar"]: (
                one["weekdays"],
                [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in one["closures"]],
            )
            for one in calendars
        },
        date.fromordinal(int(arrays.first.min())),
        day,
        {numbers["school_id"][school]: one["calendar"] for one in calendars for school in one["schools"]},
    )
    regions = dict.fromkeys(numbers["school_id"].values(), 0)
    table = measure(arrays, laid_out, regions, day, {rule.level: rule.terms})[rule.level]  # type: ignore[dict-item, index]
    return _only_figures(table.row(0))


def _only_figures(evidence: dict[str, Any]) -> dict[str, Any]:
    return {name: evidence.get(name) for name in FIGURES}


def _plain(evidence: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in evidence.items() if name not in LISTS}


def _differences(was: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    # In the order of what was just made: PostgreSQL keeps evidence in an order of its own.
    names = [*now, *(name for name in was if name not in now)]
    return [Difference(name, was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)]


def _known_on(day: date, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the day sees them: a last day that is still to come is none yet, whatever is known of it by now."""
    open_still = {"last_day": None, "end_reason": "", "cause_accepted": False}
    return [row | open_still if (row["last_day"] or "") > day.isoformat() else row for row in rows]


def _calendar_differences(was: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """What became of the calendars by which open days were counted: `calendar closure` or `calendar weekdays`."""
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
    return sorted(found, key=lambda one: one.name)


def _row_differences(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[Difference]:
    """What became of the assignments: `code` where one is new or gone, `code field` where it reads otherwise."""
    before, after = ({row["assignment_id"]: row for row in rows} for rows in (was, now))
    found = []
    for code in sorted({*before, *after}):
        if code in before and code in after:
            changed = _differences(before[code], after[code])
            found += [Difference(f"{code} {one.name}", one.was, one.now) for one in changed]
        else:
            found.append(Difference(code, before.get(code) and "counted", after.get(code) and "counted"))
    return found
