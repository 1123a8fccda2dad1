"""The work of placing several guards at once: a line for each free place, those who stay in their places already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Contract
from compliance.models import ClauseVersion
from desks.agency.places import EmptyPlace, empty_places
from desks.agency.placing import Line, of_post, tie
from desks.agency.schools import contract_status
from schools.models import Post, School
from staffing.candidates import Candidate, candidates, judge
from staffing.holding import free_places
from staffing.obstacles import Obstacle, Reservation, reservations


@dataclass(frozen=True)
class FreePlace:
    """A place that nobody holds, with those who could; `stays` holds it for the agency before."""

    post: Post
    number: int
    candidates: Sequence[Candidate]
    stays: Candidate | None = None

    @property
    def key(self) -> str:
        return f"guard_{self.post.public_id}_{self.number}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Those who may be proposed, the best first, each with his tie to the school."""
        return [
            (str(one.guard.public_id), f"{one.guard.name} · {tie(one)}")
            for one in self.candidates
            if one.may_be_proposed
        ]

    def candidate(self, public_id: str) -> Candidate | None:
        return next((one for one in self.candidates if str(one.guard.public_id) == public_id), None)


def contract_of(school: School, membership: Any, today: date) -> Contract | None:
    """The agency's contract at the school that is in force, else the next one to come."""
    mine = Contract.objects.visible_to(membership).filter(school=school)
    mine = mine.filter(Q(last_day__isnull=True) | Q(last_day__gte=today))
    found: Contract | None = mine.order_by("first_day").first()
    return found


def lead_of(school: School, contract: Contract | None, today: date) -> str:
    """The school, and from when or until when it is the agency's."""
    if contract is None:
        return str(school.name)
    state = contract_status(contract.first_day, contract.last_day, today).text
    return _("%(school)s · contract № %(number)s: %(state)s") % {
        "school": school.name,
        "number": contract.number,
        "state": f"{state[0].lower()}{state[1:]}",
    }


class TakingOver:
    """The state of the page: the places of a school that are free from a day on."""

    def __init__(self, school: School, membership: Any, first_day: date, today: date) -> None:
        self.school, self.membership, self.first_day, self.today = school, membership, first_day, today

    @cached_property
    def _posts(self) -> list[Post]:
        posts = Post.objects.filter(school=self.school).open_on(self.first_day)
        return list(posts.select_related("school").order_by("first_day", "code"))

    @cached_property
    def _candidates(self) -> dict[int, list[Candidate]]:
        """Of each post with a free place all candidates, ranked."""
        return {post.pk: self._ranked(post) for post in self._posts if self._free[post.pk]}

    def _ranked(self, post: Post) -> list[Candidate]:
        """The page tells of everybody who may not be placed by what he is kept away."""
        place = {"post": post, "first_day": self.first_day, "agency": self.membership.agency}
        ranked = candidates(**place)
        judge(ranked, **place)
        return ranked

    @cached_property
    def _free(self) -> dict[int, int]:
        return free_places(self._posts, self.first_day)

    @cached_property
    def places(self) -> list[FreePlace]:
        """The free places of every post by their numbers; who stays is at the place that he has held so far."""
        empty = empty_places(self._posts, self.membership, self.today, self.first_day)
        return [place for post in self._posts for place in self._places_of(post, empty[post.pk])]

    def _places_of(self, post: Post, empty: Sequence[EmptyPlace]) -> list[FreePlace]:
        ranked = self._candidates.get(post.pk, [])
        staying = {one.guard.pk: one for one in ranked if one.stays and one.may_be_proposed}
        # Proposals hold places too, and have none of their own on the ribbon yet: they take those that nobody kept.
        kept_first = sorted(empty, key=lambda one: one.last not in staying)[: self._free[post.pk]]
        places = [FreePlace(post, one.number, ranked, staying.pop(one.last or 0, None)) for one in kept_first]
        return sorted(places, key=lambda one: one.number)

    @property
    def of_post(self) -> list[tuple[Post, list[Obstacle]]]:
        """Of each post with a free place what stands in everybody's way."""
        found = [(post, of_post(self._candidates.get(post.pk, []))) for post in self._posts]
        return [(post, obstacles) for post, obstacles in found if obstacles]

    @property
    def closed(self) -> list[tuple[Post, list[Line]]]:
        """Of each post those who themselves may not be placed, with everything that forbids it."""
        found = []
        for post in self._posts:
            ranked = enumerate(self._candidates.get(post.pk, []), start=1)
            lines = [Line(at, one, tie(one), is_chosen=False) for at, one in ranked]
            if shut := [line for line in lines if line.obstacles]:
                found.append((post, shut))
        return found

    def reservations(self, chosen: dict[str, str]) -> list[Reservation]:
        """What policy says against any of the chosen, one for each clause with the names of whom it is about."""
        said: dict[int, tuple[ClauseVersion, list[str]]] = {}
        for place in self.places:
            one = place.candidate(chosen.get(place.key, ""))
            for found in reservations(one.reservations) if one else []:
                said.setdefault(found.version.pk, (found.version, []))[1].append(f"{one.guard.name}: {found.sentence}")  # type: ignore[union-attr]
        return [Reservation(version, " ".join(sentences)) for version, sentences in said.values()]
