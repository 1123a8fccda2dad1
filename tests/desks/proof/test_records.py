"""Proofs of what the records show by themselves: a licence, a confirmation that did not come, silence."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from agencies.models import Contract, Licence, LicenceEvent
from compliance.models import ClauseVersion
from desks import proof
from guards.models import Assignment
from schools.models import School
from tests.desks.country import TODAY, Country, before
from tests.factories import AssignmentFactory, LicenceEventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def school(country: Country) -> School:
    return country.school(leaves=0)  # type: ignore[no-any-return]


def values(told: proof.Proof) -> dict[str, str]:
    return {line.label: line.value for line in told.lines}


@pytest.mark.parametrize(
    ("event", "words"),
    [("suspended", "is suspended since"), ("revoked", "was revoked on"), ("annulled", "was annulled on")],
)
def test_a_licence_that_is_not_in_force(country: Country, school: School, event: str, words: str) -> None:
    licence = school.contracts.get().licence
    assert licence
    LicenceEventFactory(licence=licence, on=before(30), event=event, basis="Приказ № 12")
    country.judge()
    told = proof.proof(country.finding("licence_in_force"))
    assert words in told.sentence
    assert licence.number in told.sentence
    assert told.status == ("established", "By the records")
    assert values(told)["Its state on the day judged"] == str(LicenceEvent.Kind(event).label)
    assert [[cell.text for cell in row] for row in told.tables[0].rows][1] == [
        f"{before(30):%d.%m.%Y}", str(LicenceEvent.Kind(event).label), "Приказ № 12",
    ]  # fmt: skip


def test_a_contract_that_names_no_licence(country: Country, school: School) -> None:
    Contract.objects.update(licence=None)
    Licence.objects.all().delete()
    country.judge()
    finding = country.finding("licence_in_force")
    told = proof.proof(finding)
    assert "names no licence" in told.sentence
    assert told.tables == []
    assert proof.rows(finding)[1][0][5] is None


def test_what_happened_to_the_licence_later_is_no_part_of_the_proof(country: Country, school: School) -> None:
    country.suspend(school)
    country.judge()
    finding = country.finding("licence_in_force")
    before_it = [row[0].text for row in proof.proof(finding).tables[0].rows]
    licence = school.contracts.get().licence
    LicenceEventFactory(licence=licence, on=TODAY.replace(day=30), event="resumed")
    # What is entered, or corrected, of a day before it is none either.
    LicenceEventFactory(licence=licence, on=before(90), event="suspended")
    assert [row[0].text for row in proof.proof(finding).tables[0].rows] == before_it


def test_a_licence_of_another_subtype(country: Country, school: School) -> None:
    School.objects.update(vulnerable_since=before(900))
    Licence.objects.update(subtype=Licence.Subtype.EXCEPT_VULNERABLE)
    country.judge()
    told = proof.proof(country.finding("licence_subtype"))
    assert f"vulnerable to terrorism since {before(900):%d.%m.%Y}" in told.sentence
    assert values(told)["Its subtype"] == str(Licence.Subtype.EXCEPT_VULNERABLE.label)


@pytest.fixture
def proposal(country: Country, school: School) -> Assignment:
    post = school.posts.get()
    agency = school.contracts.get().agency
    proposal: Assignment = AssignmentFactory(proposal=True, post=post, agency=agency, first_day=before(30))
    country.judge()
    return proposal


def test_a_guard_whom_nobody_confirmed(country: Country, proposal: Assignment) -> None:
    finding = country.finding("director_confirmation")
    told = proof.proof(finding)
    stood = finding.evidence["open_days_stood"]
    assert told.sentence.startswith(
        f"{proposal.guard.full_name} has stood at {proposal.post.school} for {stood} open days"
    )
    assert values(told)["Beyond the limit"] == str(stood - 3)
    assert told.verdict == f"More open days than allowed: {stood} > 3"
    assert proof.rows(finding)[1][0][1] == proposal.guard.masked_iin
    assert told.today == ""


def test_a_later_confirmation_is_told_beside_what_was_judged(country: Country, proposal: Assignment) -> None:
    finding = country.finding("director_confirmation")
    Assignment.objects.filter(pk=proposal.pk).update(status="confirmed", confirmed_on=TODAY)
    assert proof.proof(finding).today == "Since then the director has confirmed: on 24.11.2026."
    Assignment.objects.filter(pk=proposal.pk).update(status="declined", confirmed_on=None)
    assert "declined" in proof.proof(finding).today


def test_silence_is_told_over_the_window_of_the_limit_in_force(country: Country) -> None:
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school").clause
    ClauseVersion.objects.create(
        clause=clause, effective_from=TODAY, rule="turnover_limit", parameters={"level": "school", "window_days": 180}
    )
    country.silent_school()
    country.judge()
    told = proof.proof(country.finding("measurable"))
    assert "who served in the 180 days up to 24.11.2026" in told.sentence
    assert [line.made_of for line in told.lines[1:]] == ["29.05.2026 – 24.11.2026", "0 ÷ 180"]


def test_a_school_that_confirmed_nothing_is_not_measurable_and_never_zero(country: Country) -> None:
    school = country.silent_school()
    country.judge()
    finding = country.finding("measurable")
    told = proof.proof(finding)
    assert told.status == ("not_measurable", "Not measurable")
    assert "turnover there cannot be measured" in told.sentence
    assert "not a zero" in told.verdict
    contract = school.contracts.get()
    assert [cell.text for cell in told.tables[0].rows[0]][:3] == [
        contract.number,
        contract.agency.name,
        contract.agency.bin,
    ]
    assert proof.rows(finding)[1] == [["2026-11-24", contract.code, contract.number, contract.agency.bin, "2020-01-01"]]
