"""What a planned change does, in words: no rate stands without all leaves beside those that count."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from compliance.reports import effect
from compliance.turnover import Departure
from desks.preview import level_row, preview, verdict
from tests.compliance.registers import DAY, confetti, leave
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("level", ["agency_school", "agency"])
def test_the_agency_is_told_with_its_leaves_net_and_gross(level: str) -> None:
    post = confetti(2)
    leave(post, end_reason="illness", cause_accepted=True)
    agency = post.assignments.earliest("pk").agency
    leaving = AssignmentFactory(post=post, agency=agency)
    departure = Departure(leaving.guard_id, agency.pk, post.school_id, DAY, "resigned")
    with override("en"):
        row = level_row(effect(post.school_id, DAY, departures=[departure], level=level, agency=agency.pk))
    assert row.note.endswith("of 4 leaves in all 3 would count")


@pytest.mark.parametrize(("days_ago", "told"), [(120, "is breached, indicated since"), (0, "will be breached, ")])
def test_a_leave_that_is_entered_late_has_broken_the_limit_already(days_ago: int, told: str, time_machine: Any) -> None:
    time_machine.move_to(f"{DAY}T12:00+05:00")
    post = confetti(1)
    leaving = AssignmentFactory(post=post, first_day=DAY - timedelta(days=300))
    gone = Departure(leaving.guard_id, leaving.agency_id, post.school_id, DAY - timedelta(days=days_ago), "resigned")
    with override("en"):
        assert told in verdict(effect(post.school_id, DAY, departures=[gone]))


@pytest.mark.parametrize(("in_days", "told"), [(0, "now"), (10, "without it")])
def test_what_is_known_of_a_later_day_is_not_told_as_what_is_now(in_days: int, told: str, time_machine: Any) -> None:
    time_machine.move_to(f"{DAY}T12:00+05:00")
    post, day = confetti(1), DAY + timedelta(days=in_days)
    leaving = AssignmentFactory(post=post, first_day=DAY - timedelta(days=300))
    # Another guard is to leave before: with him the figure of the later day is no longer that of now.
    AssignmentFactory(post=post, first_day=DAY - timedelta(days=300), last_day=DAY + timedelta(days=5))
    departure = Departure(leaving.guard_id, leaving.agency_id, post.school_id, day, "resigned")
    with override("en"):
        picture = preview(effect(post.school_id, day, departures=[departure])).picture
    assert picture is not None
    assert picture.now_words.startswith(f"{told} ")


def test_a_leave_beyond_the_limit_that_others_make_room_for_says_when_and_on_what_terms(time_machine: Any) -> None:
    time_machine.move_to(f"{DAY}T12:00+05:00")
    post = confetti(0)
    leave(post, first_day=DAY - timedelta(days=700), last_day=DAY - timedelta(days=360))
    leaving = AssignmentFactory(post=post, first_day=DAY - timedelta(days=300))
    gone = Departure(leaving.guard_id, leaving.agency_id, post.school_id, DAY, "resigned")
    with override("en"):
        told = preview(effect(post.school_id, DAY, departures=[gone])).sentence
    # Two have left where one is allowed; the first drops out of the window before the second counts for good.
    assert told.startswith("If nobody else leaves, the limit of 50")
    assert "This would be leave number 2 of the 1 allowed until" in told


@pytest.mark.parametrize(("in_days", "told"), [(0, "is breached already"), (60, "will be breached without this leave")])
def test_a_limit_that_others_will_breach_is_not_told_as_breached_already(
    in_days: int, told: str, time_machine: Any
) -> None:
    time_machine.move_to(f"{DAY}T12:00+05:00")
    post, day = confetti(0), DAY + timedelta(days=in_days)
    leaving = AssignmentFactory(post=post, first_day=DAY - timedelta(days=300))
    for _number in range(3):
        # Long ago where it is breached today, in the coming days where it will be.
        last = DAY - timedelta(days=200) if not in_days else DAY + timedelta(days=5)
        leave(post, first_day=DAY - timedelta(days=300), last_day=last)
    departure = Departure(leaving.guard_id, leaving.agency_id, post.school_id, day, "resigned")
    with override("en"):
        assert told in verdict(effect(post.school_id, day, departures=[departure]))
