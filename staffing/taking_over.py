"""A school changes hands: several guards are proposed at once, and what outlived a contract is ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from agencies.models import Agency
from guards.models import Assignment, EndReason, Guard
from schools.models import Post
from staffing import actions
from staffing.holding import ending_with_contract
from staffing.refusals import Refused


@dataclass(frozen=True)
class Placing:
    """One guard for one post."""

    guard: Guard
    post: Post


class SomeRefused(Exception):
    """None of several placings was done; `faults` says of each at fault, by its place in the order, why."""

    def __init__(self, faults: Mapping[int, Refused]) -> None:
        super().__init__(", ".join(map(str, faults.values())))
        self.faults = faults


@transaction.atomic
def propose_all(
    *,
    placings: Sequence[Placing],
    agency: Agency,
    first_day: date,
    reasons: Mapping[int, str] | None = None,
    by: Membership,
) -> list[Assignment]:
    """Propose several guards, all or none, each with its own event. Raises SomeRefused.

    `reasons` holds for every guard whom the clause speaks against.
    """
    made: list[Assignment] = []
    faults: dict[int, Refused] = {}
    for at, one in enumerate(placings):
        try:
            made.append(
                actions.propose(
                    guard=one.guard, post=one.post, agency=agency, first_day=first_day, reasons=reasons, by=by
                )
            )
        except Refused as refused:
            faults[at] = refused
    if faults:
        raise SomeRefused(faults)
    return made


def end_what_outlived_its_contract() -> int:
    """End every confirmed assignment whose agency no longer has a contract with the school; how many they were.

    The last day is that of the contract. It is done again each day and finds nothing the second time.
    """
    today = timezone.localdate()
    ending = ending_with_contract(today)
    for assignment, last_day in ending:
        _end_with_contract(assignment, max(last_day, assignment.first_day))
    return len(ending)


def _end_with_contract(assignment: Assignment, last_day: date) -> None:
    actions.end(assignment=assignment, last_day=last_day, reason=EndReason.CONTRACT_ENDED, by=None)
