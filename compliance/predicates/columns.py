"""Columns that the rules compute in the database, alike on SQLite and PostgreSQL."""

from datetime import date
from typing import Any

from django.db.models import Aggregate, CharField, Func, IntegerField, Value
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThan

# How many days a month takes up in a MonthDay: more than any month has.
MONTH = 32
BETWEEN, WITHIN = "\x1e", "\x1f"


class Day(Func):
    """A date as the day number that Python's `date.toordinal()` gives, in the words of each dialect."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 1721424.5 AS INTEGER)", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '0001-01-01' + 1)", **extra)


class MonthDay(Func):
    """A date as its month, counted from year 0, times 32 plus its day.

    `months * 32` more is the same day so many months later, and where that month has no such day, its end: the two
    databases add months differently, and numbers they compare alike.
    """

    output_field = IntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = (
            "((CAST(substr(%(expressions)s, 1, 4) AS INTEGER) * 12 + CAST(substr(%(expressions)s, 6, 2) AS INTEGER))"
            " * 32 + CAST(substr(%(expressions)s, 9, 2) AS INTEGER))"
        )
        return self._thrice(compiler, connection, template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        day = "CAST(%(expressions)s AS date)"
        # EXTRACT counts in decimals, which takes five times as long as the binary fractions of DATE_PART.
        months = f"DATE_PART('year', {day}) * 12 + DATE_PART('month', {day})"
        template = f"CAST(({months}) * 32 + DATE_PART('day', {day}) AS integer)"
        return self._thrice(compiler, connection, template, **extra)

    def _thrice(self, compiler: Any, connection: Any, template: str, **extra: Any) -> Any:
        sql, parameters = self.as_sql(compiler, connection, template=template, **extra)
        return sql, (*parameters, *parameters, *parameters)


def lasts(day: Any, months: Any, until: Any) -> GreaterThanOrEqual:
    """Whether a date so many months after `day` is `until` or later: what is done yearly lasts to its anniversary."""
    return GreaterThanOrEqual(MonthDay(day) + months * MONTH, MonthDay(until))


def lasts_until(day: date, months: int, until: date) -> bool:
    """What `lasts` asks of a database, of days at hand."""
    return (day.year * 12 + day.month + months, day.day) >= (until.year * 12 + until.month, until.day)


def longer_ago(day: Any, months: Any, until: Any) -> LessThan:
    """Whether more than so many months have passed from `day` to `until`: the opposite of `lasts`."""
    return LessThan(MonthDay(day) + months * MONTH, MonthDay(until))


class Listed(Aggregate):
    """The texts of a group as one, to be taken apart by `listed`."""

    output_field = CharField()
    allow_distinct = False

    def __init__(self, text: Any, **extra: Any) -> None:
        super().__init__(text, Value(BETWEEN), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


def text_of(value: Any) -> Cast:
    return Cast(value, CharField())


def listed(text: str | None) -> list[str]:
    """The texts that `Listed` put together, in their own order."""
    return sorted(text.split(BETWEEN)) if text else []
