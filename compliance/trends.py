"""The months of every owner: counted with the country, kept one row each, read by the pages that draw them.

evaluate  ->  Country, store()    every month end of every owner, where anything that they rest on has changed
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
from compliance.months import KEPT, Counting, Digest, Months, Share
from compliance.prepared import Given, ask
from compliance.register import Register, Scope, by_key, read_blocks, read_register
from compliance.rewriting import rewrite
from compliance.series import count_days, month_ends, series
from compliance.timeline import LawInTime, Step
from compliance.turnover import KEYS_OF_LEVEL, Level, derived
from schools.models import School

AT_ONCE = 1000
OWNER = ("level", "school_id", "agency_id", "region_id")
# A school and an agency, by primary keys.
Owner = tuple[int | None, int | None]
# The same with its level and its region: OWNER.
OwnerKey = tuple[str, int | None, int | None, str]


@dataclass(frozen=True, eq=False)
class Counted:
    """The months of a scope as they were counted: until when, from what (a digest of it), and share by share.

    `found` is None where nothing changed since they were counted last. `marks` asked for it.
    """

    until: date
    marks: list[TrendMark]
    found: Iterable[Share] | None
    digest: str = ""


class Country:
    """The months of the country before a day, from the blocks that its figures are measured from.

    Made before the first block is read: what an action changes meanwhile leaves a mark.
    """

    def __init__(self, day: date) -> None:
        self._day, self._ends = day, month_ends(day)
        self._marks = list(TrendMark.objects.order_by("pk"))
        self._terms, self._last = LawInTime.read().terms(self._ends), _counted_last()
        self._digest = ""
        self._counting: Counting | None = None

    def reading(self, blocks: Iterable[Register]) -> Iterator[Register]:
        """Hand the blocks of the country through, and take note of them: of all rows, where the months are sure to be
        counted; else of their digest."""
        return self._reading(blocks, None if self._last else Counting(self._ends, self._terms))

    def counted(self) -> Counted:
        """The months of all owners, unless those that are kept were counted from the very same."""
        if not self._digest:
            _exhaust(self.reading(read_blocks(self._day)))
        if self._digest == self._last:
            return Counted(self._ends[-1], self._marks, None, self._last)
        if self._counting is None:
            _exhaust(self._reading(read_blocks(self._day), Counting(self._ends, self._terms)))
        found = self._counting.shares() if self._counting else None
        return Counted(self._ends[-1], self._marks, found, self._digest)

    def _reading(self, blocks: Iterable[Register], counting: Counting | None) -> Iterator[Register]:
        digest = Digest(self._ends, self._terms)
        for block in blocks:
            known = block.begun_by(self._ends[-1])
            digest.add(known)
            if counting:
                counting.add(known)
            yield block
        self._digest, self._counting = digest.told(), counting


def _exhaust(blocks: Iterable[Register]) -> None:
    for _ in blocks:
        pass


def count(day: date, scope: Scope) -> Counted:
    """Count the month ends before a day of some owners. It reads only."""
    ends = month_ends(day)
    marks = list(_marks_of(scope))
    days, terms, register = (
        [end.toordinal() for end in ends],
        LawInTime.read().terms(ends),
        read_register(ends[-1], scope),
    )
    counted = count_days(register.rows, register.calendars, register.region_of_school, days, terms, followed=False)
    found = series(counted, days, terms)
    months = [_within(Months.of(of_level), scope) for level, of_level in found.items() if level != "region"]
    return Counted(ends[-1], marks, [Share(_owners(scope), months)])


def _within(months: Months, scope: Scope) -> Months:
    """Those of the owners that are in scope: the rest of what their guards did is not all known."""
    position = KEYS_OF_LEVEL[months.level].index("agency" if months.level == "agency" else "school")
    judged = scope.agencies if months.level == "agency" else scope.schools
    return months.take(np.isin(months.keys[position], list(judged or ())))


def _owners(scope: Scope) -> Q:
    return Q(school__in=scope.schools or ()) | Q(level=Figure.Level.AGENCY, agency__in=scope.agencies or ())


def _marks_of(scope: Scope) -> QuerySet[TrendMark]:
    """The marks of some owners, taken for the rest of the transaction but those that another worker is at."""
    marks = TrendMark.objects.select_for_update(skip_locked=True).order_by("pk")
    return marks.filter(Q(school__in=scope.schools or ()) | Q(agency__in=scope.agencies or ()))


def _counted_last() -> str:
    """The digest of what the months of the country rest on that are kept now; empty where that is not known."""
    last = Evaluation.objects.order_by("-pk").values_list("months", flat=True).first()
    return last or ""


def store(counted: Counted, *, telling: bool = False) -> list[Owner]:
    """Keep what was counted, in the transaction of the caller; rows that did not change stay as they are.

    If it is to tell, gives the schools and agencies whose months changed without a mark that asked for it, nobody where
    none were kept before; a region's are only ever counted with the whole country.
    """
    _delete(TrendMark.objects.all(), [mark.pk for mark in counted.marks])
    first_time, changed = not Trend.objects.exists(), []
    for share in counted.found or ():
        owners = _store_share(share, counted.until)
        changed += owners if telling and not first_time else []
    schools, agencies = {one.school_id for one in counted.marks}, {one.agency_id for one in counted.marks}
    return [
        (school, agency)
        for level, school, agency, _ in changed
        if level != Figure.Level.REGION
        if school not in schools and (school is not None or agency not in agencies)
    ]


def _store_share(share: Share, until: date) -> list[OwnerKey]:
    """Keep the months of some owners; whose changed."""
    kept = Trend.objects.filter(share.owners).order_by().values_list("pk", *OWNER, "until", "counts")
    held = {tuple(owner): (key, _print(was, counts)) for key, *owner, was, counts in kept.iterator(chunk_size=AT_ONCE)}
    changed: list[OwnerKey] = []
    waiting: list[tuple[OwnerKey, bytes]] = []
    for owner, counts in _rows(share):
        if owner in held and held[owner][1] == _print(until, counts):
            del held[owner]
            continue
        waiting.append((owner, counts))
        if len(waiting) == AT_ONCE:
            changed += _replace(waiting, until, held)
            waiting = []
    changed += _replace(waiting, until, held)
    rewrite(Trend, [key for key, _ in held.values()], OWNER, [])
    return [*changed, *held]


def _rows(share: Share) -> Iterator[tuple[OwnerKey, bytes]]:
    """The months of owners that the register still has, as they are kept."""
    for months in share.months:
        named = dict(zip(KEYS_OF_LEVEL[months.level], (key.tolist() for key in months.keys), strict=True))
        nobody = [None] * len(months)
        schools, agencies = named.get("school", nobody), named.get("agency", nobody)
        regions = _regions(months.level, named)
        for school, agency, region, counts in zip(schools, agencies, regions, months.counts, strict=True):
            if region is not None:
                yield (months.level, school, agency, region), counts.tobytes()


def _regions(level: Level, named: Mapping[str, list[int]]) -> list[str | None]:
    """The region of each owner: of the school, else of the agency; None for one who is no longer there."""
    if level == "region":
        return [f"{number:02d}" for number in named["region"]]
    model, keys = (Agency, named["agency"]) if level == "agency" else (School, named["school"])
    region_of = by_key(model, keys, "region_id")
    return [region_of.get(key) for key in keys]


def _replace(
    rows: list[tuple[OwnerKey, bytes]], until: date, held: dict[OwnerKey, tuple[int, bytes]]
) -> list[OwnerKey]:
    """Keep these rows instead of those that were held of their owners."""
    owners = [owner for owner, _ in rows]
    outdated = [held.pop(owner)[0] for owner in owners if owner in held]
    rewrite(Trend, outdated, (*OWNER, "until", "counts"), [(*owner, until, counts) for owner, counts in rows])
    return owners


def _print(until: date, counts: bytes) -> bytes:
    """What tells the months of an owner from others, in a few bytes."""
    return hashlib.blake2b(counts, digest_size=16, key=until.isoformat().encode()).digest()


def _delete(rows: QuerySet[Any], keys: Sequence[int]) -> None:
    for start in range(0, len(keys), AT_ONCE):
        rows.filter(pk__in=keys[start : start + AT_ONCE]).delete()


# What actions touched


def mark(scope: Scope) -> None:
    """Have a worker count the months of some owners again, in the transaction that changes what they rest on."""
    marks = [(key, None) for key in sorted(scope.schools or ())]
    rewrite(TrendMark, [], ("school_id", "agency_id"), [*marks, *((None, key) for key in sorted(scope.agencies or ()))])


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
