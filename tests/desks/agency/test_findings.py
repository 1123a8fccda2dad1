"""Findings against the agency, and the proof of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from compliance.models import Finding
from tests.desks.fragments import assert_fragment_equals_page


def late_proposals(desk: Any, count: int) -> None:
    """So many guards whom the director did not confirm for too long, found today."""
    for _ in range(count):
        desk.proposal(desk.post(), first_day=desk.today - timedelta(days=40))
    call_command("evaluate", verbosity=0)


@pytest.fixture
def finding(desk: Any) -> Finding:
    late_proposals(desk, 1)
    return Finding.objects.get(version__rule="director_confirmation")


def shown(desk: Any, **query: str) -> set[Finding]:
    return set(desk.client.get(desk.url("findings"), query).context["page"].rows)


def test_a_finding_stands_with_its_number_its_school_and_its_day(desk: Any, finding: Finding) -> None:
    page = desk.get("findings")
    assert finding.number in page
    assert str(finding.school) in page
    assert f"{desk.today:%d.%m.%Y}" in page
    assert desk.url("finding", finding) in page


def test_an_agency_without_findings_is_told_so(desk: Any) -> None:
    assert "Nothing is held against you" in desk.get("findings")


def test_findings_are_found_by_state_and_strength(desk: Any, finding: Finding) -> None:
    everything = set(Finding.objects.filter(agency=desk.agency))
    Finding.objects.filter(pk=finding.pk).update(closed_on=desk.today, strength="indicated")
    assert shown(desk, state="closed") == {finding}
    assert shown(desk, state="open") == everything - {finding}
    assert shown(desk, strength="indicated") == {finding}
    assert finding not in shown(desk, strength="by_records")
    Finding.objects.filter(pk=finding.pk).update(strength="")
    assert finding in shown(desk, strength="by_records")
    assert "No finding fits these filters" in desk.get("findings", strength="established")


def test_the_export_tells_what_the_list_tells(desk: Any, finding: Finding) -> None:
    text = desk.client.get(desk.url("findings"), {"format": "csv"}).getvalue().decode()
    assert finding.number in text


def test_the_list_alone_is_a_part_of_the_page(desk: Any, finding: Finding) -> None:
    assert_fragment_equals_page(desk.client, desk.url("findings"))


def test_twenty_findings_take_as_many_queries_as_one(desk: Any, finding: Finding) -> None:
    few = desk.queries("findings")
    late_proposals(desk, 19)
    assert desk.queries("findings") == few


def test_the_proof_stands_on_the_page_with_its_rows_to_take_away(desk: Any, finding: Finding) -> None:
    page = desk.get("finding", finding)
    assert "Arithmetic" in page
    assert "law-mark" in page
    assert desk.url("finding_rows", finding) in page


def test_the_rows_are_those_of_the_evidence_with_masked_numbers(desk: Any, finding: Finding) -> None:
    assignment = desk.agency.assignments.get()
    response = desk.client.get(desk.url("finding_rows", finding))
    text = response.getvalue().decode()
    assert response["Content-Disposition"] == f'attachment; filename="finding-{finding.number}.csv"'
    assert assignment.code in text
    assert assignment.guard.masked_iin in text
    assert assignment.guard.iin not in text
