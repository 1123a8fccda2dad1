"""Rules about posts that are really held, and about what both sides say of it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Contract
from compliance.predicates.base import Breach, Rule, Subject, World, each_once, parameter
from compliance.predicates.wording import told
from guards.models import Assignment, Presence
from schools.models import Post

Numbers = np.ndarray


@dataclass(frozen=True)
class PostCovered(Rule):
    """Every position of a post is held by a confirmed guard on every open day; vacancy stays below the limit."""

    code: ClassVar[str] = "post_covered"
    title: ClassVar[Any] = _("Post not covered")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "contract", "post"})
    limit_days: int = parameter(
        30, help=_("Days of vacant positions in the window, from which on the clause is broken"), low=1, high=10000
    )
    window_days: int = parameter(90, help=_("Days of the window, ending on the day judged"), low=1, high=366)

    def breaches(self, world: World) -> Iterator[Breach]:
        """Posts of schools under contract, from the first day of the contract on, by whoever held them."""
        yield from each_once(self._found(world))

    def _found(self, world: World) -> Iterator[Breach]:
        start = world.day - timedelta(days=self.window_days - 1)
        contracts = world.narrowed(Contract.objects.in_force(world.day), "school").order_by("school", "code")
        under = [tuple(row) for row in contracts.values_list("school", "agency", "first_day")]
        posts = world.narrowed(Post.objects.open_on(world.day), "school").order_by("pk")
        of_school: dict[int, list[Any]] = defaultdict(list)
        for post in posts.values_list("pk", "code", "positions", "first_day", "school", "school__calendar"):
            of_school[post[4]].append(post)
        held = self._held(world, start)
        for school, agency, signed in under:
            for key, code, positions, opened, _school, calendar in of_school[school]:
                first = max(start, signed, opened)
                days = world.which_open(calendar, first, world.day)
                vacant = np.maximum(positions - held[key][(first - start).days :], 0)[days].sum()
                if vacant >= self.limit_days:
                    yield self._breach(world, school, agency, code, positions, first, int(days.sum()), int(vacant))

    def _breach(
        self, world: World, school: int, agency: int, post: str, positions: int, first: date, days: int, vacant: int
    ) -> Breach:
        return Breach(
            Subject(school, agency, mark=post),
            {
                "day": world.day.isoformat(),
                "window": [first.isoformat(), world.day.isoformat()],
                "post": post,
                "positions": positions,
                "open_days": days,
                "vacant_days": vacant,
                "limit_days": self.limit_days,
            },
        )

    def _held(self, world: World, start: date) -> dict[int, Numbers]:
        """For each post how many guards held it on each day of the window; a guard counts once a day."""
        rows = world.narrowed(Assignment.objects.counted(), "post__school")
        rows = rows.filter(first_day__lte=world.day).filter(Q(last_day__isnull=True) | Q(last_day__gte=start))
        held: dict[int, Numbers] = defaultdict(lambda: np.zeros(self.window_days, dtype=np.int32))
        free_from: dict[tuple[int, int], int] = {}
        for post, guard, first, last in rows.order_by("first_day", "pk").values_list(
            "post", "guard", "first_day", "last_day"
        ):
            begin = max((first - start).days, free_from.get((post, guard), 0), 0)
            end = self.window_days if last is None else min((last - start).days + 1, self.window_days)
            if end > begin:
                held[post][begin:end] += 1
                free_from[post, guard] = end
        return held

    def says(self, breach: Breach) -> Any:
        return told(
            _(
                "Positions: %(positions)s, open days: %(open_days)s; days on which a position was vacant: "
                "%(vacant_days)s."
            ),
            **{name: breach.evidence[name] for name in ("open_days", "positions", "vacant_days")},
        )

    def cure(self, breach: Breach) -> Any:
        return told(_("A guard is proposed for each vacant position, and the director confirms him."))


@dataclass(frozen=True)
class PresenceAgrees(Rule):
    """What an agency claims of its shifts and what the school confirms differ on less than a share of the shifts that
    both spoke of.

    Where one side is silent nothing is compared; below `min_answered` such shifts nothing is said.
    """

    code: ClassVar[str] = "presence_agrees"
    title: ClassVar[Any] = _("Claim and confirmation differ")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "presence"})
    limit_share: float = parameter(
        0.05, help=_("Share of the shifts, from which on the clause is broken"), low=0.001, high=1
    )
    window_days: int = parameter(90, help=_("Days of the window, ending on the day judged"), low=1, high=366)
    min_answered: int = parameter(20, help=_("Shifts below which nothing is said"), low=1, high=10000)

    def breaches(self, world: World) -> Iterator[Breach]:
        start = world.day - timedelta(days=self.window_days - 1)
        shifts = world.narrowed(Presence.objects.all(), "post__school").filter(on__range=(start, world.day))
        grouped = (
            shifts.filter(agency_claim=True)
            .exclude(school_confirmation="")
            .order_by()
            .values_list("post__school", "post", "guard")
            .annotate(answered=Count("pk"), refused=Count("pk", filter=~Q(school_confirmation=Presence.Answer.PRESENT)))
        )
        agency_of = self._agencies(world, start)
        totals: dict[tuple[int, int | None], list[int]] = defaultdict(lambda: [0, 0])
        for school, post, guard, answered, refused in grouped:
            total = totals[school, agency_of.get((post, guard))]
            total[0] += answered
            total[1] += refused
        for (school, agency), (answered, refused) in sorted(
            totals.items(), key=lambda one: (one[0][0], one[0][1] or 0)
        ):
            if answered >= self.min_answered and refused / answered >= self.limit_share:
                yield self._breach(world, start, Subject(school, agency), answered, refused)

    def _agencies(self, world: World, start: date) -> dict[tuple[int, int], int]:
        """For whom each guard stood at each post in the window: the latest of them."""
        rows = world.narrowed(Assignment.objects.holding(), "post__school").filter(first_day__lte=world.day)
        rows = rows.filter(Q(last_day__isnull=True) | Q(last_day__gte=start)).order_by("first_day", "code")
        return {(post, guard): agency for post, guard, agency in rows.values_list("post", "guard", "agency")}

    def _breach(self, world: World, start: date, subject: Subject, answered: int, refused: int) -> Breach:
        return Breach(
            subject,
            {
                "day": world.day.isoformat(),
                "window": [start.isoformat(), world.day.isoformat()],
                "answered": answered,
                "disagreed": refused,
                "share": refused / answered,
                "limit_share": self.limit_share,
            },
        )

    def says(self, breach: Breach) -> Any:
        return told(
            _("Of %(answered)s shifts that both sides spoke of, the school said otherwise on %(disagreed)s."),
            answered=breach.evidence["answered"],
            disagreed=breach.evidence["disagreed"],
        )

    def cure(self, breach: Breach) -> Any:
        return told(
            _("Agency and school compare the shifts in question; from now on who is claimed stands at the door.")
        )
