"""Sentences that are put together when they are shown, in the language of whoever reads them then."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import lazy


def told(text: Any, **values: Any) -> Any:
    """A translatable sentence with its values: days and numbers as the reader writes them."""
    return _told(text, values)


def day_of(evidence: Mapping[str, Any], key: str) -> date | None:
    """A day of evidence, which is kept as text."""
    return date.fromisoformat(evidence[key]) if evidence.get(key) else None


def months_after(day: date, months: int) -> date:
    """The same day so many months later; where that month has no such day, the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        return date(year, month + 2, 1)


def iso(day: date | None) -> str | None:
    """A day as evidence keeps it."""
    return day.isoformat() if day else None


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, float):
        return number_format(value, 0 if value.is_integer() else None)
    return "—" if value is None else value


def _together(text: Any, values: dict[str, Any]) -> str:
    return str(text) % {name: _shown(value) for name, value in values.items()}


_told = lazy(_together, str)
