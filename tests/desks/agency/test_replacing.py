"""Replacing a guard: why and when, who follows, what it does to the school, and both steps at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from zeal import zeal_ignore

from compliance.models import ClauseVersion
from guards.models import Assignment, Cause
from staffing import actions
from staffing.models import SignedReason
from tests.factories import CredentialFactory, MembershipFactory, RequirementFactory

DAY = "%d.%m.%Y"
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def asked(desk: Any, **change: str) -> dict[str, str]:
    last = desk.today + timedelta(days=5)
    return {"reason": "resigned", "last_day": f"{last:{DAY}}", "handover_days": "0"} | change


def send(desk: Any, assignment: Any, guard: Any, **change: Any) -> Any:
    data = asked(desk) | {"guard": str(guard.public_id)} | change
    return desk.client.post(desk.url("replace", assignment), data, follow=True)


@pytest.fixture
def assignment(desk: Any) -> Any:
    return desk.stands(desk.post(positions=1), first_day=desk.today - timedelta(days=400))


@pytest.fixture
def limit(db: None) -> ClauseVersion:
    found = ClauseVersion.objects.filter(rule="turnover_limit", draft=None, parameters__level="school")
    return found.latest("effective_from")


def confetti(desk: Any, post: Any) -> None:
    """Two who stood there this spring and left: one more leave breaks the limit."""
    for days in (100, 150):
        desk.left(post, days_ago=days, first_day=desk.today - timedelta(days=days + 10))


def test_the_page_asks_first_and_shows_nobody(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    page = desk.get("replace", assignment)
    assert f"Replace {assignment.guard.name}" in page
    assert other.name not in page


def test_candidates_follow_for_the_place_that_falls_free(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    page = desk.get("replace", assignment, **asked(desk))
    assert "Replacement budget" in page and "Faces at the doors" in page
    assert f"guard={other.public_id}" in page
    assert f"guard={assignment.guard.public_id}" not in page


def test_the_leave_and_the_proposal_are_saved_together(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    answer = send(desk, assignment, other)
    assignment.refresh_from_db()
    last = desk.today + timedelta(days=5)
    assert (assignment.status, assignment.last_day, assignment.end_reason) == ("ended", last, "resigned")
    proposal = Assignment.objects.get(guard=other)
    assert (proposal.status, proposal.post, proposal.first_day) == (
        "proposed",
        assignment.post,
        last + timedelta(days=1),
    )
    assert answer.redirect_chain == [(desk.url("school", assignment.post.school), 302)]
    assert f"The last day of {assignment.guard.name} is {last:{DAY}}." in answer.content.decode()


def test_both_stand_there_while_one_hands_over(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    send(desk, assignment, other, handover_days="3")
    proposal = Assignment.objects.get(guard=other)
    assert proposal.first_day == desk.today + timedelta(days=3)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": ""}, "Choose the reason from the list."),
        ({"last_day": ""}, "Type the last day."),
        ({"handover_days": ""}, "Type a number of days, 0 for none."),
        ({"handover_days": "many"}, "Type a number of days, 0 for none."),
        ({"handover_days": "15"}, "A handover takes 14 days at most."),
    ],
)
def test_a_fault_comes_back_filled_and_replaces_nobody(
    desk: Any, assignment: Any, change: dict[str, str], error: str
) -> None:
    page = send(desk, assignment, desk.guard(), **change).content.decode()
    assert error in page
    for name, value in asked(desk, **change).items():
        if value:
            assert f'value="{value}"' in page, name
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"


def test_where_the_successor_is_refused_nobody_leaves(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    desk.agency.contracts.update(last_day=desk.today + timedelta(days=5))
    page = send(desk, assignment, other).content.decode()
    assert "You have no contract with" in page
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"


def test_a_clause_of_law_closes_the_successor(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    CredentialFactory(guard=other, kind="medical_certificate", valid_until=desk.today)
    other.credentials.exclude(valid_until=desk.today).delete()
    assert "Closed by law" in desk.get("replace", assignment, **asked(desk))
    send(desk, assignment, other)
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"


def test_a_breach_is_foretold_with_its_number_and_needs_a_signed_reason(
    desk: Any, assignment: Any, limit: ClauseVersion
) -> None:
    confetti(desk, assignment.post)
    other = desk.guard()
    page = desk.get("replace", assignment, **asked(desk, guard=str(other.public_id)))
    assert "leave number 3 of the 1 allowed until" in page
    # The agency at this school and the agency as a whole have limits of their own: one reason, signed for each.
    assert "Why clauses 1, 2, 3 are set aside" in page
    assert "Turnover of the agency at this school" in page and "Turnover of the whole agency" in page
    page = send(desk, assignment, other).content.decode()
    assert "Say why. The director reads this reason with your name." in page
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"
    send(desk, assignment, other, **{f"reason_{limit.pk}": "He moves to another city."})
    assert {one.text for one in SignedReason.objects.all()} == {"He moves to another city."}
    assert {one.version.clause.code for one in SignedReason.objects.all()} == {
        f"school-guards/{at}" for at in (1, 2, 3)
    }
    signed = SignedReason.objects.get(version=limit)
    assert signed.sentence.startswith("With this leave the limit of 50 % a year is breached, from ")


def test_limit_and_training_are_signed_each_with_its_own_reason(
    desk: Any, assignment: Any, limit: ClauseVersion
) -> None:
    confetti(desk, assignment.post)
    RequirementFactory(school=assignment.post.school)
    training = ClauseVersion.objects.get(rule="school_training", draft=None)
    send(desk, assignment, desk.guard(), **{f"reason_{limit.pk}": "One.", f"reason_{training.pk}": "Two."})
    signed = set(SignedReason.objects.values_list("version", "text"))
    assert {(limit.pk, "One."), (training.pk, "Two.")} <= signed and {text for _pk, text in signed} == {"One.", "Two."}


def test_the_proof_of_a_cause_is_asked_only_where_it_can_excuse(desk: Any, assignment: Any) -> None:
    chosen = {"guard": str(desk.guard().public_id)}
    assert "Proof of the cause" in desk.get("replace", assignment, **asked(desk, reason="illness"), **chosen)
    assert "Proof of the cause" not in desk.get("replace", assignment, **asked(desk), **chosen)


def test_the_cause_waits_for_an_answer_with_its_proof(desk: Any, assignment: Any) -> None:
    scan = SimpleUploadedFile("sick list.pdf", PDF, "application/pdf")
    send(desk, assignment, desk.guard(), reason="illness", note="Sick list № 118.", evidence=scan)
    cause = Cause.objects.get()
    assert (cause.assignment, cause.status, cause.note) == (assignment, "waiting", "Sick list № 118.")
    assert cause.evidence is not None and cause.evidence.name == "sick list.pdf"


def test_relief_is_replaced_by_relief_and_changes_no_turnover(desk: Any) -> None:
    last = desk.today + timedelta(days=20)
    relief = desk.stands(desk.post(), kind="relief", first_day=desk.today - timedelta(days=5), last_day=last)
    other = desk.guard()
    assert "A relief guard counts in no figure of turnover." in desk.get("replace", relief, **asked(desk))
    send(desk, relief, other)
    proposal = Assignment.objects.get(guard=other)
    assert (proposal.kind, proposal.last_day) == ("relief", last)


def test_who_has_left_already_cannot_be_replaced(desk: Any) -> None:
    over = desk.left(desk.post(), days_ago=3)
    assert "This guard cannot be replaced" in desk.get("replace", over)
    send(desk, over, desk.guard())
    assert Assignment.objects.count() == 1


def told_what_changed(desk: Any, assignment: Any, other: Any, page: str) -> None:
    """Who came first is named, and everything that the second one typed stands there still."""
    assert "Nothing was saved." in page
    assert f"This assignment is “Ended” by now. Last day {desk.today:{DAY}}, reason: Retired." in page
    assert f"It was changed on {desk.today:{DAY}} by Қайрат Әбенов." in page
    for text in ("Illness", f"{desk.today + timedelta(days=5):{DAY}}", "3", other.full_name, "Sick list № 118."):
        assert f"<dd>{text}</dd>" in page
    # He can be placed by himself, if there is still room.
    assert f"{desk.url('place', assignment.post.school)}?post={assignment.post.public_id}&amp;" in page
    assert not Assignment.objects.filter(guard=other).exists() and not Cause.objects.exists()


def test_the_second_of_two_who_replace_is_told_what_the_first_did(desk: Any, assignment: Any) -> None:
    other = desk.guard()
    first = MembershipFactory(agency=desk.agency, user__full_name="Қайрат Әбенов")
    actions.end(assignment=assignment, last_day=desk.today, reason="retired", by=first)
    page = send(desk, assignment, other, reason="illness", handover_days="3", note="Sick list № 118.").content.decode()
    told_what_changed(desk, assignment, other, page)


def test_the_first_may_come_between_the_check_and_the_replacement(
    desk: Any, assignment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both pressed at once: the second one's request had read the assignment as still going on."""
    from desks.agency.views import replacing

    other, second = desk.guard(), replacing.replace_guard
    first = MembershipFactory(agency=desk.agency, user__full_name="Қайрат Әбенов")

    def overtaken(**asked_for: Any) -> Any:
        with zeal_ignore():  # two requests in one
            actions.end(assignment=asked_for["assignment"], last_day=desk.today, reason="retired", by=first)
        return second(**asked_for)

    monkeypatch.setattr(replacing, "replace_guard", overtaken)
    page = send(desk, assignment, other, reason="illness", handover_days="3", note="Sick list № 118.").content.decode()
    told_what_changed(desk, assignment, other, page)


def test_twenty_candidates_take_as_many_queries_as_one(desk: Any, assignment: Any) -> None:
    desk.stands(desk.post())
    few = desk.queries("replace", assignment, **asked(desk))
    for _ in range(10):
        desk.stands(desk.post())
        desk.guard()
    assert desk.queries("replace", assignment, **asked(desk)) == few
