"""Which of the candidates for a place the page shows: the best, the next ones, or those whom a name finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from staffing.candidates import TOLD_OF, Candidate

#: How many candidates the page shows at once.
SHOWN = TOLD_OF
Numbered = tuple[int, Candidate]


@dataclass(frozen=True)
class Looking:
    """The name that is looked for, and how many of those found are passed over."""

    name: str = ""
    passed: int = 0

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Looking":
        """What an address asks for; from the first where it asks for no number."""
        passed = asked.get("from", "")
        return cls(asked.get("q", "").strip(), int(passed) if passed.isdecimal() and len(passed) < 7 else 0)

    def found(self, candidates: Sequence[Candidate]) -> list[Numbered]:
        """All whose names hold the name, each with his rank among everybody."""
        wanted = self.name.casefold()
        ranked = enumerate(candidates, start=1)
        return [(number, one) for number, one in ranked if wanted in one.guard.full_name.casefold()]

    def shown(self, found: Sequence[Numbered]) -> Sequence[Numbered]:
        return found[self.passed : self.passed + SHOWN]

    def before(self, query: str) -> str:
        """The address of those before the ones shown; empty where there are none."""
        return self._address(query, max(self.passed - SHOWN, 0)) if self.passed else ""

    def after(self, query: str, found: Sequence[Numbered]) -> str:
        """The address of those after them."""
        following = self.passed + SHOWN
        return self._address(query, following) if following < len(found) else ""

    def _address(self, query: str, passed: int) -> str:
        looked_for = {"q": self.name} if self.name else {}
        return f"?{query}&{urlencode(looked_for | {'from': str(passed)})}"
