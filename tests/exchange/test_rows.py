"""The bytes of a file: quotes, line ends, encodings, headers; and the lines that faults name."""

import pytest

from guards.models import Guard
from schools.models import Closure, School
from tests.exchange.packages import loaded, places, said
from tests.factories import iin

pytestmark = pytest.mark.django_db

GUARDS = "iin,family_name,given_name\n"


def guards(*rows: str, header: str = GUARDS) -> dict[str, str]:
    return {"guards.csv": header + "".join(rows)}


def test_a_quoted_cell_keeps_its_quotes_commas_and_lines(folder, lawful):
    lawful["closures.csv"] = 'calendar_id,first_day,last_day,reason\nfive,2026-06-01,2026-06-02,"a ""b"",\r\nc\n d"\n'
    assert said(loaded(folder(lawful))) == []
    assert Closure.objects.get().reason == 'a "b",\r\nc\n d'


def test_lines_are_those_of_the_file_after_a_cell_of_several_lines(folder):
    files = guards(f'{iin(1)},"Ли\n\nЛи",Елена\n', "\n", "wrong,Ли,Елена\n")
    assert places(loaded(folder(files))) == ["guards.csv:6: iin"]


def test_a_row_of_several_lines_is_named_by_its_first(folder):
    files = guards('wrong,"Ли\n\nЛи",Елена\n', f"{iin(2)},Ли,\n")
    assert places(loaded(folder(files))) == ["guards.csv:2: iin", "guards.csv:5: given_name"]


def test_rows_may_end_as_on_windows(folder):
    files = guards(f"{iin(1)},Ли,Елена\r\n", "wrong,Ли,Елена\r\n", header=GUARDS.replace("\n", "\r\n"))
    assert places(loaded(folder(files))) == ["guards.csv:3: iin"]


def test_the_last_row_needs_no_line_end(folder):
    assert said(loaded(folder(guards(f"{iin(1)},Ли,Елена")))) == []
    assert Guard.objects.get().given_name == "Елена"


def test_a_byte_order_mark_is_not_part_of_the_first_column(folder):
    files = {"guards.csv": b"\xef\xbb\xbf" + (GUARDS + f"{iin(1)},Ли,Елена\n").encode()}
    assert said(loaded(folder(files))) == []


def test_an_empty_file_has_no_header(folder):
    outcome = loaded(folder({"guards.csv": ""}))
    assert said(outcome) == [
        "guards.csv:1: (header): This file has no header row. Columns: iin, family_name, given_name, patronymic, "
        "citizenship."
    ]


def test_a_file_of_only_a_header_holds_nothing(folder):
    outcome = loaded(folder(guards()))
    assert said(outcome) == [] and not outcome.changes


def test_a_file_parted_by_semicolons_is_told_so(folder):
    outcome = loaded(folder({"guards.csv": "iin;family_name;given_name\n"}))
    assert said(outcome) == [
        "guards.csv:1: (header): The columns are not parted by commas. Save the file as CSV with commas."
    ]


def test_a_column_twice_is_a_fault(folder):
    outcome = loaded(folder(guards(header="iin,family_name,given_name,iin\n")))
    assert places(outcome) == ["guards.csv:1: iin"]


def test_an_unknown_and_a_missing_column_are_each_a_fault(folder):
    outcome = loaded(folder(guards(f"{iin(1)},Ли,1\n", header="iin,family_name,height\n")))
    assert said(outcome) == [
        "guards.csv:1: height: This file has no such column. Columns: iin, family_name, given_name, patronymic, "
        "citizenship.",
        "guards.csv:1: given_name: This column is missing, and no row can do without it.",
    ]


def test_a_cell_in_another_encoding_is_named(folder):
    files = {"guards.csv": GUARDS.encode() + f"{iin(1)},Ли,".encode() + "Елена\n".encode("cp1251")}
    outcome = loaded(folder(files))
    assert said(outcome) == ["guards.csv:2: given_name: “�����” is not UTF-8. Save the file as CSV in UTF-8."]


def test_a_file_in_utf_16_is_refused(folder):
    outcome = loaded(folder({"guards.csv": (GUARDS + f"{iin(1)},Ли,Елена\n").encode("utf-16")}))
    assert {fault.line for fault in outcome.faults} == {1}


def test_quotation_marks_that_do_not_pair_end_the_reading(folder):
    outcome = loaded(folder(guards(f"{iin(1)},Ли,Елена\n", f'{iin(2)},"Ли"ли,Елена\n', "wrong,Ли,Елена\n")))
    assert said(outcome) == [
        "guards.csv:3: (row): The quotation marks of this row do not pair, or it is far too long. From here on nothing "
        "was read."
    ]


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_row(folder):
    outcome = loaded(folder(guards(f"{iin(1)},Ли,Елена\n", f'{iin(2)},"Ли,Елена\n', f"{iin(3)},Ли,Елена\n")))
    assert places(outcome) == ["guards.csv:3: (row)"]


def test_a_line_without_end_is_not_read_into_memory(folder):
    outcome = loaded(folder(guards("x" * 300_000 + "\n")))
    assert places(outcome) == ["guards.csv:2: (row)"]


def test_a_fault_in_a_message_stays_on_one_line(folder):
    outcome = loaded(folder(guards('"a\nb\x1b[31m",Ли,Елена\n')))
    assert said(outcome) == ["guards.csv:2: iin: “a�b�[31m”: An IIN has 12 digits."]


def test_spaces_are_kept(folder, lawful):
    lawful["schools.csv"] = lawful["schools.csv"].replace("Караганда", " Караганда ")
    loaded(folder(lawful))
    assert School.objects.get().locality == " Караганда "
