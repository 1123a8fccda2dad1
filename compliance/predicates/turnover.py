"""Rules about how often guards change, and about schools where that cannot be told."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from agencies.models import Contract
from compliance.predicates.base import Breach, Rule, RuleFault, Subject, World, parameter
from compliance.turnover import DEFAULT_EXCUSED_AGENCY, DEFAULT_EXCUSED_SCHOOL, END_REASONS, Limit, Terms

LEVELS = ("school", "agency_school", "agency")


@dataclass(frozen=True)
class TurnoverLimit(Rule):
    """Turnover of guards over the window does not exceed the limit, once enough of them have left for good."""

    code: ClassVar[str] = "turnover_limit"
    level: str = parameter(help="Whose turnover: school, agency_school or agency")
    threshold_percent: float = parameter(50.0, help="The limit, percent a year", low=0, high=1000)
    min_left: int = parameter(2, help="Settled leaves below which nothing is said", low=1, high=100)
    confidence: float = parameter(0.95, help="Confidence of the exact Poisson interval", low=0.5, high=0.999)
    window_days: int = parameter(365, help="Days of the window, ending on the day judged", low=30, high=1830)
    gap_open_days: int = parameter(30, help="Open days of absence after which a guard has left", low=1, high=250)
    seasoned_days: int = parameter(90, help="Days of service after which a guard is seasoned", low=0, high=1000)
    excused: tuple[str, ...] | None = parameter(
        None, help="Reasons that do not count once their cause is accepted; empty means those of the level"
    )

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise RuleFault(f"turnover_limit.level is “{self.level}”; it is one of {', '.join(LEVELS)}.")
        if unknown := set(self.excused or ()) - set(END_REASONS):
            raise RuleFault(f"turnover_limit.excused names unknown reasons: {', '.join(sorted(unknown))}.")

    @property
    def terms(self) -> Terms:
        """How the figures are counted under this clause."""
        default = DEFAULT_EXCUSED_SCHOOL if self.level == "school" else DEFAULT_EXCUSED_AGENCY
        return Terms(
            window_days=self.window_days,
            gap_open_days=self.gap_open_days,
            seasoned_days=self.seasoned_days,
            confidence=self.confidence,
            excused=default if self.excused is None else frozenset(self.excused),
        )

    @property
    def limit(self) -> Limit:
        return Limit(threshold_percent=self.threshold_percent, min_left=self.min_left)

    def breaches(self, world: World) -> Iterator[Breach]:
        return world.turnover_breaches(self)


@dataclass(frozen=True)
class Measurable(Rule):
    """A school under contract has guards whom its director confirmed: missing evidence never passes."""

    code: ClassVar[str] = "measurable"

    def breaches(self, world: World) -> Iterator[Breach]:
        """One for each contracted school without confirmed service in the window, with all its contracts."""
        contracts = world.narrowed(Contract.objects.in_force(world.day), "school")
        silent = world.unmeasurable_schools(contracts.values_list("school_id", flat=True))
        held = contracts.filter(school__in=silent).select_related("agency").order_by("school_id", "pk")
        for school, group in groupby(held, key=lambda contract: contract.school_id):
            of_school = list(group)
            agencies = {contract.agency_id for contract in of_school}
            only = agencies.pop() if len(agencies) == 1 else None
            yield Breach(Subject(school=school, agency=only), silence_evidence(of_school, world))


def silence_evidence(contracts: list[Any], world: World) -> dict[str, Any]:
    """The contracts under which nothing was confirmed."""
    return {
        "day": world.day.isoformat(),
        "contracts": [
            {
                "contract": contract.code,
                "contract_number": contract.number,
                "agency_bin": contract.agency.bin,
                "first_day": contract.first_day.isoformat(),
            }
            for contract in contracts
        ],
    }
