"""The shifts of the year: what agencies claimed of them, and what the schools said.

A shift is an agency's whose guard held the post on its day. Who that was is looked up in arrays: asked of each shift on
its own, a database takes twice as long for a country.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from compliance.gathering import LAST_DAY, Days, apart, gathered, together
from compliance.keys import Numbers, pack
from compliance.models import Figure
from compliance.prepared import Given, Question, ask
from compliance.register import GUARDS_AT_ONCE, Scope, by_key, posts_of
from guards.models import Assignment, Guard, Presence
from schools.models import Post, School

WINDOW = timedelta(days=365)
COUNTED = ("claimed", "present", "refused")
NO_SHIFTS = (0, 0, 0)
Counts = tuple[int, ...]
# A school, an agency and the number of a region.
Owner = tuple[int | None, int | None, int | None]

POSTS = {"post": F("pk"), "school": F("school")}
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


def count_shifts(day: date, scope: Scope) -> dict[Owner, Counts]:
    """Shifts of the year up to `day`, for each owner: claimed by the agency, confirmed present by the school of those,
    and refused by it (absent, or somebody else).

    In a narrower scope the shifts at its schools are counted; an agency's elsewhere are taken as counted last.
    """
    totals: dict[Owner, Counts] = {}
    if scope.whole:
        region_of = {school: int(region) for school, region in School.objects.order_by().values_list("pk", "region")}
        posts = gathered(Post.objects.all(), **POSTS)
        for shifts, held in _blocks(day):
            for school, agency, counts in _grouped(posts, shifts, held):
                for owner in ((school, None, None), (school, agency, None), (None, agency, None)):
                    _add(totals, owner, counts)
                _add(totals, (None, None, region_of[school]), counts)
        return totals
    for agency, *counts in ask(_elsewhere, _given(day, scope)):
        _add(totals, (None, agency, None), counts)
    for school, agency, counts in _grouped(*_within(day, scope)):
        for owner in ((school, None, None), (school, agency, None), (None, agency, None)):
            _add(totals, owner, counts)
    return totals


def _add(totals: dict[Owner, Counts], owner: Owner, counts: Iterable[int]) -> None:
    totals[owner] = tuple(one + more for one, more in zip(totals.get(owner, NO_SHIFTS), counts, strict=True))


def _blocks(day: date) -> Iterator[tuple[Columns, Columns]]:
    """The country's shifts of the year, and who held which post in it, some guards at a time."""
    last = Guard.objects.order_by("pk").values_list("pk", flat=True).last() or 1
    for begin in range(1, last + 1, GUARDS_AT_ONCE):
        block = {"guard__gte": begin, "guard__lt": begin + GUARDS_AT_ONCE}
        shifts = gathered(_of_the_year(Presence.objects.filter(**block), day), **SHIFTS)
        yield shifts, gathered(_lately(Assignment.objects.filter(**block), day), **HELD)


def shifts_asks(day: date, scope: Scope) -> list[Question]:
    """What `count_shifts` asks of a narrower scope whose posts are known."""
    given = Given.of(day, posts=posts_of(scope))
    return [(_elsewhere, _given(day, scope)), (_shifts_within, given), (_held_within, given)]


def _given(day: date, scope: Scope) -> Given:
    return Given.of(day, schools=scope.schools or (), agencies=scope.agencies or ())


def _within(day: date, scope: Scope) -> tuple[Columns, Columns, Columns]:
    """The posts of the schools in scope, their shifts of the year, and who held which post in it."""
    school_of = posts_of(scope)
    posts = {"post": np.array(list(school_of)), "school": np.array(list(school_of.values()))}
    given = Given.of(day, posts=school_of)
    return posts, apart(SHIFTS, ask(_shifts_within, given)), apart(HELD, ask(_held_within, given))


def _shifts_within(given: Given) -> QuerySet[Any, Any]:
    return together(_of_the_year(Presence.objects.filter(post__in=given.posts), given.day), **SHIFTS)


def _held_within(given: Given) -> QuerySet[Any, Any]:
    return together(_lately(Assignment.objects.filter(post__in=given.posts), given.day), **HELD)


def _elsewhere(given: Given) -> QuerySet[Any, Any]:
    """What is stored of the agencies at other schools."""
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


def _grouped(posts: Columns, shifts: Columns, held: Columns) -> list[tuple[int, int | None, Counts]]:
    """For each school and agency (None where nobody's guard held the post) the counts of COUNTED."""
    if not len(shifts["post"]):
        return []
    order = np.argsort(posts["post"])
    school = posts["school"][order][np.searchsorted(posts["post"][order], shifts["post"])]
    agency = _who_held(shifts, held)
    packed, _ = pack([school, agency])
    _, sample, group = np.unique(packed, return_index=True, return_inverse=True)
    counts = [np.bincount(group, weights=shifts[name]).astype(np.int64).tolist() for name in COUNTED]
    agencies = [key if key >= 0 else None for key in agency[sample].tolist()]
    return list(zip(school[sample].tolist(), agencies, zip(*counts, strict=True), strict=True))


def _who_held(shifts: Columns, held: Columns) -> Numbers:
    """Of each shift the agency for which its guard held the post on its day, -1 for none; of several the latest begun,
    and of those the last by its code."""
    count = len(held["post"])
    names = (("post", "post"), ("guard", "guard"), ("first", "on"))
    packed, base = pack([np.concatenate((held[one], shifts[other])) for one, other in names])
    begun, wanted = packed[:count], packed[count:]
    order = np.lexsort((_by_code(begun, held["key"]), begun))
    begun, last, agency = begun[order], held["last"][order], held["agency"][order]
    found = np.full(len(wanted), -1, dtype=np.int64)
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
