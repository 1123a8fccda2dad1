"""A lawful package is loaded whole; loading it again changes nothing; a changed row is changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.models import Event, Mention
from compliance.findings import evaluate
from compliance.models import Finding
from exchange.tables import TABLES
from guards.models import Assignment, Credential, Employment, Guard, Module, TrainingRecord
from schools.models import School
from tests.exchange.packages import LAWFUL, counts, loaded, said
from tests.factories import CauseFactory, bin_number, iin

pytestmark = pytest.mark.django_db


def test_every_row_of_a_lawful_package_is_stored(folder, lawful):
    outcome = loaded(folder(lawful))
    assert said(outcome) == []
    rows = {file: text.count("\n") - 1 for file, text in LAWFUL.items()}
    assert {table.file: table.model._default_manager.count() for table in TABLES.values()} == rows
    assert {file: tally.created for file, tally in outcome.tallies.items()} == rows


def test_values_are_stored_as_they_stand(folder, lawful):
    loaded(folder(lawful))
    assignment = Assignment.objects.get(code="A2")
    assert (assignment.guard.iin, assignment.post.code, assignment.agency.bin) == (iin(2), "P1", bin_number(2))
    assert (assignment.first_day, assignment.last_day) == (date(2024, 1, 1), date(2025, 6, 30))
    assert (assignment.kind, assignment.end_reason, assignment.status) == ("regular", "illness", "ended")
    assert assignment.cause_accepted is True
    assert Module.objects.get(code="EVAC").hours == Decimal("2.5")
    assert Module.objects.get(code="LAW").hours is None
    assert TrainingRecord.objects.get(module__code="LAW").school is None
    assert School.objects.get().vulnerable_until is None


def test_an_unlawful_past_is_loaded(folder, lawful):
    """The loader asks for form and identity; what the law says of it is for the engine to find."""
    lawful["licence_events.csv"] = "number,on,event,basis\nL1,2020-02-01,revoked,\n"
    lawful["credentials.csv"] = lawful["credentials.csv"].splitlines()[0] + "\n"
    assert said(loaded(folder(lawful))) == []


def test_the_same_package_twice_changes_nothing(folder, lawful):
    path = folder(lawful)
    loaded(path)
    before = list(Assignment.objects.order_by("pk").values())
    again = loaded(path)
    assert said(again) == [] and counts(again) == {}
    assert not again.changes
    assert list(Assignment.objects.order_by("pk").values()) == before
    assert Event.objects.filter(verb="register_loaded").count() == 1


def test_a_changed_row_is_changed_and_no_other(folder, lawful):
    loaded(folder(lawful))
    before = Guard.objects.get(iin=iin(1))
    lawful["guards.csv"] = lawful["guards.csv"].replace("Болат", "Болатбек")
    assert counts(loaded(folder(lawful))) == {"guards.csv": (0, 1, 1)}
    after = Guard.objects.get(iin=iin(1))
    assert after.given_name == "Болатбек"
    assert (after.pk, after.public_id, after.family_name) == (before.pk, before.public_id, before.family_name)


@pytest.mark.parametrize("file", sorted(LAWFUL))
def test_each_file_can_be_loaded_again_alone(folder, lawful, file):
    """What its rows refer to is in the register already."""
    loaded(folder(lawful))
    again = loaded(folder({file: lawful[file]}))
    assert said(again) == [] and not again.changes


REVOKED = "number,on,event,basis\nL1,2026-02-01,revoked,\n"


def test_what_a_package_changes_of_a_judged_register_is_judged_by_a_worker(folder, lawful):
    loaded(folder(lawful))
    evaluate(timezone.localdate())
    unlawful = Finding.objects.filter(version__rule="licence_in_force")
    assert not unlawful.exists()
    loaded(folder(lawful | {"licence_events.csv": REVOKED}))
    assert unlawful.exists()


def test_a_worker_is_asked_once_and_only_where_something_changed_of_a_judged_register(folder, lawful, monkeypatch):
    asked = []
    monkeypatch.setattr("django_tasks.base.Task.enqueue", lambda task, *_arguments: asked.append(task.name))
    loaded(folder(lawful))
    assert asked == []
    evaluate(timezone.localdate())
    loaded(folder(lawful))
    loaded(folder(lawful | {"licence_events.csv": REVOKED}), dry_run=True)
    assert asked == []
    loaded(folder(lawful | {"licence_events.csv": REVOKED}))
    assert asked == ["evaluate_today"]


def test_missing_files_are_fine(folder, lawful):
    few = {file: lawful[file] for file in ("calendars.csv", "schools.csv")}
    assert said(loaded(folder(few))) == []
    assert School.objects.count() == 1


def test_a_column_that_the_file_lacks_keeps_what_is_stored(folder, lawful):
    loaded(folder(lawful))
    again = loaded(folder({"guards.csv": f"iin,family_name,given_name\n{iin(1)},Сейтқалиев,Марат\n"}))
    assert counts(again) == {"guards.csv": (0, 1, 0)}
    guard = Guard.objects.get(iin=iin(1))
    assert (guard.given_name, guard.patronymic) == ("Марат", "Ерланұлы")


def test_a_column_that_the_file_lacks_is_the_default_of_a_new_row(folder):
    loaded(folder({"guards.csv": f"iin,family_name,given_name\n{iin(1)},Ли,Елена\n"}))
    assert Guard.objects.get().citizenship == "KZ"


def test_an_empty_cell_empties_what_is_stored(folder, lawful):
    loaded(folder(lawful))
    assert Guard.objects.get(iin=iin(1)).patronymic
    lawful["guards.csv"] = lawful["guards.csv"].replace("Ерланұлы", "")
    loaded(folder(lawful))
    assert Guard.objects.get(iin=iin(1)).patronymic == ""


def test_columns_may_stand_in_any_order(folder):
    loaded(folder({"guards.csv": f"given_name,iin,family_name\nЕлена,{iin(1)},Ли\n"}))
    assert Guard.objects.get().family_name == "Ли"


def test_training_without_its_optional_school_is_the_same_row_again(folder, lawful):
    loaded(folder(lawful))
    again = loaded(folder({"training.csv": f"iin,module_code,completed_on\n{iin(1)},LAW,2025-02-01\n"}))
    assert said(again) == [] and not again.changes


def test_an_employment_that_begins_on_another_day_is_another(folder, lawful):
    loaded(folder(lawful))
    line = f"{iin(2)},{bin_number(2)},2026-02-01,,\n"
    again = loaded(folder({"employments.csv": lawful["employments.csv"] + line}))
    assert counts(again) == {"employments.csv": (1, 0, 2)}
    assert Employment.objects.filter(guard__iin=iin(2)).count() == 2


def test_loading_is_recorded_once_with_its_counts_and_no_subject(folder, lawful):
    """Compliance judges subjects at once; a whole package is judged by `evaluate`."""
    loaded(folder(lawful))
    event = Event.objects.get()
    assert event.verb == "register_loaded"
    assert event.details["package"] == "package"
    assert event.details["files"]["assignments.csv"] == {"created": 3, "changed": 0, "unchanged": 0}
    assert not Mention.objects.exists()


def change(lawful, file, before, after):
    assert before in lawful[file]
    lawful[file] = lawful[file].replace(before, after)


@pytest.mark.parametrize(("answer", "accepted"), [("accepted", "1"), ("rejected", "0")])
def test_an_answered_cause_is_not_answered_by_a_package(folder, lawful, answer, accepted):
    loaded(folder(lawful))
    ended = Assignment.objects.get(code="A2")
    ended.cause_accepted = answer == "accepted"
    ended.save()
    CauseFactory(assignment=ended, status=answer, decided_on=date(2026, 3, 1), reason="No paper.")
    line = next(line for line in lawful["assignments.csv"].splitlines() if line.startswith("A2,"))
    answered = line.replace(",1,ended", f",{accepted},ended")
    change(lawful, "assignments.csv", line, answered)
    assert not loaded(folder(lawful)).changes

    other = "0" if accepted == "1" else "1"
    change(
        lawful, "assignments.csv", answered, line.replace(",1,ended", f",{other},ended").replace("illness", "retired")
    )
    of_fault = "The cause of this leave was answered on 2026-03-01. Leave here what the register says."
    assert said(loaded(folder(lawful))) == [
        f"assignments.csv:3: end_reason: {of_fault}",
        f"assignments.csv:3: cause_accepted: {of_fault}",
    ]
    ended.refresh_from_db()
    assert (ended.end_reason, ended.cause_accepted) == ("illness", answer == "accepted")


def test_a_cause_that_waits_is_answered_by_what_the_package_says(folder, lawful):
    loaded(folder(lawful))
    CauseFactory(assignment=Assignment.objects.get(code="A2"))
    change(lawful, "assignments.csv", ",1,ended", ",0,ended")
    assert counts(loaded(folder(lawful))) == {"assignments.csv": (0, 1, 2)}


def test_a_paper_that_a_package_changes_is_verified_no_longer(folder, lawful):
    loaded(folder(lawful))
    Credential.objects.update(verified_on=date(2026, 2, 1), verified_by="А. Инспектор")
    loaded(folder(lawful))
    assert Credential.objects.get().is_verified
    change(lawful, "credentials.csv", "2026-01-10", "2027-01-10")
    loaded(folder(lawful))
    paper = Credential.objects.get()
    assert (paper.valid_until, paper.verified_on, paper.verified_by) == (date(2027, 1, 10), None, "")
