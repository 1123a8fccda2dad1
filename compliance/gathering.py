"""Columns of many rows as arrays, without touching each row: the database puts every column together as one text.

A fifth of what a million tuples would cost: docs/adr/0099.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Aggregate, F, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from compliance.open_days import OPEN

# What a text of days begins with: in one of numbers a dash never follows a digit.
A_DAY = re.compile(r"\d{4}-")
DAY_LETTERS = "S10"
# The day number of numpy's day 0, as `date.toordinal()` counts.
EPOCH = date(1970, 1, 1).toordinal()
# Stands for a last day that is not known yet.
NO_LAST_DAY = date.max


class Gathered(Aggregate):
    """A column of whole numbers, none of them empty, as one text. Columns gathered by one query come in one order."""

    output_field = TextField()
    allow_distinct = False
    separator = ","

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"GROUP_CONCAT(%(expressions)s, '{self.separator}')", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template=f"STRING_AGG((%(expressions)s)::text, '{self.separator}')", **extra
        )


class Days(Gathered):
    """A column of dates, none of them empty: ten letters each. To make numbers of them is numpy's work, which does it
    in a third of the time that databases need."""

    separator = ""


#: The last day of an assignment, OPEN while it goes on.
LAST_DAY = Days(Coalesce(F("last_day"), Value(NO_LAST_DAY)))


def gathered(rows: QuerySet[Any], **columns: Any) -> dict[str, np.ndarray]:
    """Columns of some rows as arrays of whole numbers: dates (`Days`) as `date.toordinal()` counts them."""
    return apart(columns, list(together(rows, **columns)))


def together(rows: QuerySet[Any], **columns: Any) -> QuerySet[Any, Any]:
    """The one row that holds, of each column, all values as a text."""
    texts = {
        f"{name}_text": column if isinstance(column, Gathered) else Gathered(column) for name, column in columns.items()
    }
    return rows.order_by().values(all_rows=Value(1)).annotate(**texts).values_list(*texts)


def apart(names: Collection[str], texts: list[tuple[str | None, ...]]) -> dict[str, np.ndarray]:
    """The columns that were brought together; empty ones where nothing was asked for."""
    columns = zip(names, texts[0] if texts else [""] * len(names), strict=True)
    return {name: numbers(text or "") for name, text in columns}


def numbers(text: str) -> np.ndarray:
    """What a text of whole numbers or of days says."""
    if not A_DAY.match(text):
        return np.fromstring(text, dtype=np.int64, sep=",")
    days = np.frombuffer(text.encode(), dtype=DAY_LETTERS).astype("datetime64[D]").astype(np.int64) + EPOCH
    days[days == NO_LAST_DAY.toordinal()] = OPEN
    return days
