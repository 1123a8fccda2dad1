"""Records as findings keep them: by the identifiers of the register package, never by those of the database.

A finding outlives both. What a kind of record is called in evidence, and what tells one of them from another, stands
here once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from compliance.open_days import counted_from
from compliance.register import by_key
from schools.models import Calendar, School

Record = dict[str, Any]
# The kinds of record that evidence keeps as lists, and what names one of a kind; calendars are compared day by day.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "shifts": ("on", "post_id", "iin"),
    "rows": ("assignment_id",),
    "contracts": ("contract",),
    "posts": ("post_id",),
    "staff": ("iin", "first_day"),
    "groups": ("group", "first_day"),
    "log": ("held_on", "topic"),
    "papers": ("paper", "number"),
    "service": ("agency_bin", "first_day"),
    "training": ("completed_on", "school_id"),
    "modules": ("module",),
    "licences": ("licence",),
    "events": ("licence", "on"),
    "reports": ("report_year", "report_quarter"),
}
KINDS = (*IDENTITY, "calendars")
# What follows from assignments and is told beside them, and what names one.
SPELL = ("iin", "school_id", "first_day", "agency_bin")
# What a kind is read of: the name in evidence, and the field of the register.
ASSIGNMENT = {
    "assignment_id": "code",
    "iin": "guard__iin",
    "school_id": "post__school__code",
    "post_id": "post__code",
    "agency_bin": "agency__bin",
    "kind": "kind",
    "first_day": "first_day",
    "last_day": "last_day",
    "end_reason": "end_reason",
    "cause_accepted": "cause_accepted",
    "confirmed_on": "confirmed_on",
}
SHIFT = {"on": "on", "post_id": "post__code", "iin": "guard__iin", "school_confirmation": "school_confirmation"}
CONTRACT = {
    "contract": "code",
    "agency_bin": "agency__bin",
    "school_id": "school__code",
    "first_day": "first_day",
    "last_day": "last_day",
}
POST = {
    "post_id": "code",
    "school_id": "school__code",
    "pattern": "pattern",
    "positions": "positions",
    "first_day": "first_day",
    "last_day": "last_day",
}
STAFF = {"iin": "guard__iin", "first_day": "first_day", "last_day": "last_day"}
GROUP = {
    "group": "name",
    "has_radio": "has_radio",
    "is_armed": "is_armed",
    "first_day": "first_day",
    "last_day": "last_day",
}
PAPER = {"paper": "kind", "number": "number", "issued_on": "issued_on", "valid_until": "valid_until"}
SERVICE = {"agency_bin": "agency__bin", "first_day": "first_day", "last_day": "last_day", "end_reason": "end_reason"}
TRAINING = {"completed_on": "completed_on", "school_id": "school__code"}
MODULE = {"module": "code", "scope": "scope", "valid_months": "valid_months"}
LICENCE = {"licence": "number", "subtype": "subtype", "issued_on": "issued_on"}
EVENT = {"licence": "licence__number", "on": "on", "event": "event", "basis": "basis"}
REPORT = {"report_year": "year", "report_quarter": "quarter", "sent_on": "sent_on"}
LOGGED = {"held_on": "held_on", "topic": "topic"}


def record(fields: Iterable[str], values: Iterable[Any]) -> Record:
    """One record as evidence keeps it: days as text."""
    told = (value.isoformat() if isinstance(value, date) else value for value in values)
    return dict(zip(fields, told, strict=True))


def records(rows: QuerySet[Any], fields: Mapping[str, str], *by: str) -> dict[tuple[Any, ...], list[Record]]:
    """Some rows as evidence keeps them, by the values of the lookups `by`, none for values without rows."""
    found: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for values in rows.order_by().values_list(*by, *fields.values()):
        found[values[: len(by)]].append(record(fields, values[len(by) :]))
    return {key: sorted(of_one, key=in_order) for key, of_one in found.items()}


def in_order(one: Record) -> tuple[str, ...]:
    """By first day where records have one, and by all that they say: in no order of a database."""
    return one.get("first_day", ""), *(str(value) for value in one.values())


class KeptCalendars:
    """The calendars of some schools, by primary key, as evidence keeps them."""

    def __init__(self, schools: Collection[Any]) -> None:
        self._kept = by_key(School, schools, "code", "calendar")
        kept = {calendar for _, calendar in self._kept.values()}
        self._calendars = Calendar.objects.prefetch_related("closures").in_bulk(kept)

    def of(self, schools: Iterable[Any], first: date, day: date) -> list[Record]:
        """The calendars by which open days from `first` to `day` are counted at some of the schools."""
        codes: dict[int, list[str]] = defaultdict(list)
        for code, calendar in (self._kept[school] for school in schools):
            codes[calendar].append(code)
        told = (_calendar(self._calendars[key], sorted(at), first, day) for key, at in codes.items())
        return sorted(told, key=lambda one: str(one["calendar"]))


def calendars_since(stood: Sequence[tuple[Any, str]], day: date) -> list[dict[str, list[Record]]]:
    """For each school, and since when somebody has stood there, the calendar by which his open days are counted."""
    calendars = KeptCalendars({school for school, _since in stood})
    return [
        {"calendars": calendars.of([school], max(date.fromisoformat(since), counted_from(day)), day)}
        for school, since in stood
    ]


def _calendar(calendar: Calendar, schools: Sequence[str], first: date, day: date) -> Record:
    closures = [one for one in calendar.closures.all() if one.last_day >= first and one.first_day <= day]
    return {
        "calendar": calendar.code,
        "schools": schools,
        "weekdays": calendar.weekdays,
        "closures": sorted([one.first_day.isoformat(), one.last_day.isoformat()] for one in closures),
    }
