"""Every verb of staffing: what it does, what it refuses in which words, and the event it ends in."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from agencies.models import Contract
from audit.models import Event
from guards.models import Assignment, Credential, Employment, EndReason, Presence
from staffing import actions
from staffing.refusals import Refused
from tests.compliance.registers import DAY, rows_of
from tests.factories import (
    LAWFUL_PAPERS,
    AgencyFactory,
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    PostFactory,
    PresenceFactory,
    RequirementFactory,
)
from tests.staffing.door import MONDAY, Door, told

Status = Assignment.Status
ONE_DAY = timedelta(days=1)


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    """It is refused in these words, about this field, and nothing has changed."""
    before = rows_of(Assignment), rows_of(Presence), rows_of(Event)
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)
    assert (rows_of(Assignment), rows_of(Presence), rows_of(Event)) == before


# To propose


def test_a_proposal_waits_for_the_school_and_counts_for_nothing(door: Door):
    assignment = door.propose()
    assert (assignment.status, assignment.kind, assignment.confirmed_on) == (Status.PROPOSED, "regular", None)
    assert (assignment.first_day, assignment.last_day, assignment.agency) == (MONDAY, None, door.agency)
    assert not Assignment.objects.counted().exists()
    event = Event.objects.about(assignment).get()
    assert (event.verb, event.actor, event.organisation) == (
        "assignment_proposed",
        door.manager.user.email,
        f"agency {door.agency.bin}",
    )
    assert event.details == {
        "guard": door.guard.name,
        "post": door.post.name,
        "school": door.school.code,
        "first_day": "2026-11-30",
    }


def test_an_event_is_found_by_everything_the_action_touched(door: Door):
    event = Event.objects.about(door.propose()).get()
    for subject in (door.guard, door.post, door.school, door.agency):
        assert list(Event.objects.about(subject)) == [event]


def test_relief_is_proposed_for_its_days(door: Door):
    relief = door.propose(kind="relief", last_day=MONDAY + ONE_DAY)
    assert (relief.kind, relief.last_day) == ("relief", date(2026, 12, 1))


def test_the_last_day_is_not_before_the_first(door: Door):
    door.propose(last_day=MONDAY, guard=EmploymentFactory(guard__papers=True, agency=door.agency).guard)
    refused(
        lambda: door.propose(last_day=MONDAY - ONE_DAY), "The last day is the first day or later.", field="last_day"
    )


@pytest.mark.parametrize(
    ("post", "asked", "cure"),
    [
        ({"first_day": MONDAY + ONE_DAY}, {}, "Choose 01.12.2026 or a later day."),
        ({"last_day": MONDAY - ONE_DAY}, {}, "Choose days from 01.01.2020 to 29.11.2026."),
        ({"last_day": MONDAY}, {"last_day": MONDAY + ONE_DAY}, "Choose days from 01.01.2020 to 30.11.2026."),
    ],
)
def test_the_post_is_open_on_these_days(door: Door, post: dict[str, Any], asked: dict[str, Any], cure: str):
    for name, value in post.items():
        setattr(door.post, name, value)
    says = f"The post “Главный вход” is not open on these days. {cure}"
    refused(lambda: door.propose(**asked), says, field="first_day")


def test_a_post_takes_a_guard_from_its_first_day_to_its_last(door: Door):
    door.post.first_day, door.post.last_day = MONDAY, MONDAY + ONE_DAY
    door.propose(last_day=MONDAY + ONE_DAY)


@pytest.mark.parametrize(
    "days", [{"first_day": MONDAY + ONE_DAY}, {"last_day": MONDAY - ONE_DAY}], ids=["not yet", "no longer"]
)
def test_a_contract_is_in_force_on_the_first_day(door: Door, days: dict[str, date]):
    Contract.objects.filter(agency=door.agency).update(**days)
    refused(
        door.propose,
        f"You have no contract with {door.school} that is in force on 30.11.2026.",
        field="first_day",
    )


def test_the_contract_is_the_agencys_own_and_the_schools_own(door: Door):
    Contract.objects.filter(agency=door.agency).update(agency=AgencyFactory())
    ContractFactory(agency=door.agency)
    with pytest.raises(Refused, match="You have no contract"):
        door.propose()


@pytest.mark.parametrize(
    "days", [{"first_day": MONDAY + ONE_DAY}, {"last_day": MONDAY - ONE_DAY}], ids=["not yet", "no longer"]
)
def test_the_guard_is_on_the_staff_on_the_first_day(door: Door, days: dict[str, date]):
    Employment.objects.filter(guard=door.guard).update(**days)
    refused(door.propose, f"{door.guard.name} is not on your staff on 30.11.2026.", field="guard")


def test_the_guard_of_another_agency_is_not_ones_own(door: Door):
    stranger = EmploymentFactory().guard
    refused(
        lambda: door.propose(guard=stranger),
        f"{stranger.name} is not on your staff on 30.11.2026.",
        field="guard",
    )


def test_a_guard_holds_one_post_on_one_day(door: Door):
    elsewhere = door.another_post()
    held, who = door.propose(post=elsewhere, first_day=DAY), door.guard.name
    where = f"the post “Главный вход” at {elsewhere.school}"
    proposed = f"{who} is proposed for {where} from 25.11.2026. Withdraw that proposal first."
    refused(door.propose, proposed, field="guard")
    actions.confirm(assignment=held, by=door.director)
    refused(door.propose, f"{who} has held {where} since 25.11.2026. End that service first.", field="guard")
    Assignment.objects.filter(pk=held.pk).update(last_day=MONDAY)
    until = f"{who} already holds {where} from 25.11.2026 to 30.11.2026. Choose a day after 30.11.2026."
    refused(door.propose, until, field="guard")


def test_a_post_held_for_another_agency_is_said_and_not_named(door: Door):
    held = AssignmentFactory(guard=door.guard, first_day=DAY)
    with pytest.raises(Refused) as refusal:
        door.propose()
    assert str(refusal.value).startswith(f"{door.guard.name} holds a post for another agency on these days.")
    assert held.post.school.name not in str(refusal.value)


@pytest.mark.parametrize("kind", ["regular", "relief"])
def test_the_last_day_at_one_post_is_not_the_first_at_another_whatever_the_pattern(door: Door, kind: str):
    """A shift of 24 hours goes on until the next morning: both posts on one day are impossible hours."""
    elsewhere = door.another_post()
    held = AssignmentFactory(guard=door.guard, agency=door.agency, post=elsewhere, kind=kind, first_day=DAY)
    Assignment.objects.filter(pk=held.pk).update(last_day=MONDAY, status=Status.ENDED, end_reason="other")
    with pytest.raises(Refused, match="already holds"):
        door.propose()
    assert door.propose(first_day=MONDAY + ONE_DAY)


def test_two_shifts_of_one_day_at_two_posts_of_a_school_are_refused(door: Door):
    day, night = (PostFactory(school=door.school, pattern="12h", name=name) for name in ("Day", "Night"))
    door.propose(post=day)
    with pytest.raises(Refused, match="“Day”"):
        door.propose(post=night)
    with pytest.raises(Refused, match="“Day”"):
        door.propose(post=night, kind="relief", last_day=MONDAY)


@pytest.mark.parametrize("status", ["declined", "withdrawn"])
def test_what_the_school_did_not_take_does_not_hold_the_guard(door: Door, status: str):
    AssignmentFactory(guard=door.guard, status=status)
    door.propose()


# To take back, to confirm, to decline


def test_the_agency_takes_back_what_the_school_has_not_answered(door: Door):
    assignment = actions.withdraw(assignment=door.propose(), by=door.manager)
    assignment.refresh_from_db()
    assert assignment.status == Status.WITHDRAWN
    assert told() == ["assignment_proposed", "assignment_withdrawn"]


def test_from_the_directors_confirmation_on_an_assignment_counts(door: Door):
    assignment = door.confirmed()
    assignment.refresh_from_db()
    assert (assignment.status, assignment.confirmed_on) == (Status.CONFIRMED, DAY)
    assert list(Assignment.objects.counted()) == [assignment]
    event = Event.objects.about(assignment).first()
    assert (event.verb, event.role) == ("assignment_confirmed", "school_director")


def test_a_confirmation_may_say_its_day(door: Door):
    assignment = actions.confirm(assignment=door.propose(), on=date(2026, 11, 20), by=door.director)
    assert assignment.confirmed_on == date(2026, 11, 20)


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL refuses the second post itself")
def test_a_guard_who_holds_another_post_by_now_is_not_confirmed(door: Door):
    assignment = door.propose()
    held = AssignmentFactory(guard=door.guard, agency=door.agency, first_day=DAY)
    with pytest.raises(Refused) as refusal:
        actions.confirm(assignment=assignment, by=door.director)
    # The director is told that there is one, and not where: that is for the agency to know.
    assert str(refusal.value).startswith(f"{door.guard.name} holds a post at another school on these days.")
    assert held.post.school.name not in str(refusal.value)


def test_another_assignment_at_the_same_post_does_not_hinder(door: Door):
    AssignmentFactory(guard=door.guard, post=door.post, agency=door.agency, first_day=DAY, last_day=MONDAY)
    assignment = AssignmentFactory(
        guard=door.guard, post=door.post, agency=door.agency, first_day=MONDAY, proposal=True
    )
    assert actions.confirm(assignment=assignment, by=door.director).status == Status.CONFIRMED


def test_the_director_says_no_and_why(door: Door):
    assignment = actions.decline(assignment=door.propose(), reason="  Does not speak Kazakh. ", by=door.director)
    assignment.refresh_from_db()
    assert (assignment.status, assignment.decline_reason) == (Status.DECLINED, "Does not speak Kazakh.")
    assert Event.objects.about(assignment).first().details["reason"] == "Does not speak Kazakh."


def test_no_needs_a_reason(door: Door):
    assignment = door.propose()
    refused(
        lambda: actions.decline(assignment=assignment, reason=" \n", by=door.director),
        "Say why, so that the agency can propose somebody who fits.",
        field="reason",
    )


# To end


@pytest.mark.parametrize("reason", EndReason.values)
def test_a_confirmed_assignment_ends_with_its_last_day_and_reason(door: Door, reason: str):
    assignment = actions.end(assignment=door.confirmed(), last_day=MONDAY, reason=reason, by=door.manager)
    assignment.refresh_from_db()
    assert (assignment.status, assignment.last_day, assignment.end_reason) == (Status.ENDED, MONDAY, reason)
    assert assignment.cause_accepted is False
    event = Event.objects.about(assignment).first()
    assert event.verb == "assignment_ended"
    assert (event.details["last_day"], event.details["reason"]) == ("2026-11-30", reason)


def test_a_guard_cannot_end_before_he_began(door: Door):
    assignment = door.confirmed()
    refused(
        lambda: actions.end(assignment=assignment, last_day=MONDAY - ONE_DAY, reason="resigned", by=door.manager),
        "The guard began on 30.11.2026: the last day is that day or later.",
        field="last_day",
    )


def test_an_end_that_is_set_can_come_earlier_and_not_later(door: Door):
    assignment = door.confirmed(kind="relief", last_day=MONDAY + ONE_DAY)
    refused(
        lambda: actions.end(assignment=assignment, last_day=MONDAY + 2 * ONE_DAY, reason="other", by=door.manager),
        "The assignment already ends on 01.12.2026: the last day is that day or earlier.",
        field="last_day",
    )
    actions.end(assignment=assignment, last_day=MONDAY + ONE_DAY, reason="other", by=door.manager)


@pytest.mark.parametrize("reason", ["", "bored"])
def test_a_reason_is_one_of_the_list(door: Door, reason: str):
    assignment = door.confirmed()
    refused(
        lambda: actions.end(assignment=assignment, last_day=MONDAY, reason=reason, by=door.manager),
        "Choose the reason from the list.",
        field="reason",
    )


# The table of transitions

VERBS: dict[str, Callable[[Assignment, Any], Any]] = {
    Status.WITHDRAWN: lambda one, by: actions.withdraw(assignment=one, by=by),
    Status.CONFIRMED: lambda one, by: actions.confirm(assignment=one, by=by),
    Status.DECLINED: lambda one, by: actions.decline(assignment=one, reason="No.", by=by),
    Status.ENDED: lambda one, by: actions.end(assignment=one, last_day=MONDAY, reason="resigned", by=by),
}
LAWFUL = {
    (Status.PROPOSED, Status.CONFIRMED),
    (Status.PROPOSED, Status.DECLINED),
    (Status.PROPOSED, Status.WITHDRAWN),
    (Status.CONFIRMED, Status.ENDED),
}


@pytest.mark.parametrize("target", VERBS)
@pytest.mark.parametrize("status", Status.values)
def test_an_assignment_becomes_only_what_it_may(door: Door, status: str, target: str):
    assignment = door.propose()
    ended = {"last_day": MONDAY, "end_reason": "resigned"} if status == Status.ENDED else {}
    Assignment.objects.filter(pk=assignment.pk).update(status=status, **ended)
    if (status, target) in LAWFUL:
        assert VERBS[target](assignment, door.manager).status == target
        return
    label = Status(status).label
    how = " Last day 30.11.2026, reason: Resigned." if status == Status.ENDED else ""
    refused(lambda: VERBS[target](assignment, door.manager), f"This assignment is “{label}” by now.{how}")


def test_what_somebody_else_did_meanwhile_is_seen(door: Door):
    """The record in the hand may be old: the action looks at the register."""
    old = door.propose()
    actions.confirm(assignment=Assignment.objects.get(pk=old.pk), by=door.director)
    assert old.status == Status.PROPOSED
    with pytest.raises(Refused, match="This assignment is “Confirmed” by now"):
        actions.decline(assignment=old, reason="No.", by=door.director)


# What the law has against it


def test_an_obstacle_of_law_blocks_the_proposal_and_names_the_cure(door: Door):
    medical = door.guard.credentials.filter(kind="medical_certificate")
    medical.update(valid_until=MONDAY - ONE_DAY)
    refused(
        door.propose,
        "“Medical certificate” was valid until 29.11.2026 and is not on 30.11.2026. "
        "Enter a “Medical certificate” that is valid; until then another guard stands at the post.",
        field="guard",
    )
    medical.update(valid_until=MONDAY)
    door.propose()


@pytest.mark.parametrize("paper", LAWFUL_PAPERS)
def test_a_paper_that_was_never_recorded_blocks_as_one_that_ran_out(door: Door, paper: str):
    """Nobody's paper of the kind is recorded: not measurable when the day is judged, yet no reason to place anybody."""
    Credential.objects.filter(kind=paper).delete()
    with pytest.raises(Refused) as refusal:
        door.propose()
    assert refusal.value.field == "guard"
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("paper", LAWFUL_PAPERS)
def test_a_paper_that_is_gone_by_the_confirmation_blocks_it(door: Door, paper: str):
    proposal = door.propose()
    Credential.objects.filter(kind=paper).delete()
    with pytest.raises(Refused):
        actions.confirm(assignment=proposal, by=door.director)
    proposal.refresh_from_db()
    assert proposal.status == Status.PROPOSED


def test_the_law_is_asked_again_when_the_director_confirms(door: Door):
    assignment = door.propose()
    Credential.objects.update(valid_until=MONDAY - ONE_DAY)
    with pytest.raises(Refused, match="was valid until"):
        actions.confirm(assignment=assignment, by=door.director)
    assignment.refresh_from_db()
    assert assignment.status == Status.PROPOSED


def test_policy_does_not_block_a_confirmation(door: Door):
    proposal = door.propose()
    RequirementFactory(school=door.school)
    assert actions.confirm(assignment=proposal, by=door.director).status == Status.CONFIRMED


# At the door


def mark(door: Door, answer: str, on: date = DAY) -> Presence:
    return actions.mark_presence(guard=door.guard, post=door.post, on=on, answer=answer, by=door.director)


@pytest.fixture
def standing(door: Door) -> Door:
    """The guard has stood at the post for a month."""
    AssignmentFactory(guard=door.guard, post=door.post, agency=door.agency, first_day=date(2026, 10, 26))
    return door


@pytest.mark.parametrize("answer", Presence.Answer.values)
def test_the_school_says_who_was_at_the_door(standing: Door, answer: str):
    presence = mark(standing, answer)
    presence.refresh_from_db()
    assert (presence.school_confirmation, presence.agency_claim) == (answer, False)
    assert presence.answered_at is not None
    event = Event.objects.about(standing.guard).first()
    assert (event.verb, event.details["answer"], event.details["on"]) == ("presence_marked", answer, "2026-11-25")
    assert list(Event.objects.about(standing.school)) == [event]


def test_an_answer_leaves_the_agencys_claim_alone_and_can_be_taken_back(standing: Door):
    PresenceFactory(guard=standing.guard, post=standing.post, on=DAY)
    assert mark(standing, "absent").agency_claim is True
    taken_back = mark(standing, "")
    assert (taken_back.school_confirmation, taken_back.answered_at, taken_back.agency_claim) == ("", None, True)
    assert Presence.objects.count() == 1


def test_a_missed_day_is_filled_in_for_two_weeks(standing: Door):
    mark(standing, "present", on=DAY - timedelta(days=14))
    refused(
        lambda: mark(standing, "present", on=DAY - timedelta(days=15)),
        "10.11.2026 is too long ago: a day can be filled in for 14 days.",
    )


def test_a_day_to_come_is_not_marked(standing: Door):
    refused(lambda: mark(standing, "present", on=DAY + ONE_DAY), "26.11.2026 has not come yet.")


def test_an_answer_is_one_of_three(standing: Door):
    refused(lambda: mark(standing, "perhaps"), "Choose one of the answers.")


def test_only_who_was_expected_or_claimed_is_marked(door: Door):
    refused(lambda: mark(door, "present"), f"{door.guard.name} was not expected at this post on that day.")
    PresenceFactory(guard=door.guard, post=door.post, on=DAY)
    mark(door, "absent")


# Every action stands or falls with its event


@pytest.mark.parametrize("target", VERBS)
def test_an_action_falls_with_the_transaction_around_it_and_so_does_its_event(door: Door, target: str):
    assignment = door.confirmed() if target == Status.ENDED else door.propose()
    before = rows_of(Assignment), told()

    @transaction.atomic
    def act() -> None:
        VERBS[target](assignment, door.manager)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert (rows_of(Assignment), told()) == before


def test_an_action_whose_event_cannot_be_written_is_not_done(door: Door, monkeypatch: pytest.MonkeyPatch):
    def fail(*args: Any, **details: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions, "record", fail)
    with pytest.raises(RuntimeError):
        door.propose()
    assert not Assignment.objects.exists()


def test_a_post_taken_in_the_meantime_is_told_as_such(door: Door, monkeypatch: pytest.MonkeyPatch):
    """Where two proposals slip past the check together, the database has the last word."""
    door.propose(post=door.another_post(), first_day=DAY)
    monkeypatch.setattr(actions, "check_free", lambda *args, **names: None)
    monkeypatch.setattr(actions, "uuid4", lambda: "taken")
    AssignmentFactory(code="q-taken", guard=GuardFactory(), post=PostFactory())
    refused(door.propose, "The guard was put on another post in the meantime.", field="guard")
