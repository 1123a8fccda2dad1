"""The papers of guards before the regulator: the queue of what is not verified, and one paper with its guard."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from agencies.models import Agency
from desks import formats, papers
from desks.lists import Column
from guards.models import Assignment, Credential, Employment
from schools.models import Post

SORTS = {
    # In the order in which they were entered.
    "entered": ("pk",),
    "guard": ("guard__family_name", "guard__given_name"),
    "until": ("valid_until",),
}


def listed(membership: Any) -> Any:
    """The papers of guards of whom the officer may know."""
    return Credential.objects.visible_to(membership).select_related("guard")


def prepare(today: date) -> Callable[[Sequence[Any]], None]:
    """What hangs on each paper its `validity`, its `left`, its `standing` and the `agencies` that employ its guard."""

    def hang(rows: Sequence[Any]) -> None:
        agencies = agencies_of([row.guard_id for row in rows], today)
        for row in rows:
            row.validity, row.standing = papers.validity(row.valid_until, today), papers.standing(row)
            row.left = formats.days_left(row.valid_until, today) if row.valid_until else ""
            row.agencies = agencies[row.guard_id]

    return hang


def agencies_of(guards: Sequence[int], today: date) -> dict[int, list[Agency]]:
    """Whoever employs each of the guards; one query for all."""
    found: dict[int, list[Agency]] = defaultdict(list)
    for one in Employment.objects.on(today).filter(guard__in=guards).select_related("agency").order_by("pk"):
        found[one.guard_id].append(one.agency)
    return found


COLUMNS = [
    Column(gettext_lazy("Guard"), lambda row: row.guard.full_name),
    Column(gettext_lazy("IIN"), lambda row: row.guard.masked_iin),
    Column(gettext_lazy("Agency"), lambda row: ", ".join(agency.name for agency in row.agencies)),
    Column(gettext_lazy("Kind of paper"), lambda row: row.get_kind_display()),
    Column(gettext_lazy("Number"), "number"),
    Column(gettext_lazy("Issued by"), "issued_by"),
    Column(gettext_lazy("Day of issue"), "issued_on"),
    Column(gettext_lazy("Valid until"), "valid_until"),
    Column(gettext_lazy("Authorised body"), lambda row: row.standing.text),
    Column(gettext_lazy("What is wrong"), "doubt"),
]


@dataclass(frozen=True)
class PaperFile:
    """A paper with its guard: who employs him, where he stands, and his other current papers."""

    paper: Any
    posts: list[Post]
    others: list[Any]

    @classmethod
    def of(cls, paper: Credential, membership: Any, today: date) -> "PaperFile":
        holding = Assignment.objects.visible_to(membership).counted().on(today).filter(guard=paper.guard_id)
        others: list[Any] = list(
            listed(membership).current().filter(guard=paper.guard_id).exclude(pk=paper.pk).order_by("kind", "pk")
        )
        prepare(today)([paper, *others])
        posts = [one.post for one in holding.select_related("post__school").order_by("first_day", "pk")]
        return cls(paper, posts, others)
