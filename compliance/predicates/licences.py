"""Rules about the licence that a contract of guarding stands on."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from agencies.models import Contract, Licence, LicenceEvent
from compliance.predicates.base import Breach, RowRule, Subject, World


@dataclass(frozen=True)
class ContractRule(RowRule):
    """The base of rules about contracts of guarding and the licence that each of them names."""

    def rows(self) -> QuerySet[Any]:
        return Contract.objects.select_related("agency", "school", "licence")

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Contracts in force on their day `on` whose licence fails, with the licence's state by that day."""
        latest = LicenceEvent.objects.filter(licence=OuterRef("licence"), on__lte=OuterRef("on")).order_by("-on")
        contracts = rows.in_force(F("on"))  # type: ignore[attr-defined]
        return contracts.filter(
            self.fails()
        ).annotate(  # type: ignore[no-any-return]
            licence_state=Subquery(latest.values("event")[:1]), licence_state_since=Subquery(latest.values("on")[:1])
        )

    def fails(self) -> Any:
        """The condition, on a contract in force, under which the rule does not hold."""
        raise NotImplementedError

    def breach(self, row: Any, world: World) -> Breach:
        return Breach(Subject(row.school_id, row.agency_id, mark=row.code), contract_evidence(row, world))


@dataclass(frozen=True)
class LicenceInForce(ContractRule):
    """An agency guards under a licence that is not suspended, revoked or annulled on the day."""

    code: ClassVar[str] = "licence_in_force"

    def fails(self) -> Any:
        """The named licence is not in force; where none is named, any licence of the agency would do."""
        in_force = Licence.objects.in_force(OuterRef("on"))
        named = Q(licence__isnull=False) & ~Exists(in_force.filter(pk=OuterRef("licence")))
        return named | Q(licence__isnull=True) & ~Exists(in_force.filter(agency=OuterRef("agency")))


@dataclass(frozen=True)
class LicenceSubtype(ContractRule):
    """A school on the list of objects vulnerable to terrorism is guarded under the subtype that includes such objects."""

    code: ClassVar[str] = "licence_subtype"

    def fails(self) -> Any:
        still_listed = Q(school__vulnerable_until__isnull=True) | Q(school__vulnerable_until__gte=F("on"))
        listed = Q(school__vulnerable_since__lte=F("on")) & still_listed
        return listed & Q(licence__subtype=Licence.Subtype.EXCEPT_VULNERABLE)


def contract_evidence(contract: Any, world: World) -> dict[str, Any]:
    """The contract, the licence it names and what had become of that licence by the day judged."""
    licence = contract.licence
    since = contract.licence_state_since or (licence.issued_on if licence else None)
    vulnerable_since = contract.school.vulnerable_since
    return {
        "day": world.day.isoformat(),
        "contract": contract.code,
        "contract_number": contract.number,
        "contract_first_day": contract.first_day.isoformat(),
        "contract_last_day": contract.last_day.isoformat() if contract.last_day else None,
        "licence": licence.number if licence else None,
        "subtype": licence.subtype if licence else None,
        "state": (contract.licence_state or "issued") if licence else None,
        "state_since": since.isoformat() if since else None,
        "vulnerable_since": vulnerable_since.isoformat() if vulnerable_since else None,
    }
