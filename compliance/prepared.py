"""Queries that the ORM writes once, to be asked again of other days and other keys.

For one school the ORM takes ten times as long to write a query as the database to answer it. Here it writes it once for
a number of schools, agencies and posts, with stand-ins for the day and the keys; from then on only the values asked for
take their place. It is written twice, with other stand-ins, so that a value that depends on them unseen is found at
once and never answers for another day.
"""

import hashlib
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, NamedValuesListIterable, get_related_populators
from django.db.models.utils import create_namedtuple_class

GROUPS = ("schools", "agencies", "posts", "guards", "assignments")
# Above so many keys of a kind a query is written anew: writing it is then little beside answering it.
MOST_KEYS = 512
# Stand-ins, two of each: days that no clause speaks of, and keys that no record has.
DAYS = (date(1801, 3, 5), date(1907, 11, 17))
KEYS = (4_000_000_000_000, 7_000_000_000_000)


@dataclass(frozen=True)
class Given:
    """What differs from one asking to the next: the day, and of which records."""

    day: date
    schools: tuple[int, ...] = ()
    agencies: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()
    guards: tuple[int, ...] = ()
    assignments: tuple[int, ...] = ()

    @classmethod
    def of(cls, day: date, **keys: Iterable[int]) -> "Given":
        """The keys of the groups that are named."""
        return cls(day, **{group: tuple(sorted(of_group)) for group, of_group in keys.items()})

    @cached_property
    def padded(self) -> "Keys":
        """The keys of each of GROUPS."""
        return tuple(padded_keys(getattr(self, group)) for group in GROUPS)


Made = TypeVar("Made")
Keys = tuple[tuple[int, ...], ...]
# Writes a query for what is given. Equal builders write the same.
Build = Callable[[Given], QuerySet[Any, Any]]
Question = tuple[Build, Given]


def ask(build: Build, given: Given) -> list[Any]:
    """The rows of the query: records, or what `values_list` makes of them, plain tuples or named ones."""
    padded = given.padded
    if max(map(len, padded)) > MOST_KEYS:
        return list(build(given))
    return _statement(build, padded).rows(given.day, padded)


class _Asked(threading.local):
    """What was asked together, as the database gave it, by statement and what was given."""

    def __init__(self) -> None:
        self.answers: dict[tuple[Statement, date, Keys], list[Any]] = {}


_asked = _Asked()


@contextmanager
def asked_together(*questions: Question) -> Iterator[None]:
    """Ask some questions one after another, in one go of the database where it can: a way to the server and back costs
    more than most answers. Inside they are answered as they were then, however often they are asked; so nothing is
    written inside, before the last of them is asked, that they would find changed.
    """
    fresh: dict[tuple[Statement, date, Keys], None] = {}
    for build, given in questions:
        padded = given.padded
        if max(map(len, padded)) <= MOST_KEYS:
            asked = _statement(build, padded), given.day, padded
            if asked[0].sql and asked not in _asked.answers:
                fresh[asked] = None
    _asked.answers.update(zip(fresh, _fetched(list(fresh)), strict=True))
    try:
        yield
    finally:
        for asked in fresh:
            del _asked.answers[asked]


def _fetched(asked: Sequence[tuple["Statement", date, Keys]]) -> list[list[Any]]:
    """The rows of some statements, in their order."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not asked or not keeps_plans(connection):
        return [statement.fetch(day, keys) for statement, day, keys in asked]
    for statement, _, _ in asked:
        keep_plan(connection, statement.name, statement.plan, statement.constants)
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statement.execution(day, keys) for statement, day, keys in asked))
        found = [list(cursor.fetchall())]
        while cursor.nextset():
            found.append(list(cursor.fetchall()))
    return found


def ask_made(build: Build, given: Given, make: Callable[[Sequence[Any]], Made]) -> list[Made]:
    """What is made of each row of the query. A row that reads as one before gives what was made of that one: whoever
    gets it changes nothing of it."""
    padded = given.padded
    statement = _statement(build, padded)
    rows = statement.fetch(given.day, padded)
    return [_made(statement, make, tuple(row)) for row in rows]


@lru_cache(maxsize=1024)
def _made(statement: "Statement", make: Callable[[Sequence[Any]], Made], row: tuple[Any, ...]) -> Made:
    return make(statement.convert([row])[0])


def _statement(build: Build, padded: Keys) -> "Statement":
    return _written(build, tuple(map(len, padded)))


def padded_keys(keys: tuple[int, ...]) -> tuple[int, ...]:
    """The last key again and again, up to a power of two: so a few statements serve all numbers of keys."""
    if not keys:
        return ()
    return keys + keys[-1:] * ((1 << (len(keys) - 1).bit_length()) - len(keys))


@dataclass(frozen=True)
class Slot:
    """Where a value is put in: the key at a place of a group, or the day and so many days more."""

    group: int | None
    place: int

    def value(self, day: date, keys: Keys) -> Any:
        if self.group is None:
            return day + timedelta(days=self.place)
        return keys[self.group][self.place]

    def literal(self, day: date, keys: Keys) -> str:
        """The value as PostgreSQL reads it."""
        value = self.value(day, keys)
        return f"'{value.isoformat()}'" if self.group is None else str(int(value))


@dataclass(frozen=True, eq=False)
class Statement:
    """A query as it was written; without SQL where it can have no rows."""

    sql: str
    parameters: tuple[Any, ...] = ()
    # The columns whose values are to be converted, by position.
    converted: tuple[tuple[int, Any], ...] = ()
    row: Any = tuple

    def rows(self, day: date, keys: Keys) -> list[Any]:
        found = self.fetch(day, keys)
        if self.converted:
            found = self.convert(found)
        return list(found if self.row is tuple else map(self.row, found))

    def fetch(self, day: date, keys: Keys) -> list[Any]:
        """The rows as the database gives them, or gave them when they were asked for together with others."""
        if not self.sql:
            return []
        if _asked.answers and (answer := _asked.answers.get((self, day, keys))) is not None:
            return answer
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            if keeps_plans(connection):
                keep_plan(connection, self.name, self.plan, self.constants)
                cursor.execute(self.execution(day, keys))
            else:
                adapted = connection.ops.adapt_datefield_value
                cursor.execute(self.sql, [self._value(each, day, keys, adapted) for each in self.parameters])
            return list(cursor.fetchall())

    @staticmethod
    def _value(parameter: Any, day: date, keys: Keys, adapted: Callable[[date], Any]) -> Any:
        if type(parameter) is not Slot:
            return parameter
        value = parameter.value(day, keys)
        return adapted(value) if parameter.group is None else value

    @cached_property
    def slots(self) -> list[Slot]:
        """Each slot once."""
        return list(dict.fromkeys(each for each in self.parameters if type(each) is Slot))

    @cached_property
    def constants(self) -> list[Any]:
        return [each for each in self.parameters if type(each) is not Slot]

    @cached_property
    def name(self) -> str:
        """The name by which PostgreSQL keeps the plan."""
        return name_of(self.sql, self.parameters)

    @cached_property
    def plan(self) -> str:
        """What has PostgreSQL plan the statement and keep it: its slots by number, everything else by its value."""
        numbers = {slot: f"${number}" for number, slot in enumerate(self.slots, 1)}
        before, *after = self.sql.split("%s")
        placed = (numbers[each] if type(each) is Slot else "%s" for each in self.parameters)
        text = before + "".join(f"{one}{rest}" for one, rest in zip(placed, after, strict=True))
        kinds = ", ".join("date" if slot.group is None else "bigint" for slot in self.slots)
        return f"PREPARE {self.name}{f' ({kinds})' if kinds else ''} AS {text}"

    def execution(self, day: date, keys: Keys) -> str:
        """What has PostgreSQL answer it. Its slots are days and whole numbers, which are written as they are: psycopg
        would take longer over them than the server over the answer."""
        values = ", ".join(slot.literal(day, keys) for slot in self.slots)
        return f"EXECUTE {self.name} ({values})" if values else f"EXECUTE {self.name}"

    def convert(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """The rows with the values that their fields make of them."""
        connection = connections[DEFAULT_DB_ALIAS]
        found = list(map(list, rows))
        for position, expression, convert in self.converters:
            for row in found:
                row[position] = convert(row[position], expression, connection)
        return list(map(tuple, found))

    @cached_property
    def converters(self) -> list[tuple[int, Any, Any]]:
        """What converts the value at a position; they know the engine, and are given the connection."""
        connection = connections[DEFAULT_DB_ALIAS]
        return [
            (position, expression, convert)
            for position, expression in self.converted
            for convert in (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection))
        ]


def name_of(*told: Any) -> str:
    """A name for a plan: the same for the same statement."""
    return f"qorgan_{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"


# The plans that each connection to PostgreSQL keeps, by name.
_plans: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def keep_plan(connection: Any, name: str, plan: str, constants: Sequence[Any] = ()) -> None:
    """Have the server plan a statement, once on each connection. That is no query, and is not counted as one."""
    names = _plans.setdefault(connection.connection, set())
    if name not in names:
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(plan, constants)
        names.add(name)


def keeps_plans(connection: Any) -> bool:
    """Whether the database plans a statement once and keeps the plan: PostgreSQL takes longer to plan than to answer.

    Not where a pool hands a connection on between transactions, as the setting for its cursors says. SQLite has no
    such cost.
    """
    if connection.vendor != "postgresql" or connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return False
    # Where the client binds parameters, nothing else has the server prepare statements, or forget them all.
    return not connection.features.uses_server_side_binding


@lru_cache(maxsize=1024)
def _written(build: Hashable, sizes: tuple[int, ...]) -> Statement:
    """The statement for so many keys of each group. Raises ValueError where its SQL depends on what is given."""
    first, second = (_compiled(build, sizes, which) for which in (0, 1))
    if first is None or second is None:
        return Statement("")
    (queryset, compiler, sql, some), (_, _, again, others) = first, second
    if sql != again or len(some) != len(others):
        raise ValueError(f"The query of {build} reads otherwise for another day or other keys.")
    columns = [expression for expression, _, _ in compiler.select[: compiler.col_count]]
    return Statement(
        sql=sql,
        parameters=tuple(_slot(one, other, build) for one, other in zip(some, others, strict=True)),
        converted=tuple((position, columns[position]) for position in compiler.get_converters(columns)),
        row=_row_of(queryset, compiler),
    )


def _row_of(queryset: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes of the values of a row what the queryset would give."""
    if issubclass(queryset._iterable_class, ModelIterable):
        return _record_of(compiler.klass_info, compiler.select)
    if issubclass(queryset._iterable_class, NamedValuesListIterable):
        named: Callable[[Sequence[Any]], Any] = create_namedtuple_class(*vars(queryset)["_fields"])._make
        return named
    return tuple


def _record_of(told: dict[str, Any], select: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
    """What makes records, each with those that `select_related` asks for, as ModelIterable does."""
    own = slice(told["select_fields"][0], told["select_fields"][-1] + 1)
    names = [column.target.attname for column, _, _ in select[own]]
    related = get_related_populators(told, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def made(row: Sequence[Any]) -> Any:
        record = told["model"].from_db(DEFAULT_DB_ALIAS, names, row[own])
        for one in related:
            one.populate(row, record)
        return record

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
