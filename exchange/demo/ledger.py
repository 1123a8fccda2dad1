"""Rows on their way into the database: collected in memory by the thousand, numbered here.

The register is empty, so nobody else counts.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from random import Random
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models

from access.bulk import insert
from access.models import Identified
from agencies.models import Agency, Contract, Licence, LicenceEvent, MobileGroup, QuarterlyReport
from guards.models import (
    Assignment,
    Attendee,
    Briefing,
    Credential,
    Employment,
    Guard,
    Module,
    Presence,
    Requirement,
    Session,
    TrainingRecord,
)
from schools.models import Calendar, Closure, Post, School

MODELS: tuple[type[models.Model], ...] = (
    Calendar,
    Closure,
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
    Module,
    Requirement,
    Briefing,
    Session,
    Attendee,
    TrainingRecord,
    Assignment,
    Presence,
)
HELD_IN_MEMORY = 20_000
# The bits of a UUID that say which kind it is, and those of one drawn by chance (version 4 of RFC 9562).
UUID_MARKS, UUID_OF_CHANCE = 0xF << 76 | 0xC << 60, 0x4 << 76 | 0x8 << 60


def at_minute(day: date, minute: int) -> datetime:
    """A moment of a day, in minutes since it began in UTC."""
    return datetime.combine(day, time(minute // 60, minute % 60), UTC)


class Ledger:
    """Takes rows of the models one by one, gives each its number, and writes them when there are enough."""

    def __init__(self, chance: Random, told: Callable[[int], Any] = lambda rows: None) -> None:
        self.counts: Counter[type[models.Model]] = Counter()
        self._chance = chance
        # Told how many rows were written, whenever some were.
        self._told = told
        self._blank = {model: _blank_row(model) for model in MODELS}
        self._waiting: dict[type[models.Model], list[list[Any]]] = {model: [] for model in MODELS}

    def add(self, model: type[models.Model], **values: Any) -> int:
        """Put down a row, by names of attributes; what is not named is as the model's default says."""
        self.counts[model] += 1
        number = self.counts[model]
        row = {**self._blank[model], **values, "id": number}
        if issubclass(model, Identified):
            row["public_id"] = UUID(int=self._chance.getrandbits(128) & ~UUID_MARKS | UUID_OF_CHANCE)
        waiting = self._waiting[model]
        waiting.append(list(row.values()))
        if len(waiting) >= HELD_IN_MEMORY:
            self._write(model)
        return number

    def close(self) -> None:
        """Write what still waits, and let the database number on from here."""
        for model in MODELS:
            self._write(model)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(MODELS)):
                cursor.execute(statement)

    def _write(self, model: type[models.Model]) -> None:
        rows = self._waiting[model]
        insert(model, tuple(self._blank[model]), rows)
        self._told(len(rows))
        rows.clear()


def _blank_row(model: type[models.Model]) -> dict[str, Any]:
    """A row with the model's defaults, by its attributes; a default that is called is for the caller."""
    row: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        default = field.default
        if default is models.NOT_PROVIDED or callable(default):
            default = None if field.null or not field.empty_strings_allowed else ""
        row[str(field.attname)] = getattr(default, "value", default)
    return row
