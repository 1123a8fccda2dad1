"""An event stands or falls with the action that it ends, and is found by every record that it touched."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from audit import recording
from audit.models import Event
from audit.recording import listen, record
from tests.factories import GuardFactory, MembershipFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_it_in_which_role_for_whom():
    membership = MembershipFactory()
    event = record("tested", subjects=[], by=membership, count=3)
    assert (event.actor, event.actor_name) == (membership.user.email, "Айгүл Жүнісова")
    assert (event.role, event.organisation) == ("agency_manager", f"agency {membership.agency.bin}")
    assert event.details == {"count": 3}


def test_the_system_is_nobody():
    event = record("tested", subjects=[], by=None)
    assert (event.actor, event.role, event.organisation) == ("", "", "")


def test_an_event_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transaction, "get_connection", lambda: SimpleNamespace(in_atomic_block=False))
    with pytest.raises(transaction.TransactionManagementError, match=r"audit\.record belongs inside"):
        record("tested", subjects=[], by=None)


def test_an_event_falls_with_its_action():
    @transaction.atomic
    def act() -> None:
        record("tested", subjects=[GuardFactory()], by=None)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Event.objects.exists()


def test_events_are_found_by_what_they_touched_newest_first():
    guard, school, other = GuardFactory(), SchoolFactory(), GuardFactory()
    first = record("first", subjects=[guard, school], by=None)
    second = record("second", subjects=[guard], by=None)
    record("third", subjects=[other], by=None)
    assert list(Event.objects.about(guard)) == [second, first]
    assert list(Event.objects.about(school)) == [first]
    assert list(Event.objects.about(guard, school)) == [second, first]
    assert list(Event.objects.about(SchoolFactory())) == []


def test_an_event_outlives_what_it_speaks_of():
    guard = GuardFactory()
    event = record("tested", subjects=[guard], by=None)
    key = f"guards.guard:{guard.public_id}"
    guard.delete()
    assert [mention.key for mention in event.mentions.all()] == [key]


def test_listeners_hear_in_the_same_transaction_and_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recording, "_listeners", [])
    heard: list[tuple[str, Sequence[Any], bool]] = []

    def hear(event: Event, subjects: Sequence[Any]) -> None:
        heard.append((event.verb, list(subjects), connection.in_atomic_block))

    listen(hear)
    listen(hear)
    guard = GuardFactory()
    record("tested", subjects=[guard], by=None)
    assert heard == [("tested", [guard], True)]


def test_what_a_listener_cannot_do_undoes_the_event(monkeypatch: pytest.MonkeyPatch):
    def fail(event: Event, subjects: Sequence[Any]) -> None:
        raise RuntimeError

    monkeypatch.setattr(recording, "_listeners", [fail])
    with pytest.raises(RuntimeError), transaction.atomic():
        record("tested", subjects=[], by=None)
    assert not Event.objects.exists()
