"""Queries that the ORM writes once, to be asked again of other days and other keys.

For one school the ORM takes ten times as long to write a query as the database to answer it. Here it writes it once for
a number of schools, agencies and posts, with stand-ins for the day and the keys; from then on only the values asked for
take their place. It is written twice, with other stand-ins, so that a value that depends on them unseen is found at
once and never answers for another day.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import NamedValuesListIterable
from django.db.models.utils import create_namedtuple_class

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


Made = TypeVar("Made")
# Writes a query for what is given. Equal builders write the same.
Build = Callable[[Given], QuerySet[Any, Any]]


def ask(build: Build, given: Given) -> list[Any]:
    """The rows of the query, made by `values_list`: as plain tuples, or named where it asks for that."""
    padded = [_padded(getattr(given, group)) for group in GROUPS]
    if max(map(len, padded)) > MOST_KEYS:
        return list(build(given))
    return _statement(build, padded).rows(given.day, padded)


def ask_made(build: Build, given: Given, make: Callable[[Sequence[Any]], Made]) -> list[Made]:
    """What is made of each row of the query. A row that reads as one before gives what was made of that one: whoever
    gets it changes nothing of it."""
    padded = [_padded(getattr(given, group)) for group in GROUPS]
    statement = _statement(build, padded)
    rows = statement.fetch(given.day, padded)
    return [_made(statement, make, tuple(row)) for row in rows]


@lru_cache(maxsize=1024)
def _made(statement: "Statement", make: Callable[[Sequence[Any]], Made], row: tuple[Any, ...]) -> Made:
    return make(statement.convert([row])[0])


def _statement(build: Build, padded: list[list[int]]) -> "Statement":
    return _written(build, tuple(map(len, padded)), connections[DEFAULT_DB_ALIAS].vendor)


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


@dataclass(frozen=True, eq=False)
class Statement:
    """A query as it was written; without SQL where it can have no rows."""

    sql: str
    parameters: tuple[Any, ...] = ()
    # The columns whose values are to be converted, by position.
    converted: tuple[tuple[int, Any], ...] = ()
    row: Any = tuple

    def rows(self, day: date, keys: Sequence[Sequence[int]]) -> list[Any]:
        found = self.fetch(day, keys)
        if self.converted:
            found = self.convert(found)
        return list(map(self.row, found))

    def fetch(self, day: date, keys: Sequence[Sequence[int]]) -> list[Any]:
        """The rows as the database gives them."""
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
            return list(cursor.fetchall())

    def convert(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """The rows with the values that their fields make of them."""
        connection = connections[DEFAULT_DB_ALIAS]
        converters = [
            (position, expression, convert)
            for position, expression in self.converted
            for convert in (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection))
        ]
        found = list(map(list, rows))
        for row in found:
            for position, expression, convert in converters:
                row[position] = convert(row[position], expression, connection)
        return found


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
    columns = [expression for expression, _, _ in compiler.select[: compiler.col_count]]
    return Statement(
        sql=sql,
        parameters=tuple(_slot(one, other, build) for one, other in zip(some, others, strict=True)),
        converted=tuple((position, columns[position]) for position in compiler.get_converters(columns)),
        row=_row_of(vars(queryset)["_fields"]) if named else tuple,
    )


def _row_of(names: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    made: Callable[[Iterable[Any]], Any] = create_namedtuple_class(*names)._make
    return made


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
