"""Columns of many rows as arrays, without touching each row: the database puts every column together as one value.

A fifth of what a million tuples would cost: docs/adr/0099.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Aggregate, BigIntegerField, ExpressionWrapper, F, Min, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from compliance.keys import small
from compliance.open_days import OPEN

# What a text of days begins with: in one of numbers a dash never follows a digit.
A_DAY = re.compile(r"\d{4}-")
DAY_LETTERS = "S10"
# Numbers as PostgreSQL sends them: eight bytes, the high one first.
AS_SENT = ">i8"
# The day number of numpy's day 0, as `date.toordinal()` counts.
EPOCH = date(1970, 1, 1).toordinal()
# Stands for a last day that is not known yet.
NO_LAST_DAY = date.max


class Gathered(Aggregate):
    """A column of whole numbers, none of them empty, as one value: on SQLite a text, on PostgreSQL eight bytes each.
    Columns gathered by one query come in one order."""

    output_field = TextField()
    allow_distinct = False
    separator = ","
    number = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"GROUP_CONCAT(%(expressions)s, '{self.separator}')", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template=f"STRING_AGG(int8send(({self.number})::bigint), ''::bytea)", **extra
        )


class Days(Gathered):
    """A column of dates, none of them empty. SQLite gives ten letters each: to make numbers of them is numpy's work,
    which does it in a third of the time that SQLite needs. PostgreSQL gives numbers, as `date.toordinal()` counts,
    below zero to tell them from others."""

    separator = ""
    number = "'0001-01-01'::date - %(expressions)s - 1"


#: The last day of an assignment, OPEN while it goes on.
LAST_DAY = Days(Coalesce(F("last_day"), Value(NO_LAST_DAY)))


def gathered(rows: QuerySet[Any], **columns: Any) -> dict[str, np.ndarray]:
    """Columns of some rows as arrays of whole numbers: dates (`Days`) as `date.toordinal()` counts them."""
    return apart(columns, list(together(rows, **columns)))


def together(rows: QuerySet[Any], **columns: Any) -> QuerySet[Any, Any]:
    """The one row that holds, of each column, all values together."""
    values = _gathering(columns)
    return rows.order_by().values(all_rows=Value(1)).annotate(**values).values_list(*values)


def together_by(rows: QuerySet[Any], key: str, at_once: int, /, **columns: Any) -> QuerySet[Any, Any]:
    """The same, but a row for each range of so many identifiers in a column, in order; none for a range without
    rows."""
    values = _gathering(columns)
    part = ExpressionWrapper(F(key) / Value(at_once), output_field=BigIntegerField())
    # Ordered by what each range begins with: its own number would be another parameter, which a server cannot know to
    # be the one that it groups by.
    parts = rows.order_by().values(part=part).annotate(lowest=Min(key), **values).order_by("lowest")
    return parts.values_list(*values)


def _gathering(columns: Mapping[str, Any]) -> dict[str, Gathered]:
    return {
        f"{name}_values": column if isinstance(column, Gathered) else Gathered(column)
        for name, column in columns.items()
    }


def apart(names: Collection[str], rows: list[tuple[str | bytes | None, ...]]) -> dict[str, np.ndarray]:
    """The columns that were brought together; empty ones where nothing was asked for."""
    columns = zip(names, rows[0] if rows else [""] * len(names), strict=True)
    return {name: numbers(values or "") for name, values in columns}


def end_to_end(names: Collection[str], parts: Iterable[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The columns of some rows and of more rows as those of all, in four bytes each where they fit; empty ones where
    there are no parts."""
    held = list(parts) or [{name: np.empty(0, dtype=np.int64) for name in names}]
    # A column goes from the parts as it is joined.
    return {name: small(np.concatenate([part.pop(name) for part in held])) for name in names}


def numbers(values: str | bytes) -> np.ndarray:
    """The whole numbers that are told together, or the days."""
    if isinstance(values, bytes):
        found = np.frombuffer(values, dtype=AS_SENT).astype(np.int64)
        return _days(-found) if len(found) and found[0] < 0 else found
    if not A_DAY.match(values):
        return np.fromstring(values, dtype=np.int64, sep=",")
    return _days(np.frombuffer(values.encode(), dtype=DAY_LETTERS).astype("datetime64[D]").astype(np.int64) + EPOCH)


def _days(days: np.ndarray) -> np.ndarray:
    days[days == NO_LAST_DAY.toordinal()] = OPEN
    return days
