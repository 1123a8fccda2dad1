"""Judging a finding again: as it was known on its day, from its own evidence, and as the register knows that day now.

Three questions, each with its own answer. Is the record as it was written (its digest)? Does the engine of today make
the same figures of the rows that were judged? Does the register of today still say so of that day, and if not, which
rows differ?
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

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
    apart from its facts. still_found: whether the register of today breaches the clause on that day. values, rows: how
    today's evidence differs from the finding's; None where the register of today has nothing to compare.
    """

    finding: Finding
    untouched: bool
    then: list[Difference] | None
    still_found: bool
    values: list[Difference] | None
    rows: list[Difference]

    @property
    def proved(self) -> bool:
        """Whether the finding is what it was and follows from its rows; the register may have changed since."""
        return self.untouched and not self.then

    @property
    def unchanged(self) -> bool:
        """Whether the register of today says exactly what the finding says."""
        return self.still_found and self.values == [] and not self.rows


def replay(finding: Finding) -> Replay:
    """Judge a finding again by its own version of the clause. It reads only."""
    evidence = finding.evidence
    rule = finding.version.build_rule()
    then = None
    if isinstance(rule, TurnoverLimit) and "calendars" in evidence:
        then = _differences(_only_figures(evidence), figures_of(evidence, rule))
    found, now = _as_known_now(finding, rule)
    return Replay(
        finding=finding,
        untouched=digest_of(finding.version, finding.engine, evidence) == finding.digest,
        then=then,
        still_found=found,
        values=None if now is None else _differences(_plain(evidence), _plain(now)),
        rows=[] if now is None else _row_differences(evidence.get("rows", []), now.get("rows", [])),
    )


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
    """The figures of an owner whom the register of today does not accuse; None where it knows no row of him."""
    table = world.table(rule.level, rule.terms)  # type: ignore[arg-type]
    key = {"school": finding.school_id, "agency": finding.agency_id}
    mine = [getattr(table, name) == key[name] for name in KEYS_OF_LEVEL[table.level]]
    owners = np.flatnonzero(np.logical_and.reduce(mine))
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
    names = [*was, *(name for name in now if name not in was)]
    return [Difference(name, was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)]


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
