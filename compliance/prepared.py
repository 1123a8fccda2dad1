"""Queries that the ORM writes once, to be asked again of other days and other keys.

For one school the ORM takes ten times as long to write a query as the database to answer it. Here it writes it once for
a number of schools, agencies and posts, with stand-ins for the day and the keys; from then on only the values asked for
take their place. It is written twice, with other stand-ins, so that a value that depends on them unseen is found at
once and never answers for another day.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import NamedValuesListIterable

GROUPS = ("schools", "agencies", "posts", "guards")
# Above so many keys of a kind a query is written anew: writing it is then little beside answering it.
MOST_KEYS = 512
# Stand-ins, two of each: days that no clause speaks of, and keys that no record has.
DAYS = (date(1801, 3, 5), date(1907, 11, 17))
KEYS = (4_000_000_000_000, 7_000_000_000_000)


@dataclass(frozen=True)
class Given:
    """What differs from one asking to the next: the day, and of which schools, agencies, posts and guards."""

    day: date
    schools: tuple[int, ...] = ()
    agencies: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()
    guards: tuple[int, ...] = ()

    @classmethod
    def of(cls, day: date, **keys: Iterable[int]) -> "Given":
        """The keys of the groups that are named."""
        return cls(day, **{group: tuple(sorted(of_group)) for group, of_group in keys.items()})


# Writes a query for what is given. Equal builders write the same.
Build = Callable[[Given], QuerySet[Any, Any]]


def ask(build: Build, given: Given) -> list[Any]:
    """The rows of the query, made by `values_list`: as plain tuples, or named where it asks for that."""
    padded = [_padded(getattr(given, group)) for group in GROUPS]
    if max(map(len, padded)) > MOST_KEYS:
        return list(build(given))
    statement = _written(build, tuple(map(len, padded)), connections[DEFAULT_DB_ALIAS].vendor)
    return statement.rows(given.day, padded)


def _padded(keys: Sequence[int]) -> list[int]:
    """The last key again and again, up to a power of two: so a few statements serve all numbers of keys."""
    if not keys:
        return []
    return [*keys, *[keys[-1]] * ((1 << (len(keys) - 1).bit_length()) - len(keys))]


@dataclass(frozen=True)
class Slot:
    """Where a value is put in: the key at a place of a group, or the day and so many days more."""

    group: int | None
    place: int

    def value(self, day: date, keys: Sequence[Sequence[int]]) -> Any:
        if self.group is None:
            return day + timedelta(days=self.place)
        return keys[self.group][self.place]


@dataclass(frozen=True)
class Statement:
    """A query as it was written; without SQL where it can have no rows."""

    sql: str
    parameters: tuple[Any, ...] = ()
    columns: tuple[Any, ...] = ()
    query: Any = None
    row: Any = None

    def rows(self, day: date, keys: Sequence[Sequence[int]]) -> list[Any]:
        if not self.sql:
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        adapted = connection.ops.adapt_datefield_value
        filled = []
        for parameter in self.parameters:
            if type(parameter) is Slot:
                value = parameter.value(day, keys)
                filled.append(adapted(value) if parameter.group is None else value)
            else:
                filled.append(parameter)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            found: Iterable[Any] = cursor.fetchall()
        compiler = self.query.get_compiler(connection=connection)
        if converters := compiler.get_converters(self.columns):
            found = compiler.apply_converters(found, converters)
        return list(map(tuple, found) if self.row is None else map(self.row._make, found))


@lru_cache(maxsize=1024)
def _written(build: Hashable, sizes: tuple[int, ...], vendor: str) -> Statement:
    """The statement for so many keys of each group. Raises ValueError where its SQL depends on what is given."""
    first, second = (_compiled(build, sizes, which) for which in (0, 1))
    if first is None or second is None:
        return Statement("")
    (queryset, compiler, sql, some), (_, _, again, others) = first, second
    if sql != again or len(some) != len(others):
        raise ValueError(f"The query of {build} reads otherwise for another day or other keys.")
    named = issubclass(queryset._iterable_class, NamedValuesListIterable)
    return Statement(
        sql=sql,
        parameters=tuple(_slot(one, other, build) for one, other in zip(some, others, strict=True)),
        columns=tuple(expression for expression, _, _ in compiler.select[: compiler.col_count]),
        query=queryset.query,
        row=namedtuple("row", vars(queryset)["_fields"]) if named else None,
    )


def _compiled(build: Any, sizes: tuple[int, ...], which: int) -> tuple[QuerySet[Any], Any, str, tuple[Any, ...]] | None:
    keys = [[KEYS[which] + group * MOST_KEYS + place for place in range(size)] for group, size in enumerate(sizes)]
    queryset = build(Given(DAYS[which], *map(tuple, keys)))
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    return queryset, compiler, sql, parameters


def _slot(one: Any, other: Any, build: Any) -> Any:
    """The slot of two stand-ins, or what is the same for both."""
    if one == other:
        return one
    if isinstance(one, int) and isinstance(other, int) and one - KEYS[0] == other - KEYS[1]:
        return Slot(*divmod(one - KEYS[0], MOST_KEYS))
    later = _days_later(one, DAYS[0])
    if later is None or later != _days_later(other, DAYS[1]):
        raise ValueError(f"The query of {build} makes {one!r} of one day and {other!r} of another.")
    return Slot(None, later)


def _days_later(value: Any, day: date) -> int | None:
    try:
        return (date.fromisoformat(str(value)) - day).days
    except ValueError:
        return None
