"""Findings open, stay and close; they are never deleted, and judging a day twice changes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.recording import record
from compliance import engine, findings
from compliance.engine import judge
from compliance.findings import evaluate, rejudge
from compliance.models import ClauseVersion, Evaluation, Figure, Finding
from compliance.predicates import presence
from compliance.register import Scope
from guards.models import Presence
from tests.compliance.registers import DAY, SPRING, confetti, leave, noon, rows_of, staffed_post, turnover_findings
from tests.factories import AgencyFactory, AssignmentFactory, ContractFactory, PostFactory, PresenceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Answer = Presence.Answer
NEXT_DAY = DAY + timedelta(days=1)


def test_a_breach_opens_a_finding_with_its_arithmetic():
    school = confetti(2).school
    _, outcome = evaluate(DAY)
    (found,) = turnover_findings(school)
    assert outcome is not None and outcome.opened == Finding.objects.count()
    assert (found.opened_on, found.closed_on, found.strength, found.engine) == (DAY, None, "indicated", "1")
    assert (found.region_id, found.school, found.agency, found.guard) == (school.region_id, school, None, None)
    assert found.evidence["settled_left"] == 2
    assert found.evidence["settled_rate"] == pytest.approx(100 * 2 / (found.evidence["person_days"] / 365))
    assert found.evidence["threshold_percent"] == 50
    leavers = [spell for spell in found.evidence["spells"] if spell["leave"]]
    assert [spell["last_day"] for spell in leavers] == ["2026-03-02", "2026-03-03"]
    assert len(found.evidence["rows"]) == 4


def test_a_breach_beyond_chance_is_established():
    school = confetti(8).school
    evaluate(DAY)
    (found,) = turnover_findings(school)
    assert found.strength == "established" and found.evidence["settled_low"] > 50


def test_each_level_has_its_own_finding():
    post = confetti(2)
    agency = post.assignments.first().agency
    evaluate(DAY)
    (of_agency_at_school,) = turnover_findings(post.school, "agency_school")
    assert of_agency_at_school.agency == agency
    (of_agency,) = Finding.objects.filter(version__rule="turnover_limit", school=None)
    assert (of_agency.agency, of_agency.region_id) == (agency, agency.region_id)


def test_a_calm_school_has_no_finding():
    post = staffed_post(3)
    leave(post)
    evaluate(DAY)
    assert turnover_findings(post.school) == []


def test_a_provisional_leave_opens_nothing():
    post = staffed_post(2)
    for _ in range(4):
        leave(post, last_day=DAY - timedelta(days=5))
    evaluate(DAY)
    assert turnover_findings(post.school) == []


def test_judging_a_day_twice_changes_nothing():
    confetti(2)
    confetti(8)
    evaluate(DAY)
    before = rows_of(Finding), rows_of(Figure)
    _, outcome = evaluate(DAY)
    assert outcome is not None and (outcome.opened, outcome.closed) == (0, 0)
    assert outcome.kept == len(before[0]) > 0
    assert (rows_of(Finding), rows_of(Figure)) == before


def test_a_later_day_keeps_the_finding_as_it_was(clock: Any):
    school = confetti(2).school
    evaluate(DAY)
    before = turnover_findings(school)[0].__dict__ | {"_state": None}
    clock.move_to(noon(NEXT_DAY))
    evaluate(NEXT_DAY)
    (kept,) = turnover_findings(school)
    assert kept.__dict__ | {"_state": None} == before
    assert kept.evidence["day"] == DAY.isoformat()


def test_a_finding_closes_once_the_breach_is_gone_and_stays_in_the_register(clock: Any):
    school = confetti(2).school
    evaluate(DAY)
    a_year_on = date(2027, 3, 4)
    clock.move_to(noon(a_year_on))
    evaluate(a_year_on)
    (found,) = turnover_findings(school)
    assert found.closed_on == a_year_on and not found.is_open


def test_a_breach_that_returns_opens_another_finding(clock: Any):
    post = confetti(2)
    evaluate(DAY)
    clock.move_to(noon(date(2027, 3, 4)))
    evaluate(date(2027, 3, 4))
    for number in range(3):
        leave(post, first_day=date(2027, 3, 1), last_day=date(2027, 3, 10 + number))
    clock.move_to(noon(date(2027, 6, 1)))
    evaluate(date(2027, 6, 1))
    first, second = turnover_findings(post.school)
    assert first.closed_on == date(2027, 3, 4)
    assert (second.opened_on, second.closed_on) == (date(2027, 6, 1), None)


def test_another_strength_is_another_finding():
    post = confetti(2)
    evaluate(DAY)
    for number in range(6):
        leave(post, after=2 + number)
    evaluate(DAY)
    first, second = turnover_findings(post.school)
    assert (first.strength, first.closed_on, first.evidence["settled_left"]) == ("indicated", DAY, 2)
    assert (second.strength, second.closed_on, second.evidence["settled_left"]) == ("established", None, 8)


def test_a_new_version_of_a_clause_has_findings_of_its_own(clock: Any):
    school = confetti(2).school
    evaluate(DAY)
    (found,) = turnover_findings(school)
    amended = ClauseVersion.objects.get(pk=found.version_id)
    amended.pk, amended.effective_from = None, NEXT_DAY
    amended.save()
    clock.move_to(noon(NEXT_DAY))
    evaluate(NEXT_DAY)
    first, second = turnover_findings(school)
    assert (first.version_id, first.closed_on) == (found.version_id, NEXT_DAY)
    assert (second.version, second.opened_on) == (amended, NEXT_DAY)


def test_a_day_before_the_last_one_judged_is_judged_and_writes_nothing():
    school = confetti(2).school
    evaluate(DAY)
    before = rows_of(Finding), rows_of(Figure), rows_of(Evaluation)
    judgement, outcome = evaluate(DAY - timedelta(days=1))
    assert outcome is None
    assert any(one.breach.subject.school == school.pk for one in judgement.breaches)
    assert (rows_of(Finding), rows_of(Figure), rows_of(Evaluation)) == before


def test_a_day_to_come_is_judged_and_writes_nothing():
    confetti(2)
    judgement, outcome = evaluate(NEXT_DAY)
    assert outcome is None and judgement.breaches
    assert not Finding.objects.exists() and not Figure.objects.exists() and not Evaluation.objects.exists()


def test_the_database_holds_one_open_finding_for_a_subject():
    confetti(2)
    evaluate(DAY)
    twin = Finding.objects.first()
    twin.pk, twin.public_id = None, "00000000-0000-4000-8000-000000000000"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    twin.closed_on = DAY
    twin.save()


def test_a_finding_cannot_close_before_it_was_opened():
    confetti(2)
    evaluate(DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(closed_on=DAY - timedelta(days=1))


def test_rejudging_a_school_leaves_the_findings_of_others_alone():
    one, other = confetti(2), confetti(2)
    evaluate(DAY)
    untouched = [row for row in rows_of(Finding) if row["school_id"] == other.school_id]
    for number in range(6):
        leave(one, after=2 + number)
        leave(other, after=2 + number)
    outcome = rejudge(Scope.of([one.school_id]), DAY)
    assert outcome is not None and outcome.closed > 0
    assert [found.strength for found in turnover_findings(one.school)] == ["indicated", "established"]
    assert [found.strength for found in turnover_findings(other.school)] == ["indicated"]
    assert [row for row in rows_of(Finding) if row["school_id"] == other.school_id] == untouched


def test_an_agency_is_judged_as_a_whole_only_when_it_is_in_scope():
    post = confetti(2)
    agency = post.assignments.first().agency
    evaluate(DAY)
    for number in range(6):
        leave(post, after=2 + number)
    rejudge(Scope.of([post.school_id]), DAY)
    of_agency = Finding.objects.filter(version__rule="turnover_limit", school=None)
    assert [found.strength for found in of_agency] == ["indicated"]
    rejudge(Scope.of([], [agency.pk]), DAY)
    assert [found.strength for found in of_agency.order_by("pk")] == ["indicated", "established"]


def test_nothing_is_rejudged_before_the_country_was_judged():
    post = confetti(2)
    assert rejudge(Scope.of([post.school_id]), DAY) is None
    assert not Finding.objects.exists()


def test_what_is_done_while_the_country_is_judged_is_judged_too(monkeypatch: pytest.MonkeyPatch):
    """An action commits after the register was read and before the findings are written."""
    post = staffed_post(2)
    real = findings.judge

    def judge_while_somebody_works(day: date, **how: Any) -> Any:
        judgement = real(day, **how)
        if "scope" not in how:
            for number in range(2):
                leave(post, after=number)
            record("assignment_ended", subjects=[post.school], by=None)
        return judgement

    monkeypatch.setattr(findings, "judge", judge_while_somebody_works)
    evaluate(DAY)
    assert len(turnover_findings(post.school)) == 1


def test_a_country_judged_a_school_at_a_time_breaches_the_same(monkeypatch: pytest.MonkeyPatch):
    """A guard who served two agencies is the latter's, a post is covered by whoever stands there."""
    posts = [PostFactory(positions=3), PostFactory(), PostFactory()]
    for number, post in enumerate(posts):
        agency = AgencyFactory()
        ContractFactory(school=post.school, agency=agency, first_day=SPRING)
        former = AssignmentFactory(post=post, first_day=SPRING, last_day=DAY - timedelta(days=60), left=True)
        now = {"guard": former.guard, "agency": agency, "first_day": DAY - timedelta(days=20 * (number + 1))}
        AssignmentFactory(post=post, **now)
        for days in range(30):
            answer = Answer.ABSENT if days < 3 * number else Answer.PRESENT
            on = DAY - timedelta(days=days)
            PresenceFactory(guard=former.guard, post=post, on=on, agency_claim=True, school_confirmation=answer)

    def breaches() -> set[Any]:
        return {(one.version.rule, one.breach.subject, str(one.breach.evidence)) for one in judge(DAY).breaches}

    whole = breaches()
    rules = [rule for rule, _, _ in whole]
    assert rules.count("presence_agrees") == 2 and rules.count("post_covered") >= 2
    monkeypatch.setattr(engine, "KEYS_AT_ONCE", 1)
    monkeypatch.setattr(presence, "POSTS_AT_ONCE", 1)
    assert breaches() == whole


@pytest.mark.parametrize("status", ["declined", "withdrawn", "proposed"])
def test_what_the_director_did_not_confirm_does_not_count(status: str):
    post = confetti(1)
    left = leave(post, after=3)
    left.status, left.confirmed_on = status, None
    left.save()
    evaluate(DAY)
    assert turnover_findings(post.school) == []
    assert Figure.objects.get(level="school", school=post.school).gross_left == 1
