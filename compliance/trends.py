"""The months of every owner: counted with the country, kept one row each, read by the pages that draw them.

evaluate  ->  count(), store()    every month end of every owner, where anything that they rest on has changed
an action ->  mark()              its owners' months are to be counted again
a worker  ->  count_marked()      so they are
a page    ->  trend()             one owner's months, with the limit that was in force in each
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet

from agencies.models import Agency
from compliance.intervals import interval
from compliance.models import Evaluation, Figure, Trend, TrendMark
from compliance.prepared import Given, ask
from compliance.register import COUNTRY, Register, Scope, joined, read_blocks, read_register
from compliance.rewriting import rewrite
from compliance.series import COUNTS, Part, Series, add_parts, count_days, month_ends, series
from compliance.timeline import LawInTime, Step
from compliance.turnover import ENGINE_VERSION, KEYS_OF_LEVEL, Level, Terms, derived
from schools.models import Region, School

# What the guard did next is not kept: an action elsewhere can change it.
KEPT = tuple(name for name in COUNTS if name not in ("moved", "kept"))
AT_ONCE = 1000
ROWS_AT_ONCE = 250_000
# A school and an agency, by primary keys.
Owner = tuple[int | None, int | None]
# The same with its level and its region.
OwnerKey = tuple[str, int | None, int | None, str]


@dataclass(frozen=True, eq=False)
class Counted:
    """The months of a scope as they were counted: until when, from what (a digest of it), and by owner.

    `found` is None where nothing changed since they were counted last. `marks` asked for it.
    """

    until: date
    scope: Scope
    digest: str
    marks: list[TrendMark]
    found: dict[Level, Series] | None


def count(day: date, scope: Scope = COUNTRY) -> Counted:
    """Count the month ends before a day, unless the country was counted from the very same. It reads only."""
    ends = month_ends(day)
    marks = list(TrendMark.objects.order_by("pk") if scope.whole else _marks_of(scope))
    terms = LawInTime.read().terms(ends)
    last = _counted_last() if scope.whole else ""
    if last and last == _digest(bundles(ends[-1], scope), ends, terms):
        return Counted(ends[-1], scope, last, marks, None)
    digest = Digest(ends, terms)
    found = measured(digest.reading(bundles(ends[-1], scope)), ends, terms, followed=False)
    return Counted(ends[-1], scope, digest.told() if scope.whole else "", marks, found)


def measured(
    registers: Iterable[Register], ends: list[date], terms: list[dict[Level, Terms]], *, followed: bool = True
) -> dict[Level, Series]:
    """The series of every owner on some days, from parts of the register: each guard, with all his rows, in one."""
    days = [end.toordinal() for end in ends]
    counted: dict[Level, Part] = {}
    for register in registers:
        part = count_days(register.rows, register.calendars, register.region_of_school, days, terms, followed=followed)
        counted = add_parts(counted, part) if counted else part
    return series(counted, days, terms)


def bundles(day: date, scope: Scope = COUNTRY) -> Iterator[Register]:
    """The register of a scope, that of the country in some parts: many guards at once, as each part costs its time."""
    if not scope.whole:
        yield read_register(day, scope)
        return
    waiting: list[Register] = []
    for block in read_blocks(day):
        waiting.append(block)
        if sum(len(one.rows) for one in waiting) >= ROWS_AT_ONCE:
            yield joined(waiting)
            waiting = []
    if waiting:
        yield joined(waiting)


def _marks_of(scope: Scope) -> QuerySet[TrendMark]:
    """The marks of some owners, taken for the rest of the transaction but those that another worker is at."""
    marks = TrendMark.objects.select_for_update(skip_locked=True).order_by("pk")
    return marks.filter(Q(school__in=scope.schools or ()) | Q(agency__in=scope.agencies or ()))


def _counted_last() -> str:
    """The digest of what the months of the country rest on that are kept now; empty where that is not known."""
    last = Evaluation.objects.order_by("-pk").values_list("months", flat=True).first()
    return last or ""


def _digest(registers: Iterable[Register], ends: list[date], terms: list[dict[Level, Terms]]) -> str:
    digest = Digest(ends, terms)
    for _ in digest.reading(registers):
        pass
    return digest.told()


class Digest:
    """The same while nothing changes that a figure of some month ends could rest on."""

    def __init__(self, ends: list[date], terms: list[dict[Level, Terms]]) -> None:
        said = [(level, {**vars(one), "excused": sorted(one.excused)}) for each in terms for level, one in each.items()]
        self._digest = hashlib.sha256(repr((ENGINE_VERSION, KEPT, ends, said)).encode())
        self._end = ends[-1].toordinal()

    def reading(self, registers: Iterable[Register]) -> Iterator[Register]:
        """Hand parts of the register through, and take note of them."""
        for register in registers:
            self._add(register)
            yield register

    def _add(self, register: Register) -> None:
        """The rows as they stood on the last day, in order of their keys, and what they are counted by."""
        rows, calendars = register.rows.take(np.argsort(register.assignment)), register.calendars
        known = rows.last <= self._end
        seen = np.where(known, rows.last, -1), np.where(known, rows.reason, -1), known & rows.accepted
        places = np.array(sorted(register.region_of_school.items()))
        kept = calendars.opened, calendars.schools, calendars.school_calendar, places
        for column in (rows.guard, rows.agency, rows.school, rows.first, rows.relief, rows.ident, *seen, *kept):
            self._digest.update(np.ascontiguousarray(column).data)

    def told(self) -> str:
        return self._digest.hexdigest()


def _rows(found: Mapping[Level, Series], until: date, scope: Scope) -> Iterator[Trend]:
    """The owners in scope with their months, not yet kept."""
    code_of = {int(code): code for code in Region.objects.values_list("pk", flat=True)}
    schools, agencies = School.objects.all(), Agency.objects.all()
    if not scope.whole:
        schools, agencies = schools.filter(pk__in=scope.schools or ()), agencies.filter(pk__in=scope.agencies or ())
    of_school = dict(schools.order_by().values_list("pk", "region_id"))
    of_agency = dict(agencies.order_by().values_list("pk", "region_id"))
    for level, months in found.items():
        for start in range(0, len(months), AT_ONCE) if scope.whole or level != "region" else ():
            some = slice(start, start + AT_ONCE)
            matrix = np.stack([months.counts[name][some] for name in KEPT], axis=1).astype("<i4")
            for index, values in enumerate(zip(*(key[some].tolist() for key in months.keys), strict=True)):
                key = dict(zip(KEYS_OF_LEVEL[level], values, strict=True))
                school, agency = key.get("school"), key.get("agency")
                region = (
                    of_school.get(school) if school else of_agency.get(agency) if agency else code_of[key["region"]]
                )
                if region is not None:
                    counts = matrix[index].tobytes()
                    owner = {"school_id": school, "agency_id": agency, "region_id": region}
                    yield Trend(level=level, **owner, until=until, counts=counts)


def store(counted: Counted) -> list[Owner]:
    """Keep what was counted, in the transaction of the caller; rows that did not change stay as they are.

    Gives the schools and agencies whose months changed without a mark that asked for it, nobody where none were kept
    before; a region's are only ever counted with the whole country.
    """
    _delete(TrendMark.objects.all(), [mark.pk for mark in counted.marks])
    if counted.found is None:
        return []
    held = {_owner_of(row): (row.pk, _print(row)) for row in _within(counted.scope).iterator(chunk_size=AT_ONCE)}
    first_time, changed = not held and not Trend.objects.exists(), []
    waiting: list[Trend] = []
    for row in _rows(counted.found, counted.until, counted.scope):
        owner = _owner_of(row)
        if owner in held and held[owner][1] == _print(row):
            del held[owner]
            continue
        waiting.append(row)
        if len(waiting) == AT_ONCE:
            changed += _replace(waiting, held)
            waiting = []
    changed += _replace(waiting, held)
    changed += held
    _delete(Trend.objects.all(), [key for key, _ in held.values()])
    schools, agencies = {one.school_id for one in counted.marks}, {one.agency_id for one in counted.marks}
    return [
        (school, agency)
        for level, school, agency, _ in changed
        if not first_time and level != Figure.Level.REGION
        if school not in schools and (school is not None or agency not in agencies)
    ]


def _replace(rows: list[Trend], held: dict[OwnerKey, tuple[int, bytes]]) -> list[OwnerKey]:
    """Keep these rows instead of those that were held of their owners."""
    owners = [_owner_of(row) for row in rows]
    _delete(Trend.objects.all(), [held.pop(owner)[0] for owner in owners if owner in held])
    Trend.objects.bulk_create(rows)
    return owners


def _print(row: Trend) -> bytes:
    """What tells the months of an owner from others, in a few bytes."""
    return hashlib.blake2b(bytes(row.counts), digest_size=16, key=row.until.isoformat().encode()).digest()


def _delete(rows: QuerySet[Any], keys: Sequence[int]) -> None:
    for start in range(0, len(keys), AT_ONCE):
        rows.filter(pk__in=keys[start : start + AT_ONCE]).delete()


def _owner_of(trend: Trend) -> OwnerKey:
    return trend.level, trend.school_id, trend.agency_id, trend.region_id


def _within(scope: Scope) -> QuerySet[Trend]:
    if scope.whole:
        return Trend.objects.all()
    return Trend.objects.filter(
        Q(school__in=scope.schools or ()) | Q(level=Figure.Level.AGENCY, agency__in=scope.agencies or ())
    )


# What actions touched


def mark(scope: Scope) -> None:
    """Have a worker count the months of some owners again, in the transaction that changes what they rest on."""
    marks = [TrendMark(school_id=key) for key in sorted(scope.schools or ())]
    rewrite(TrendMark, [], [*marks, *(TrendMark(agency_id=key) for key in sorted(scope.agencies or ()))])


def count_marked(day: date) -> int:
    """Count what was marked, one owner after another, each in its own transaction; how many owners it were."""
    owners = 0
    while _count_one(day):
        owners += 1
    return owners


@transaction.atomic
def _count_one(day: date) -> bool:
    first = TrendMark.objects.select_for_update(skip_locked=True).order_by("pk").first()
    if first is None:
        return False
    store(count(day, Scope.of(filter(None, [first.school_id]), filter(None, [first.agency_id]))))
    # What the country was counted from last is no longer what all of its months rest on.
    Evaluation.objects.exclude(months="").update(months="")
    return True


# For a page


@dataclass(frozen=True)
class Month:
    """The figures of an owner at the end of a month, or on the day judged last; None for what cannot be measured.

    The rate is that of settled leaves, which a limit is held against (docs/adr/0095).
    """

    day: date
    measurable: bool
    average_headcount: float
    gross_left: int
    excused_left: int
    net_left: int
    provisional_left: int
    settled_rate: float | None
    settled_low: float | None
    settled_high: float | None
    distinct_guards: int | None
    continuity: float | None


# What the month of the day judged last is made of.
LATEST = (
    "person_days",
    "gross_left",
    "net_left",
    "provisional_left",
    "distinct_guards",
    "continuity",
)
SHOWN = tuple(column.name for column in fields(Month) if column.name != "day")


@dataclass(frozen=True)
class OwnerTrend:
    """The months of an owner, oldest first, the limits in force meanwhile, and whether they are being counted anew."""

    months: list[Month]
    steps: list[Step]
    due: bool


def trend(
    level: Level, *, school: int | None = None, agency: int | None = None, region: str | None = None
) -> OwnerTrend | None:
    """The months of one owner (by primary key) up to the day judged last. None where none were counted.

    Of level region without a region the country: what was counted of its regions added up. A guard who served in two
    of them would be counted twice, so how many different guards there were is left empty.
    """
    given = Given.of(date.min, schools=filter(None, [school]), agencies=filter(None, [agency]))
    rows = ask(_Kept(level, region), given)
    if not rows:
        return None
    until, whole = max(row.until for row in rows), level == "region" and region is None
    counts = sum(unpacked(row) for row in rows if row.until == until)
    law = LawInTime.read()
    months = _months(level, dict(zip(KEPT, np.asarray(counts), strict=True)), until, law)
    latest = _latest(level, ask(_Latest(level, region), given), law)
    if latest and latest.day > until:
        months.append(latest)
    if whole:
        months = [replace(month, distinct_guards=None) for month in months]
    steps = law.steps(level, months[0].day, months[-1].day)
    return OwnerTrend(months, steps, any(row.due for row in rows))


@dataclass(frozen=True)
class _Kept:
    """Writes the query for the months that are kept of an owner (`compliance.prepared`)."""

    level: Level
    region: str | None

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        rows = self.of_owner(Trend.objects.with_marks(), given)
        return rows.order_by().values_list("until", "counts", "due", named=True)

    def of_owner(self, rows: QuerySet[Any], given: Given) -> QuerySet[Any]:
        """Those of one owner; of a region that is not named all of its level. In no order: for an order by key SQLite
        would rather walk the rows of the country than sort twenty."""
        named = {"region": self.region, "school__in": given.schools, "agency__in": given.agencies}
        return rows.filter(level=self.level, **{name: value for name, value in named.items() if value})


class _Latest(_Kept):
    """The same for his figures of the day judged last."""

    def __call__(self, given: Given) -> QuerySet[Any, Any]:
        rows = self.of_owner(Figure.objects.all(), given)
        return rows.order_by().values_list("as_of", *LATEST, named=True)


def unpacked(row: Any) -> np.ndarray:
    """What was counted: figures (`KEPT`) down, months across."""
    return np.frombuffer(row.counts, "<i4").reshape(len(KEPT), -1).astype(np.int64)


def figures(
    level: Level, counts: Mapping[str, np.ndarray], days: Sequence[date], law: LawInTime
) -> dict[str, np.ndarray]:
    """All figures of an owner on some days, each by the terms in force on it, from what was counted."""
    found: dict[str, np.ndarray] = dict(counts)
    terms = [by_level[level] for by_level in law.terms(days)]
    for shared in dict.fromkeys(terms):
        chosen = [position for position, one in enumerate(terms) if one == shared]
        of_terms = {name: column[chosen] for name, column in counts.items()}
        _, high = interval(of_terms["settled_left"], of_terms["person_days"], shared.confidence)
        for name, values in {**derived(of_terms, shared), "settled_high": high}.items():
            found.setdefault(name, np.zeros(len(days), dtype=values.dtype))[chosen] = values
    return found


def _months(level: Level, counts: Mapping[str, np.ndarray], until: date, law: LawInTime) -> list[Month]:
    """From the first month on in which somebody had served."""
    days = [*month_ends(until, len(counts["person_days"]) - 1), until]
    columns = {name: column.tolist() for name, column in figures(level, counts, days, law).items() if name in SHOWN}
    some = np.flatnonzero(counts["person_days"])
    begin = int(some[0]) if len(some) else len(days) - 1
    return [
        Month(day, **{name: _plain(column[position]) for name, column in columns.items()})
        for position, day in enumerate(days)
        if position >= begin
    ]


def _plain(value: Any) -> Any:
    return None if value != value else value


def _latest(level: Level, rows: list[Any], law: LawInTime) -> Month | None:
    """The figures of the day judged last; of several owners added up."""
    if not rows:
        return None
    day = rows[0].as_of
    counts = {
        name: np.array([sum(getattr(row, name) for row in rows)]) for name in ("person_days", "gross_left", "net_left")
    }
    counts["settled_left"] = counts["net_left"] - sum(row.provisional_left for row in rows)
    counts["seasoned_days"] = np.array([sum(round((row.continuity or 0) * row.person_days) for row in rows)])
    counts |= dict.fromkeys(("starting_guards", "staying_guards", "distinct_guards"), np.array([0]))
    found = figures(level, counts, [day], law)
    month = Month(day, **{name: _plain(found[name].item()) for name in SHOWN})
    if len(rows) == 1:
        return replace(month, distinct_guards=rows[0].distinct_guards, continuity=rows[0].continuity)
    return month
