"""What an agency answered, as the regulator reads it beside the proof and in the list."""

from typing import Any

import pytest
from django.urls import reverse

from compliance.models import Answer, Finding
from tests.desks.country import OWN, TODAY, Country, before
from tests.factories import AnswerFactory, StoredFileFactory

LIST = reverse("regulator:findings")


@pytest.fixture
def finding(country: Country) -> Finding:
    country.suspend(country.school(OWN, leaves=0))
    country.judge()
    country.enter(region=OWN)
    return country.finding("licence_in_force")


@pytest.fixture
def answer(finding: Finding) -> Any:
    made: Answer = AnswerFactory(finding=finding, text="The licence is back", remedy_by=before(-5))
    made.files.add(StoredFileFactory(name="order.pdf"))
    return made


def page(country: Country, finding: Finding) -> str:
    return country.client.get(reverse("regulator:finding", args=[finding.public_id])).content.decode()


def test_a_finding_says_that_nobody_answered(country: Country, finding: Finding) -> None:
    text = page(country, finding)
    assert "The agency has not answered." in text
    assert "Answer the finding" not in text


def test_the_answer_stands_with_its_files_and_in_the_history(country: Country, finding: Finding, answer: Any) -> None:
    text = page(country, finding)
    assert "The licence is back" in text
    assert "5 calendar days left" in text
    assert "order.pdf" in text
    assert "The agency answered the finding" in text
    assert f"remedy by {before(-5):%d.%m.%Y}" in text


def test_the_day_of_a_remedy_says_nothing_once_the_finding_is_closed(
    country: Country, finding: Finding, answer: Any
) -> None:
    Finding.objects.filter(pk=finding.pk).update(closed_on=TODAY)
    assert "calendar days left" not in page(country, finding)


def test_findings_are_found_by_their_answer_and_the_list_tells_it(
    country: Country, finding: Finding, answer: Any
) -> None:
    def shown(value: str) -> set[Finding]:
        return set(country.client.get(LIST, {"answer": value}).context["page"].rows)

    assert shown("yes") == {finding}
    assert finding not in shown("no")
    assert "5 calendar days left" in country.client.get(LIST, {"answer": "yes"}).content.decode()
    assert "Not answered" in country.client.get(LIST, {"answer": "no"}).content.decode()


def test_the_file_tells_the_answer(country: Country, finding: Finding, answer: Any) -> None:
    text = country.client.get(LIST, {"answer": "yes", "format": "csv"}).getvalue().decode()  # type: ignore[attr-defined]
    assert f"{before(-5):%d.%m.%Y}" in text
