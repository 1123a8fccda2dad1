"""Who may open what, as data: a row for each route, an answer for each visitor.

A route is a row of `tests/access/routes_<desk>.py`:

    Route("agency:guard", {"public_id": "guard"}, opens=[OWN_MANAGER], hides=[OTHER_MANAGER])

`opens` answers 200 (or what `answer` says), `hides` 404: the page is for this role, the record is not for this visitor.
Everybody else who is signed in is refused with 403, and who is not is sent to the sign-in page. The object of an
address is one of `tests.access.world.Place`, always of the own side; `lists` names what a list shows: a visitor finds
the record of his own side there and not the neighbour's, the national officer both. A page that only takes a form says
`method="post"`, with `data` where it needs some; `words` are the parts of an address that name no object.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Visitor(StrEnum):
    """Everyone who may come. The others hold records of their own, in a region of their own."""

    OWN_MANAGER = "own manager"
    OTHER_MANAGER = "other manager"
    OWN_DIRECTOR = "own director"
    OTHER_DIRECTOR = "other director"
    OWN_OFFICER = "own region's officer"
    OTHER_OFFICER = "other region's officer"
    NATIONAL_OFFICER = "national officer"
    WITHOUT_MEMBERSHIP = "signed in without membership"
    PUBLIC = "public"

    @property
    def side(self) -> str:
        """`own`, `other`, or nothing for those who stand on neither side."""
        first = self.value.partition(" ")[0]
        return first if first in ("own", "other") else ""


MANAGERS = (Visitor.OWN_MANAGER, Visitor.OTHER_MANAGER)
DIRECTORS = (Visitor.OWN_DIRECTOR, Visitor.OTHER_DIRECTOR)
OFFICERS = (Visitor.OWN_OFFICER, Visitor.OTHER_OFFICER, Visitor.NATIONAL_OFFICER)
MEMBERS = (*MANAGERS, *DIRECTORS, *OFFICERS)
SIGNED_IN = (*MEMBERS, Visitor.WITHOUT_MEMBERSHIP)
EVERYBODY = (*SIGNED_IN, Visitor.PUBLIC)


@dataclass(frozen=True)
class Route:
    """A route and its answers; a route may have several rows, one for each way of asking."""

    name: str
    objects: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    opens: Sequence[Visitor] = ()
    hides: Sequence[Visitor] = ()
    answer: int = 200
    method: str = "get"
    data: Mapping[str, str] = field(default_factory=dict)
    lists: str = ""
    # The row speaks of these visitors alone; another row of the route speaks of the others.
    only_for: Sequence[Visitor] = EVERYBODY

    def expected(self, visitor: Visitor) -> int:
        """The status of the answer; 302 for a visitor who is sent to the sign-in page."""
        if visitor in self.opens:
            return self.answer
        if visitor == Visitor.PUBLIC:
            return 302
        return 404 if visitor in self.hides else 403
