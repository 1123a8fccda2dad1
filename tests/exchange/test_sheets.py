"""Every fault of a sheet is told by its row and its column, in words that say what to do."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from guards.models import Guard, Module
from tests.exchange.sheets import GUARD_HEADS, Sender, csv_file, faults, person, sentences, xlsx
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    ModuleFactory,
    PostFactory,
    bin_number,
    iin,
)

pytestmark = pytest.mark.django_db

PAPERS = ["ИИН", "Документ", "Номер", "Дата выдачи", "Действует до"]
TRAINING = ["ИИН", "Модуль", "Школа", "Дата"]
POSTS = ["ИИН", "Пост", "Начало", "По", "Вид", "Статус"]


@pytest.fixture
def sender(db: None) -> Sender:
    return Sender()


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"iin": int("0" + iin(1)[1:])}, "iin", "dropped the zeros before it"),
        ({"iin": "99123150001"}, "iin", "has 11 digits"),
        ({"iin": "ABC"}, "iin", "ABC"),
        ({"iin": iin(1)[:-1] + str((int(iin(1)[-1]) + 1) % 10)}, "iin", "last digit"),
        ({"iin": ""}, "iin", "This cell is empty"),
        ({"iin": "991231500006"}, "iin", "will be born on 31.12.2099"),
        ({"family_name": ""}, "family_name", "This cell is empty"),
        ({"given_name": "Ә" * 81}, "given_name", "81 characters and may have 80"),
        ({"first_day": "31.09.2026"}, "first_day", "“31.09.2026” is not a day"),
        ({"first_day": "09/2026"}, "first_day", "is not a day"),
        ({"first_day": 46266}, "first_day", "“46266” is not a day"),
        ({"first_day": ""}, "first_day", "This cell is empty"),
    ],
)
def test_a_fault_of_a_guard(sender: Sender, change: dict[str, Any], column: str, says: str) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1), person(2, **change)))
    assert faults(one) == [f"3 {column}"]
    assert says in sentences(one)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (["{guard}", "Паспорт", "1", "", ""], "kind", "none of the words of this column: Training centre"),
        (["{guard}", "Медсправка", "", "", ""], "number", "This cell is empty"),
        (["{guard}", "Медсправка", "1", "10.02.2026", "10.01.2026"], "valid_until", "valid until its day of issue"),
        (["{stranger}", "Медсправка", "1", "", ""], "iin", "Nobody on your staff"),
        ([iin(8000), "Медсправка", "1", "", ""], "iin", "Nobody on your staff"),
    ],
)
def test_a_fault_of_a_paper(sender: Sender, row: list[str], column: str, says: str) -> None:
    stranger = EmploymentFactory().guard
    row[0] = row[0].format(guard=sender.guard.iin, stranger=stranger.iin)
    one = sender.sends("credentials", xlsx(PAPERS, row))
    assert faults(one) == [f"2 {column}"]
    assert says in sentences(one)


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"module": "NONE"}, "module_code", "none of the words"),
        ({"school": ""}, "school_id", "Name the school"),
        ({"module": "GENERAL"}, "school_id", "Leave the school empty"),
        ({"school": "{elsewhere}"}, "school_id", "none of the words"),
        ({"day": f"{timezone.localdate() + timedelta(days=1):%d.%m.%Y}"}, "completed_on", "has not come yet"),
    ],
)
def test_a_fault_of_training(sender: Sender, change: dict[str, str], column: str, says: str) -> None:
    ModuleFactory(code="GENERAL", scope=Module.Scope.GENERAL, title_ru="Закон", title_kk="Заң", title_en="Law")
    elsewhere = ContractFactory().school
    row = {
        "iin": sender.guard.iin,
        "module": sender.module.code,
        "school": sender.post.school.code,
        "day": "01.02.2026",
    }
    row |= {name: text.format(elsewhere=elsewhere.code) for name, text in change.items()}
    one = sender.sends("training", xlsx(TRAINING, list(row.values())))
    assert faults(one) == [f"2 {column}"]
    assert says in sentences(one)


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"post": "{elsewhere}"}, "post_id", "none of the words"),
        ({"first": "01.01.2019"}, "first_day", "no contract with this school"),
        ({"last": "30.11.2026"}, "last_day", "ends on or after its first day"),
        ({"kind": "дежурный"}, "kind", "none of the words of this column: Regular, Relief"),
        ({"status": "подтверждён"}, "status", "it is the school's director who confirms"),
        ({"status": "confirmed"}, "status", "You bring in proposals only"),
    ],
)
def test_a_fault_of_an_assignment(sender: Sender, change: dict[str, str], column: str, says: str) -> None:
    elsewhere = PostFactory()
    ContractFactory(school=elsewhere.school)
    row = {
        "iin": sender.guard.iin,
        "post": sender.post.code,
        "first": "01.12.2026",
        "last": "",
        "kind": "",
        "status": "",
    }
    row |= {name: text.format(elsewhere=elsewhere.code) for name, text in change.items()}
    one = sender.sends("assignments", xlsx(POSTS, list(row.values())))
    assert f"2 {column}" in faults(one)
    assert says in sentences(one)


def test_a_guard_holds_one_post_a_day_in_the_file_and_in_the_register(sender: Sender) -> None:
    held = AssignmentFactory(guard=sender.guard, agency=sender.agency, first_day=date(2026, 1, 1))
    busy = [sender.guard.iin, sender.post.code, "01.12.2026", "", "", ""]
    one = sender.sends("assignments", xlsx(POSTS, busy))
    assert faults(one) == ["2 first_day"]
    assert f"has held the post “{held.post.name}”" in sentences(one)
    free = GuardFactory()
    EmploymentFactory(guard=free, agency=sender.agency)
    twice = [[free.iin, sender.post.code, day, "", "", ""] for day in ("01.12.2026", "02.12.2026")]
    one = sender.sends("assignments", xlsx(POSTS, *twice))
    assert sentences(one) == "3 first_day: Row 2 has this guard at a post on the same day."


def test_a_guard_is_placed_while_he_is_on_the_staff(sender: Sender) -> None:
    EmploymentFactory(guard=(guard := GuardFactory()), agency=sender.agency, first_day=date(2026, 12, 10))
    one = sender.sends("assignments", xlsx(POSTS, [guard.iin, sender.post.code, "01.12.2026", "", "", ""]))
    assert sentences(one) == "2 iin: This guard is not on your staff on the first day."


def test_the_same_row_twice_names_the_first(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1), person(2), person(1)))
    assert sentences(one) == "4 iin: Row 2 says the same. Remove one of the two."


def test_rows_of_another_agency_are_refused(sender: Sender) -> None:
    heads = [*GUARD_HEADS, "БИН"]
    rows = [[*person(1), bin_number(77)], [*person(2), sender.agency.bin], [*person(3), ""]]
    one = sender.sends("guards", xlsx(heads, *rows))
    assert sentences(one) == "2 agency_bin: This is the BIN of another agency. You bring in your own rows only."


def test_a_guard_of_another_agency_is_not_taken_over(sender: Sender) -> None:
    theirs = EmploymentFactory(guard__iin=iin(9001), guard__family_name="Әлиев1", guard__given_name="Ержан")
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1)))
    assert faults(one) == ["2 iin"] and "Another agency employs this person" in sentences(one)
    theirs.last_day = date(2026, 8, 31)
    theirs.save()
    assert faults(sender.sends("guards", xlsx(GUARD_HEADS, person(1)))) == []


def test_a_known_guard_keeps_his_name(sender: Sender) -> None:
    GuardFactory(iin=iin(9001), family_name="Ли", given_name="Ержан")
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1)))
    assert faults(one) == ["2 family_name"]
    assert Guard.objects.get(iin=iin(9001)).family_name == "Ли"


def test_all_faults_of_a_row_and_of_all_rows_are_told_at_once(sender: Sender) -> None:
    one = sender.sends("guards", xlsx(GUARD_HEADS, person(1, iin="", first_day="?"), person(2, given_name="")))
    assert faults(one) == ["2 iin", "2 first_day", "3 given_name"]
    assert one.rows_at_fault == 2


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_parted_as_it_is(sender: Sender, separator: str) -> None:
    one = sender.sends("guards", csv_file(GUARD_HEADS, person(1), separator=separator, encoding="utf-8-sig"))
    assert (one.rows, faults(one)) == (1, [])


def test_a_letter_that_the_file_lost_is_told(sender: Sender) -> None:
    one = sender.sends("guards", csv_file(GUARD_HEADS, person(1), separator=";", encoding="cp1251"))
    assert faults(one) == ["2 family_name"] and "a letter was lost" in sentences(one)


def test_rows_are_counted_as_excel_counts_them(sender: Sender) -> None:
    rows = [["Список охранников"], [], GUARD_HEADS, person(1), [], person(2, first_day="?")]
    one = sender.sends("guards", xlsx(*rows))
    assert (one.rows, faults(one)) == (2, ["6 first_day"])


@pytest.mark.parametrize(
    "day", ["01.09.2026", "1.9.2026", "01/09/2026", "2026-09-01", "01.09.2026 г.", date(2026, 9, 1)]
)
def test_a_day_is_understood_as_people_write_it(sender: Sender, day: Any) -> None:
    one = sender.loads("guards", xlsx(GUARD_HEADS, person(1, first_day=day)))
    assert Guard.objects.get(iin=iin(9001)).employments.get().first_day == date(2026, 9, 1), sentences(one)


@pytest.mark.parametrize(
    "word",
    ["medical_certificate", "Медицинское заключение", "медсправка", "Медициналық анықтама", "MEDICAL CERTIFICATE"],
)
def test_a_kind_of_paper_is_understood_in_each_language(sender: Sender, word: str) -> None:
    one = sender.loads("credentials", xlsx(PAPERS, [sender.guard.iin, word, "1", "", ""]))
    assert sender.guard.credentials.get().kind == "medical_certificate", sentences(one)


def test_a_school_and_a_post_are_understood_by_their_names(sender: Sender) -> None:
    school = sender.post.school
    for name in (f"{school.name_ru}: {sender.post.name}", f"{school.name_kk}: {sender.post.name}"):
        one = sender.sends("assignments", xlsx(POSTS, [sender.guard.iin, name, "01.12.2026", "", "", ""]))
        assert faults(one) == []
    PostFactory(school=school, name=sender.post.name)
    one = sender.sends("assignments", xlsx(POSTS, [sender.guard.iin, name, "01.12.2026", "", "", ""]))
    assert faults(one) == ["2 post_id"]


def test_numbers_of_excel_are_texts_where_texts_are_asked_for(sender: Sender) -> None:
    sender.loads("credentials", xlsx(PAPERS, [int(sender.guard.iin), "Медсправка", 104, "", ""]))
    assert sender.guard.credentials.get().number == "104"
