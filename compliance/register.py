"""From the database to arrays: the one query that brings the rows of a scope, and the calendars they are counted by."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Case, Exists, F, Func, IntegerField, Model, OuterRef, QuerySet, Value, When
from django.db.models.functions import Coalesce

from compliance.turnover import END_REASONS, OPEN, Calendars, Rows, tied_rows
from guards.models import Assignment
from schools.models import Calendar, School

COLUMNS = ("guard", "agency", "school", "first", "last", "relief", "reason", "accepted", "pk")
FETCHED_AT_ONCE = 20_000
# How far past the day judged a calendar reaches: a preview judges a day to come.
OUTLOOK = timedelta(days=800)


class Day(Func):
    """A date as the day number that Python's `date.toordinal()` gives, in the words of each dialect."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 1721424.5 AS INTEGER)", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '0001-01-01' + 1)", **extra)


@dataclass(frozen=True)
class Scope:
    """What is judged: some schools and some agencies as wholes, or the whole country when both are None."""

    schools: frozenset[int] | None = None
    agencies: frozenset[int] | None = None

    @classmethod
    def of(cls, schools: Iterable[int] = (), agencies: Iterable[int] = ()) -> "Scope":
        return cls(frozenset(schools), frozenset(agencies))

    @property
    def whole(self) -> bool:
        return self.schools is None


COUNTRY = Scope()


@dataclass(frozen=True, eq=False)
class Register:
    """The counted assignments of a scope as arrays, with the key of each and the calendars to count by."""

    rows: Rows
    assignment: np.ndarray
    calendars: Calendars
    region_of_school: dict[int, int]

    def of_guards(self, guards: np.ndarray) -> "Register":
        """All that the register holds of some guards."""
        theirs = np.isin(self.rows.guard, guards)
        return replace(self, rows=self.rows.take(theirs), assignment=self.assignment[theirs])


def read_register(day: date, scope: Scope = COUNTRY) -> Register:
    """Every counted assignment begun by `day` of every guard who ever stood within the scope.

    All rows of these guards, elsewhere too: what a guard who left did next is told by where he stands now.
    """
    fetched = _fetch(_assignments(day, scope))
    columns = dict(zip(COLUMNS, fetched.T, strict=True))
    keys = columns.pop("pk")
    rows = _with_identifiers(Rows(**columns, ident=np.zeros(len(keys), dtype=np.int64)), keys)
    first = date.fromordinal(int(rows.first.min())) if len(rows) else day
    schools = School.objects.all()
    if not scope.whole:
        schools = schools.filter(pk__in={*np.unique(rows.school).tolist(), *(scope.schools or ())})
    return Register(rows, keys, read_calendars(first, day, schools), region_numbers(schools))


def _assignments(day: date, scope: Scope) -> QuerySet[Assignment]:
    """The counted assignments of a scope: in one query its guards, and all rows of them.

    Whether a row counts is asked of each on its own. Asked for all at once, SQLite, which does not know how few rows a
    guard has, would walk those of the whole country.
    """
    counted = Assignment.objects.counted().filter(first_day__lte=day)
    if scope.whole:
        # Through an index SQLite would look up each row of the country on its own; in their order it reads them off.
        return counted.order_by("pk") if connection.vendor == "sqlite" else counted.order_by()
    at_schools = Assignment.objects.filter(post__school__in=scope.schools or ()).values("guard")
    of_agencies = Assignment.objects.filter(agency__in=scope.agencies or ()).values("guard")
    counts = Exists(counted.filter(pk=OuterRef("pk")))
    return Assignment.objects.filter(counts, guard__in=at_schools.union(of_agencies)).order_by()


def take_statistics() -> None:
    """Have the database count its tables: by a plan made for an empty register a country takes half as long again."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fetch(assignments: QuerySet[Any]) -> np.ndarray:
    """The rows as one array of whole numbers, read on the open transaction without building a model for each."""
    reasons = [When(end_reason=reason, then=Value(code)) for code, reason in enumerate(END_REASONS)]
    picked = assignments.values_list(
        "guard_id",
        "agency_id",
        "post__school_id",
        Day(F("first_day")),
        Coalesce(Day(F("last_day")), Value(OPEN)),
        Case(When(kind=Assignment.Kind.RELIEF, then=Value(1)), default=Value(0)),
        Case(*reasons, default=Value(-1)),
        Case(When(cause_accepted=True, then=Value(1)), default=Value(0)),
        "pk",
    )
    sql, parameters = picked.query.sql_with_params()
    blocks = [np.empty((0, len(COLUMNS)), dtype=np.int64)]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while block := cursor.fetchmany(FETCHED_AT_ONCE):
            flat = np.fromiter(chain.from_iterable(block), dtype=np.int64, count=len(block) * len(COLUMNS))
            blocks.append(flat.reshape(-1, len(COLUMNS)))
    return np.concatenate(blocks)


def _with_identifiers(rows: Rows, keys: np.ndarray) -> Rows:
    """Identifiers decide between rows that end together; only for those that do are they read."""
    tied = tied_rows(rows)
    if not len(tied):
        return rows
    codes = by_key(Assignment, keys[tied].tolist(), "code")
    return rows.with_identifiers(tied, [codes[key] for key in keys[tied].tolist()])


def by_key(model: type[Model], keys: Collection[int], *fields: str) -> dict[int, Any]:
    """The fields of records by primary key (one field: its value; several: a tuple), in as few queries as it takes."""
    found: dict[int, Any] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), FETCHED_AT_ONCE):
        part = wanted[start : start + FETCHED_AT_ONCE]
        for key, *values in model._default_manager.filter(pk__in=part).values_list("pk", *fields):
            found[key] = values[0] if len(fields) == 1 else tuple(values)
    return found


def read_calendars(first: date, day: date, schools: QuerySet[School]) -> Calendars:
    """The open days of all calendars from `first` to well past `day`, and which calendar each of the schools keeps."""
    calendars: dict[Hashable, tuple[str, list[tuple[date | int, date | int | None]]]] = {
        calendar.pk: (calendar.weekdays, [(closure.first_day, closure.last_day) for closure in calendar.closures.all()])
        for calendar in Calendar.objects.prefetch_related("closures")
    }
    until = day + min(OUTLOOK, date.max - day)
    return Calendars.build(calendars, min(first, day), until, dict(schools.order_by().values_list("pk", "calendar")))


def region_numbers(schools: QuerySet[School]) -> dict[int, int]:
    """The region of each school as the number that its two-digit code is."""
    return {school: int(code) for school, code in schools.order_by().values_list("pk", "region")}
