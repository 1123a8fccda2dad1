"""Rules about posts that are really held, and about what both sides say of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Contract
from compliance.gathering import LAST_DAY, Days, apart, end_to_end, together, together_by
from compliance.keys import pack, running_maximum
from compliance.open_days import OPEN
from compliance.predicates.base import Breach, Rule, Subject, World, each_once, parameter
from compliance.predicates.wording import told
from compliance.records import ASSIGNMENT, CONTRACT, POST, SHIFT, KeptCalendars, Record, records
from compliance.recounting import day_judged, day_numbers, numbered, which_open
from compliance.register import by_key
from compliance.turnover import grouped, total
from guards.models import Assignment, Presence
from schools.models import Post

Numbers = np.ndarray
# Who held which post, from when to when; for whom, `key` naming the assignment.
HELD = {"post": F("post"), "guard": F("guard"), "first": Days("first_day"), "last": LAST_DAY}
STOOD = {"post": F("post"), "guard": F("guard"), "first": Days("first_day"), "agency": F("agency"), "key": F("pk")}
STOOD_BY = ("post", "guard", "first", "agency")
# Shifts of which both sides spoke.
SPOKEN = {
    "post": F("post"),
    "school": F("post__school"),
    "guard": F("guard"),
    "on": Days("on"),
    "refused": Case(When(school_confirmation=Presence.Answer.PRESENT, then=Value(0)), default=Value(1)),
}
Columns = dict[str, Numbers]
# Of a country those come at once who stood at posts of so many keys.
POSTS_AT_ONCE = 20_000
ONE_DAY = timedelta(days=1)
# For whom a guard served who served for nobody.
NOBODY = -1


def lately(assignments: QuerySet[Any, Any], world: World, start: date) -> QuerySet[Any, Any]:
    """Those of the assignments within the scope that held on a day from `start` to the day judged.

    In a country they are few of many, and asked for by name: SQLite would walk those of all times.
    """
    still = Q(last_day__isnull=True) | Q(last_day__gte=start)
    rows = world.narrowed(assignments, "post__school").filter(first_day__lte=world.day)
    return rows.filter(pk__in=Assignment.objects.filter(still).values("pk")) if world.whole else rows.filter(still)


def by_posts(assignments: QuerySet[Any, Any], world: World, /, **columns: Any) -> QuerySet[Any, Any]:
    """Their columns: of a country those of some posts after those of others (`World.in_turn`)."""
    if world.whole:
        return together_by(assignments, "post", POSTS_AT_ONCE, **columns)
    return together(assignments, **columns)


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


def _only(one: Record, **values: Any) -> Any:
    """A kept record of the one school of some evidence, as the engine reads it from the database."""
    last_day = date.fromisoformat(one["last_day"]) if one["last_day"] else None
    return SimpleNamespace(school=0, first_day=date.fromisoformat(one["first_day"]), last_day=last_day, **values)


def _since(amounts: Numbers) -> Numbers:
    """For each row how much there is from a position to the end, for every position."""
    return amounts[:, ::-1].cumsum(axis=1)[:, ::-1]


@dataclass(frozen=True)
class PostCovered(Rule):
    """Every position of a post is held by a confirmed guard on every open day; vacancy stays below the limit."""

    code: ClassVar[str] = "post_covered"
    title: ClassVar[Any] = _("Post not covered")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "contract", "post"})
    keeps: ClassVar[tuple[str, ...]] = ("rows", "contracts", "posts", "calendars")
    limit_days: int = parameter(
        30, help=_("Days of vacant positions in the window, from which on the clause is broken"), low=1, high=10000
    )
    window_days: int = parameter(90, help=_("Days of the window, ending on the day judged"), low=1, high=366)

    def breaches(self, world: World) -> Iterator[Breach]:
        """Posts of schools under contract, from the first day of the contract on, by whoever held them. A contract that
        the agency's next one follows without a day between goes on."""
        yield from each_once(self._found(world))

    def _found(self, world: World) -> Iterator[Breach]:
        held = self._held(world)
        parts = (world.in_parts(build, "school") for build in (self.posts, self.contracts))
        for posts, contracts in zip(*parts, strict=True):
            if posts:
                yield from self._among(world, sorted(posts), contracts, held)

    def _among(self, world: World, posts: list[Any], contracts: list[Any], held: Columns) -> Iterator[Breach]:
        """The breaches at some posts, under the contracts of their schools."""
        for contract, post, first, open_days, vacant_days in self._counted(
            posts, contracts, held, world.which_open, world.day
        ):
            if self._too_vacant(vacant_days):
                yield self._breach(world, contract, post, first, open_days, vacant_days)

    def _counted(
        self, posts: list[Any], contracts: list[Any], held: Columns, which_open: Callable[..., Numbers], day: date
    ) -> Iterator[tuple[Any, Any, date, int, int]]:
        """Each post under each contract in force, from which day on it was looked at, the open days since, and on how
        many of them a position was vacant."""
        start = self._start(day)
        of_school: dict[int, list[Any]] = defaultdict(list)
        for number, post in enumerate(posts):
            of_school[post.school].append((number, post))
        calendars = {post.school__calendar: None for post in posts}
        closed_to = {one: number for number, one in enumerate(calendars)}
        opened = np.array([which_open(one, start, day) for one in calendars], dtype=np.int64)
        kept = np.array([closed_to[post.school__calendar] for post in posts], dtype=np.int64)
        positions = np.array([post.positions for post in posts], dtype=np.int64)
        vacant = np.maximum(positions[:, None] - self._standing(held, [post.pk for post in posts]), 0) * opened[kept]
        vacant_since, opened_since = _since(vacant), _since(opened)
        # Each post that an agency guards, from the day on which it began to.
        for contract, began in _in_force_since(contracts, day):
            for number, post in of_school[contract.school]:
                first = max(start, began, post.first_day)
                offset = (first - start).days
                since = int(opened_since[kept[number], offset]), int(vacant_since[number, offset])
                yield contract, post, first, *since

    def asks(self) -> Collection[Any]:
        return [self.posts, self.contracts, self.holding]

    def _start(self, day: date) -> date:
        return day - timedelta(days=self.window_days - 1)

    def contracts(self, world: World) -> QuerySet[Any, Any]:
        contracts = world.narrowed(self._of_window(world.day), "school").order_by()
        return contracts.values_list("school", "code", "agency", "first_day", "last_day", named=True)

    def _of_window(self, day: date) -> QuerySet[Contract]:
        """The contracts in force on a day of the window, or until the day before it."""
        still = Q(last_day__isnull=True) | Q(last_day__gte=self._start(day) - ONE_DAY)
        return Contract.objects.filter(still, first_day__lte=day)

    def posts(self, world: World) -> QuerySet[Any, Any]:
        posts = world.narrowed(Post.objects.open_on(world.day), "school").order_by()
        return posts.values_list("pk", "code", "positions", "first_day", "school", "school__calendar", named=True)

    def holding(self, world: World) -> QuerySet[Any, Any]:
        """Who held which post in the window."""
        return by_posts(lately(Assignment.objects.counted(), world, self._start(world.day)), world, **HELD)

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

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The post and whoever held it, the contracts of the agency with the school, and the school's open days."""
        codes = {one.evidence["post"] for one in breaches}
        owners = [(one.subject.school, one.subject.agency) for one in breaches]
        schools, agencies = (set(keys) for keys in zip(*owners, strict=True))
        posts = records(Post.objects.open_on(day).filter(code__in=codes), POST, "code")
        held = Assignment.objects.counted().overlapping(self._start(day), day).filter(post__code__in=codes)
        rows = records(held, ASSIGNMENT, "post__code")
        contracts = self._of_window(day).filter(school__in=schools, agency__in=agencies)
        of_owner = records(contracts, CONTRACT, "school", "agency")
        calendars = KeptCalendars(schools)
        return [
            {
                "rows": rows.get((one.evidence["post"],), []),
                "contracts": of_owner.get(owner, []),
                "posts": posts.get((one.evidence["post"],), []),
                "calendars": calendars.of([owner[0]], self._start(day), day),
            }
            for one, owner in zip(breaches, owners, strict=True)
        ]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        counted = list(self._counted_of(evidence)) if evidence["posts"] else []
        names = ("positions", "window", "open_days", "vacant_days")
        of_each = [(post.positions, [first.isoformat(), evidence["day"]], *days) for _, post, first, *days in counted]
        # As it was judged: by the first contract under which too much was vacant.
        broken = (one for one in of_each if self._too_vacant(one[-1]))
        found = next(broken, of_each[0] if of_each else [None] * len(names))
        return dict(zip(names, found, strict=True))

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return evidence["vacant_days"] is not None and self._too_vacant(evidence["vacant_days"])

    def _too_vacant(self, vacant_days: int) -> bool:
        return vacant_days >= self.limit_days

    def _counted_of(self, evidence: Mapping[str, Any]) -> Iterator[tuple[Any, Any, date, int, int]]:
        """What `_counted` makes of kept records."""
        day = day_judged(evidence)
        start = self._start(day)
        number = numbered(row["iin"] for row in evidence["rows"])
        columns = {
            "post": np.zeros(len(evidence["rows"]), dtype=np.int64),
            "guard": np.array([number[row["iin"]] for row in evidence["rows"]], dtype=np.int64),
            "first": day_numbers(row["first_day"] for row in evidence["rows"]),
            "last": day_numbers(row["last_day"] for row in evidence["rows"]),
        }
        return self._counted(
            [_only(one, pk=0, positions=one["positions"], school__calendar=0) for one in evidence["posts"]],
            [_only(one, agency=0, code=one["contract"]) for one in evidence["contracts"]],
            self._in_window(columns, start.toordinal()),
            lambda _calendar, first, _day: which_open(evidence, first),
            day,
        )

    def _held(self, world: World) -> Columns:
        """From which day of the window on, and before which, each post was held; a guard counts once a day."""
        start, parts = self._start(world.day).toordinal(), world.in_turn(self.holding)
        return end_to_end(("post", "begin", "end"), (self._in_window(apart(HELD, [part]), start) for part in parts))

    def _in_window(self, rows: Columns, start: int) -> Columns:
        """The same of some posts, in a window from `start` on."""
        order = np.lexsort((rows["first"], rows["guard"], rows["post"]))
        post, guard, first, last = (rows[name][order] for name in ("post", "guard", "first", "last"))
        begin, end = np.maximum(first - start, 0), np.minimum(last - start + 1, self.window_days)
        same = np.zeros(len(post), dtype=bool)
        same[1:] = (post[1:] == post[:-1]) & (guard[1:] == guard[:-1])
        # From the day on which none of his earlier rows counts any more.
        reached = running_maximum(end, np.cumsum(~same))
        begin[same] = np.maximum(begin[same], reached[:-1][same[1:]])
        counts = end > begin
        return {"post": post[counts], "begin": begin[counts], "end": end[counts]}

    def _standing(self, held: Columns, posts: list[int]) -> Numbers:
        """How many guards held each of the posts (in order of their keys) on each day of the window."""
        # They come by post: no more of them than these posts lie among.
        among = slice(*np.searchsorted(held["post"], [posts[0], posts[-1] + 1]))
        theirs = np.isin(held["post"][among], posts)
        post, begin, end = (held[name][among][theirs] for name in ("post", "begin", "end"))
        place = np.searchsorted(posts, post)
        changes = np.zeros((len(posts), self.window_days + 1), dtype=np.int64)
        np.add.at(changes, (place, begin), 1)
        np.add.at(changes, (place, end), -1)
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
    keeps: ClassVar[tuple[str, ...]] = ("shifts", "rows")
    limit_share: float = parameter(
        0.05, help=_("Share of the shifts, from which on the clause is broken"), low=0.001, high=1
    )
    window_days: int = parameter(90, help=_("Days of the window, ending on the day judged"), low=1, high=366)
    min_answered: int = parameter(20, help=_("Shifts below which nothing is said"), low=1, high=10000)

    def breaches(self, world: World) -> Iterator[Breach]:
        start = self._start(world.day)
        for school, agency, answered, refused in zip(*self._differing(*self._totals(world)), strict=True):
            subject = Subject(school, agency if agency != NOBODY else None)
            yield self._breach(world, start, subject, answered, refused)

    def _differing(self, school: Numbers, agency: Numbers, answered: Numbers, refused: Numbers) -> list[list[int]]:
        """Those of whom enough shifts were spoken, and who differ on too many."""
        found = answered >= self.min_answered
        found[found] = refused[found] / answered[found] >= self.limit_share
        return [column[found].tolist() for column in (school, agency, answered, refused)]

    def _totals(self, world: World) -> list[Numbers]:
        """Of each school and agency, in order, of how many shifts both sides spoke, and how many the school refused."""
        of_posts = world.in_turn(self.agencies)
        stood = end_to_end(STOOD_BY, (_in_order(apart(STOOD, [part])) for part in of_posts))
        shifts = world.in_parts(self.shifts, "post")
        parts = [self._counted(apart(SPOKEN, texts), stood) for texts in shifts]
        school, agency, answered, refused = np.concatenate(parts, axis=1)
        keys, group = grouped([school, agency])
        return [*keys, *(total(group, len(keys[0]), amount) for amount in (answered, refused))]

    def _counted(self, shifts: Columns, stood: Columns) -> Numbers:
        keys, group = grouped([shifts["school"], _agency_of(shifts, stood)])
        answered, refused = total(group, len(keys[0])), total(group, len(keys[0]), shifts["refused"])
        return np.stack([*keys, answered, refused])

    def asks(self) -> Collection[Any]:
        return [self.agencies, self.shifts]

    def _start(self, day: date) -> date:
        return day - timedelta(days=self.window_days - 1)

    def shifts(self, world: World) -> QuerySet[Any, Any]:
        """The shifts in the window of which both sides spoke."""
        return together(self._spoken(world.narrowed(Presence.objects.all(), "post__school"), world.day), **SPOKEN)

    def _spoken(self, shifts: QuerySet[Any], day: date) -> QuerySet[Any]:
        in_window = shifts.filter(on__range=(self._start(day), day))
        return in_window.filter(agency_claim=True).exclude(school_confirmation="")

    def agencies(self, world: World) -> QuerySet[Any, Any]:
        """For whom each guard stood at each post in the window."""
        return by_posts(lately(Assignment.objects.holding(), world, self._start(world.day)), world, **STOOD)

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The shifts that were counted against the agency, each with whom it was counted for, and by which assignments:
        all that these guards held at these posts."""
        schools = {one.subject.school for one in breaches}
        spoken = self._spoken(Presence.objects.filter(post__school__in=schools), day)
        stood = Assignment.objects.holding().overlapping(self._start(day), day).filter(post__school__in=schools)
        shifts, rows = records(spoken, SHIFT, "post__school"), records(stood, ASSIGNMENT, "post__school")
        accused = {one.subject.agency for one in breaches if one.subject.agency}
        bins: dict[Any, str] = by_key(Agency, accused, "bin")
        told = []
        for one in breaches:
            key = (one.subject.school,)
            theirs = _with_agencies(shifts.get(key, []), rows.get(key, []))
            mine = [shift for shift in theirs if shift["agency_bin"] == bins.get(one.subject.agency)]
            at = {(shift["post_id"], shift["iin"]) for shift in mine}
            told.append(
                {"shifts": mine, "rows": [row for row in rows.get(key, []) if (row["post_id"], row["iin"]) in at]}
            )
        return told

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """Of the shifts those that the assignments give to the agency that they were counted against."""
        shifts = evidence["shifts"]
        again = _with_agencies(shifts, evidence["rows"])
        counted = [now for was, now in zip(shifts, again, strict=True) if was["agency_bin"] == now["agency_bin"]]
        refused = sum(one["school_confirmation"] != Presence.Answer.PRESENT for one in counted)
        share = refused / len(counted) if counted else None
        return {"answered": len(counted), "disagreed": refused, "share": share}

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        enough = bool(evidence["answered"] >= self.min_answered)
        return enough and bool(evidence["disagreed"] / evidence["answered"] >= self.limit_share)

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


def _in_order(held: Columns) -> Columns:
    """Who stood at which post, from when on and for whom, by post, guard and first day; what begins on one day by its
    code."""
    keys, group = grouped([held["post"], held["guard"], held["first"]])
    tied = np.flatnonzero(total(group, len(keys[0]))[group] > 1)
    code = np.zeros(len(group), dtype=np.int64)
    if len(tied):
        codes = dict(Assignment.objects.filter(pk__in=held["key"][tied].tolist()).values_list("pk", "code"))
        code[tied] = np.unique([codes[key] for key in held["key"][tied].tolist()], return_inverse=True)[1]
    order = np.lexsort((code, group))
    return {name: held[name][order] for name in STOOD_BY}


def _agency_of(shifts: Columns, stood: Columns) -> Numbers:
    """For whom the guard of each shift stood at its post: of several agencies for that of the day, or else the first;
    NOBODY where nobody said so."""
    # Those who stood come by post: no more of them than the shifts are about.
    among = slice(
        *np.searchsorted(stood["post"], [shifts["post"].min(initial=OPEN), shifts["post"].max(initial=0) + 1])
    )
    stood = {name: column[among] for name, column in stood.items()}
    count, names = len(stood["post"]), (("post", "post"), ("guard", "guard"), ("first", "on"))
    packed, base = pack([np.concatenate((stood[one], shifts[other])) for one, other in names])
    begun, wanted = packed[:count], packed[count:]
    found = np.full(len(wanted), NOBODY, dtype=np.int64)
    latest = np.searchsorted(begun, wanted, side="right") - 1
    for at in (latest + 1, latest):
        there = np.flatnonzero((at >= 0) & (at < count))
        there = there[begun[at[there]] // base == wanted[there] // base]
        found[there] = stood["agency"][at[there]]
    return found


def _with_agencies(shifts: Sequence[Record], rows: Sequence[Record]) -> list[Record]:
    """Shifts of evidence with the agency for which each guard stood by some assignments; none where none says so."""
    posts, guards = (numbered(one[name] for one in (*shifts, *rows)) for name in ("post_id", "iin"))
    bins = sorted({row["agency_bin"] for row in rows})

    def columns(of: Sequence[Record], day: str) -> Columns:
        return {
            "post": np.array([posts[one["post_id"]] for one in of], dtype=np.int64),
            "guard": np.array([guards[one["iin"]] for one in of], dtype=np.int64),
            day: day_numbers(one["first_day" if day == "first" else "on"] for one in of),
        }

    held = sorted(rows, key=lambda row: tuple(row[name] for name in ("post_id", "iin", "first_day", "assignment_id")))
    agency = np.array([bins.index(row["agency_bin"]) for row in held], dtype=np.int64)
    found = _agency_of(columns(shifts, "on"), columns(held, "first") | {"agency": agency})
    return [
        shift | {"agency_bin": bins[number] if number != NOBODY else None}
        for shift, number in zip(shifts, found.tolist(), strict=True)
    ]
