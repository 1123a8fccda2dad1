"""An action re-judges the schools and agencies that it touched, in its own transaction."""

from datetime import timedelta

import pytest
from django.db import transaction

from audit.recording import record
from compliance.findings import evaluate
from compliance.models import Figure, Finding
from staffing import actions
from tests.compliance.registers import DAY, SPRING, confetti, leave, noon, rows_of, staffed_post, turnover_findings
from tests.factories import AssignmentFactory, GuardFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def one_leave_short() -> AssignmentFactory:
    """A school within its limit by one leave; the second guard stands there yet."""
    post = staffed_post(2)
    leave(post)
    return AssignmentFactory(post=post, agency=post.assignments.first().agency, first_day=SPRING)


def test_ending_an_assignment_opens_the_finding_it_makes():
    standing = one_leave_short()
    evaluate(DAY)
    assert turnover_findings(standing.post.school) == []
    actions.end(assignment=standing, last_day=SPRING + timedelta(days=30), reason="resigned", by=MembershipFactory())
    (found,) = turnover_findings(standing.post.school)
    assert (found.opened_on, found.evidence["settled_left"]) == (DAY, 2)
    assert Figure.objects.get(level="school", school=standing.post.school).net_left == 2
    assert Figure.objects.get(level="agency", agency=standing.agency).net_left == 2


def test_confirming_a_guard_closes_the_finding_that_he_stood_unconfirmed():
    post = staffed_post(2)
    agency = post.assignments.first().agency
    standing = {"first_day": DAY - timedelta(days=20), "proposal": True, "guard__papers": True}
    waiting = AssignmentFactory(post=post, agency=agency, **standing)
    evaluate(DAY)
    unconfirmed = Finding.objects.filter(version__rule="director_confirmation")
    assert unconfirmed.get().is_open
    actions.confirm(assignment=waiting, by=MembershipFactory())
    assert unconfirmed.get().closed_on == DAY


def test_a_day_later_it_is_that_day_which_is_judged(clock):
    standing = one_leave_short()
    evaluate(DAY)
    clock.move_to(noon(DAY + timedelta(days=1)))
    actions.end(assignment=standing, last_day=SPRING + timedelta(days=30), reason="resigned", by=MembershipFactory())
    assert turnover_findings(standing.post.school)[0].opened_on == DAY + timedelta(days=1)


def test_what_is_found_falls_with_the_action():
    standing = one_leave_short()
    evaluate(DAY)
    before = rows_of(Finding), rows_of(Figure)

    @transaction.atomic
    def act() -> None:
        actions.end(assignment=standing, last_day=SPRING + timedelta(days=30), reason="other", by=MembershipFactory())
        assert turnover_findings(standing.post.school)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert (rows_of(Finding), rows_of(Figure)) == before


def test_other_schools_are_left_alone():
    standing, other = one_leave_short(), one_leave_short()
    evaluate(DAY)
    other.last_day, other.status, other.end_reason = SPRING + timedelta(days=30), "ended", "resigned"
    other.save()
    actions.end(assignment=standing, last_day=SPRING + timedelta(days=30), reason="resigned", by=MembershipFactory())
    assert turnover_findings(standing.post.school) and not turnover_findings(other.post.school)


def test_nothing_is_judged_before_the_country_was():
    post = confetti(2)
    record("tested", subjects=[post.school], by=None)
    assert not Finding.objects.exists()


def test_an_event_that_touches_neither_school_nor_agency_judges_nothing():
    confetti(2)
    evaluate(DAY)
    Finding.objects.all()._raw_delete("default")
    record("tested", subjects=[GuardFactory()], by=None)
    assert not Finding.objects.exists()


def test_touching_the_agency_alone_judges_it_as_a_whole():
    post = staffed_post(2)
    evaluate(DAY)
    for number in range(2):
        leave(post, after=number)
    record("tested", subjects=[post.assignments.first().agency], by=None)
    found = Finding.objects.filter(version__rule="turnover_limit")
    assert [one.evidence["level"] for one in found] == ["agency"]
