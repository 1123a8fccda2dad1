"""The work of placing several guards at once: a line for each free place, those who stay in their places already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from agencies.models import Contract
from compliance.models import ClauseVersion
from desks.agency.placing import Line, tie
from schools.models import Post, School
from staffing.candidates import Candidate, candidates
from staffing.holding import free_places
from staffing.obstacles import Reservation, reservations


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


def first_day_of(school: School, membership: Any, today: date) -> date:
    """The first day of the agency's contract where that is still to come, else today."""
    mine = Contract.objects.visible_to(membership).filter(school=school)
    mine = mine.filter(Q(last_day__isnull=True) | Q(last_day__gte=today))
    first = mine.order_by("first_day").values_list("first_day", flat=True).first()
    return max(first or today, today)


class TakingOver:
    """The state of the page: the free places of a school on a day."""

    def __init__(self, school: School, membership: Any, first_day: date) -> None:
        self.school, self.membership, self.first_day = school, membership, first_day

    @cached_property
    def _posts(self) -> list[Post]:
        posts = Post.objects.filter(school=self.school).open_on(self.first_day)
        return list(posts.select_related("school").order_by("first_day", "code"))

    @cached_property
    def _candidates(self) -> dict[int, list[Candidate]]:
        """Of each post with a free place all candidates, ranked."""
        return {
            post.pk: candidates(post=post, first_day=self.first_day, agency=self.membership.agency)
            for post in self._posts
            if self._free[post.pk]
        }

    @cached_property
    def _free(self) -> dict[int, int]:
        return free_places(self._posts, self.first_day)

    @cached_property
    def places(self) -> list[FreePlace]:
        """The free places of every post, those of guards who stay first."""
        found = []
        for post in self._posts:
            ranked = self._candidates.get(post.pk, [])
            staying = [one for one in ranked if one.stays and one.may_be_proposed]
            for at in range(self._free[post.pk]):
                stays = staying[at] if at < len(staying) else None
                found.append(FreePlace(post, at + 1, ranked, stays))
        return found

    @property
    def closed(self) -> list[tuple[Post, list[Line]]]:
        """Of each post those who may not be placed, with everything that forbids it."""
        return [
            (post, [Line(at, one, tie(one), is_chosen=False) for at, one in enumerate(shut, start=1)])
            for post in self._posts
            if (shut := [one for one in self._candidates.get(post.pk, []) if not one.may_be_proposed])
        ]

    def reservations(self, chosen: dict[str, str]) -> list[Reservation]:
        """What policy says against any of the chosen, one for each clause with the names of whom it is about."""
        said: dict[int, tuple[ClauseVersion, list[str]]] = {}
        for place in self.places:
            one = place.candidate(chosen.get(place.key, ""))
            for found in reservations(one.reservations) if one else []:
                said.setdefault(found.version.pk, (found.version, []))[1].append(f"{one.guard.name}: {found.sentence}")  # type: ignore[union-attr]
        return [Reservation(version, " ".join(sentences)) for version, sentences in said.values()]
