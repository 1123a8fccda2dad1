"""A paper is claimed by the agency and answered by the regulator; what was answered is not rewritten."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from access.roles import Role
from audit.models import Event
from files.intake import Taken
from files.models import StoredFile
from guards.actions import add_paper, correct_paper, delete_paper, doubt_paper, verify_paper
from guards.models import Credential
from guards.refusals import Refused
from tests.factories import (
    AssignmentFactory,
    CredentialFactory,
    EmploymentFactory,
    MembershipFactory,
    StoredFileFactory,
)

pytestmark = pytest.mark.django_db
SCAN = Taken(b"%PDF-1.7\n", "application/pdf", "scan.pdf")


@pytest.fixture
def manager() -> Any:
    return MembershipFactory()


@pytest.fixture
def officer() -> Any:
    return MembershipFactory(role=Role.REGULATOR)


@pytest.fixture
def paper(manager: Any) -> Any:
    guard = EmploymentFactory(agency=manager.agency).guard
    return CredentialFactory(guard=guard, number="A-1")


def claim(manager: Any, paper: Any, **changed: Any) -> Credential:
    values: dict[str, Any] = {"kind": "medical_certificate", "number": "A-2", "valid_until": date(2031, 1, 1)}
    return add_paper(guard=paper.guard, **(values | changed), by=manager)


def test_a_paper_is_claimed_with_its_scan(manager: Any, paper: Any) -> None:
    made = claim(manager, paper, scan=SCAN)
    assert made.scan is not None
    assert made.scan.content.read() == SCAN.content
    assert made in Credential.objects.waiting()
    assert Event.objects.get(verb="paper_added").details["number"] == "A-2"


def test_one_that_lasts_longer_takes_the_place_of_the_one_before(manager: Any, paper: Any) -> None:
    assert set(Credential.objects.current()) == {paper}
    longer = claim(manager, paper)
    assert set(Credential.objects.current()) == {longer}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": "A-1"}, "number"),
        ({"kind": "passport"}, "kind"),
        ({"issued_on": date(2030, 1, 1)}, "issued_on"),
        ({"issued_on": date(2020, 1, 2), "valid_until": date(2020, 1, 1)}, "valid_until"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_by_its_field(
    manager: Any, paper: Any, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        claim(manager, paper, **changed)
    assert refused.value.field == field


def test_a_verified_paper_bears_name_and_day(officer: Any, paper: Any) -> None:
    verify_paper(paper=paper, by=officer)
    paper.refresh_from_db()
    assert (paper.verified_on, paper.verified_by) == (timezone.localdate(), officer.user.full_name)
    assert not Credential.objects.waiting().exists()


def test_no_paper_is_verified_twice(officer: Any, paper: Any) -> None:
    verify_paper(paper=paper, by=officer)
    with pytest.raises(Refused, match="verified already"):
        verify_paper(paper=paper, by=officer)


def test_the_regulator_says_what_is_wrong_even_with_one_that_was_verified(officer: Any, paper: Any) -> None:
    verify_paper(paper=paper, by=officer)
    doubt_paper(paper=paper, words=" Not in the register of the centre. ", by=officer)
    paper.refresh_from_db()
    assert not paper.is_verified
    assert paper.doubt == "Not in the register of the centre."


def test_a_doubt_without_words_is_refused(officer: Any, paper: Any) -> None:
    with pytest.raises(Refused) as refused:
        doubt_paper(paper=paper, words=" ", by=officer)
    assert refused.value.field == "words"


def test_a_corrected_paper_waits_again(manager: Any, officer: Any, paper: Any) -> None:
    doubt_paper(paper=paper, words="No such number.", by=officer)
    correct_paper(paper=paper, kind=paper.kind, number="A-7", valid_until=paper.valid_until, by=manager)
    paper.refresh_from_db()
    assert (paper.number, paper.doubt) == ("A-7", "")
    assert paper in Credential.objects.waiting()
    assert Event.objects.get(verb="paper_corrected").details["before"]["number"] == "A-1"


def test_a_new_scan_takes_the_place_of_the_one_before(
    manager: Any, paper: Any, django_capture_on_commit_callbacks: Any
) -> None:
    paper.scan = before = StoredFileFactory()
    paper.save()
    storage, name = before.content.storage, before.content.name
    with django_capture_on_commit_callbacks(execute=True):
        correct_paper(paper=paper, kind=paper.kind, number="A-1", scan=SCAN, by=manager)
    assert not storage.exists(name)
    paper.refresh_from_db()
    assert paper.scan == StoredFile.objects.get()


def test_a_verified_paper_is_not_rewritten(manager: Any, officer: Any, paper: Any) -> None:
    verify_paper(paper=paper, by=officer)
    with pytest.raises(Refused, match="has verified this paper"):
        correct_paper(paper=paper, kind=paper.kind, number="A-7", by=manager)


def test_a_verified_paper_is_not_deleted(manager: Any, officer: Any, paper: Any) -> None:
    verify_paper(paper=paper, by=officer)
    with pytest.raises(Refused, match="has verified this paper"):
        delete_paper(paper=paper, by=manager)


def test_a_paper_that_a_director_relied_on_is_not_deleted(manager: Any, paper: Any) -> None:
    assignment = AssignmentFactory(guard=paper.guard, agency=manager.agency)
    with pytest.raises(Refused, match="agreed to this guard") as refused:
        delete_paper(paper=paper, by=manager)
    assert assignment.post.school.name in str(refused.value)


def test_a_paper_entered_by_mistake_is_deleted_with_its_scan(
    manager: Any, paper: Any, django_capture_on_commit_callbacks: Any
) -> None:
    paper.scan = StoredFileFactory()
    paper.save()
    AssignmentFactory(guard=paper.guard, agency=manager.agency, proposal=True)
    with django_capture_on_commit_callbacks(execute=True):
        delete_paper(paper=paper, by=manager)
    assert not Credential.objects.exists()
    assert not StoredFile.objects.exists()
    assert Event.objects.filter(verb="paper_deleted").exists()


def test_the_regulators_answer_names_agency_and_school(officer: Any, manager: Any, paper: Any) -> None:
    assignment = AssignmentFactory(guard=paper.guard, agency=manager.agency)
    verify_paper(paper=paper, by=officer)
    event = Event.objects.get(verb="paper_verified")
    assert set(event.mentions.values_list("key", flat=True)) == {
        f"guards.guard:{paper.guard.public_id}",
        f"agencies.agency:{manager.agency.public_id}",
        f"schools.school:{assignment.post.school.public_id}",
    }
