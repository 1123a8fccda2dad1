"""Letters about papers that run out: each window of each paper once, to the managers of the agency."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from access.roles import Role
from guards.actions import correct_paper
from guards.models import Reminder
from guards.reminders import send_due_reminders, window_of
from tests.factories import CredentialFactory, EmploymentFactory, MembershipFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def manager() -> Any:
    return MembershipFactory()


@pytest.fixture
def guard(manager: Any) -> Any:
    return EmploymentFactory(agency=manager.agency).guard


@pytest.mark.parametrize(
    ("left", "window"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_a_paper_stands_in_the_narrowest_window(left: int, window: int | None) -> None:
    assert window_of(after(left), TODAY) == window


def test_a_letter_names_guard_paper_and_days_in_both_languages(manager: Any, guard: Any) -> None:
    paper = CredentialFactory(guard=guard, valid_until=after(30))
    assert send_due_reminders(TODAY) == 1
    (letter,) = mail.outbox
    assert letter.to == [manager.user.email]
    assert letter.body.count(guard.full_name) == letter.body.count(paper.number) == 2
    assert letter.body.count("25.12.2026") == 2


def test_one_letter_speaks_of_all_papers_of_an_agency(manager: Any, guard: Any) -> None:
    papers = [
        CredentialFactory(guard=guard, kind=kind, valid_until=after(5))
        for kind in ("weapon_permit", "medical_certificate")
    ]
    assert send_due_reminders(TODAY) == 1
    assert all(paper.number in mail.outbox[0].body for paper in papers)


def test_each_window_is_written_of_exactly_once(guard: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(61))
    for day in range(64):
        for _run in range(2):
            send_due_reminders(after(day))
    assert len(mail.outbox) == Reminder.objects.count() == 3


def test_a_paper_entered_late_is_written_of_in_its_narrowest_window_alone(guard: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(3))
    send_due_reminders(TODAY)
    send_due_reminders(after(1))
    assert len(mail.outbox) == 1


def test_a_renewed_paper_is_not_written_of(guard: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(30))
    CredentialFactory(guard=guard, valid_until=after(400))
    assert send_due_reminders(TODAY) == 0


def test_the_renewed_paper_is_written_of_in_its_own_time(guard: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(7))
    send_due_reminders(TODAY)
    CredentialFactory(guard=guard, valid_until=after(60))
    send_due_reminders(TODAY)
    assert len(mail.outbox) == 2


def test_a_paper_corrected_to_end_on_another_day_is_written_of_anew(manager: Any, guard: Any) -> None:
    paper = CredentialFactory(guard=guard, valid_until=after(7))
    send_due_reminders(TODAY)
    correct_paper(paper=paper, kind=paper.kind, number=paper.number, valid_until=after(6), by=manager)
    send_due_reminders(TODAY)
    assert len(mail.outbox) == 2


def test_only_the_present_agencys_managers_are_written_to(manager: Any, guard: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(7))
    former = MembershipFactory()
    EmploymentFactory(guard=guard, agency=former.agency, last_day=after(-1))
    MembershipFactory(agency=manager.agency, ended_on=TODAY)
    MembershipFactory(role=Role.REGULATOR)
    colleague = MembershipFactory(agency=manager.agency)
    send_due_reminders(TODAY)
    (letter,) = mail.outbox
    assert set(letter.to) == {manager.user.email, colleague.user.email}


def test_an_agency_without_a_manager_is_written_to_once_it_has_one(guard: Any, manager: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(7))
    manager.ended_on = TODAY
    manager.save()
    assert send_due_reminders(TODAY) == 0
    MembershipFactory(agency=manager.agency)
    assert send_due_reminders(after(1)) == 1


def test_what_could_not_be_sent_is_sent_next_time(guard: Any, monkeypatch: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(7))

    def broken(*args: Any, **options: Any) -> int:
        raise OSError("No mail server.")

    with monkeypatch.context() as patched:
        patched.setattr("guards.reminders.send_mail", broken)
        assert send_due_reminders(TODAY) == 0
    assert not Reminder.objects.exists()
    assert send_due_reminders(TODAY) == 1
