"""The closed vocabulary of rules. A further rule is one small class in one of these modules, named in RULES."""

from compliance.predicates.agencies import AgencyVulnerableCapability, QuarterlyReportSent, StaffingNorm
from compliance.predicates.base import Breach, Rule, RuleFault, Subject, World
from compliance.predicates.briefings import Briefings
from compliance.predicates.confirmation import DirectorConfirmation
from compliance.predicates.guards import GuardAgeCitizenship, GuardNoBars
from compliance.predicates.licences import ContractInForce, LicenceInForce, LicenceSubtype
from compliance.predicates.papers import GuardIdentityDocument, GuardRefresher, GuardSpecialTraining
from compliance.predicates.presence import PostCovered, PresenceAgrees
from compliance.predicates.training import SchoolTraining
from compliance.predicates.turnover import ContinuityFloor, Measurable, TurnoverLimit

RULES: tuple[type[Rule], ...] = (
    GuardAgeCitizenship,
    GuardSpecialTraining,
    GuardRefresher,
    GuardNoBars,
    GuardIdentityDocument,
    LicenceInForce,
    LicenceSubtype,
    AgencyVulnerableCapability,
    ContractInForce,
    StaffingNorm,
    Briefings,
    SchoolTraining,
    DirectorConfirmation,
    TurnoverLimit,
    ContinuityFloor,
    PostCovered,
    PresenceAgrees,
    Measurable,
    QuarterlyReportSent,
)
_BY_CODE = {rule.code: rule for rule in RULES}


def rule_named(code: str) -> type[Rule]:
    """The rule with this code. Raises RuleFault for a code outside the vocabulary."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise RuleFault(f"“{code}” is not a rule; the rules are {', '.join(sorted(_BY_CODE))}.") from None


__all__ = ["RULES", "Breach", "Rule", "RuleFault", "Subject", "World", "rule_named"]
