"""Answering a finding: the form, what stands beside the proof, the days left, the document."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from compliance.models import Answer, Finding
from desks import formats
from tests.factories import AnswerFactory

DAY = "%d.%m.%Y"
PDF = b"%PDF-1.7\n"


@pytest.fixture
def finding(desk: Any) -> Finding:
    desk.proposal(desk.post(), first_day=desk.today - timedelta(days=40))
    call_command("evaluate", verbosity=0)
    return Finding.objects.get(version__rule="director_confirmation")


def sent(desk: Any, **change: Any) -> dict[str, Any]:
    return {"text": "An order was issued.", "remedy_by": f"{desk.today + timedelta(days=14):{DAY}}"} | change


def test_a_finding_without_an_answer_leads_to_the_form(desk: Any, finding: Finding) -> None:
    page = desk.get("finding", finding)
    assert "The agency has not answered." in page
    assert desk.url("answer", finding) in page
    assert finding.number in desk.get("answer", finding)


def test_the_answer_stands_beside_the_proof_with_its_files_and_its_day(desk: Any, finding: Finding) -> None:
    files = [SimpleUploadedFile("order.pdf", PDF), SimpleUploadedFile("list.exe", PDF)]
    reply = desk.client.post(desk.url("answer", finding), sent(desk, attachments=files), follow=True)
    assert reply.redirect_chain == [(desk.url("finding", finding), 302)]
    answer = Answer.objects.get()
    assert [file.name for file in answer.files.order_by("pk")] == ["order.pdf", "list.pdf"]
    page = reply.content.decode()
    assert f"Your answer to finding №\N{NO-BREAK SPACE}{finding.number} is sent." in page
    assert "An order was issued." in page
    assert f"Remedy by {answer.remedy_by:{DAY}}: 14 calendar days left" in page
    assert "The agency answered the finding" in page
    for file in answer.files.all():
        assert reverse("private:answer_file", args=[answer.public_id, file.public_id]) in page


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": ""}, "Explain in words: the regulator reads them with the proof."),
        ({"remedy_by": "tomorrow"}, "Type a day as day, month and year: 30.11.2026."),
        ({"remedy_by": "01.01.2020"}, "the day of the remedy is today or later."),
        ({"attachments": [SimpleUploadedFile("order.pdf", b"MZ\x00")]}, "The content of this file is none of these"),
    ],
)
def test_a_fault_comes_back_filled_and_sends_nothing(
    desk: Any, finding: Finding, change: dict[str, Any], error: str
) -> None:
    page = desk.client.post(desk.url("answer", finding), sent(desk, **change)).content.decode()
    assert error in page
    assert ("An order was issued." in page) == ("text" not in change)
    assert not Answer.objects.exists()


def test_a_closed_finding_is_not_answered(desk: Any, finding: Finding) -> None:
    Finding.objects.update(closed_on=desk.today)
    assert desk.url("answer", finding) not in desk.get("finding", finding)
    assert "This finding is closed" in desk.get("answer", finding)
    desk.client.post(desk.url("answer", finding), sent(desk))
    assert not Answer.objects.exists()


def test_findings_are_found_by_whether_they_are_answered(desk: Any, finding: Finding) -> None:
    def shown(value: str) -> set[Finding]:
        return set(desk.client.get(desk.url("findings"), {"answer": value}).context["page"].rows)

    assert finding in shown("no")
    AnswerFactory(finding=finding)
    assert shown("yes") == {finding}
    assert finding not in shown("no")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (14, "14 calendar days left"),
        (1, "1 calendar day left"),
        (0, "Remedy by today"),
        (-2, "2 days late"),
    ],
)
def test_today_tells_the_days_open_and_the_days_left(desk: Any, finding: Finding, days: int, words: str) -> None:
    assert "opened today" in desk.get("today")
    Finding.objects.filter(pk=finding.pk).update(opened_on=desk.today - timedelta(days=3))
    assert f"open for {formats.days(3)}" in desk.get("today")
    assert "Not answered" in desk.get("today")
    AnswerFactory(finding=finding, remedy_by=desk.today + timedelta(days=days))
    assert words in desk.get("today")
    assert words in desk.get("findings")


def test_the_navigation_counts_findings_without_an_answer(desk: Any, finding: Finding) -> None:
    def counted() -> int:
        (item,) = [one for one in desk.client.get(desk.url("findings")).context["navigation"].items
                   if one.url == desk.url("findings")]  # fmt: skip
        return item.count or 0

    before = counted()
    AnswerFactory(finding=finding)
    assert counted() == before - 1


def test_twenty_answers_take_as_many_queries_as_one(desk: Any, finding: Finding) -> None:
    AnswerFactory(finding=finding)
    few = desk.queries("finding", finding), desk.queries("findings"), desk.queries("today")
    for _ in range(19):
        AnswerFactory(finding=finding)
    assert (desk.queries("finding", finding), desk.queries("findings"), desk.queries("today")) == few


def test_the_document_is_the_agencys_too(desk: Any, finding: Finding) -> None:
    assert desk.url("finding_pdf", finding) in desk.get("finding", finding)
    answer = desk.client.get(desk.url("finding_pdf", finding))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="finding-{finding.number}.pdf"'
    assert answer.content.startswith(b"%PDF")
