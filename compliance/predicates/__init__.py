"""The closed vocabulary of rules. A further rule is one small class in one of these modules, named in RULES."""

from compliance.predicates.base import Breach, Rule, RuleFault, Subject, World
from compliance.predicates.confirmation import DirectorConfirmation
from compliance.predicates.licences import LicenceInForce, LicenceSubtype
from compliance.predicates.turnover import Measurable, TurnoverLimit

RULES: tuple[type[Rule], ...] = (TurnoverLimit, DirectorConfirmation, LicenceInForce, LicenceSubtype, Measurable)
_BY_CODE = {rule.code: rule for rule in RULES}


def rule_named(code: str) -> type[Rule]:
    """The rule with this code. Raises RuleFault for a code outside the vocabulary."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise RuleFault(f"“{code}” is not a rule; the rules are {', '.join(sorted(_BY_CODE))}.") from None


__all__ = ["RULES", "Breach", "Rule", "RuleFault", "Subject", "World", "rule_named"]
