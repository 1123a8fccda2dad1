"""Answering a finding: what is kept, what is refused, and that nothing is judged by it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import translation

from access.roles import Role
from audit.models import Event
from compliance.actions import MOST_FILES, answer_finding
from compliance.models import Answer, Evaluation, Finding
from files.intake import PDF, Taken
from guards.refusals import Refused
from tests.compliance.registers import DAY, noon
from tests.factories import AssignmentFactory, MembershipFactory

ORDER = Taken(b"%PDF-1.7\n", PDF, "order.pdf")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(DAY), tick=False), translation.override("en"):
        yield


@pytest.fixture
def finding(db: None) -> Finding:
    AssignmentFactory(status="proposed", confirmed_on=None, first_day=DAY - timedelta(days=40))
    call_command("evaluate", verbosity=0)
    return Finding.objects.get(version__rule="director_confirmation")


@pytest.fixture
def manager(finding: Finding) -> Any:
    return MembershipFactory(agency=finding.agency)


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)
    assert not Answer.objects.exists()


def test_an_answer_is_kept_with_its_files_and_its_day(finding: Finding, manager: Any) -> None:
    by = DAY + timedelta(days=14)
    answer = answer_finding(
        finding=finding, text=" An order was issued. ", remedy_by=by, attachments=[ORDER], by=manager
    )
    assert (answer.text, answer.remedy_by, answer.given_by) == (
        "An order was issued.",
        by,
        manager.user.get_full_name(),
    )
    assert [file.name for file in answer.files.all()] == ["order.pdf"]
    assert list(Finding.objects.answered()) == [finding]
    assert finding not in Finding.objects.unanswered()


def test_the_event_is_about_the_finding_alone_and_nothing_is_judged(finding: Finding, manager: Any) -> None:
    evidence, judged = finding.evidence, Evaluation.objects.count()
    answer_finding(finding=finding, text="An order was issued.", by=manager)
    event = Event.objects.about(finding).get()
    assert event.verb == "finding_answered"
    assert [mention.key.partition(":")[0] for mention in event.mentions.all()] == ["compliance.finding"]
    finding.refresh_from_db()
    assert (finding.evidence, finding.closed_on, Evaluation.objects.count()) == (evidence, None, judged)


def test_the_agency_may_answer_again(finding: Finding, manager: Any) -> None:
    for text in ("First", "Second"):
        answer_finding(finding=finding, text=text, by=manager)
    assert [answer.text for answer in finding.answers.all()] == ["Second", "First"]


def test_only_the_agency_concerned_answers(finding: Finding) -> None:
    says = "A finding is answered by the agency that it is about."
    for by in (MembershipFactory(), MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=finding.school)):
        refused(lambda by=by: answer_finding(finding=finding, text="Not ours", by=by), says)


@pytest.mark.parametrize(
    ("asked", "says", "field"),
    [
        ({"text": " "}, "Explain in words: the regulator reads them with the proof.", "text"),
        (
            {"remedy_by": DAY - timedelta(days=1)},
            "24 November 2026 is past: the day of the remedy is today or later.",
            "remedy_by",
        ),
        ({"attachments": [ORDER] * (MOST_FILES + 1)}, "Attach at most 10 files.", "attachments"),
    ],
)
def test_what_is_amiss_is_named_by_its_field(
    finding: Finding, manager: Any, asked: dict[str, Any], says: str, field: str
) -> None:
    refused(lambda: answer_finding(**({"finding": finding, "text": "So", "by": manager} | asked)), says, field)


def test_a_closed_finding_needs_no_answer(finding: Finding, manager: Any) -> None:
    Finding.objects.filter(pk=finding.pk).update(closed_on=DAY)
    refused(
        lambda: answer_finding(finding=finding, text="Late", by=manager), "This finding is closed: it needs no answer."
    )


def test_an_answer_is_seen_by_its_agency_and_the_regulators_alone(finding: Finding, manager: Any) -> None:
    answer = answer_finding(finding=finding, text="So", by=manager)
    sees = {
        "agency": manager,
        "region": MembershipFactory(role=Role.REGULATOR, region=finding.region),
        "country": MembershipFactory(role=Role.REGULATOR),
    }
    sees_not = [MembershipFactory(), MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=finding.school), None]
    assert {who: list(Answer.objects.visible_to(one)) for who, one in sees.items()} == {who: [answer] for who in sees}
    assert [list(Answer.objects.visible_to(one)) for one in sees_not] == [[], [], []]
