"""A rule without a presenter of its own is told by its own words, with a line for each value of its evidence."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from compliance.models import ClauseVersion, Finding
from compliance.predicates import RULES
from desks import proof
from desks.proof import PRESENTERS
from desks.proof.flat import ORDER, FlatProof
from schools.models import Region
from tests.desks.country import TODAY
from tests.desks.proof.evidence import FLAT
from tests.factories import AgencyFactory, GuardFactory, ModuleFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def flat_finding(rule: str, evidence: dict[str, Any], **owners: Any) -> Finding:
    version = ClauseVersion.objects.filter(rule=rule).order_by("pk")[0]
    return Finding.objects.create(
        version=version,
        subject=f"test {rule}",
        region=Region.objects.get(code="79"),
        opened_on=TODAY,
        evidence={"day": TODAY.isoformat(), **evidence},
        engine="1",
        **owners,
    )


@pytest.fixture
def owners() -> dict[str, Any]:
    post = PostFactory(code="P7", name="Двор")
    agency = AgencyFactory(bin="601240000004")
    ModuleFactory(code="M7", title_kk="Өртке қарсы нұсқама")
    guard = GuardFactory(family_name="Сейтқали", given_name="Мәди", patronymic="")
    return {"school": post.school, "agency": agency, "guard": guard}


def test_every_rule_is_told_by_a_presenter_or_has_an_example_here() -> None:
    assert {rule.code for rule in RULES} == set(PRESENTERS) | set(FLAT)


@pytest.mark.parametrize("rule", FLAT)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_value_of_the_evidence_has_a_name_and_words(rule: str, language: str, owners: dict[str, Any]) -> None:
    finding = flat_finding(rule, FLAT[rule], **owners)
    with translation.override(language):
        told = proof.proof(finding)
        lines = {line.label: line.value for line in told.lines}
        lists = {kind: rows for kind, rows in FLAT[rule].items() if kind in ORDER}
        assert len(lines) == len(finding.evidence) - len(lists)
        assert not [label for label in lines if "_" in label or label in finding.evidence]
        assert not [value for value in lines.values() if "_" in value or not value]
        assert told.title == str(next(one.title for one in RULES if one.code == rule))
        assert "Сейтқали Мәди" in told.sentence
        assert "%(" not in told.sentence
        assert told.cure
        # Shifts are told twice, the assignments of spells by the spells.
        differs = {"presence_agrees": 1, "continuity_floor": -1}.get(rule, 0)
        assert len(told.tables) == len([rows for rows in lists.values() if rows]) + differs
        words = [text for table in told.tables for head, cell in table.lines[0] for text in (head.text, cell.text)]
        words += [str(table.title) for table in told.tables]
        assert not [text for text in words if "_" in text or not text]
        assert not [text for text in words if "990101300011" in text]
        assert told.status[0] == "established"


def test_days_shares_and_identifiers_are_said_as_a_reader_knows_them(owners: dict[str, Any]) -> None:
    with translation.override("kk"):
        standing = {
            line.label: line.value
            for line in proof.proof(flat_finding("school_training", FLAT["school_training"], **owners)).lines
        }
        agreeing = [
            line.value for line in proof.proof(flat_finding("presence_agrees", FLAT["presence_agrees"], **owners)).lines
        ]
        quarter = [
            line.value
            for line in proof.proof(flat_finding("quarterly_report", FLAT["quarterly_report"], **owners)).lines
        ]
    assert {"Двор", "02.03.2026", "Өртке қарсы нұсқама", "—"} <= set(standing.values())
    assert {"12,0\N{NO-BREAK SPACE}%", "5,0\N{NO-BREAK SPACE}%", "27.08.2026 – 24.11.2026"} <= set(agreeing)
    assert "2026 ж. 3-тоқсан" in quarter


def test_a_list_of_records_becomes_the_rows(owners: dict[str, Any]) -> None:
    rows = [{"post": "P7", "vacant_days": 4}, {"post": "P8", "vacant_days": 5, "positions": 2}]
    told = proof.proof(flat_finding("quarterly_report", {"somewhere": rows}, **owners))
    assert [[cell.text for cell in row] for row in told.tables[0].rows] == [["Двор", "4", "—"], ["P8", "5", "2"]]
    assert [head.text for head in told.tables[0].heads] == ["Post", "Days of vacant positions", "Positions"]


def test_what_was_counted_is_shown_kind_by_kind(owners: dict[str, Any]) -> None:
    told = proof.proof(flat_finding("post_covered", FLAT["post_covered"], **owners))
    titles = [str(table.title) for table in told.tables]
    assert titles == ["Assignments", "Contracts of guarding", "Posts", "Open days by the calendar"]
    assert [table.note for table in told.tables] == ["1", "1", "1", ""]
    rows, _contracts, posts, calendars = ([cell.text for cell in table.rows[0]] for table in told.tables)
    assert rows[2:5] == ["Двор", str(owners["agency"]), "Regular"] and rows[-2:] == ["02.03.2026", "—"]
    assert posts[2] == "12 hours"
    assert calendars[:2] == ["K7", "Mo Tu We Th Fr"]
    # What the window does not see stands in the file only.
    assert calendars[2].replace("\N{NO-BREAK SPACE}", " ") == "26.10.2026 – 01.11.2026"


def test_a_year_is_no_quantity(owners: dict[str, Any]) -> None:
    (reports,) = proof.proof(flat_finding("quarterly_report", FLAT["quarterly_report"], **owners)).tables
    assert [cell.text for cell in reports.rows[0]] == ["2026", "2", "20.07.2026"]


def test_a_guard_of_another_agency_stays_unnamed(owners: dict[str, Any]) -> None:
    row = FLAT["post_covered"]["rows"][0] | {"iin": owners["guard"].iin}
    evidence = FLAT["post_covered"] | {"rows": [row, row | {"agency_bin": "601240000012"}]}
    told = proof.proof(flat_finding("post_covered", evidence, **owners))
    own, other = (line[0].text for line in told.tables[0].rows)
    assert own.startswith("Сейтқали Мәди, ") and other == "a guard of another agency"


def test_several_kinds_of_rows_stand_in_one_file_each_with_its_kind(owners: dict[str, Any]) -> None:
    columns, records = proof.rows(flat_finding("post_covered", FLAT["post_covered"], **owners))
    told = [dict(zip(columns, record, strict=True)) for record in records]
    assert [one["record"] for one in told] == ["finding", "rows", "contracts", "posts", "calendars"]
    assert [one["vacant_days"] for one in told] == [9, None, None, None, None]
    assert (told[1]["assignment_id"], told[1]["cause_accepted"], told[3]["pattern"]) == ("A7", 0, "12h")
    assert told[4]["closures"] == "2026-10-26/2026-11-01 2026-03-21/2026-03-23"
    assert "990101300011" not in str(records)


def test_a_file_tells_guards_apart_whose_masked_numbers_are_alike(owners: dict[str, Any]) -> None:
    row = FLAT["post_covered"]["rows"][0]
    rows = [row, row | {"iin": "990202300011"}, row]
    columns, records = proof.rows(flat_finding("post_covered", FLAT["post_covered"] | {"rows": rows}, **owners))
    told = [dict(zip(columns, record, strict=True)) for record in records if record[0] == "rows"]
    assert len({one["iin_masked"] for one in told}) == 1
    assert [one["guard_no"] for one in told] == [1, 2, 1]


def test_a_file_says_nothing_of_a_guard_of_another_agency_but_that_he_is_one(owners: dict[str, Any]) -> None:
    other = FLAT["post_covered"]["rows"][0] | {"agency_bin": "601240000012"}
    columns, records = proof.rows(flat_finding("post_covered", FLAT["post_covered"] | {"rows": [other]}, **owners))
    (told,) = (dict(zip(columns, record, strict=True)) for record in records if record[0] == "rows")
    assert (told["guard_no"], told["iin_masked"]) == (1, None)


def test_the_rows_as_a_file_hide_the_middle_of_an_iin(owners: dict[str, Any]) -> None:
    rows = [{"iin": owners["guard"].iin, "age": 17}]
    columns, records = proof.rows(flat_finding("post_covered", {"guards": rows, "post": "P7"}, **owners))
    assert columns == ["record", "day", "post", "guard_no", "iin_masked", "age"]
    assert records == [
        ["finding", "2026-11-24", "P7", None, None, None],
        ["guards", None, None, 1, owners["guard"].masked_iin, 17],
    ]


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"unheard_of": "text"},
        {"nested": {"post": "P7", "first_day": "2026-01-01"}, "list": [1, 2.5, None, True], "empty": []},
        {"iin": "990101000000", "post": "none", "agency_bin": "none", "module": "none", "window": ["2026-01-01"]},
    ],
)
def test_no_evidence_breaks_the_proof(evidence: dict[str, Any], owners: dict[str, Any]) -> None:
    """Neither that of an older engine nor that of a rule to come."""
    finding = flat_finding("staffing_norm", evidence, **owners)
    told = proof.proof(finding)
    assert f"clause {finding.version.clause.number} does not hold" in told.sentence
    assert finding.version.text in told.sentence
    assert len(proof.rows(finding)[1]) == 1


def test_a_rule_that_is_no_more_is_named_by_its_clause(owners: dict[str, Any]) -> None:
    finding = flat_finding("staffing_norm", FLAT["staffing_norm"], **owners)
    finding.version.rule = "abolished"
    assert isinstance(proof.presenter(finding), FlatProof)
    assert proof.name(finding) == f"Clause {finding.version.clause.number}"
    assert proof.proof(finding).title == proof.name(finding)


def test_a_strength_is_the_status_where_chance_had_to_be_ruled_out(owners: dict[str, Any]) -> None:
    finding = flat_finding("staffing_norm", FLAT["staffing_norm"], **owners)
    assert proof.status(finding) == ("established", "By the records")
    finding.strength = Finding.Strength.INDICATED
    assert proof.status(finding) == ("indicated", "Indicated")


def test_a_module_is_told_by_its_title_in_the_readers_language_and_kept_by_its_code(owners: dict[str, Any]) -> None:
    finding = flat_finding("school_training", FLAT["school_training"], **owners)
    with translation.override("kk"):
        told = proof.proof(finding)
    assert "Өртке қарсы нұсқама" in told.sentence
    assert "Өртке қарсы нұсқама" in told.cure
    assert "M7" not in told.sentence + told.cure
    assert finding.evidence["module"] == "M7"


def test_a_module_that_is_no_more_is_told_by_its_code(owners: dict[str, Any]) -> None:
    finding = flat_finding("school_training", FLAT["school_training"] | {"module": "gone"}, **owners)
    assert "gone" in proof.proof(finding).sentence
