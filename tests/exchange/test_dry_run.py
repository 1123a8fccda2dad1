"""A dry run says what would be created and changed, and does neither."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Event
from compliance.findings import evaluate
from exchange.tables import TABLES
from guards.models import Guard
from tests.exchange.packages import LAWFUL, loaded, places, said
from tests.factories import iin

pytestmark = pytest.mark.django_db


def printed(*arguments: object) -> list[str]:
    out = StringIO()
    call_command("load_register", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_a_dry_run_stores_nothing(folder, lawful):
    outcome = loaded(folder(lawful), dry_run=True)
    assert said(outcome) == []
    assert {file: tally.created for file, tally in outcome.tallies.items()} == {
        file: text.count("\n") - 1 for file, text in LAWFUL.items()
    }
    assert not any(table.model._default_manager.exists() for table in TABLES.values())
    assert not Event.objects.exists()


def test_a_dry_run_counts_what_loading_would(folder, lawful):
    loaded(folder(lawful))
    lawful["guards.csv"] = lawful["guards.csv"].replace("Болат", "Марат") + f"{iin(3)},Ким,Сергей,,\n"
    path = folder(lawful)
    tried, done = loaded(path, dry_run=True), loaded(path)
    assert tried.tallies == done.tallies
    assert vars(done.tallies["guards.csv"]) == {"created": 1, "changed": 1, "unchanged": 1}


def test_a_dry_run_finds_the_faults_that_loading_would(folder, lawful):
    lawful["assignments.csv"] = lawful["assignments.csv"].replace("2025-07-01,2025-12-31", "2025-06-01,2025-12-31")
    lawful["licence_events.csv"] += "L1,2025-05-01,resumed,\n"
    path = folder(lawful)
    assert said(loaded(path, dry_run=True)) == said(loaded(path))
    assert places(loaded(path)) == ["licence_events.csv:4: event", "assignments.csv:4: first_day"]


def test_what_a_dry_run_says(folder, lawful):
    loaded(folder({file: lawful[file] for file in ("calendars.csv", "guards.csv")}))
    few = {
        "calendars.csv": lawful["calendars.csv"],
        "guards.csv": lawful["guards.csv"].replace("Болат", "Марат") + f"{iin(3)},Ким,Сергей,,\n",
    }
    assert printed(folder(few), "--dry-run") == [
        "calendars.csv: 0 would be new, 0 changed, 1 unchanged",
        "guards.csv: 1 would be new, 1 changed, 1 unchanged",
        "This was a dry run. Nothing was loaded.",
    ]
    assert Guard.objects.count() == 2


def test_what_loading_says(folder, lawful):
    path = folder({"calendars.csv": lawful["calendars.csv"]})
    assert printed(path) == [
        "calendars.csv: 1 new, 0 changed, 0 unchanged",
        "Loaded. Figures and findings are those of before: run “manage.py evaluate” to judge the day anew.",
    ]
    assert printed(path) == [
        "calendars.csv: 0 new, 0 changed, 1 unchanged",
        "The register holds all of this already. Nothing was changed.",
    ]


def test_what_loading_says_where_the_register_is_judged_from_day_to_day(folder, lawful):
    evaluate(timezone.localdate())
    assert printed(folder({"calendars.csv": lawful["calendars.csv"]}))[-1] == (
        "Loaded. A worker judges the day anew; until then figures and findings are those of before."
    )


def test_a_dry_run_with_faults_fails(folder, lawful):
    lawful["guards.csv"] += "1,Ли,Елена,,\n"
    with pytest.raises(CommandError):
        printed(folder(lawful), "--dry-run")


def test_the_command_speaks_the_language_that_is_asked_for(folder, lawful, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "ru_KZ:en")
    path = folder({"calendars.csv": lawful["calendars.csv"]})
    assert printed(path)[0] == "calendars.csv: новых 1, изменённых 0, без изменений 0"
