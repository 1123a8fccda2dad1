"""The life of a licence as a table of transitions (Law 85 of 19.10.2000, art. 17-1 and 21)."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

ISSUED = "issued"
SUSPENDED = "suspended"
RESUMED = "resumed"
REVOKED = "revoked"
ANNULLED = "annulled"

# What may follow what; a revoked or annulled licence never comes back.
MAY_FOLLOW = {
    ISSUED: {SUSPENDED, REVOKED, ANNULLED},
    SUSPENDED: {RESUMED, REVOKED, ANNULLED},
    RESUMED: {SUSPENDED, REVOKED, ANNULLED},
    REVOKED: set(),
    ANNULLED: set(),
}
NOT_IN_FORCE = (SUSPENDED, REVOKED, ANNULLED)


def fault_in_order(issued_on: date, events: Iterable[tuple[date, str]]) -> tuple[int, str] | None:
    """The first event (its place, a sentence) that cannot follow the one before it; None when all can.

    `events` are (day, event) in order of their days.
    """
    story = [(issued_on, ISSUED), *events]
    for place, ((day_before, before), (day, event)) in enumerate(pairwise(story)):
        if day < day_before or (day == day_before and before != ISSUED):
            return place, _("%(day)s is not after %(before)s, the day of the event before it.") % {
                "day": day,
                "before": day_before,
            }
        if event not in MAY_FOLLOW[before]:
            return place, _("A licence that was %(before)s cannot be %(event)s.") % {"before": before, "event": event}
    return None
