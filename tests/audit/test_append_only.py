"""The database itself refuses to change or delete what happened, on both engines."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Event, Mention
from audit.recording import record
from audit.triggers import SENTENCE
from tests.factories import GuardFactory

pytestmark = pytest.mark.django_db

STATEMENTS = [
    "UPDATE audit_event SET verb = 'nothing_happened'",
    "DELETE FROM audit_event",
    "UPDATE audit_mention SET key = 'somebody:else'",
    "DELETE FROM audit_mention",
]


@pytest.fixture
def event() -> Event:
    return record("tested", subjects=[GuardFactory()], by=None, note="as it was")


def refuses(statement: str) -> None:
    with pytest.raises(DatabaseError, match=SENTENCE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_raw_sql_is_refused(event: Event, statement: str):
    refuses(statement)
    event.refresh_from_db()
    assert (event.verb, event.details) == ("tested", {"note": "as it was"})
    assert event.mentions.count() == 1


def test_the_models_are_refused_too(event: Event):
    event.verb = "nothing_happened"
    for work in (event.save, Event.objects.all().update, Mention.objects.all().delete):
        with pytest.raises(DatabaseError, match=SENTENCE), transaction.atomic():
            work(**({"verb": "x"} if work.__name__ == "update" else {}))
    assert Event.objects.get().verb == "tested"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
@pytest.mark.parametrize("table", ["audit_event", "audit_mention"])
def test_truncate_is_refused(table: str):
    refuses(f"TRUNCATE {table} CASCADE")
