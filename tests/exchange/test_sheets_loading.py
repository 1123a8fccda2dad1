"""A sheet is loaded as a whole or not at all, mended row by row, and undone while nothing depends on it."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from audit.models import Event
from exchange import importing, tasks
from exchange.models import Addition, Import
from files.intake import XLSX, Taken
from guards.models import Assignment, Credential, Employment, Guard, TrainingRecord
from staffing.refusals import Refused
from tests.exchange.sheets import GUARD_HEADS, Sender, csv_file, faults, person, sentences, xlsx
from tests.factories import CredentialFactory, GuardFactory, iin

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(db: None) -> Sender:
    return Sender()


def content(file: Any) -> bytes:
    with file.content.open("rb") as opened:
        return bytes(opened.read())


def test_guards_come_onto_the_staff_of_the_agency_that_sent_them(sender: Sender) -> None:
    one = sender.loads("guards", xlsx(GUARD_HEADS, person(1), person(2, first_day=date(2026, 10, 1))))
    assert (one.state, one.rows, one.rows_at_fault, one.work) == (Import.State.LOADED, 2, 0, "")
    found = Employment.objects.filter(agency=sender.agency, guard__iin__in=[iin(9001), iin(9002)])
    assert list(found.values_list("first_day", flat=True)) == [date(2026, 9, 1), date(2026, 10, 1)]
    assert Guard.objects.get(iin=iin(9001)).citizenship == "KZ"


def test_papers_training_and_assignments_come_in(sender: Sender) -> None:
    who = sender.guard.iin
    papers = [["ИИН", "Документ", "Номер", "Действует до"], [who, "Медсправка", "M-1", "10.01.2027"]]
    assert sender.loads("credentials", xlsx(*papers)).state == Import.State.LOADED
    assert Credential.objects.get(number="M-1").kind == Credential.Kind.MEDICAL_CERTIFICATE
    taught = [who, sender.module.code, sender.post.school.name_ru, "15.08.2026", "2,5"]
    training = [["ЖСН", "Модуль", "Мектеп", "Күні", "Сағат"], taught]
    assert sender.loads("training", csv_file(*training, separator=";")).state == Import.State.LOADED
    assert TrainingRecord.objects.get().hours == 2.5
    posts = [["iin", "post_id", "first_day"], [who, sender.post.code, "2026-12-01"]]
    assert sender.loads("assignments", csv_file(*posts)).state == Import.State.LOADED
    proposed = Assignment.objects.get()
    assert (proposed.status, proposed.kind, proposed.agency) == ("proposed", "regular", sender.agency)


def test_a_dry_run_stores_nothing(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1)))
    assert (one.state, one.rows_new) == (Import.State.CHECKED, 2)
    assert not Guard.objects.filter(iin=iin(9001)).exists()


def test_one_fault_holds_back_every_row(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1), person(2, first_day="once")))
    assert faults(one) == ["3 first_day"] and not one.may_be_loaded
    with pytest.raises(Refused):
        importing.start(of=Import.objects.get(pk=one.pk), work="undo")
    assert sender.works(one, "load").state == Import.State.CHECKED
    assert not Guard.objects.filter(iin=iin(9001)).exists()


def test_what_became_a_fault_since_the_check_holds_back_every_row(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1), person(2)))
    GuardFactory(iin=iin(9002), family_name="Иная")
    one = sender.works(one, "load")
    assert (one.state, faults(one)) == (Import.State.CHECKED, ["3 family_name", "3 given_name"])
    assert not Guard.objects.filter(iin=iin(9001)).exists()


def test_rows_at_fault_go_out_and_come_back_mended(sender: Sender) -> None:
    one = sender.sends(
        "guards", xlsx(GUARD_HEADS, person(1), person(2, first_day="31.09.2026"), person(3, given_name=""))
    )
    heads, *rows = CalamineWorkbook.from_filelike(BytesIO(content(one.to_mend))).get_sheet_by_index(0).to_python()
    assert heads == ["Row", *GUARD_HEADS, "What is wrong"]
    assert [row[0] for row in rows] == [3, 4]
    assert "Дата приёма: “31.09.2026” is not a day" in rows[0][-1]
    rows[0][5], rows[1][3] = "30.09.2026", "Асқар"
    importing.mend(of=one, file=xlsx(heads, *rows), by=sender.membership)
    one = sender.works(one, "check")
    assert sentences(one) == ""
    assert sender.works(one, "load").state == Import.State.LOADED
    assert Guard.objects.filter(iin__in=[iin(9001), iin(9002), iin(9003)]).count() == 3


def test_a_row_that_comes_back_empty_is_left_out(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1), person(2, first_day="?")))
    importing.mend(of=one, file=xlsx(["Row", *GUARD_HEADS], [3]), by=sender.membership)
    one = sender.works(one, "check")
    assert (one.rows, one.rows_at_fault) == (1, 0)


def test_another_file_is_no_mended_one(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1, first_day="?")))
    with pytest.raises(Refused, match="no column “Row”"):
        importing.mend(of=one, file=xlsx(GUARD_HEADS, person(1)), by=sender.membership)
    with pytest.raises(Refused, match="missing: Имя"):
        importing.mend(
            of=one, file=xlsx(["Row", "ИИН", "Фамилия", "Отчество", "Дата приёма"], [2]), by=sender.membership
        )


def test_the_same_file_again_changes_nothing(sender: Sender) -> None:
    file = csv_file(["iin", "post_id", "first_day"], [sender.guard.iin, sender.post.code, "2026-12-01"])
    sender.loads("assignments", file)
    again = sender.sends("assignments", file)
    assert (again.rows_at_fault, again.rows_new) == (0, 0)


def test_what_the_register_has_is_never_changed(sender: Sender) -> None:
    paper = CredentialFactory(guard=sender.guard, number="M-1", valid_until=date(2030, 1, 1))
    rows = [["ИИН", "Документ", "Номер", "Действует до"], [sender.guard.iin, "Медсправка", "M-1", "01.01.2031"]]
    one = sender.sends("credentials", xlsx(*rows))
    assert faults(one) == ["2 valid_until"]
    paper.refresh_from_db()
    assert paper.valid_until == date(2030, 1, 1)


def test_undoing_takes_out_exactly_what_came_in(sender: Sender) -> None:
    before = set(Guard.objects.values_list("pk", flat=True))
    one = sender.loads("guards", xlsx(GUARD_HEADS, person(1), person(2)))
    one = sender.works(one, "undo")
    assert (one.state, one.trouble) == (Import.State.UNDONE, "")
    assert set(Guard.objects.values_list("pk", flat=True)) == before
    assert Employment.objects.filter(agency=sender.agency).count() == 1


def test_undoing_leaves_a_guard_who_was_known_before(sender: Sender) -> None:
    known = GuardFactory(iin=iin(9001), family_name="Әлиев1", given_name="Ержан")
    one = sender.works(sender.loads("guards", xlsx(GUARD_HEADS, person(1))), "undo")
    assert one.state == Import.State.UNDONE
    assert Guard.objects.filter(pk=known.pk).exists() and not known.employments.exists()


def test_undoing_is_refused_while_something_refers_to_what_came_in(sender: Sender) -> None:
    one = sender.loads("guards", xlsx(GUARD_HEADS, person(1)))
    CredentialFactory(guard=Guard.objects.get(iin=iin(9001)))
    one = sender.works(one, "undo")
    assert one.state == Import.State.LOADED
    assert one.trouble == "Papers: 1 record refers to what was brought in."


def test_undoing_is_refused_once_something_was_changed(sender: Sender) -> None:
    rows = [["iin", "post_id", "first_day"], [sender.guard.iin, sender.post.code, "2026-12-01"]]
    one = sender.loads("assignments", csv_file(*rows))
    Assignment.objects.update(status="confirmed", confirmed_on=date(2026, 11, 25))
    one = sender.works(one, "undo")
    assert (one.state, one.trouble) == (Import.State.LOADED, "Assignments: 1 record was changed since.")


def test_two_imports_are_undone_each_for_itself(sender: Sender) -> None:
    first = sender.loads("guards", xlsx(GUARD_HEADS, person(1)))
    second = sender.loads("guards", xlsx(GUARD_HEADS, person(2)))
    sender.works(first, "undo")
    assert list(Addition.objects.filter(of=second).values_list("model", flat=True).distinct().order_by("model")) == [
        "guards.employment",
        "guards.guard",
    ]
    assert Guard.objects.filter(iin=iin(9002)).exists() and not Guard.objects.filter(iin=iin(9001)).exists()


def test_nobody_starts_what_is_at_work(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1)))
    importing.start(of=one, work="load")
    with pytest.raises(Refused, match="Wait until it is finished"):
        importing.start(of=one, work="check")
    with pytest.raises(Refused, match="Wait until it is finished"):
        importing.mend(of=one, file=xlsx(["Row", *GUARD_HEADS], [2]), by=sender.membership)


def test_a_task_that_is_put_back_does_nothing_twice(sender: Sender) -> None:
    one = sender.works(sender.loads("guards", xlsx(GUARD_HEADS, person(1))), "undo")
    tasks.bring_in.enqueue(str(one.public_id), "load", sender.membership.pk)
    one.refresh_from_db()
    assert one.state == Import.State.UNDONE and not Guard.objects.filter(iin=iin(9001)).exists()


def test_what_goes_wrong_frees_the_file_and_says_so(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1)))
    monkeypatch.setattr(importing, "load_checked", lambda **_given: 1 / 0)
    one = sender.works(one, "load")
    assert (one.work, one.state) == ("", Import.State.CHECKED) and "nothing was stored" in one.trouble


def test_every_step_names_the_agency_in_the_trail(sender: Sender) -> None:
    one = sender.works(sender.loads("guards", xlsx(GUARD_HEADS, person(1))), "undo")
    verbs = [event.verb for event in Event.objects.about(sender.agency)]
    assert verbs == ["sheet_undone", "register_loaded"]
    assert [event.verb for event in Event.objects.about(sender.post.school)] == verbs
    assert {event.verb for event in Event.objects.about(one)} == {"sheet_sent", "register_loaded", "sheet_undone"}
    assert Event.objects.get(verb="register_loaded").actor == sender.membership.user.email


def test_a_file_that_cannot_be_read_says_why(sender: Sender) -> None:
    one = sender.sends("guards", Taken(b"PK\x03\x04 damaged", XLSX, "rows.xlsx"))
    assert (one.state, one.work) == (Import.State.UPLOADED, "")
    assert "damaged" in one.trouble
