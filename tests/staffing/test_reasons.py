"""Policy is set aside only with a reason that somebody signs and the school reads."""

import pytest

from compliance.models import ClauseVersion
from guards.models import Assignment
from staffing.models import SignedReason
from staffing.refusals import Refused
from tests.factories import ModuleFactory, RequirementFactory
from tests.staffing.door import Door, told


@pytest.fixture
def untrained(door: Door) -> Door:
    """The school asks for two modules of which the guard has completed none."""
    for title in ("Evacuation", "Alarm button"):
        RequirementFactory(school=door.school, module=ModuleFactory(title_en=title))
    return door


@pytest.fixture
def clause(db: None) -> ClauseVersion:
    return ClauseVersion.objects.get(rule="school_training", draft=None)


@pytest.mark.parametrize("text", [None, "", "   "])
def test_without_a_reason_nobody_is_proposed_against_policy(untrained: Door, clause: ClauseVersion, text: str | None):
    with pytest.raises(Refused) as refusal:
        untrained.propose(reasons={} if text is None else {clause.pk: text})
    assert refusal.value.field == f"reason_{clause.pk}"
    assert "“Evacuation”" in str(refusal.value) and "“Alarm button”" in str(refusal.value)
    assert str(refusal.value).endswith("This is policy, not law: sign a reason, which the director will see.")
    assert not Assignment.objects.exists() and told() == []


def test_the_reason_is_kept_with_its_clause_its_words_and_who_signed(untrained: Door, clause: ClauseVersion):
    proposal = untrained.propose(reasons={clause.pk: " The trainer comes on Friday. "})
    signed = SignedReason.objects.get()
    assert (signed.assignment, signed.version, signed.text) == (proposal, clause, "The trainer comes on Friday.")
    assert "“Evacuation”" in signed.sentence
    assert (signed.signed_by, signed.signed_name) == (
        untrained.manager.user.email,
        untrained.manager.user.get_full_name(),
    )


def test_nothing_is_signed_where_nothing_speaks_against_him(door: Door, clause: ClauseVersion):
    door.propose(reasons={clause.pk: "Not needed."})
    assert not SignedReason.objects.exists()


def test_a_reason_for_another_clause_does_not_do(untrained: Door, clause: ClauseVersion):
    other = ClauseVersion.objects.exclude(pk=clause.pk).filter(mark="policy").first()
    assert other is not None
    with pytest.raises(Refused):
        untrained.propose(reasons={other.pk: "For something else."})


def test_a_reason_is_seen_by_the_agency_and_the_school(untrained: Door, clause: ClauseVersion):
    untrained.propose(reasons={clause.pk: "The trainer comes on Friday."})
    for membership in (untrained.manager, untrained.director):
        assert SignedReason.objects.visible_to(membership).count() == 1
    assert not SignedReason.objects.visible_to(None).exists()
