"""A country many times as large: its tables copied within the database, with shifted keys and invented identifiers.

What figures and clauses read is copied; regions, calendars and training modules are shared.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Max, Model, UUIDField

from agencies.models import Agency, Contract, Licence, LicenceEvent, MobileGroup, QuarterlyReport
from benchmarks.timing import sweep
from compliance.models import Answer, Comparison, Evaluation, Figure, Finding, SchoolCount, Trend
from guards.models import (
    Assignment,
    Briefing,
    Credential,
    Employment,
    Guard,
    Presence,
    Requirement,
    TrainingRecord,
)
from schools.models import Post, School

COPIED: tuple[type[Model], ...] = (
    School,
    Post,
    Agency,
    Licence,
    LicenceEvent,
    Contract,
    MobileGroup,
    QuarterlyReport,
    Guard,
    Employment,
    Credential,
    Assignment,
    Presence,
    Briefing,
    Briefing.attended.through,
    Requirement,
    TrainingRecord,
)
# A person's number tells his age by its first seven digits; by the last five he is told from others of that day, of
# whom the demonstration has fewer than so many.
BORN_ON_A_DAY = 5000


def multiply(times: int) -> None:
    """Make so many of the country; it is judged no more."""
    for judged in (Answer, Finding, Figure, Trend, Comparison, SchoolCount, Evaluation):
        judged._default_manager.all().delete()
    steps = {model: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in COPIED}
    with _unchecked(), connection.cursor() as cursor:
        for model in COPIED:
            for copy in range(1, times):
                cursor.execute(_statement(model, copy, steps))
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
    sweep()


@contextmanager
def _unchecked() -> Iterator[None]:
    """Keys are shifted alike everywhere: none needs to be looked up."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -1000000")
        else:
            cursor.execute("SET session_replication_role = replica")
    yield
    connection.close()


def _statement(model: Any, copy: int, steps: dict[type[Model], int]) -> str:
    """One copy of a table: of its rows that belong to something copied."""
    quoted = connection.ops.quote_name
    columns, values, belongs = [], [], []
    for field in model._meta.concrete_fields:
        column = quoted(field.column)
        columns.append(column)
        if field.primary_key:
            values.append(f"{column} + {copy * steps[model]}")
        elif field.related_model in steps:
            values.append(f"{column} + {copy * steps[field.related_model]}")
            belongs.append(f"{column} IS NOT NULL")
        elif field.unique:
            values.append(_invented(field, column, copy))
        else:
            values.append(column)
    key = quoted(model._meta.pk.column)
    rows = " AND ".join([f"{key} <= {steps[model]}", *([f"({' OR '.join(belongs)})"] if belongs else [])])
    table = quoted(model._meta.db_table)
    # Names of tables and columns, and whole numbers: nothing in it is anybody's text.
    copied = f"SELECT {', '.join(values)} FROM {table} WHERE {rows} ORDER BY {key}"  # nosec B608
    return f"INSERT INTO {table} ({', '.join(columns)}) {copied}"  # nosec B608


def _invented(field: Any, column: str, copy: int) -> str:
    """An identifier that nobody has, in the order of the keys."""
    sqlite = connection.vendor == "sqlite"
    if isinstance(field, UUIDField):
        if sqlite:
            return f"printf('%08x000040008000%012x', {copy}, id)"
        return f"(lpad(to_hex({copy}), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(id), 12, '0'))::uuid"
    if field.name == "iin":
        last = f"CAST(substr({column}, 8) AS integer) + {copy * BORN_ON_A_DAY}"
        return f"substr({column}, 1, 7) || " + (
            f"printf('%05d', {last})" if sqlite else f"lpad(({last})::text, 5, '0')"
        )
    if field.name == "bin":
        return f"'{copy:03d}000' || " + ("substr('000000' || id, -6)" if sqlite else "right('000000' || id, 6)")
    return f"'{copy}-' || {column}"
