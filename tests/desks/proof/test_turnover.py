"""The proof of turnover over its limit: every number in it comes from the evidence, and adds up."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.utils import translation

from compliance.intervals import interval, yearly_rate
from compliance.models import ClauseVersion, Finding
from desks import proof
from desks.proof.base import Line
from guards.models import Presence
from schools.models import School
from tests.desks.country import TODAY, Country, before
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def school(country: Country) -> School:
    school: School = country.school(leaves=8)
    country.judge()
    return school


def of_school(school: School) -> Finding:
    return Finding.objects.get(version__rule="turnover_limit", school=school, agency=None)


def line(finding: Finding, label: str) -> Line:
    return next(line for line in proof.proof(finding).lines if line.label == label)


def test_the_sentence_holds_the_numbers_of_the_evidence(school: School) -> None:
    finding = of_school(school)
    found = finding.evidence
    sentence = proof.proof(finding).sentence
    assert finding.strength == "established"
    leaves = "8 guards left for good (leaves in all 10, without excused ones 9)"
    assert sentence.startswith(f"{school.name}: in 365 days {leaves} at an average headcount of ")
    # Eight leaves at 2.07 would be 386 %.
    assert f"{found['average_headcount']:.3f}." in sentence and "That is 387" in sentence
    assert f"{found['settled_low']:.1f}" in sentence
    assert "chance does not explain it" in sentence


def numbers(text: str) -> list[float]:
    """The numbers of a line as a reader types them into a calculator."""
    return [float(one) for one in re.findall(r"\d+(?:\.\d+)?", text.replace("\N{NO-BREAK SPACE}", ""))]


def assert_recomputes(finding: Finding, window: int) -> None:
    """Each rate of the arithmetic is what a reader computes from the parts that stand beside it."""
    for label in ("Turnover", "Provisional leaves counted too"):
        told = line(finding, label)
        count, headcount, *_factors = numbers(told.made_of)
        assert round(count / headcount * 100 * 365 / window, 1) == pytest.approx(numbers(told.value)[0], abs=1e-9)
    told = line(finding, "Interval 95\N{NO-BREAK SPACE}%, exact (Garwood)")
    least, most, headcount, *_factors = numbers(told.made_of)
    shown = numbers(told.value.replace("\N{EN DASH}", " "))
    for count, rate in zip((least, most), shown, strict=True):
        assert round(count / headcount * 100 * 365 / window, 1) == pytest.approx(rate, abs=1e-9)


@pytest.mark.parametrize("window", [365, 400])
def test_every_rate_is_what_its_shown_parts_make(school: School, window: int) -> None:
    finding = of_school(school)
    for person_days, leaves in product((1091, 754, 365, 1825, 10_001, 77), (2, 3, 41)):
        low, high = interval(leaves, person_days)
        finding.evidence |= {
            "person_days": person_days,
            "window_days": window,
            "average_headcount": person_days / window,
            "settled_left": leaves,
            "provisional_left": 1,
            "net_left": leaves + 1,
            "settled_rate": float(yearly_rate(leaves, person_days)),
            "rate": float(yearly_rate(leaves + 1, person_days)),
            "settled_low": float(low),
            "settled_high": float(high),
        }
        assert_recomputes(finding, window)


def test_two_decimals_are_enough_where_two_are(school: School) -> None:
    finding = of_school(school)
    finding.evidence |= {"person_days": 1825, "average_headcount": 5.0, "settled_left": 4, "settled_rate": 80.0}
    finding.evidence |= {"settled_low": 21.8, "settled_high": 204.8, "provisional_left": 0}
    assert "÷ 5.00 ×" in line(finding, "Turnover").made_of


def test_an_indicated_breach_says_that_chance_could_explain_it(country: Country) -> None:
    school = country.school(leaves=3)
    country.judge()
    finding = of_school(school)
    told = proof.proof(finding)
    assert told.status == ("indicated", "Indicated")
    assert "chance could explain it" in told.sentence
    assert "the lower bound is not" in told.verdict


def test_the_arithmetic_subtracts_the_excused_and_the_provisional(school: School) -> None:
    finding = of_school(school)
    assert line(finding, "Left").value == "10"
    assert line(finding, "of them with an excused reason").value == "− 1"
    assert "Өмірқұлова Ғазиза" in line(finding, "of them with an excused reason").made_of
    assert line(finding, "of them provisional").value == "− 1"
    counted = line(finding, "Leaves that count")
    assert (counted.made_of, counted.value) == ("10 − 1 − 1", "8")
    assert line(finding, "Provisional leaves counted too").beside


def test_every_spell_of_the_window_stands_in_the_rows_and_their_days_add_up(school: School) -> None:
    finding = of_school(school)
    table = proof.proof(finding).tables[0]
    days = [int(row[4].text.replace("\N{NO-BREAK SPACE}", "")) for row in table.rows]
    assert len(table.rows) == 11
    assert sum(days) == finding.evidence["person_days"]
    assert table.total[4].text.replace("\N{NO-BREAK SPACE}", "") == str(sum(days))
    assert [row[7].sign for row in table.rows].count("left") == 8
    assert [row[7].sign for row in table.rows].count("excused") == 1
    assert [row[7].sign for row in table.rows].count("provisional") == 1


def test_the_ribbon_marks_each_leave(school: School) -> None:
    ribbon = proof.proof(of_school(school)).ribbon
    assert ribbon
    marks = [str(mark.kind) for mark in ribbon.marks]
    assert (marks.count("left"), marks.count("excused"), marks.count("provisional")) == (8, 1, 1)
    assert ribbon.window


def test_a_whole_agency_has_no_ribbon_and_names_schools_in_its_rows(school: School) -> None:
    finding = Finding.objects.get(version__rule="turnover_limit", school=None)
    told = proof.proof(finding)
    assert told.ribbon is None
    assert told.tables[0].heads[1].text == "School"
    assert {row[1].text for row in told.tables[0].rows} == {school.name}


def test_the_agency_at_the_school_is_named_with_both(school: School) -> None:
    finding = Finding.objects.get(version__rule="turnover_limit", school=school, agency__isnull=False)
    assert finding.agency
    assert proof.proof(finding).sentence.startswith(f"{finding.agency.name} at {school.name}: ")


def test_claim_and_confirmation_are_those_of_the_same_window(country: Country, school: School) -> None:
    finding = of_school(school)
    assert proof.proof(finding).claim is None
    country.attended(school, ["present", "present", "absent", ""])
    claim = proof.proof(finding).claim
    assert claim
    assert [bar.count for bar in claim.bars] == ["4", "2", "1", "1"]
    for number, shift in enumerate(Presence.objects.order_by("pk")):
        Presence.objects.filter(pk=shift.pk).update(on=before(400 + number))
    assert proof.proof(finding).claim is None


def test_today_is_told_when_the_register_says_otherwise_now(school: School) -> None:
    finding = of_school(school)
    assert proof.proof(finding).today == ""
    post = school.posts.get()
    AssignmentFactory(post=post, agency=post.assignments.all()[0].agency, first_day=before(200))
    told = proof.proof(finding)
    assert told.today.startswith("Today, 24.11.2026, it is ")
    assert line(finding, "Leaves that count").value == "8"


def test_the_rows_as_a_file_name_every_assignment_and_hide_the_iin(school: School) -> None:
    finding = of_school(school)
    columns, records = proof.rows(finding)
    assert len(records) == len(finding.evidence["rows"]) == 11
    assert {len(record) for record in records} == {len(columns)}
    assert all("•" in record[columns.index("iin_masked")] for record in records)
    left = [record for record in records if record[columns.index("leave")] == "left"]
    assert len(left) == 8


def test_the_rule_says_what_would_end_the_breach(school: School) -> None:
    assert proof.proof(of_school(school)).cure


def test_a_closed_finding_says_when_it_closed(school: School) -> None:
    finding = of_school(school)
    finding.closed_on = TODAY
    assert [entry.shape for entry in proof.proof(finding).entries] == ["ok", "established"]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (None, "Closed: the breach no longer holds as it was found"),
        ("turnover_limit", "Closed: the clause reads otherwise from 24.11.2026 on, and is judged anew by that"),
        ("", "Closed: the clause is repealed from 24.11.2026 on"),
    ],
)
def test_a_finding_that_the_law_closed_is_not_told_as_put_right(school: School, rule: str | None, told: str) -> None:
    finding = of_school(school)
    finding.closed_on = TODAY
    if rule is not None:
        read = {"rule": rule, "parameters": {"level": "school"} if rule else {}}
        ClauseVersion.objects.create(clause=finding.version.clause, effective_from=TODAY, **read)
    shown = proof.proof(finding)
    assert (shown.entries[0].sentence, shown.cure) == (told, "")
    # On paper it stays what it was on the day judged.
    assert proof.document(finding, "")["proof"].cure
