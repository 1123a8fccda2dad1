"""Leaves that break a limit: why the agency ended the service all the same, as it signed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from guards.models import Assignment
from staffing.models import SignedReason


@dataclass(frozen=True)
class SignedEnd:
    """A service that ended against the limits, with what was signed for each of them."""

    assignment: Assignment
    signed: Sequence[SignedReason]

    @property
    def texts(self) -> list[str]:
        """What the agency wrote: one text may stand for several limits."""
        return list(dict.fromkeys(one.text for one in self.signed))


def signed_ends(membership: Any, since: date) -> list[SignedEnd]:
    """Those whose last day is this one or a later one, the latest first; one query."""
    mine = SignedReason.objects.visible_to(membership).filter(of_end=True, assignment__last_day__gte=since)
    rows = mine.select_related("assignment__guard", "assignment__agency", "version__clause__paragraph")
    ordered = rows.order_by("-assignment__last_day", "assignment", "pk")
    return [SignedEnd(one, list(many)) for one, many in groupby(ordered, key=lambda row: row.assignment)]
