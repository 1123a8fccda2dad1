"""Storing: all or nothing even when another writer comes between, and told how far it is."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from access.bulk import insert
from audit.models import Event
from exchange import actions
from exchange.actions import Disturbed, load
from exchange.faults import Faults
from exchange.packages import opened
from exchange.tables import TABLES
from guards.models import Assignment, Guard
from schools.models import Calendar
from tests.exchange.packages import counts, loaded, places
from tests.factories import iin

pytestmark = pytest.mark.django_db


def disturb(monkeypatch, model) -> None:
    """As if somebody else had just written a row of this model that the package brings too."""

    def refuse(of, names, rows):
        if of is model:
            raise IntegrityError("duplicate key")
        insert(of, names, rows)

    monkeypatch.setattr(actions, "insert", refuse)


def test_another_writer_s_row_is_no_fault_of_the_package(folder, lawful, monkeypatch):
    disturb(monkeypatch, Guard)
    with pytest.raises(Disturbed):
        loaded(folder(lawful))
    assert not any(table.model._default_manager.exists() for table in TABLES.values())
    assert not Event.objects.exists()


def test_the_command_asks_to_load_again(folder, lawful, monkeypatch):
    disturb(monkeypatch, Assignment)
    with pytest.raises(CommandError, match="changed by someone else meanwhile"):
        call_command("load_register", folder(lawful), stdout=StringIO())


def test_faults_are_told_also_where_another_writer_came_between(folder, lawful, monkeypatch):
    disturb(monkeypatch, Guard)
    lawful["attendance.csv"] += f"{iin(1)},P9,2025-02-05,1,\n"
    assert places(loaded(folder(lawful))) == ["attendance.csv:4: post_id"]


def test_progress_counts_every_byte(folder, lawful):
    path, seen, faults = folder(lawful), [], Faults()
    with opened(path, faults) as package:
        load(package=package, faults=faults, progress=seen.append, by=None)
        assert sum(seen) == sum(package.sizes.values()) == sum(file.stat().st_size for file in path.iterdir())


def test_a_batch_is_the_same_whatever_its_size(folder, lawful, monkeypatch):
    loaded(folder(lawful))
    lawful["guards.csv"] = lawful["guards.csv"].replace("Болат", "Марат") + f"{iin(3)},Ким,Сергей,,\n"
    monkeypatch.setattr("exchange.rows.BATCH", 1)
    assert counts(loaded(folder(lawful))) == {"guards.csv": (1, 1, 1)}


def test_new_rows_get_what_a_model_gives(folder, lawful):
    """Identifiers of their own, and defaults of columns that no package has."""
    loaded(folder(lawful))
    assignments = Assignment.objects.order_by("code")
    assert len({assignment.public_id for assignment in assignments}) == 3
    assert abs(datetime.now(UTC) - assignments[0].proposed_at).total_seconds() < 600
    assert assignments[0].decline_reason == ""


def test_rows_can_be_added_after_a_package(folder, lawful):
    """The database numbers on behind what was written in bulk."""
    loaded(folder(lawful))
    assert (
        Calendar.objects.create(code="six", name="Six days", weekdays="123456").pk
        > Calendar.objects.get(code="five").pk
    )
