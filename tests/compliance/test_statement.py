"""What `evaluate --json` writes, key by key."""

from datetime import date, timedelta
from typing import Any

import pytest

from compliance.engine import judge
from compliance.findings import evaluate
from compliance.statement import statement
from tests.compliance.registers import DAY, confetti, noon, staffed_post
from tests.factories import AgencyFactory, AssignmentFactory, SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FIGURE_KEYS = [
    "level",
    "school_id",
    "agency_bin",
    "region",
    "measurable",
    "person_days",
    "average_headcount",
    "gross_left",
    "excused_left",
    "net_left",
    "provisional_left",
    "rate",
    "rate_low",
    "rate_high",
    "settled_rate",
    "settled_low",
    "distinct_guards",
    "continuity",
    "median_tenure_days",
    "stability",
]
FINDING_KEYS = ["clause", "rule", "strength", "school_id", "agency_bin", "iin", "opened_on", "evidence"]


def figures(said: dict[str, Any], level: str) -> list[dict[str, Any]]:
    return [row for row in said["figures"] if row["level"] == level]


def findings(said: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [row for row in said["findings"] if row["rule"] == rule]


def test_the_object_has_its_keys_and_no_others():
    confetti(2)
    said = statement(judge(DAY))
    assert list(said) == ["as_of", "engine", "paragraphs", "figures", "findings"]
    assert (said["as_of"], said["engine"]) == ("2026-11-25", "1")
    assert all(list(row) == FIGURE_KEYS for row in said["figures"])
    assert said["findings"] and all(list(row) == FINDING_KEYS for row in said["findings"])


def test_each_level_names_its_owner_and_no_other():
    post = staffed_post(2)
    code, bin_number = post.school.code, post.assignments.first().agency.bin
    said = statement(judge(DAY))
    named = {
        level: [(row["school_id"], row["agency_bin"], row["region"]) for row in figures(said, level)]
        for level in ("school", "agency_school", "agency", "region")
    }
    assert named == {
        "school": [(code, None, None)],
        "agency_school": [(code, bin_number, None)],
        "agency": [(None, bin_number, None)],
        "region": [(None, None, "35")],
    }


def test_a_row_is_worked_by_hand():
    post = confetti(2)
    (row,) = figures(statement(judge(DAY)), "school")
    days = 2 * 365 + 29 + 30
    assert row == {
        "level": "school",
        "school_id": post.school.code,
        "agency_bin": None,
        "region": None,
        "measurable": True,
        "person_days": days,
        "average_headcount": round(days / 365, 4),
        "gross_left": 2,
        "excused_left": 0,
        "net_left": 2,
        "provisional_left": 0,
        "rate": round(100 * 2 * 365 / days, 4),
        # chi2.ppf(0.025, 4) / 2 = 0.242209..., chi2.ppf(0.975, 6) / 2 = 7.224688...
        "rate_low": round(100 * 0.24220927854396496 * 365 / days, 4),
        "rate_high": round(100 * 7.224687667604042 * 365 / days, 4),
        "settled_rate": round(100 * 2 * 365 / days, 4),
        "settled_low": round(100 * 0.24220927854396496 * 365 / days, 4),
        "distinct_guards": 4,
        "continuity": round(2 * 365 / days, 4),
        "median_tenure_days": float((DAY - date(2020, 1, 1)).days + 1),
        "stability": 1.0,
    }


def test_who_has_nothing_to_measure_has_a_row():
    school, agency = SchoolFactory(), AgencyFactory()
    said = statement(judge(DAY))
    empty = dict.fromkeys(FIGURE_KEYS[4:]) | {"measurable": False, "person_days": 0, "average_headcount": 0.0}
    empty |= dict.fromkeys(("gross_left", "excused_left", "net_left", "provisional_left", "distinct_guards"), 0)
    assert figures(said, "school") == [
        {"level": "school", "school_id": school.code, "agency_bin": None, "region": None, **empty}
    ]
    assert figures(said, "agency") == [
        {"level": "agency", "school_id": None, "agency_bin": agency.bin, "region": None, **empty}
    ]


def test_figures_of_a_narrow_window_are_rounded_in_the_statement_only():
    confetti(2)
    judgement = judge(DAY)
    (row,) = figures(statement(judgement), "school")
    exact = judgement.tables["school"].row(0)
    assert row["rate"] == round(exact["rate"], 4) != exact["rate"]
    (found,) = [one for one in findings(statement(judgement), "turnover_limit") if one["evidence"]["level"] == "school"]
    inside = next(one.breach.evidence for one in judgement.breaches if one.version.rule == "turnover_limit")
    assert found["evidence"]["rate"] == row["rate"] != inside["rate"]


def test_paragraphs_are_named_with_the_day_of_their_present_edition():
    said = statement(judge(date(2021, 1, 2)))
    assert {"code": "security-activity", "effective_from": "2021-01-02"} in said["paragraphs"]
    before = statement(judge(date(2021, 1, 1)))
    assert {"code": "security-activity", "effective_from": "2000-10-19"} in before["paragraphs"]
    assert "school-guards" not in [one["code"] for one in before["paragraphs"]]


def test_findings_name_whom_they_are_about():
    post = confetti(2)
    agency = post.assignments.first().agency
    proposed = AssignmentFactory(post=post, agency=agency, first_day=date(2026, 11, 2), proposal=True)
    said = statement(judge(DAY))
    about = {
        one["evidence"]["level"]: (one["clause"], one["strength"], one["school_id"], one["agency_bin"], one["iin"])
        for one in findings(said, "turnover_limit")
    }
    assert about == {
        "school": ("school-guards/1", "indicated", post.school.code, None, None),
        "agency_school": ("school-guards/2", "indicated", post.school.code, agency.bin, None),
        "agency": ("school-guards/3", "indicated", None, agency.bin, None),
    }
    (unconfirmed,) = findings(said, "director_confirmation")
    assert (unconfirmed["strength"], unconfirmed["iin"]) == (None, proposed.guard.iin)
    assert unconfirmed["evidence"]["open_days_stood"] == 18


def test_a_finding_says_since_when_it_is_open_and_on_what_evidence(clock: Any):
    confetti(2)
    evaluate(DAY)
    later = DAY + timedelta(days=7)
    clock.move_to(noon(later))
    judgement, _ = evaluate(later)
    said = statement(judgement)
    (found,) = [one for one in findings(said, "turnover_limit") if one["evidence"]["level"] == "school"]
    assert (said["as_of"], found["opened_on"], found["evidence"]["day"]) == ("2026-12-02", "2026-11-25", "2026-11-25")


def test_a_past_day_is_told_as_it_stood(clock: Any):
    """A finding that was opened later was not open then."""
    confetti(2)
    evaluate(DAY)
    earlier = DAY - timedelta(days=3)
    (found, *_) = findings(statement(judge(earlier)), "turnover_limit")
    assert found["opened_on"] == earlier.isoformat()


def test_the_order_does_not_hang_on_the_database():
    last = SchoolFactory(code="B")
    first = SchoolFactory(code="A")
    assert last.pk < first.pk
    assert [row["school_id"] for row in figures(statement(judge(DAY)), "school")] == ["A", "B"]
