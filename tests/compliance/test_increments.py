"""Each action has judged again whom it concerns; large owners wait for a worker; the night checks it all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from access.roles import Role
from audit.recording import record
from compliance import listening
from compliance.figures import VALUES
from compliance.findings import Outcome, evaluate, rejudge
from compliance.models import Evaluation, Figure, Finding, Stale
from compliance.owners import owners_of
from compliance.predicates import RULES
from compliance.predicates.base import READS
from compliance.register import Scope
from compliance.tasks import evaluate_today, rejudge_stale, sweep
from guards.models import Assignment, Credential, Guard, Presence
from staffing import actions
from tests.compliance.registers import DAY, SPRING, confetti, leave, noon, rows_of, staffed_post, turnover_findings
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    CredentialFactory,
    EmploymentFactory,
    GuardFactory,
    LicenceFactory,
    MembershipFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nobody works: tasks are only counted."""
    enqueued: list[str] = []
    monkeypatch.setattr("django_tasks.base.Task.enqueue", lambda task, *args: enqueued.append(task.name))
    return enqueued


@pytest.fixture
def everybody_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "LARGE", 0)


# Whom an action concerns


def test_a_guard_leads_to_where_he_stands_and_for_whom():
    standing = AssignmentFactory(first_day=SPRING + timedelta(days=7))
    AssignmentFactory(guard=standing.guard, last_day=SPRING, first_day=SPRING, left=True)
    found = owners_of({Guard: {standing.guard_id}})
    assert found == Scope.of([standing.post.school_id], [standing.agency_id])


def test_a_guard_who_stands_nowhere_leads_to_nobody():
    assert owners_of({Guard: {GuardFactory().pk}}) == Scope.of()


def test_a_licence_leads_to_every_school_under_its_agency():
    contract = ContractFactory()
    licence = contract.licence or LicenceFactory(agency=contract.agency)
    found = owners_of({type(licence): {licence.pk}})
    assert found == Scope.of([contract.school_id], [contract.agency_id])


def test_a_paper_that_names_only_the_guard_is_judged_at_his_school():
    standing = AssignmentFactory()
    evaluate(DAY)
    CredentialFactory(guard=standing.guard, kind=Credential.Kind.IDENTITY_DOCUMENT, valid_until=DAY - timedelta(days=1))
    other = AssignmentFactory(agency=standing.agency)
    record("paper_added", subjects=[standing.guard], by=None)
    found = Finding.objects.filter(version__rule="guard_identity_document")
    assert standing.guard_id in found.values_list("guard", flat=True)
    assert other.post.school_id != standing.post.school_id


def test_a_paper_leads_to_no_agency_where_the_guard_was_before():
    """Though nobody else there has one of the kind: his papers are asked for where he is now."""
    before, now = AssignmentFactory(), AssignmentFactory()
    moved = EmploymentFactory(agency=before.agency, last_day=DAY - timedelta(days=1)).guard
    EmploymentFactory(guard=moved, agency=now.agency, first_day=DAY)
    event = record("paper_added", subjects=[moved], by=None, paper=Credential.Kind.IDENTITY_DOCUMENT)
    assert owners_of({Guard: {moved.pk}}, [event]) == Scope.of([now.post.school_id], [now.agency_id])


def test_a_guard_who_moves_changes_the_school_he_left_and_the_one_he_came_to():
    here, there = staffed_post(2), staffed_post(2)
    moved = here.assignments.first()
    ContractFactory(agency=moved.agency, school=there.school)
    evaluate(DAY)
    actions.end(assignment=moved, last_day=DAY - timedelta(days=1), reason="other", by=MembershipFactory())
    AssignmentFactory(guard=moved.guard, post=there, agency=moved.agency, first_day=DAY)
    record("assignment_confirmed", subjects=[moved.guard, there.school], by=None)
    assert Figure.objects.get(level="school", school=here.school).gross_left == 1
    assert Figure.objects.get(level="school", school=there.school).distinct_guards == 3


# Which clauses


def test_every_rule_says_what_it_reads_in_words_that_actions_know():
    for rule in RULES:
        assert rule.reads and rule.reads <= READS, rule.code
    assert frozenset().union(*listening.FAMILIES.values()) <= READS


def test_only_clauses_that_read_what_was_changed_are_judged():
    standing = AssignmentFactory(first_day=DAY - timedelta(days=20), proposal=True)
    evaluate(DAY)
    Finding.objects.all()._raw_delete("default")
    scope = Scope.of([standing.post.school_id], [standing.agency_id])
    rejudge(scope, DAY, frozenset({"briefing"}))
    assert not Finding.objects.filter(version__rule="director_confirmation").exists()
    rejudge(scope, DAY, frozenset({"assignment"}))
    assert Finding.objects.get(version__rule="director_confirmation").is_open


def test_a_clause_that_is_not_judged_keeps_its_findings():
    school = confetti(2).school
    evaluate(DAY)
    before = rows_of(Finding), rows_of(Figure)
    record("paper_added", subjects=[school], by=None)
    assert (rows_of(Finding), rows_of(Figure)) == before and turnover_findings(school)[0].is_open


def test_words_about_a_finding_have_nothing_judged():
    post = staffed_post(2)
    evaluate(DAY)
    for number in range(2):
        leave(post, after=number)
    before = rows_of(Finding), rows_of(Figure)
    record("finding_answered", subjects=[post.school], by=None)
    assert (rows_of(Finding), rows_of(Figure)) == before


def test_shifts_are_counted_again_at_the_school_and_added_up_for_the_agency():
    one, other = staffed_post(1), staffed_post(1)
    agency = one.assignments.get().agency
    Assignment.objects.filter(post=other).update(agency=agency)
    for post in (one, other):
        Presence.objects.create(guard=post.assignments.get().guard, post=post, on=DAY, agency_claim=True)
    director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=one.school)
    evaluate(DAY)
    actions.mark_presence(guard=one.assignments.get().guard, post=one, on=DAY, answer="present", by=director)
    figure = Figure.objects.get(level="agency", agency=agency)
    assert (figure.claimed, figure.present) == (2, 1)
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 0


# Large owners


def test_a_large_owner_is_marked_and_judged_by_a_worker(waiting: list[str], everybody_is_large: None):
    post = staffed_post(2)
    evaluate(DAY)
    for number in range(2):
        leave(post, after=number)
    record("assignment_ended", subjects=[post.school], by=None)
    assert not turnover_findings(post.school)
    assert (Stale.objects.get().school, waiting) == (post.school, ["rejudge_stale"])
    rejudge_stale.call()
    assert turnover_findings(post.school) and not Stale.objects.exists()


def test_many_actions_are_one_judging(waiting: list[str], everybody_is_large: None, monkeypatch: pytest.MonkeyPatch):
    post = staffed_post(2)
    evaluate(DAY)
    for _ in range(5):
        record("assignment_ended", subjects=[post.school], by=None)
    judged: list[Scope] = []
    monkeypatch.setattr("compliance.findings.rejudge", lambda scope, day: judged.append(scope))
    assert rejudge_stale.call() == 1
    assert judged == [Scope.of([post.school_id])] and not Stale.objects.exists()


def test_an_action_that_touches_many_owners_waits_for_none_of_them(waiting: list[str]):
    schools = [staffed_post(1).school for _ in range(listening.MANY + 1)]
    evaluate(DAY)
    record("tested", subjects=schools, by=None)
    assert set(Stale.objects.values_list("school", flat=True)) == {school.pk for school in schools}


def test_a_mark_falls_with_its_action(waiting: list[str], everybody_is_large: None):
    post = staffed_post(1)
    evaluate(DAY)

    @transaction.atomic
    def act() -> None:
        record("assignment_ended", subjects=[post.school], by=None)
        assert Stale.objects.exists()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Stale.objects.exists()


def test_a_judging_that_fails_keeps_its_mark(
    waiting: list[str], everybody_is_large: None, monkeypatch: pytest.MonkeyPatch
):
    post = staffed_post(1)
    evaluate(DAY)
    record("assignment_ended", subjects=[post.school], by=None)

    def fails(scope: Scope, day: Any) -> Outcome:
        raise RuntimeError

    monkeypatch.setattr("compliance.findings.rejudge", fails)
    with pytest.raises(RuntimeError):
        rejudge_stale.call()
    assert Stale.objects.count() == 1


def test_a_mark_that_was_left_behind_is_swept_up(waiting: list[str], clock: Any):
    Stale.objects.create(school=staffed_post(1).school)
    sweep()
    assert waiting == []
    clock.move_to(timezone.now() + timedelta(minutes=5))
    sweep()
    assert waiting == ["rejudge_stale"]


# The check at night


def test_the_first_judging_of_a_day_is_no_check():
    confetti(2)
    evaluate_today.call()
    assert Evaluation.objects.get().missed is None


def test_a_check_after_actions_finds_nothing_missed():
    post = staffed_post(2)
    leave(post)
    standing = AssignmentFactory(post=post, agency=post.assignments.first().agency, first_day=SPRING)
    ContractFactory(agency=standing.agency, school=post.school)
    manager = MembershipFactory(agency=standing.agency)
    evaluate(DAY)
    actions.end(assignment=standing, last_day=SPRING + timedelta(days=30), reason="resigned", by=manager)
    assert turnover_findings(post.school)
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 0


def test_a_check_counts_and_logs_what_was_written_past_the_actions(caplog: pytest.LogCaptureFixture):
    post = staffed_post(2)
    evaluate(DAY)
    for number in range(2):
        leave(post, after=number)
    evaluate(DAY)
    missed = Evaluation.objects.latest("pk").missed
    assert missed and missed > 0
    assert f"changed {missed} figures and findings" in caplog.text
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 0


def columns_before(name: str) -> None:
    """The last judging knew no such column, and never filled it."""
    known = [one for one in VALUES if one != name]
    Evaluation.objects.update(columns=known)
    Figure.objects.update(**{name: None})


def test_a_column_that_nobody_filled_before_is_not_missed():
    confetti(2)
    evaluate(DAY)
    columns_before("allowed")
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 0
    assert Figure.objects.filter(level="school", allowed__isnull=False).exists()
    Figure.objects.update(allowed=None)
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == Figure.objects.filter(allowed__isnull=False).count() > 0


def test_beside_a_new_column_what_was_missed_still_counts():
    post, other = staffed_post(2), staffed_post(2)
    evaluate(DAY)
    columns_before("allowed")
    leave(post)
    evaluate(DAY)
    # The school, the agency and the agency at the school; the months of all three; nothing of the other school.
    assert Evaluation.objects.latest("pk").missed == 6
    assert Figure.objects.get(level="school", school=other.school).gross_left == 0


def test_what_waits_for_a_worker_is_not_missed():
    post = staffed_post(2)
    agency = post.assignments.first().agency
    evaluate(DAY)
    for number in range(2):
        leave(post, after=number)
    Stale.objects.bulk_create([Stale(school=post.school), Stale(agency=agency)])
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 0


def test_what_a_package_brought_is_not_missed():
    post = staffed_post(2)
    evaluate(DAY)
    for number in range(2):
        leave(post, after=number)
    record("register_loaded", subjects=(), by=None)
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed is None


def test_another_day_is_no_check(clock: Any):
    confetti(2)
    evaluate(DAY)
    clock.move_to(noon(DAY + timedelta(days=1)))
    evaluate_today.call()
    assert Evaluation.objects.latest("pk").missed is None
