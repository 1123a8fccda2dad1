"""Causes: proved by the agency, answered by the school or the regulator of its region, and what follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from access.roles import Role
from audit.models import Event
from compliance.models import Figure
from compliance.reports import report
from files.intake import PDF, Taken
from files.models import StoredFile
from guards.models import Assignment, Cause
from schools.models import Region
from staffing import causes
from staffing.refusals import Refused
from tests.compliance.registers import DAY
from tests.factories import AssignmentFactory, CauseFactory, MembershipFactory
from tests.staffing.door import Door, told

SICK_NOTE = Taken(b"%PDF-1.7\n", PDF, "sick-note.pdf")


def left(door: Door, **changed: Any) -> Assignment:
    """A guard who left the door for illness a hundred days ago."""
    of = {"post": door.post, "agency": door.agency, "last_day": DAY - timedelta(days=100), "left": True}
    return AssignmentFactory(**(of | {"end_reason": "illness"} | changed))


def submitted(door: Door, **changed: Any) -> Cause:
    return causes.submit(assignment=left(door, **changed), note="", evidence=SICK_NOTE, by=door.manager)


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    before = list(Cause.objects.values()), Event.objects.count()
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)
    assert (list(Cause.objects.values()), Event.objects.count()) == before


def counted(door: Door) -> tuple[int, int, int]:
    """Leaves of the school: gross, excused, net."""
    found = report("school", DAY, school=door.school.pk).figures
    return found["gross_left"], found["excused_left"], found["net_left"]


def test_a_proof_waits_and_excuses_nothing(door: Door):
    cause = submitted(door)
    assert (cause.status, cause.submitted_by) == ("waiting", door.manager.user.get_full_name())
    assert cause.evidence and cause.evidence.name == "sick-note.pdf"
    assert counted(door) == (1, 0, 1)
    assert told() == ["cause_submitted"]


@pytest.mark.parametrize("who", ["director", "officer", "national"])
def test_the_school_or_the_regulator_accepts_and_the_leave_is_excused(door: Door, who: str):
    region = None if who == "national" else door.school.region
    by = door.director if who == "director" else MembershipFactory(role=Role.REGULATOR, region=region)
    cause = causes.accept(cause=submitted(door), by=by)
    assert (cause.status, cause.decided_on, cause.decided_role) == ("accepted", DAY, by.role)
    assert cause.assignment.cause_accepted
    assert counted(door) == (1, 1, 0)


def test_the_school_and_the_agency_are_judged_again_at_once(door: Door):
    cause = submitted(door)
    call_command("evaluate", verbosity=0)
    owners = Figure.objects.filter(level__in=["school", "agency"]).values_list("gross_left", "excused_left", "net_left")
    assert set(owners) == {(1, 0, 1)}
    causes.accept(cause=cause, by=door.director)
    assert set(owners.all()) == {(1, 1, 0)}


def test_a_rejection_says_why_and_the_leave_counts(door: Door):
    cause = causes.reject(cause=submitted(door), reason=" No seal. ", by=door.director)
    assert (cause.status, cause.reason) == ("rejected", "No seal.")
    assert counted(door) == (1, 0, 1)
    event = Event.objects.about(cause.assignment).first()
    assert event and (event.verb, event.details["reason"]) == ("cause_rejected", "No seal.")
    named = {mention.key.partition(":")[0] for mention in event.mentions.all()}
    assert named == {"guards.assignment", "guards.guard", "schools.post", "schools.school", "agencies.agency"}


def test_after_a_rejection_better_proof_may_be_brought(door: Door):
    rejected = causes.reject(cause=submitted(door), reason="No seal.", by=door.director)
    again = causes.submit(assignment=rejected.assignment, note="Sealed", evidence=None, by=door.manager)
    causes.accept(cause=again, by=door.director)
    assert list(Cause.objects.order_by("pk").values_list("status", flat=True)) == ["rejected", "accepted"]


def test_never_the_agency_another_school_or_another_region_decides(door: Door):
    cause = submitted(door)
    other = Region.objects.exclude(pk=door.school.region_id).first()
    strangers = [
        door.manager,
        MembershipFactory(role=Role.SCHOOL_DIRECTOR),
        MembershipFactory(role=Role.REGULATOR, region=other),
    ]
    says = "A cause is accepted by the school concerned or the regulator of its region, nobody else."
    for by in strangers:
        refused(lambda by=by: causes.accept(cause=cause, by=by), says)
        refused(lambda by=by: causes.reject(cause=cause, reason="No.", by=by), says)


def test_who_comes_second_is_told_that_it_was_answered(door: Door):
    cause = submitted(door)
    causes.accept(cause=cause, by=door.director)
    says = "This cause was answered in the meantime: Accepted."
    refused(lambda: causes.reject(cause=cause, reason="No seal.", by=door.director), says)
    assert Assignment.objects.get().cause_accepted


def test_a_rejection_without_words_is_refused(door: Door):
    cause = submitted(door)
    says = "Say why, so that the agency can bring better proof."
    refused(lambda: causes.reject(cause=cause, reason=" ", by=door.director), says, "reason")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"end_reason": "resigned"}, "counts towards the limit whatever its cause"),
        ({"cause_accepted": True}, "This cause is accepted already."),
        ({"left": False, "end_reason": "", "last_day": None}, "This service has not ended"),
    ],
)
def test_only_an_excusable_leave_that_is_not_excused_yet_can_be_proved(door: Door, changed: dict[str, Any], says: str):
    assignment = left(door, **changed)
    with pytest.raises(Refused, match=says):
        causes.submit(assignment=assignment, note="", evidence=SICK_NOTE, by=door.manager)
    assert not StoredFile.objects.exists()


def test_words_or_a_file_but_something(door: Door):
    assignment = left(door)
    says = "Attach the proof, or say in words what the school itself can check."
    refused(lambda: causes.submit(assignment=assignment, note=" ", evidence=None, by=door.manager), says, "evidence")


def test_another_agency_proves_nothing(door: Door):
    assignment, other = left(door), MembershipFactory()
    says = "The cause is proved by the agency whose guard left."
    refused(lambda: causes.submit(assignment=assignment, note="", evidence=SICK_NOTE, by=other), says)


def test_one_proof_waits_at_a_time(door: Door):
    assignment = left(door)
    CauseFactory(assignment=assignment)
    says = "This cause already waits for an answer."
    refused(lambda: causes.submit(assignment=assignment, note="", evidence=SICK_NOTE, by=door.manager), says)


def test_a_reason_excused_at_one_level_alone_can_be_proved(door: Door):
    assert {"illness", "contract_ended"} <= causes.excusable(DAY)
    assert "resigned" not in causes.excusable(DAY)
