"""The contracts of a school or an agency, with what is left of their terms."""

from datetime import date
from typing import Any

from agencies.models import Contract
from desks import formats


def held(membership: Any, today: date, **owner: Any) -> list[Contract]:
    """The contracts of `school=` or `agency=` of which the officer may know, the youngest first, each with `left`."""
    found = Contract.objects.visible_to(membership).filter(**owner)
    contracts = list(found.select_related("agency", "school__region", "licence").order_by("-first_day", "-pk"))
    for contract in contracts:
        contract.left = formats.days_left(contract.last_day, today) if contract.last_day else ""
    return contracts
