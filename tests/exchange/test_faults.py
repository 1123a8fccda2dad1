"""A package at fault is not loaded at all, and each of its faults is named by file, line and column."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from audit.models import Event
from exchange.tables import RULES, TABLES
from tests.exchange.packages import LAWFUL, loaded, places, said
from tests.factories import bin_number, iin

pytestmark = pytest.mark.django_db

WRONG_IIN = iin(1)[:11] + str((int(iin(1)[11]) + 1) % 10)
WRONG_BIN = bin_number(2)[:11] + str((int(bin_number(2)[11]) + 1) % 10)
ASSIGNMENTS = LAWFUL["assignments.csv"].splitlines()[0]


def test_faults_of_many_kinds_are_all_named_and_nothing_is_loaded(folder, lawful):
    lawful["closures.csv"] += "five,2026-12-31,2026-12-01,\n"
    lawful["schools.csv"] = (
        "school_id,name_ru,region,pupils,calendar_id\n"
        "S1,Школа № 1,35,много,five\nS2,Школа № 2,99,,six\nS1,Школа,35,,five\n"
    )
    lawful["posts.csv"] += "P3,S1,Ворота,10h,0,2024-02-30,\n"
    lawful["agencies.csv"] += f"{WRONG_BIN},ТОО «Иное»,,35,,,\n"
    lawful["licence_events.csv"] += "L1,2025-05-01,resumed,\n"
    lawful["contracts.csv"] += "C2,000,S1,8,,2024-01-01,,L1\n"
    lawful["guards.csv"] += f"{WRONG_IIN},Ли,,,\n{iin(3)},Ли\n"
    lawful["modules.csv"] = lawful["modules.csv"].replace("2.5", "2,5").replace("school,2,5", 'school,"2,5"')
    lawful["assignments.csv"] += (
        f"A4,{iin(1)},P2,{bin_number(2)},regular,2025-01-01,2025-02-01,resigned,0,ended,\n"
        f"A5,{iin(2)},P1,{bin_number(2)},regular,2026-01-01,,,0,ended,\n"
        f"A6,{iin(2)},P1,{bin_number(2)},regular,2026-01-01,,,yes,confirmed,\n"
    )
    lawful["attendance.csv"] = f"iin,post_id,on,claim\n{iin(1)},P1,2025-02-03,1\n"
    lawful["notes.txt"] = "hello"

    outcome = loaded(folder(lawful))

    assert said(outcome) == [
        "closures.csv:3: last_day: A closure ends on or after its first day.",
        "schools.csv:2: pupils: “много” is not a whole number from 0 to 2147483647. Write digits only.",
        "schools.csv:3: region: “99” is not the code of a region. Codes: 10, 11, 15, 19, 23, 27, 31, 33, 35, 39, 43, "
        "47, 55, 59, 61, 62, 63, 71, 75, 79.",
        "schools.csv:3: calendar_id: “six” is neither in calendars.csv of this package nor in the register.",
        "schools.csv:4: school_id: Line 2 already has a row with this school_id. Remove one of the two.",
        "posts.csv:4: pattern: “10h” is not a word of this column. Write one of: 24h, 12h, 8h.",
        "posts.csv:4: positions: A post has at least one position.",
        "posts.csv:4: first_day: “2024-02-30” is not a day. Write year, month and day as YYYY-MM-DD, such as "
        "2026-09-01.",
        f"agencies.csv:3: bin: “{WRONG_BIN}”: The last digit does not agree with the others. Check the number on the "
        "registration paper.",
        "licence_events.csv:4: event: A licence that was resumed cannot be resumed.",
        "contracts.csv:3: agency_bin: “000” is neither in agencies.csv of this package nor in the register.",
        f"guards.csv:4: iin: “{WRONG_IIN}”: The last digit does not agree with the others. Check the number on the "
        "identity card.",
        "guards.csv:4: given_name: This cell is empty, and must not be.",
        "guards.csv:5: (row): This row has 2 cells, the header 5.",
        "modules.csv:2: hours: “2,5” is not a number from 0 to 9999.99 with a point and at most 2 digits after it.",
        "assignments.csv:5: first_day: On 2025-01-01 this guard is at post “P1” by assignment “A1” on line 2. A guard "
        "is at one post a day.",
        "assignments.csv:6: last_day: An ended assignment has a last day and a reason.",
        "assignments.csv:7: cause_accepted: “yes” is neither 1 (yes) nor 0 (no).",
        "attendance.csv:1: claim: This file has no such column. Columns: iin, post_id, on, agency_claim, "
        "school_confirmation.",
        f"notes.txt:1: (file): This is not a file of a register package. Files: {', '.join(LAWFUL)}.",
    ]
    assert [table.file for table in TABLES.values() if table.model._default_manager.exists()] == []
    assert not Event.objects.exists()


def test_the_command_prints_the_faults_and_exits_1(folder, lawful):
    lawful["guards.csv"] += f"{WRONG_IIN},Ли,Елена,,\n"
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 fault\. Nothing was loaded\.$") as stopped:
        call_command("load_register", folder(lawful), stdout=out)
    assert stopped.value.returncode == 1
    assert out.getvalue().startswith(f"guards.csv:4: iin: “{WRONG_IIN}”: The last digit does not agree")
    assert not any(table.model._default_manager.exists() for table in TABLES.values())


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("calendars.csv", "12345", "54321", "calendars.csv:2: weekdays"),
        ("schools.csv", "2024-01-01,", "2024-01-01,2023-01-01", "schools.csv:2: vulnerable_until"),
        ("schools.csv", "800", "-1", "schools.csv:2: pupils"),
        ("schools.csv", "800", "2147483648", "schools.csv:2: pupils"),
        ("posts.csv", "24h,3", "24h,32768", "posts.csv:2: positions"),
        ("posts.csv", "3,2024-01-01,", "3,2024-01-01,2023-12-31", "posts.csv:2: last_day"),
        ("posts.csv", "3,2024-01-01,", "3,20240101,", "posts.csv:2: first_day"),
        ("posts.csv", "3,2024-01-01,", "3,2024-W01-1,", "posts.csv:2: first_day"),
        ("agencies.csv", "Болат", "Б" * 201, "agencies.csv:2: head_name"),
        ("agencies.csv", "Болат", "Бо\0лат", "agencies.csv:2: head_name"),
        ("contracts.csv", "2024-01-01,,L1", "2024-01-01,2023-01-01,L1", "contracts.csv:2: last_day"),
        ("employments.csv", "2025-12-31", "2023-12-31", "employments.csv:3: last_day"),
        ("credentials.csv", "2026-01-10", "2025-01-09", "credentials.csv:2: valid_until"),
        ("credentials.csv", "medical_certificate", "certificate", "credentials.csv:2: kind"),
        ("modules.csv", "2.5", "2.555", "modules.csv:2: hours"),
        ("modules.csv", "2.5", "1e1", "modules.csv:2: hours"),
        ("school_requirements.csv", "2024-01-01,", "2024-01-01,2023-01-01", "school_requirements.csv:2: last_day"),
        ("assignments.csv", "2025-06-30,illness", "2023-06-30,illness", "assignments.csv:3: last_day"),
        ("assignments.csv", "2025-06-30,illness", "2025-06-30,", "assignments.csv:3: end_reason"),
        ("assignments.csv", ",,,0,confirmed", ",,illness,0,confirmed", "assignments.csv:2: last_day"),
        ("attendance.csv", "present", "late", "attendance.csv:2: school_confirmation"),
        ("mobile_groups.csv", "2025-01-01", "2023-01-01", "mobile_groups.csv:3: last_day"),
        ("quarterly_reports.csv", "2026,3", "2026,5", "quarterly_reports.csv:2: quarter"),
        ("briefings.csv", "drill", "training", "briefings.csv:3: kind"),
    ],
)
def test_one_thing_wrong_is_one_fault_at_its_cell(folder, lawful, file, old, new, place):
    assert old in lawful[file]
    lawful[file] = lawful[file].replace(old, new, 1)
    assert places(loaded(folder(lawful))) == [place]


@pytest.mark.parametrize("file", sorted(LAWFUL))
def test_a_row_twice_in_a_file_is_named_with_the_first(folder, lawful, file):
    lawful[file] += lawful[file].splitlines(keepends=True)[1]
    line = lawful[file].count("\n")
    outcome = loaded(folder(lawful))
    identity = next(table.identity for table in TABLES.values() if table.file == file)
    assert said(outcome) == [
        f"{file}:{line}: {identity[0]}: Line 2 already has a row with this {', '.join(identity)}. Remove one of the "
        "two."
    ]


def test_a_row_twice_is_found_across_batches(folder, lawful, monkeypatch):
    monkeypatch.setattr("exchange.rows.BATCH", 1)
    lawful["training.csv"] += lawful["training.csv"].splitlines(keepends=True)[2]
    assert places(loaded(folder(lawful))) == ["training.csv:4: iin"]


def test_whoever_names_a_row_at_fault_is_not_blamed_too(folder, lawful):
    """The school's row is at fault: its posts are not."""
    lawful["schools.csv"] = lawful["schools.csv"].replace(",800,", ",many,")
    assert places(loaded(folder(lawful))) == ["schools.csv:2: pupils"]


def test_whoever_names_a_wrong_identifier_as_wrongly_is_not_blamed_too(folder, lawful):
    broken = {file: text.replace(iin(1), WRONG_IIN) for file, text in lawful.items()}
    assert places(loaded(folder(broken))) == ["guards.csv:2: iin"]


def test_whoever_names_rows_of_an_unreadable_file_is_not_blamed_too(folder, lawful):
    lawful["guards.csv"] = lawful["guards.csv"].replace("iin,", "IIN,", 1)
    assert places(loaded(folder(lawful))) == ["guards.csv:1: IIN", "guards.csv:1: iin"]


def test_a_fault_does_not_undo_what_was_there(folder, lawful):
    loaded(folder(lawful))
    lawful["guards.csv"] = lawful["guards.csv"].replace("Болат", "Марат")
    lawful["attendance.csv"] += f"{iin(1)},P9,2025-02-05,1,\n"
    assert places(loaded(folder(lawful))) == ["attendance.csv:4: post_id"]
    guards = next(table.model for table in TABLES.values() if table.file == "guards.csv")._default_manager
    assert guards.get(iin=iin(1)).given_name == "Болат"


def test_every_constraint_of_a_row_is_a_rule_or_a_vocabulary():
    """What the database would refuse is said beforehand, in the constraint's own words."""
    # About fields that no file holds.
    beside = {"guards_credential_verified_or_doubted"}
    for model, table in TABLES.items():
        checks = {one.name for one in model._meta.constraints if isinstance(one, models.CheckConstraint)}
        ruled = {rule.constraint for rule in table.rules}
        assert ruled <= checks
        assert {name for name in checks - ruled - beside if not name.endswith("_known")} == set()
    assert set(RULES) <= set(TABLES)


def test_every_unique_constraint_is_an_identity():
    for model, table in TABLES.items():
        identity = sorted(table.columns[place].field.name for place in table.identity_places)
        held = {column.field.name for column in table.columns}
        alone = [[field.name] for field in model._meta.fields if field.unique and field.name in held]
        together = [
            sorted(one.fields) or sorted({*identity})
            for one in model._meta.constraints
            if isinstance(one, models.UniqueConstraint)
        ]
        for unique in alone + together:
            assert unique == identity, model
