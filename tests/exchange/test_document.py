"""docs/register-package.md tells the sender of a package what `exchange/tables.py` says of each file and column."""

import re

import pytest

from exchange.cells import Reference
from exchange.tables import FURTHER, TABLES, Column, Table
from tools import ROOT

DOCUMENT = (ROOT / "docs" / "register-package.md").read_text()


def section(table: Table) -> str:
    """What the document must say of a file; to mend it, copy what the failing test prints."""
    rows = [
        f"| {'**' if one.name in table.identity else ''}`{one.name}`{'**' if one.name in table.identity else ''} "
        f"| {one.kind.described()} | {may_be_empty(one)} |"
        for one in table.columns
    ]
    return "\n".join([f"### `{table.file}`", "", "| column | holds | may be empty |", "|---|---|---|", *rows])


def may_be_empty(column: Column) -> str:
    if column.required:
        return "no"
    default = column.default
    return f"yes; without the column, `{column.kind.write(default)}`" if default not in (column.empty, None) else "yes"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.file)
def test_the_document_describes_each_file(table):
    assert section(table) in DOCUMENT, "\n\n" + section(table)


def test_the_document_describes_nothing_else_and_keeps_the_order_of_loading():
    assert re.findall(r"^### `(.+)`$", DOCUMENT, re.M) == [table.file for table in TABLES.values()]


def test_a_file_refers_only_to_files_before_it():
    """So a package is read once, from its first file to its last."""
    files = [table.file for table in TABLES.values()]
    for place, table in enumerate(TABLES.values()):
        for column in table.columns:
            if isinstance(column.kind, Reference) and column.kind.to != "the list of regions":
                assert column.kind.to.strip("`") in files[:place]


def test_the_files_are_those_of_the_contract_and_their_columns_too():
    """What senders were promised, word for word; further files may come, these stay."""
    assert {table.file: " ".join(table.names) for model, table in TABLES.items() if model not in FURTHER} == {
        "calendars.csv": "calendar_id name weekdays",
        "closures.csv": "calendar_id first_day last_day reason",
        "schools.csv": (
            "school_id bin name_ru name_kk region locality pupils staff calendar_id vulnerable_since vulnerable_until"
        ),
        "posts.csv": "post_id school_id name pattern positions first_day last_day",
        "agencies.csv": "bin name_ru name_kk region head_name phone email",
        "licences.csv": "number agency_bin subtype issued_on",
        "licence_events.csv": "number on event basis",
        "contracts.csv": "contract_id agency_bin school_id number signed_on first_day last_day licence_number",
        "guards.csv": "iin family_name given_name patronymic citizenship",
        "employments.csv": "iin agency_bin first_day last_day end_reason",
        "credentials.csv": "iin kind number issued_by issued_on valid_until",
        "modules.csv": "code title_ru title_kk title_en scope hours valid_months",
        "school_requirements.csv": "school_id module_code first_day last_day",
        "training.csv": "iin module_code school_id completed_on hours trainer",
        "assignments.csv": (
            "assignment_id iin post_id agency_bin kind first_day last_day end_reason cause_accepted status confirmed_on"
        ),
        "attendance.csv": "iin post_id on agency_claim school_confirmation",
    }
