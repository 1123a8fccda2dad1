"""The shifts of the year: what agencies claimed of them, and what the schools said.

A shift is an agency's whose guard held the post on its day. Who that was is looked up in arrays: asked of each shift on
its own, a database takes twice as long for a country.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from compliance.gathering import LAST_DAY, Days, apart, end_to_end, gathered, together
from compliance.keys import Numbered, Numbers, pack
from compliance.models import Figure
from compliance.prepared import Given, Question, ask
from compliance.register import GUARDS_AT_ONCE, NUMBER_OF_REGION, Scope, by_key, last_key, of_each, posts_of
from compliance.turnover import KEYS_OF_LEVEL, Level, grouped, total
from guards.models import Assignment, Guard, Presence
from schools.models import Post, School

WINDOW = timedelta(days=365)
COUNTED = ("claimed", "present", "refused")
COLUMNS = ("school", "agency", *COUNTED)
NO_SHIFTS = (0, 0, 0)
Counts = tuple[int, ...]
# Stands for an agency, a school or a region where there is none.
NOBODY = -1

SHIFTS = {
    "post": F("post"),
    "guard": F("guard"),
    "on": Days("on"),
    "claimed": Case(When(agency_claim=True, then=Value(1)), default=Value(0)),
    "present": Case(
        When(agency_claim=True, school_confirmation=Presence.Answer.PRESENT, then=Value(1)), default=Value(0)
    ),
    "refused": Case(When(school_confirmation__in=Presence.REFUSALS, then=Value(1)), default=Value(0)),
}
HELD = {
    "post": F("post"),
    "guard": F("guard"),
    "first": Days("first_day"),
    "last": LAST_DAY,
    "agency": F("agency"),
    "key": F("pk"),
}
Columns = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Shifts:
    """The shifts of a year, counted: of each agency (NOBODY where nobody's guard held the post) at each school.

    owners: the columns `agency`, `school` and `region`. counts: the columns of COUNTED.
    """

    owners: Columns
    counts: Columns

    def of(self, level: Level, among: Collection[int]) -> dict[tuple[int, ...], Counts]:
        """The counts of the owners of a level by key: those at some schools, or of some agencies or regions."""
        *_, last = names = KEYS_OF_LEVEL[level]
        here = np.isin(self.owners[last], list(among)) & (self.owners[names[0]] != NOBODY)
        keys, group = grouped([self.owners[name][here] for name in names])
        counts = [total(group, len(keys[0]), self.counts[name][here]).tolist() for name in COUNTED]
        return dict(zip(zip(*(key.tolist() for key in keys), strict=True), zip(*counts, strict=True), strict=True))


def count_shifts(day: date, scope: Scope) -> Shifts:
    """Shifts of the year up to `day`: claimed by the agency, confirmed present by the school of those, and refused by
    it (absent, or somebody else).

    In a narrower scope the shifts at its schools are counted; an agency's elsewhere are taken as counted last.
    """
    if scope.whole:
        school_of_post = of_each(Post.objects.all(), F("school"))
        columns = end_to_end(COLUMNS, (_grouped(school_of_post, shifts, held) for shifts, held in _blocks(day)))
        columns["region"] = of_each(School.objects.all(), NUMBER_OF_REGION).at(columns["school"].astype(np.int64))
    else:
        columns = end_to_end(COLUMNS, [_grouped(*_within(day, scope)), _elsewhere(day, scope)])
        columns["region"] = np.full(len(columns["school"]), NOBODY)
    counts = {name: columns.pop(name) for name in COUNTED}
    return Shifts(columns, counts)


def _blocks(day: date) -> Iterator[tuple[Columns, Columns]]:
    """The country's shifts of the year, and who held which post in it, some guards at a time."""
    for begin in range(0, last_key(Guard) + 1, GUARDS_AT_ONCE):
        block = {"guard__gte": begin, "guard__lt": begin + GUARDS_AT_ONCE}
        shifts = gathered(_of_the_year(Presence.objects.filter(**block), day), **SHIFTS)
        yield shifts, gathered(_lately(Assignment.objects.filter(**block), day), **HELD)


def shifts_asks(day: date, scope: Scope) -> list[Question]:
    """What `count_shifts` asks of a narrower scope whose posts are known."""
    given = Given.of(day, posts=posts_of(scope))
    return [(_stored_elsewhere, _given(day, scope)), (_shifts_within, given), (_held_within, given)]


def _given(day: date, scope: Scope) -> Given:
    return Given.of(day, schools=scope.schools or (), agencies=scope.agencies or ())


def _within(day: date, scope: Scope) -> tuple[Numbered, Columns, Columns]:
    """The school of each post in scope, their shifts of the year, and who held which post in it."""
    school_of_post = posts_of(scope)
    given = Given.of(day, posts=school_of_post)
    return Numbered.of(school_of_post), apart(SHIFTS, ask(_shifts_within, given)), apart(HELD, ask(_held_within, given))


def _shifts_within(given: Given) -> QuerySet[Any, Any]:
    return together(_of_the_year(Presence.objects.filter(post__in=given.posts), given.day), **SHIFTS)


def _held_within(given: Given) -> QuerySet[Any, Any]:
    return together(_lately(Assignment.objects.filter(post__in=given.posts), given.day), **HELD)


def _elsewhere(day: date, scope: Scope) -> Columns:
    """What is stored of the agencies at other schools, as shifts at no school."""
    stored = np.array(ask(_stored_elsewhere, _given(day, scope)), dtype=np.int64).reshape(-1, 1 + len(COUNTED))
    return {"school": np.full(len(stored), NOBODY), **dict(zip(("agency", *COUNTED), stored.T, strict=True))}


def _stored_elsewhere(given: Given) -> QuerySet[Any, Any]:
    held = Figure.objects.filter(level=Figure.Level.AGENCY_SCHOOL, agency__in=given.agencies)
    elsewhere = held.exclude(school__in=given.schools).order_by().values_list("agency")
    return elsewhere.annotate(*(Sum(name) for name in COUNTED))


def _of_the_year(shifts: QuerySet[Any, Any], day: date) -> QuerySet[Any, Any]:
    return shifts.filter(on__gt=day - WINDOW, on__lte=day)


def _lately(assignments: QuerySet[Any, Any], day: date) -> QuerySet[Any, Any]:
    """Those that said in the year that a guard is at a post. It is asked of each on its own, as a register's rows are:
    asked for outright, SQLite would look up each of the country by an index."""
    still = Q(last_day__isnull=True) | Q(last_day__gt=day - WINDOW)
    said = When(still, status__in=Assignment.HOLDING, first_day__lte=day, then=Value(1))
    return assignments.alias(said=Case(said, default=Value(0))).filter(said=1)


def _grouped(school_of_post: Numbered, shifts: Columns, held: Columns) -> Columns:
    """For each school and agency (NOBODY where nobody's guard held the post) the counts of COUNTED."""
    school = school_of_post.at(shifts["post"])
    keys, group = grouped([school, _who_held(shifts, held)])
    counts = {name: total(group, len(keys[0]), shifts[name]) for name in COUNTED}
    return {**dict(zip(("school", "agency"), keys, strict=True)), **counts}


def _who_held(shifts: Columns, held: Columns) -> Numbers:
    """Of each shift the agency for which its guard held the post on its day, NOBODY for none; of several the latest
    begun, and of those the last by its code."""
    count = len(held["post"])
    names = (("post", "post"), ("guard", "guard"), ("first", "on"))
    packed, base = pack([np.concatenate((held[one], shifts[other])) for one, other in names])
    begun, wanted = packed[:count], packed[count:]
    order = np.lexsort((_by_code(begun, held["key"]), begun))
    begun, last, agency = begun[order], held["last"][order], held["agency"][order]
    found = np.full(len(wanted), NOBODY, dtype=np.int64)
    candidate = np.searchsorted(begun, wanted, side="right") - 1
    looked_at = np.arange(len(wanted))
    while len(looked_at):
        at = candidate[looked_at]
        looked_at = looked_at[(at >= 0) & (begun[at] // base == wanted[looked_at] // base)]
        at = candidate[looked_at]
        holds = last[at] >= shifts["on"][looked_at]
        found[looked_at[holds]] = agency[at[holds]]
        looked_at = looked_at[~holds]
        candidate[looked_at] -= 1
    return found


def _by_code(begun: Numbers, keys: Numbers) -> Numbers:
    """The order of codes among rows of one guard at one post that begin on one day: few, and only their codes are
    read."""
    rank = np.zeros(len(keys), dtype=np.int64)
    ordered = np.sort(begun)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(twice):
        tied = np.flatnonzero(np.isin(begun, twice))
        codes = by_key(Assignment, keys[tied].tolist(), "code")
        order = sorted(tied.tolist(), key=lambda position: str(codes[int(keys[position])]))
        rank[order] = np.arange(len(order))
    return rank
