"""The agency's claims of a month, saved at once, and what both sides say where their words differ."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from access.roles import Role
from audit.models import Event
from guards.models import Assignment, Presence, PresenceNote
from staffing import actions, attendance
from staffing.attendance import Overtaken, Saved, Shift
from staffing.refusals import Refused
from tests.compliance.registers import DAY
from tests.factories import AssignmentFactory, MembershipFactory, PresenceFactory
from tests.staffing.door import Door, told

YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def stands(door: Door) -> Assignment:
    """A guard who stands there since the second of the month."""
    of = {"guard": door.guard, "post": door.post, "agency": door.agency}
    return AssignmentFactory(**of, first_day=DAY.replace(day=2))  # type: ignore[no-any-return]


def shift(stands: Assignment, day: date) -> Shift:
    return Shift(stands.post_id, stands.guard_id, day)


def claimed_shifts() -> set[Shift]:
    rows = Presence.objects.filter(agency_claim=True)
    return {Shift(*row) for row in rows.values_list("post", "guard", "on")}


def save(door: Door, *claims: Shift, **changed: Any) -> Saved:
    asked = {"agency": door.agency, "school": door.school, "month": DAY, "claims": claims, "by": door.manager}
    said = {"seen": claimed_shifts(), **asked, **changed}
    return attendance.claim_month(**said)


def claimed() -> set[date]:
    return set(Presence.objects.filter(agency_claim=True).values_list("on", flat=True))


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    def everything() -> Any:
        return list(Presence.objects.values()), PresenceNote.objects.count(), Event.objects.count()

    before = everything()
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)
    assert everything() == before


def test_a_save_claims_what_it_says_and_takes_back_the_rest(door: Door, stands: Assignment):
    assert save(door, shift(stands, DAY), shift(stands, YESTERDAY)) == Saved(2, 0)
    assert save(door, shift(stands, DAY), shift(stands, DAY - timedelta(days=2))) == Saved(1, 1)
    assert claimed() == {DAY, DAY - timedelta(days=2)}


def test_a_save_is_one_event_about_school_and_agency(door: Door, stands: Assignment):
    save(door, shift(stands, DAY), shift(stands, YESTERDAY))
    event = Event.objects.get()
    assert event.verb == "presence_month_claimed"
    named = {mention.key.partition(":")[0] for mention in event.mentions.all()}
    assert named == {"schools.school", "agencies.agency"}
    assert event.details["claimed"] == [
        f"{day.isoformat()} {door.post.code} {door.guard.public_id}" for day in (YESTERDAY, DAY)
    ]


def test_a_save_that_changes_nothing_writes_nothing(door: Door, stands: Assignment):
    save(door, shift(stands, DAY))
    assert save(door, shift(stands, DAY)) == Saved(0, 0)
    assert told() == ["presence_month_claimed"]


def test_a_save_over_what_was_not_seen_is_refused_whole(door: Door, stands: Assignment):
    save(door, shift(stands, DAY))
    for seen in ((), (shift(stands, DAY), shift(stands, YESTERDAY))):
        with pytest.raises(Overtaken):
            save(door, shift(stands, YESTERDAY), seen=seen)
    assert claimed() == {DAY}
    assert Event.objects.filter(verb="presence_month_claimed").count() == 1


def test_the_school_s_answer_stays_as_it_is(door: Door, stands: Assignment):
    actions.mark_presence(guard=door.guard, post=door.post, on=DAY, answer="absent", by=door.director)
    save(door, shift(stands, DAY))
    presence = Presence.objects.get()
    assert (presence.agency_claim, presence.school_confirmation) == (True, "absent")
    save(door)
    presence.refresh_from_db()
    assert (presence.agency_claim, presence.school_confirmation) == (False, "absent")


def test_other_months_and_other_agencies_are_left_alone(door: Door, stands: Assignment):
    before = PresenceFactory(guard=door.guard, post=door.post, on=date(2026, 10, 31))
    neighbour = AssignmentFactory(post=door.post)
    theirs = PresenceFactory(guard=neighbour.guard, post=door.post, on=DAY)
    save(door)
    assert set(Presence.objects.filter(agency_claim=True)) == {before, theirs}


def test_a_day_to_come_is_refused_with_all_the_rest(door: Door, stands: Assignment):
    wrong = shift(stands, DAY + timedelta(days=1))
    refused(lambda: save(door, shift(stands, DAY), wrong), "26.11.2026 has not come yet.")


def test_a_guard_without_an_assignment_on_the_day_is_refused(door: Door, stands: Assignment):
    says = f"{door.guard.name} has no assignment of your agency at this post on 01.11.2026."
    refused(lambda: save(door, shift(stands, DAY.replace(day=1))), says)


@pytest.mark.parametrize("status", ["declined", "withdrawn"])
def test_an_assignment_that_came_to_nothing_gives_no_shift(door: Door, stands: Assignment, status: str):
    Assignment.objects.update(status=status)
    says = f"{door.guard.name} has no assignment of your agency at this post on 25.11.2026."
    refused(lambda: save(door, shift(stands, DAY)), says)


def test_nobody_else_claims_for_an_agency(door: Door, stands: Assignment):
    says = "Shifts are claimed by the agency whose guards stand there."
    for by in (door.director, MembershipFactory()):
        refused(lambda by=by: save(door, shift(stands, DAY), by=by), says)


@pytest.mark.parametrize(
    ("claim", "answer", "differs"),
    [
        (True, "absent", True),
        (True, "other_person", True),
        (True, "present", False),
        (True, "", False),
        (False, "present", True),
        (False, "absent", False),
        (False, "other_person", False),
        (False, "", False),
    ],
)
def test_words_differ_where_the_school_says_otherwise(db: None, claim: bool, answer: str, differs: bool):
    presence = PresenceFactory(agency_claim=claim, school_confirmation=answer)
    assert presence.differs is differs
    assert Presence.objects.differing().exists() is differs


def test_a_presence_is_of_the_agency_for_which_the_guard_stood_on_the_day(door: Door, stands: Assignment):
    mine = PresenceFactory(guard=door.guard, post=door.post, on=DAY)
    PresenceFactory(guard=door.guard, post=door.post, on=stands.first_day - timedelta(days=1))
    PresenceFactory(guard=AssignmentFactory(post=door.post).guard, post=door.post, on=DAY)
    assert set(Presence.objects.of_agency(door.agency)) == {mine}


def test_the_agency_takes_its_claim_back_and_claims_again(door: Door, stands: Assignment):
    presence = PresenceFactory(guard=door.guard, post=door.post, on=DAY, school_confirmation="absent")
    assert not attendance.claim(presence=presence, claimed=False, by=door.manager).agency_claim
    assert not Presence.objects.get().differs
    attendance.claim(presence=presence, claimed=True, by=door.manager)
    assert told() == ["presence_claim_withdrawn", "presence_claimed"]


def test_both_sides_speak_of_a_shift(door: Door, stands: Assignment):
    presence = PresenceFactory(guard=door.guard, post=door.post, on=DAY, school_confirmation="absent")
    attendance.add_note(presence=presence, text=" He came at nine. ", by=door.manager)
    attendance.add_note(presence=presence, text="Nobody saw him.", by=door.director)
    said = list(presence.notes.values_list("role", "text"))
    assert said == [(Role.AGENCY_MANAGER, "He came at nine."), (Role.SCHOOL_DIRECTOR, "Nobody saw him.")]
    assert told() == ["presence_discussed", "presence_discussed"]
    event = Event.objects.about(door.agency).first()
    assert event and event.details["reason"] == "Nobody saw him."


def test_nobody_else_speaks_or_claims(door: Door, stands: Assignment):
    presence = PresenceFactory(guard=door.guard, post=door.post, on=DAY, school_confirmation="absent")
    strangers = [MembershipFactory(), MembershipFactory(role=Role.SCHOOL_DIRECTOR), MembershipFactory(role="regulator")]
    speak = "The agency and the school concerned speak of a shift, nobody else."
    own = "Shifts are claimed by the agency whose guards stand there."
    for by in strangers:
        refused(lambda by=by: attendance.add_note(presence=presence, text="No.", by=by), speak)
    for by in (*strangers, door.director):
        refused(lambda by=by: attendance.claim(presence=presence, claimed=False, by=by), own)


def test_a_note_has_words(door: Door, stands: Assignment):
    presence = PresenceFactory(guard=door.guard, post=door.post, on=DAY)
    says = "Write what you know of this shift."
    refused(lambda: attendance.add_note(presence=presence, text="  ", by=door.director), says, "text")
