"""Rules about posts that are really held, and about what both sides say of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Contract
from compliance.keys import running_maximum
from compliance.open_days import OPEN
from compliance.predicates.base import Breach, Rule, Subject, World, each_once, parameter
from compliance.predicates.columns import Day
from compliance.predicates.wording import told
from guards.models import Assignment, Presence
from schools.models import Post

Numbers = np.ndarray
POSTS_AT_ONCE = 500
ONE_DAY = timedelta(days=1)


def lately(assignments: QuerySet[Any, Any], world: World, start: date) -> QuerySet[Any, Any]:
    """Those of the assignments within the scope that held on a day from `start` to the day judged.

    In a country they are few of many, and asked for by name: SQLite would walk those of all times.
    """
    still = Q(last_day__isnull=True) | Q(last_day__gte=start)
    rows = world.narrowed(assignments, "post__school").filter(first_day__lte=world.day)
    return rows.filter(pk__in=Assignment.objects.filter(still).values("pk")) if world.whole else rows.filter(still)


def _in_force_since(contracts: Iterable[Any], day: date) -> Iterator[tuple[Any, date]]:
    """The contracts in force on a day, by school and code, each with the day since which its agency has had one there
    without a day between."""
    latest_first: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for one in sorted(contracts, key=lambda one: one.first_day, reverse=True):
        latest_first[one.school, one.agency].append(one)
    for contract in sorted(contracts, key=lambda one: (one.school, one.code)):
        if contract.last_day is None or contract.last_day >= day:
            began = contract.first_day
            for one in latest_first[contract.school, contract.agency]:
                if one.first_day < began and (one.last_day is None or one.last_day >= began - ONE_DAY):
                    began = one.first_day
            yield contract, began


def _since(amounts: Numbers) -> Numbers:
    """For each row how much there is from a position to the end, for every position."""
    return amounts[:, ::-1].cumsum(axis=1)[:, ::-1]


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
        """Posts of schools under contract, from the first day of the contract on, by whoever held them. A contract that
        the agency's next one follows without a day between goes on."""
        yield from each_once(self._found(world))

    def _found(self, world: World) -> Iterator[Breach]:
        start = self._start(world)
        of_school: dict[int, list[Any]] = defaultdict(list)
        posts = sorted(world.ask(self.posts))
        for number, post in enumerate(posts):
            of_school[post.school].append((number, post))
        # Each post that an agency guards, from the day on which it began to.
        guarded = [
            (contract, number, post, max(start, began, post.first_day))
            for contract, began in _in_force_since(world.ask(self.contracts), world.day)
            for number, post in of_school[contract.school]
        ]
        calendars = {post.school__calendar: None for post in posts}
        closed_to = {one: number for number, one in enumerate(calendars)}
        opened = np.array([world.which_open(one, start, world.day) for one in calendars], dtype=np.int64)
        opened = opened.reshape(len(calendars), self.window_days)
        kept = np.array([closed_to[post.school__calendar] for post in posts], dtype=np.int64)
        positions = np.array([post.positions for post in posts], dtype=np.int64)
        vacant = (
            np.maximum(positions[:, None] - self._held(world, start, [post.pk for post in posts]), 0) * opened[kept]
        )
        vacant_since, opened_since = _since(vacant), _since(opened)
        for contract, number, post, first in guarded:
            offset = (first - start).days
            if (days := int(vacant_since[number, offset])) >= self.limit_days:
                yield self._breach(world, contract, post, first, int(opened_since[kept[number], offset]), days)

    def asks(self) -> Collection[Any]:
        return [self.posts, self.contracts, self.holding]

    def _start(self, world: World) -> date:
        return world.day - timedelta(days=self.window_days - 1)

    def contracts(self, world: World) -> QuerySet[Any, Any]:
        """Those in force on a day of the window."""
        still = Q(last_day__isnull=True) | Q(last_day__gte=self._start(world) - ONE_DAY)
        contracts = world.narrowed(Contract.objects.filter(still, first_day__lte=world.day), "school").order_by()
        return contracts.values_list("school", "code", "agency", "first_day", "last_day", named=True)

    def posts(self, world: World) -> QuerySet[Any, Any]:
        posts = world.narrowed(Post.objects.open_on(world.day), "school").order_by()
        return posts.values_list("pk", "code", "positions", "first_day", "school", "school__calendar", named=True)

    def holding(self, world: World) -> QuerySet[Any, Any]:
        """Who held which post in the window, as day numbers."""
        rows = lately(Assignment.objects.counted(), world, self._start(world)).order_by()
        return rows.values_list("post", "guard", Day("first_day"), Coalesce(Day("last_day"), Value(OPEN)))

    def _breach(self, world: World, contract: Any, post: Any, first: date, days: int, vacant: int) -> Breach:
        return Breach(
            Subject(contract.school, contract.agency, mark=post.code),
            {
                "day": world.day.isoformat(),
                "window": [first.isoformat(), world.day.isoformat()],
                "post": post.code,
                "positions": post.positions,
                "open_days": days,
                "vacant_days": vacant,
                "limit_days": self.limit_days,
            },
        )

    def _held(self, world: World, start: date, posts: list[int]) -> Numbers:
        """How many guards held each of the posts (in order of their keys) on each day of the window; a guard counts
        once a day."""
        rows = np.array(world.ask(self.holding), dtype=np.int64).reshape(-1, 4)
        rows = rows[np.isin(rows[:, 0], posts)]
        rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
        begin = np.maximum(rows[:, 2] - start.toordinal(), 0)
        end = np.minimum(rows[:, 3] - start.toordinal() + 1, self.window_days)
        same = np.zeros(len(rows), dtype=bool)
        same[1:] = (rows[1:, :2] == rows[:-1, :2]).all(axis=1)
        # From the day on which none of his earlier rows counts any more.
        reached = running_maximum(end, np.cumsum(~same))
        begin[same] = np.maximum(begin[same], reached[:-1][same[1:]])
        counts = end > begin
        post = np.searchsorted(posts, rows[counts, 0])
        changes = np.zeros((len(posts), self.window_days + 1), dtype=np.int64)
        np.add.at(changes, (post, begin[counts]), 1)
        np.add.at(changes, (post, end[counts]), -1)
        return changes[:, :-1].cumsum(axis=1)

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

    Where one side is silent nothing is compared, and of too few such shifts nothing is said.
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
        totals: dict[tuple[int, int | None], list[int]] = defaultdict(lambda: [0, 0])
        for school, agency, answered, refused in self._of_agencies(world):
            total = totals[school, agency]
            total[0] += answered
            total[1] += refused
        for (school, agency), (answered, refused) in sorted(
            totals.items(), key=lambda one: (one[0][0], one[0][1] or 0)
        ):
            if answered >= self.min_answered and refused / answered >= self.limit_share:
                yield self._breach(world, start, Subject(school, agency), answered, refused)

    def asks(self) -> Collection[Any]:
        return [self.agencies, self.shifts]

    def _of_agencies(self, world: World) -> Iterator[tuple[int, int | None, int, int]]:
        """The shifts by school and agency: how many, and how many of them the school did not confirm.

        Where a guard stood at a post for several agencies, each shift is that of its own day.
        """
        stood: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for first_day, _code, post, guard, agency in sorted(world.ask(self.agencies)):
            stood[post, guard].append((first_day, agency))
        of_several = {key for key, rows in stood.items() if len({agency for _day, agency in rows}) > 1}
        for school, post, guard, answered, refused in world.ask(self.shifts):
            if (post, guard) not in of_several:
                rows = stood.get((post, guard))
                yield school, rows[0][1] if rows else None, answered, refused
        for school, post, guard, on, present in self._one_by_one(world, {post for post, _guard in of_several}):
            if (post, guard) in of_several:
                rows = stood[post, guard]
                begun = [agency for first_day, agency in rows if first_day <= on] or [rows[0][1]]
                yield school, begun[-1], 1, int(present != Presence.Answer.PRESENT)

    def _one_by_one(self, world: World, posts: Collection[int]) -> Iterator[Any]:
        """The shifts at some posts, each with its day and what the school said: it is seldom that hands change."""
        wanted = sorted(posts)
        for start in range(0, len(wanted), POSTS_AT_ONCE):
            shifts = self._spoken(world).filter(post__in=wanted[start : start + POSTS_AT_ONCE])
            yield from shifts.values_list("post__school", "post", "guard", Day("on"), "school_confirmation")

    def _spoken(self, world: World) -> QuerySet[Any, Any]:
        """The shifts in the window of which both sides spoke."""
        shifts = world.narrowed(Presence.objects.all(), "post__school")
        shifts = shifts.filter(on__range=(world.day - timedelta(days=self.window_days - 1), world.day))
        return shifts.filter(agency_claim=True).exclude(school_confirmation="").order_by()

    def shifts(self, world: World) -> QuerySet[Any, Any]:
        """Of how many shifts in the window both sides spoke, and how many of them the school did not confirm."""
        return (
            self._spoken(world)
            .values_list("post__school", "post", "guard")
            .annotate(answered=Count("pk"), refused=Count("pk", filter=~Q(school_confirmation=Presence.Answer.PRESENT)))
        )

    def agencies(self, world: World) -> QuerySet[Any, Any]:
        """For whom each guard stood at each post in the window."""
        rows = lately(Assignment.objects.holding(), world, world.day - timedelta(days=self.window_days - 1))
        return rows.order_by().values_list(Day("first_day"), "code", "post", "guard", "agency")

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
