"""The reasons that the demo manager signed where policy spoke against a guard whom he proposed."""

from django.utils import translation

from accounts.demo import PLAYERS
from guards.models import Assignment
from staffing.models import SignedReason
from staffing.obstacles import of_clauses, reservations

# By family name: why he is proposed although a clause of policy speaks against him.
REASONS = {
    "Мұқашев": "Стоял у этой двери подменой четыре раза, школа его знает. Модуль пройдёт до первого дня.",
}


def sign_reasons() -> None:
    """A reason for each clause of policy against the proposals of a story, in the words that the manager read."""
    manager = PLAYERS[0]
    proposals = Assignment.objects.proposed().filter(guard__family_name__in=REASONS)
    with translation.override("ru"):
        for proposal in proposals.select_related("guard", "post__school", "agency").order_by("pk"):
            against = of_clauses([proposal.guard], proposal.post, proposal.agency, proposal.first_day)
            SignedReason.objects.bulk_create(
                SignedReason(
                    assignment=proposal,
                    version=one.version,
                    sentence=one.sentence,
                    text=REASONS[proposal.guard.family_name],
                    signed_by=manager.email,
                    signed_name=manager.full_name,
                    at=proposal.proposed_at,
                )
                for one in reservations(against[proposal.guard_id])
            )
