"""Words on a proposal: the director asks, the agency answers, and nobody else speaks."""

import pytest

from access.roles import Role
from guards.models import ProposalNote
from staffing import actions
from staffing.asking import discuss
from staffing.refusals import Refused
from tests.factories import MembershipFactory
from tests.staffing.door import Door, told


def test_both_sides_speak_in_turn_and_each_word_has_its_event(door: Door):
    proposal = door.propose()
    discuss(assignment=proposal, text=" Has he worked with children? ", by=door.director)
    discuss(assignment=proposal, text="For two years.", by=door.manager)
    assert list(ProposalNote.objects.values_list("role", "text")) == [
        ("school_director", "Has he worked with children?"),
        ("agency_manager", "For two years."),
    ]
    assert told() == ["assignment_proposed", "proposal_discussed", "proposal_discussed"]
    proposal.refresh_from_db()
    assert proposal.status == "proposed"


def test_a_proposal_that_has_its_answer_is_spoken_of_no_more(door: Door):
    proposal = door.propose()
    actions.decline(assignment=proposal, reason="No.", by=door.director)
    with pytest.raises(Refused, match=r"“Declined” by now\. It was changed on 25\.11\.2026 by"):
        discuss(assignment=proposal, text="Why?", by=door.manager)


def test_empty_words_are_none(door: Door):
    with pytest.raises(Refused) as refusal:
        discuss(assignment=door.propose(), text="  ", by=door.director)
    assert refusal.value.field == "text" and not ProposalNote.objects.exists()


def test_strangers_and_the_regulator_do_not_speak(door: Door):
    proposal = door.propose()
    for by in (
        MembershipFactory(),
        MembershipFactory(role=Role.SCHOOL_DIRECTOR),
        MembershipFactory(role=Role.REGULATOR),
    ):
        with pytest.raises(Refused):
            discuss(assignment=proposal, text="Hello", by=by)
    assert not ProposalNote.objects.exists()
