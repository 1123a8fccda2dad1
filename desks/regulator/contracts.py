"""The contracts of a school or an agency, with what is left of their terms."""

from datetime import date
from typing import Any

from agencies.models import Contract
from desks import formats


def held(membership: Any, today: date, **owner: Any) -> list[Contract]:
    """The contracts of `school=` or `agency=` that the officer may know of, the youngest first, with what is `left`."""
    found = Contract.objects.visible_to(membership).filter(**owner)
    contracts = list(found.select_related("agency", "school__region", "licence").order_by("-first_day", "-pk"))
    for contract in contracts:
        runs = contract.last_day is not None and contract.last_day >= today
        contract.left = formats.days_left(contract.last_day, today) if runs else ""
    return contracts
