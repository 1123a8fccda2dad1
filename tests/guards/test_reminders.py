"""Letters about papers and training that run out: each window of each once, to the managers of the agency."""

from datetime import date, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from guards import reminders
from guards.actions import correct_paper
from guards.models import Reminder
from guards.reminders import send_due_reminders, window_of
from tests.factories import (
    AssignmentFactory,
    CredentialFactory,
    EmploymentFactory,
    MembershipFactory,
    ModuleFactory,
    PostFactory,
    RequirementFactory,
    TrainingRecordFactory,
)

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


def one_asks(manager: Any, guard: Any, *, months: int = 12, scope: str = "school") -> tuple[Any, Any]:
    """A school that asks for a module, and the guard who stands there for the agency."""
    post = PostFactory()
    module = ModuleFactory(scope=scope, valid_months=months)
    RequirementFactory(school=post.school, module=module, first_day=after(-500))
    AssignmentFactory(guard=guard, post=post, agency=manager.agency, first_day=after(-400), status="confirmed")
    return post.school, module


def test_training_that_a_school_asks_for_is_written_of_as_a_paper_is(manager: Any, guard: Any) -> None:
    school, module = one_asks(manager, guard)
    TrainingRecordFactory(guard=guard, module=module, school=school, completed_on=date(2025, 12, 25))
    for day in range(-31, 35):
        for _run in range(2):
            send_due_reminders(after(day))
    assert len(mail.outbox) == Reminder.objects.count() == 3
    assert all(letter.body.count("25.12.2026") == 2 and module.title_ru in letter.body for letter in mail.outbox)


def test_one_letter_speaks_of_papers_and_training(manager: Any, guard: Any) -> None:
    school, module = one_asks(manager, guard)
    TrainingRecordFactory(guard=guard, module=module, school=school, completed_on=date(2025, 12, 1))
    paper = CredentialFactory(guard=guard, valid_until=after(5))
    assert send_due_reminders(TODAY) == 1
    (letter,) = mail.outbox
    assert module.title_ru in letter.body and paper.number in letter.body
    assert letter.subject.count("2") == 2


def test_training_that_was_repeated_is_not_written_of(manager: Any, guard: Any) -> None:
    school, module = one_asks(manager, guard)
    for day in (date(2025, 12, 1), date(2026, 11, 1)):
        TrainingRecordFactory(guard=guard, module=module, school=school, completed_on=day)
    assert send_due_reminders(TODAY) == 0


def test_the_same_module_at_another_school_repeats_nothing(manager: Any, guard: Any) -> None:
    school, module = one_asks(manager, guard)
    TrainingRecordFactory(guard=guard, module=module, school=school, completed_on=date(2025, 12, 1))
    TrainingRecordFactory(guard=guard, module=module, school=PostFactory().school, completed_on=date(2026, 11, 1))
    assert send_due_reminders(TODAY) == 1


def test_a_general_module_is_written_of_where_a_school_asks_for_it(manager: Any, guard: Any) -> None:
    _school, module = one_asks(manager, guard, scope="general")
    TrainingRecordFactory(guard=guard, module=module, school=None, completed_on=date(2025, 12, 1))
    assert send_due_reminders(TODAY) == 1


def test_training_for_which_nobody_asks_any_more_is_not_written_of(manager: Any, guard: Any) -> None:
    school, module = one_asks(manager, guard)
    TrainingRecordFactory(guard=guard, module=module, school=school, completed_on=date(2025, 12, 1))
    school.requirements.update(last_day=after(-1))
    assert send_due_reminders(TODAY) == 0


def test_two_workers_at_the_same_moment_write_one_letter(guard: Any, monkeypatch: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(7))

    def as_seen_before(agency: Any, ending: Any, today: date) -> Any:
        return {reminders.about(agency, one, today): one for one in ending}

    # Both have asked before either has written.
    monkeypatch.setattr(reminders, "_unspoken", as_seen_before)
    assert [send_due_reminders(TODAY) for _worker in range(2)] == [1, 0]
    assert len(mail.outbox) == Reminder.objects.count() == 1


def test_a_letter_that_fails_keeps_no_other_agency_from_its_own(guard: Any, monkeypatch: Any) -> None:
    CredentialFactory(guard=guard, valid_until=after(7))
    other = MembershipFactory()
    CredentialFactory(guard=EmploymentFactory(agency=other.agency).guard, valid_until=after(7))
    sent = reminders.send_mail

    def broken(subject: str, body: str, sender: str, addresses: list[str]) -> int:
        if other.user.email in addresses:
            raise SMTPServerDisconnected("Gone away.")
        return int(sent(subject, body, sender, addresses))

    with monkeypatch.context() as patched:
        patched.setattr(reminders, "send_mail", broken)
        assert send_due_reminders(TODAY) == 1
    assert send_due_reminders(TODAY) == 1
    assert mail.outbox[-1].to == [other.user.email]


def test_all_agencies_are_asked_for_at_once(manager: Any, guard: Any) -> None:
    """The number of queries grows with the letters, by a few for each, and not with what they speak of."""

    def queries() -> int:
        Reminder.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            send_due_reminders(TODAY)
        return len(asked)

    school, module = one_asks(manager, guard)
    TrainingRecordFactory(guard=guard, module=module, school=school, completed_on=date(2025, 12, 1))
    CredentialFactory(guard=guard, valid_until=after(7))
    of_one = queries()
    for _more in range(5):
        further = EmploymentFactory(agency=manager.agency).guard
        AssignmentFactory(guard=further, post=school.posts.get(), agency=manager.agency, status="confirmed")
        TrainingRecordFactory(guard=further, module=module, school=school, completed_on=date(2025, 12, 1))
        CredentialFactory(guard=further, valid_until=after(7))
    assert queries() == of_one
