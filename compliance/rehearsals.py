"""Judging a region or the country by a draft beside the law in force, and keeping the comparison.

Only the clauses that the draft changes are judged, each by both of its versions over the same rows; the others cannot
differ. Region after region, each written as it is done, so that a country takes the memory of its largest region and
whoever waits sees how far it is. It opens no finding, writes no figure and sends nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency
from compliance.engine import RegisterWorld, base_terms, versions_judged
from compliance.intervals import interval
from compliance.models import Clause, ClauseVersion, Draft, Figure, Rehearsal, RehearsedMark
from compliance.models.rehearsals import RehearsalQuerySet
from compliance.predicates import Rule, Subject
from compliance.predicates.turnover import ContinuityFloor, Measurable, TurnoverLimit
from compliance.register import Scope
from compliance.rehearsing import AGENCY_SIZES, SCHOOL_SIZES, UNKNOWN, Change, Place, Reading, Scale, Tally, size_of
from compliance.turnover import Table, breach
from schools.models import Region, School

State, Mark = Rehearsal.State, RehearsedMark.Mark
MARKS = {None: Mark.NONE, "": Mark.RECORDS, "indicated": Mark.INDICATED, "established": Mark.ESTABLISHED}
# The figures of an owner that a row keeps.
Figures = dict[str, float | int | None]


@dataclass(frozen=True)
class Pair:
    """A clause as it is in force on the day and as the draft has it; None where it is not, or would not be."""

    clause: Clause
    now: ClauseVersion | None
    then: ClauseVersion | None

    @cached_property
    def rules(self) -> tuple[Rule | None, Rule | None]:
        return tuple(one.build_rule() if one else None for one in (self.now, self.then))  # type: ignore[return-value]

    @property
    def kind(self) -> str:
        """What the draft does to the clause: `new`, `repealed`, or `changed`."""
        if self.now is None:
            return "new"
        return "repealed" if self.then is None else "changed"

    @property
    def scale(self) -> Scale | None:
        """What the values of its owners are held against; None where the clause measures nothing, or another thing by
        the draft."""
        kinds = {type(rule) for rule in self.rules if rule}
        if kinds not in ({TurnoverLimit}, {ContinuityFloor}):
            return None
        now, then = (_limit_of(rule) for rule in self.rules)
        counts = [rule.min_left for rule in self.rules if isinstance(rule, TurnoverLimit)]
        return Scale(now, then, under=kinds == {ContinuityFloor}, least=counts[-1] if counts else None)


def _limit_of(rule: Rule | None) -> float | None:
    """What a rule holds its figure against, in percent."""
    if isinstance(rule, TurnoverLimit):
        return rule.threshold_percent
    return 100 * rule.floor if isinstance(rule, ContinuityFloor) else None


def pairs(draft: Draft, day: date) -> list[Pair]:
    """The clauses that would judge otherwise, in order of their codes.

    What cannot be measured is told by the terms of the clause on turnover, so that clause goes along where they change.
    """
    now = {one.clause_id: one for one in versions_judged(day)}
    then = {one.clause_id: one for one in versions_judged(day, draft)}
    clauses = {**then, **now}
    found = [Pair(version.clause, now.get(key), then.get(key)) for key, version in clauses.items()]
    terms = [base_terms(versions.values())["school"] for versions in (now, then)]
    terms_differ = len({(one.window_days, one.gap_open_days) for one in terms}) > 1
    return sorted(
        (
            pair
            for pair in found
            if pair.rules[0] != pair.rules[1] or (terms_differ and isinstance(pair.rules[0], Measurable))
        ),
        key=lambda pair: pair.clause.code,
    )


def run(rehearsal: Rehearsal) -> None:
    """Rehearse from the beginning: what an earlier attempt wrote is taken back first. One that is over stays as it is.

    A worker that was taken for dead and lives after all finds that another one began, and ends.
    """
    begun = Rehearsal.objects.under_way().filter(pk=rehearsal.pk, attempt=rehearsal.attempt)
    rehearsal.attempt += 1
    blocks = list(_blocks(rehearsal.region))
    moved = {"state": State.RUNNING, "done": 0, "total": len(blocks), "moved_at": timezone.now()}
    with transaction.atomic():
        if not begun.update(attempt=rehearsal.attempt, **moved):
            return
        RehearsedMark.objects.filter(rehearsal=rehearsal).delete()
    found = pairs(rehearsal.draft, rehearsal.day)
    tallies = [Tally(pair.scale) for pair in found]
    agency_sizes = _agency_sizes()
    for number, (region, scope) in enumerate(blocks, 1):
        block = Block(rehearsal.day, region, scope, rehearsal.draft, agency_sizes)
        rows = [
            row for pair, tally in zip(found, tallies, strict=True) for row in block.compare(pair, tally, rehearsal)
        ]
        if not _write(rehearsal, rows, done=number):
            return
    summary = {"clauses": [_told(pair, tally) for pair, tally in zip(found, tallies, strict=True)]}
    _mine(rehearsal).update(state=State.DONE, summary=summary, moved_at=timezone.now())


def _mine(rehearsal: Rehearsal) -> RehearsalQuerySet:
    """The rehearsal, while this worker is the one at it."""
    return Rehearsal.objects.filter(pk=rehearsal.pk, attempt=rehearsal.attempt, state=State.RUNNING)


@transaction.atomic
def _write(rehearsal: Rehearsal, rows: Sequence[RehearsedMark], *, done: int) -> bool:
    """Keep a block; False where another worker began meanwhile."""
    if not _mine(rehearsal).update(done=done, moved_at=timezone.now()):
        return False
    RehearsedMark.objects.bulk_create(rows, batch_size=500)
    return True


def _told(pair: Pair, tally: Tally) -> dict[str, object]:
    rule = next(rule for rule in reversed(pair.rules) if rule)
    version = pair.then or pair.now
    assert version is not None
    return {
        "clause": pair.clause.pk,
        "number": pair.clause.number,
        "kind": pair.kind,
        "rule": rule.code,
        "mark": version.mark,
        "level": getattr(rule, "level", ""),
        **tally.plain(),
    }


def give_up_left_behind() -> None:
    """Break off those that workers began and none ended: whoever asked is not left waiting."""
    for rehearsal in Rehearsal.objects.left_behind():
        break_off(rehearsal, "no worker ended it")


def break_off(rehearsal: Rehearsal, reason: str) -> None:
    """It ends without a comparison, and says why. Nothing else was changed that would have to be mended."""
    Rehearsal.objects.under_way().filter(pk=rehearsal.pk).update(
        state=State.FAILED, reason=reason[:500], moved_at=timezone.now()
    )


def _blocks(region: Region | None) -> Iterator[tuple[str, Scope]]:
    """The regions to judge, each with its schools and its agencies."""
    for code in [region.pk] if region else list(Region.objects.order_by("pk").values_list("pk", flat=True)):
        schools = School.objects.filter(region=code).values_list("pk", flat=True)
        agencies = Agency.objects.filter(region=code).values_list("pk", flat=True)
        scope = Scope.of(schools, agencies)
        if scope.schools or scope.agencies:
            yield code, scope


def _agency_sizes() -> dict[int, str]:
    """The size of each agency, over all its schools, as it was last measured."""
    measured = Figure.objects.filter(level=Figure.Level.AGENCY).order_by()
    return {
        key: size_of(headcount, AGENCY_SIZES) for key, headcount in measured.values_list("agency", "average_headcount")
    }


class Block:
    """One region under both readings: its rows are read once."""

    def __init__(self, day: date, region: str, scope: Scope, draft: Draft, agency_sizes: dict[int, str]) -> None:
        self.day, self.region, self.scope, self.draft, self.agency_sizes = day, region, scope, draft, agency_sizes
        self.world = RegisterWorld(day, scope, base_terms(versions_judged(day)))
        self.figures: dict[Subject, Figures] = {}

    def compare(self, pair: Pair, tally: Tally, rehearsal: Rehearsal) -> list[RehearsedMark]:
        """Count a clause in, and the rows of those whose mark it changes."""
        self.figures = {}
        now = self.read(pair.rules[0], self.world)
        world = self.world_then if isinstance(pair.rules[1], Measurable) else self.world
        then = self.read(pair.rules[1], world)
        return [self._row(pair, change, rehearsal) for change in tally.take(now, then, self.place_of)]

    @cached_property
    def world_then(self) -> RegisterWorld:
        """The register as it would be measured by the draft's own terms."""
        return RegisterWorld(self.day, self.scope, base_terms(versions_judged(self.day, self.draft)))

    def read(self, rule: Rule | None, world: RegisterWorld) -> Reading:
        """What a rule says here. Figures of measured owners are kept: the draft's over those of the law in force."""
        if rule is None:
            return Reading()
        if isinstance(rule, TurnoverLimit):
            return self._turnover(rule)
        if isinstance(rule, ContinuityFloor):
            return self._continuity(rule)
        return Reading({found.subject: found.strength for found in rule.breaches(world)})

    def _turnover(self, rule: TurnoverLimit) -> Reading:
        """Without the evidence that a finding carries: nobody is accused."""
        table = self.world.table(rule.level, rule.terms)  # type: ignore[arg-type]
        breached, established = breach(table, rule.limit)
        high = interval(table.settled_left, table.person_days, rule.confidence)[1]
        owners = self._owners(table, table.measurable)
        for owner, subject in owners:
            self.figures[subject] = {
                "headcount": float(table.average_headcount[owner]),
                "left": int(table.settled_left[owner]),
                "net_left": int(table.net_left[owner]),
                "gross_left": int(table.gross_left[owner]),
                "value": float(table.settled_rate[owner]),
                "low": float(table.settled_low[owner]),
                "high": float(high[owner]),
                "weight": float(table.settled_low[owner]),
            }
        marks = {
            subject: "established" if established[owner] else "indicated"
            for owner, subject in owners
            if breached[owner]
        }
        return Reading(marks, {subject: float(table.settled_rate[owner]) for owner, subject in owners})

    def _continuity(self, rule: ContinuityFloor) -> Reading:
        table = self.world.table(rule.level, rule.terms)  # type: ignore[arg-type]
        owners = self._owners(table, table.starting_guards > 0)
        for owner, subject in owners:
            self.figures[subject] = {
                "headcount": float(table.average_headcount[owner]),
                "value": 100 * float(table.continuity[owner]),
                "weight": 100 - 100 * float(table.continuity[owner]),
            }
        marks = {subject: "" for owner, subject in owners if table.continuity[owner] < rule.floor}
        return Reading(marks, {subject: 100 * float(table.continuity[owner]) for owner, subject in owners})

    def _owners(self, table: Table, measured: np.ndarray) -> list[tuple[int, Subject]]:
        """The owners in scope that a rule can measure, by their positions in the table."""
        owners = self.world.owners_in_scope(table)
        chosen = owners[measured[owners]]
        keys = zip(table.school[chosen].tolist(), table.agency[chosen].tolist(), strict=True)
        subjects = [Subject(None if school < 0 else school, None if agency < 0 else agency) for school, agency in keys]
        return list(zip(chosen.tolist(), subjects, strict=True))

    def place_of(self, subject: Subject) -> Place:
        """A school counts with the agency that served there most."""
        agency = self._agency_of(subject)
        return Place(
            self.region,
            self.school_sizes.get(subject.school, UNKNOWN) if subject.school else None,
            self.agency_sizes.get(agency, UNKNOWN) if agency else None,
        )

    def _agency_of(self, subject: Subject) -> int | None:
        return subject.agency or self.serving.get(subject.school or 0)

    @cached_property
    def school_sizes(self) -> dict[int, str]:
        table = self.world.tables["school"]
        sizes = (size_of(headcount, SCHOOL_SIZES) for headcount in table.average_headcount.tolist())
        return dict(zip(table.school.tolist(), sizes, strict=True))

    @cached_property
    def serving(self) -> dict[int, int]:
        """For each school the agency whose guards served most of the window's days; of equals the one entered first."""
        table = self.world.tables["agency_school"]
        order = np.lexsort((-table.agency, table.person_days))
        served = order[table.person_days[order] > 0]
        return dict(zip(table.school[served].tolist(), table.agency[served].tolist(), strict=True))

    def _row(self, pair: Pair, change: Change, rehearsal: Rehearsal) -> RehearsedMark:
        subject = change.subject
        return RehearsedMark(
            rehearsal=rehearsal,
            clause=pair.clause,
            subject=subject.key,
            school_id=subject.school,
            agency_id=self._agency_of(subject),
            guard_id=subject.guard,
            region_id=self.region,
            change=change.kind,
            before=MARKS[change.before],
            after=MARKS[change.after],
            **self.figures.get(subject, {}),
        )
