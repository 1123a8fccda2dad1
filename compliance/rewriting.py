"""A few rows in the place of a few others, as every change writes them: the statements are written once, as those that
ask are (`prepared`), and go to the database together."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Model
from django.db.models.sql import DeleteQuery, InsertQuery

from access.bulk import insert
from compliance.prepared import keep_plan, keeps_plans, name_of, padded_keys

# Above so many rows they are written as many are: writing the statements is then little beside them.
FEW = 32
ROWS_AT_ONCE = 1000


def rewrite(model: type[Model], keys: Sequence[int], attnames: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Delete the rows with these primary keys and write new ones, of values in the order of `attnames`.

    Nothing else hangs on the rows of the model, and nobody is told of them: they are deleted as such.
    """
    if max(len(keys), len(rows)) > FEW:
        for start in range(0, len(keys), ROWS_AT_ONCE):
            model._base_manager.filter(pk__in=keys[start : start + ROWS_AT_ONCE])._raw_delete(DEFAULT_DB_ALIAS)
        insert(model, attnames, rows)
        return
    connection = connections[DEFAULT_DB_ALIAS]
    statements: list[tuple[Statement, Sequence[Any]]] = []
    if keys:
        padded = padded_keys(tuple(keys))
        statements.append((_deletion(model, len(padded)), padded))
    if rows:
        inserted = _insertion(model)
        records = (model(**dict(zip(attnames, row, strict=True))) for row in rows)
        statements += [(inserted, inserted.values(record, connection)) for record in records]
    _execute(statements, connection)


@dataclass(frozen=True)
class Statement:
    """A statement as the ORM wrote it, every parameter of which is put in."""

    sql: str
    fields: tuple[Any, ...] = ()

    @cached_property
    def name(self) -> str:
        return name_of(self.sql)

    @property
    def plan(self) -> str:
        """What has PostgreSQL plan the statement: of what kind the parameters are it knows by the columns."""
        before, *after = self.sql.split("%s")
        return f"PREPARE {self.name} AS {before}" + "".join(f"${at}{rest}" for at, rest in enumerate(after, 1))

    @cached_property
    def execution(self) -> str:
        return f"EXECUTE {self.name} ({', '.join(['%s'] * self.sql.count('%s'))})"

    def values(self, record: Model, connection: Any) -> list[Any]:
        """What a record has in the fields."""
        return [field.get_db_prep_save(field.pre_save(record, True), connection) for field in self.fields]


class _Waiting(threading.local):
    """What waits to be written together with what comes; None where nothing waits."""

    def __init__(self) -> None:
        self.statements: list[tuple[Statement, Sequence[Any]]] | None = None


_waiting = _Waiting()


@contextmanager
def rewritten_together() -> Iterator[None]:
    """Inside, what is rewritten waits until the end, and goes to the database in one go where it can; so nothing inside
    reads what it has rewritten. Where something fails, nothing of it is written."""
    waiting: list[tuple[Statement, Sequence[Any]]] = []
    _waiting.statements = waiting
    try:
        yield
    finally:
        _waiting.statements = None
    _execute(waiting, connections[DEFAULT_DB_ALIAS])


def _execute(statements: Sequence[tuple[Statement, Sequence[Any]]], connection: Any) -> None:
    if _waiting.statements is not None:
        _waiting.statements += statements
        return
    with connection.cursor() as cursor:
        if not keeps_plans(connection):
            for statement, values in statements:
                cursor.execute(statement.sql, values)
        elif statements:
            for statement, _ in statements:
                keep_plan(connection, statement.name, statement.plan)
            # Each filled in by itself: the client remembers how it took apart a short text, and no long one.
            cursor.execute("; ".join(cursor.mogrify(statement.execution, values) for statement, values in statements))


@lru_cache(maxsize=64)
def _deletion(model: type[Model], number: int) -> Statement:
    query = model._base_manager.filter(pk__in=range(number)).query.chain(klass=DeleteQuery)
    sql, _ = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return Statement(sql)


@lru_cache(maxsize=64)
def _insertion(model: type[Model]) -> Statement:
    """One row at a time: so one statement serves any number."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    ((sql, _),) = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return Statement(sql, tuple(fields))
