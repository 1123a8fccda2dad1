"""What a planned change does, in words: no rate stands without all leaves beside those that count."""

import pytest
from django.utils.translation import override

from compliance.reports import effect
from compliance.turnover import Departure
from desks.preview import level_row
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
