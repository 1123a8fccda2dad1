"""The places of the posts that an agency has to fill: who holds each, and on which of the coming days nobody does.

A place is covered by whoever stands there, another agency's guard included; only the agency's own guards are named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from agencies.models import Contract
from desks import formats
from desks.pictures import covered as strips
from desks.pictures import ribbon
from desks.school_file import two_years_before
from guards.models import Assignment
from schools.models import Post, School
from staffing.holding import HANDOVER_DAYS, contract_ends

FORTNIGHT = 14
ONE_DAY = timedelta(days=1)


@dataclass(slots=True, eq=False)
class Stood:
    """An assignment as far as places are numbered by it: a large agency has a thousand at some fifty posts.

    `last_day` is also that of the last contract of another agency: nobody covers a place for longer.
    """

    key: int
    guard: int
    agency: int
    kind: str
    first_day: date
    last_day: date | None
    guard_key: str
    post_key: str

    @property
    def is_regular(self) -> bool:
        return self.kind == Assignment.Kind.REGULAR

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or self.last_day >= day)


@dataclass
class Place:
    """A position of a post, and the days from `first_day` on for which the agency answers.

    `holder` stands there today, `before` was the last to stand there before it falls empty: assignments of the agency
    itself. `proposal` is one to this post that the school has not answered.
    """

    post: Post
    number: int
    first_day: date
    covered: list[bool]
    holder: Assignment | None = None
    before: Assignment | None = None
    # By primary keys, until they are looked up together.
    holder_key: int | None = None
    before_key: int | None = None
    proposal: Assignment | None = None

    @property
    def strip(self) -> strips.Strip:
        return strips.lay_out(self.first_day, self.covered)

    @property
    def empty_from(self) -> date | None:
        """The first day on which nobody stands there; None when somebody always does."""
        return self.first_day + timedelta(days=self.covered.index(False)) if False in self.covered else None

    def is_empty_on(self, day: date) -> bool:
        at = (day - self.first_day).days
        return 0 <= at < len(self.covered) and not self.covered[at]

    def status(self, today: date) -> tuple[str, str]:
        """Since when the place is empty, as a kind of status and its words."""
        day = self.empty_from
        if day is None:
            return "ok", _("Somebody stands there")
        if day == today:
            return "established", _("Empty today")
        if day == today + ONE_DAY:
            return "established", _("Empty from tomorrow")
        values = {"day": formats.day_month(day), "left": formats.days_left(day, today)}
        return "near", _("Empty from %(day)s, %(left)s") % values

    def why(self, today: date) -> str:
        """What happened, in whole sentences."""
        said = [self._before_words(today)]
        if self.proposal:
            said.append(_("%(guard)s is proposed, the school has not answered.") % {"guard": self.proposal.guard.name})
        return " ".join(said)

    def _before_words(self, today: date) -> str:
        if self.before is None or self.before.last_day is None:
            return _("None of your guards has stood here before.")
        values = {"guard": self.before.guard.name, "day": formats.day(self.before.last_day)}
        if self.before.last_day >= today:
            words = _("%(guard)s leaves on %(day)s.") % values
        else:
            words = _("%(guard)s left on %(day)s.") % values
        reason = self.before.get_end_reason_display() if self.before.end_reason else ""
        return f"{words} {reason}." if reason else words


@dataclass
class _Term:
    """The days on which the agency guards a school, as far as they are looked at."""

    first_day: date
    last_day: date
    posts: list[Post] = field(default_factory=list)


def places(
    membership: Any,
    today: date,
    schools: Iterable[School] | None = None,
    *,
    holders: bool = False,
    proposals: Iterable[Assignment] | None = None,
) -> list[Place]:
    """Every place of the schools under contract in the coming fortnight, or of some of them, in order; with its holder
    where that is asked. `proposals` are all unanswered ones of the agency with their guards, where they are at hand."""
    terms = _terms(membership, today, schools)
    of_schools = Post.objects.filter(school__in=terms, first_day__lt=today + timedelta(days=FORTNIGHT))
    open_then = of_schools.filter(Q(last_day__isnull=True) | Q(last_day__gte=today)).select_related("school")
    posts = list(open_then.order_by("school__name_ru", "school", "first_day", "code"))
    last = today + timedelta(days=FORTNIGHT - 1)
    # Which place of a post somebody holds is asked only where one is empty, or where its holder is to be named.
    staying = {} if holders else _staying(posts, membership, today)
    numbered = {post for post in posts if staying.get(post.pk, 0) < post.positions}
    of_post = _standing(numbered, membership, two_years_before(today), last)
    found: list[Place] = []
    for post in posts:
        first, days = _days_of(post, terms[post.school_id])
        if post in numbered:
            found += _places_of(post, of_post.get(post.pk, []), first, days, membership, today)
        else:
            found += [Place(post, number, first, [True] * len(days)) for number in range(1, post.positions + 1)]
    found = _with_guards(found, holders=holders)
    return _with_proposals(found, _proposed(found, membership) if proposals is None else proposals)


def _proposed(found: list[Place], membership: Any) -> Iterable[Assignment]:
    proposed = Assignment.objects.visible_to(membership).proposed().filter(post__in={place.post for place in found})
    return proposed.select_related("guard")


def _terms(membership: Any, today: date, schools: Iterable[School] | None) -> dict[int, _Term]:
    """For each school under contract its first and last day within the fortnight."""
    last = today + timedelta(days=FORTNIGHT - 1)
    contracts = Contract.objects.visible_to(membership).filter(
        Q(last_day__isnull=True) | Q(last_day__gte=today), first_day__lte=last
    )
    if schools is not None:
        contracts = contracts.filter(school__in=schools)
    terms: dict[int, _Term] = {}
    for school, first_day, last_day in contracts.values_list("school", "first_day", "last_day"):
        term = terms.setdefault(school, _Term(last, today))
        term.first_day = min(term.first_day, max(first_day, today))
        term.last_day = max(term.last_day, min(last_day or last, last))
    return terms


def _staying(posts: Iterable[Post], membership: Any, today: date) -> dict[int, int]:
    """How many guards of the agency stand at each of the posts without an end: nobody takes over from them, so no two
    share a place, and where there are as many as places, none of these falls empty."""
    rows = Assignment.objects.counted().filter(post__in=posts, agency=membership.agency_id)
    without_end = rows.filter(last_day__isnull=True, first_day__lte=today)
    return dict(without_end.order_by().values_list("post").annotate(Count("pk")))


def _standing(posts: Iterable[Post], membership: Any, since: date, until: date | None) -> dict[int, list[Stood]]:
    """Who stood, stands or will stand at each of the posts; since two years ago, where places are to be numbered: as
    the ribbon does."""
    school_of = {post.pk: post.school_id for post in posts}
    rows = Assignment.objects.counted().filter(post__in=school_of).overlapping(since, until)
    columns = ("pk", "guard", "post", "agency", "kind", "first_day", "last_day")
    found = list(rows.order_by("first_day", "pk").values_list(*columns))
    others = {agency for _key, _guard, _post, agency, *_rest in found} - {membership.agency_id}
    ends = contract_ends(others, school_of.values()) if others else {}
    of_post: dict[int, list[Stood]] = {}
    for key, guard, post, agency, kind, first_day, last_day in found:
        contracted = ends.get((agency, school_of[post]))
        if contracted and contracted < (last_day or date.max):
            last_day = contracted
        stood = Stood(key, guard, agency, kind, first_day, last_day, str(guard), str(post))
        of_post.setdefault(post, []).append(stood)
    return of_post


@dataclass(frozen=True)
class EmptyPlace:
    """A place, by the number that it has on every page, that nobody is known to hold from a day on.

    `last` is the guard (primary key) who was the last to hold it, or hands it over.
    """

    number: int
    last: int | None


def empty_places(posts: Sequence[Post], membership: Any, today: date, first_day: date) -> dict[int, list[EmptyPlace]]:
    """For each of the posts (by primary key) its places that are empty from a day on; two queries."""
    of_post = _standing(posts, membership, two_years_before(today), None)
    return {post.pk: _empty_places(post, of_post.get(post.pk, []), first_day) for post in posts}


def _empty_places(post: Post, rows: Sequence[Stood], first_day: date) -> list[EmptyPlace]:
    found = []
    hands_over_by = first_day + timedelta(days=HANDOVER_DAYS)
    for number, lane in enumerate(_lanes(post, rows)[: post.positions], start=1):
        regular = [row for row in lane if row.is_regular]
        if all(row.last_day and row.last_day < hands_over_by for row in regular):
            last = max(regular, key=lambda row: row.last_day or date.max, default=None)
            found.append(EmptyPlace(number, last.guard if last else None))
    return found


def _days_of(post: Post, term: _Term) -> tuple[date, list[date]]:
    """The first day of the post under contract, and all of them as far as they are looked at."""
    first = max(term.first_day, post.first_day)
    last = min(term.last_day, post.last_day or term.last_day)
    return first, [first + timedelta(days=at) for at in range((last - first).days + 1)]


def _places_of(
    post: Post, rows: Sequence[Stood], first: date, days: Sequence[date], membership: Any, today: date
) -> list[Place]:
    lanes = _lanes(post, rows)
    beyond = [row for lane in lanes[post.positions :] for row in lane]
    # Whoever stands beyond the positions fills the first place that is empty on that day.
    spare = [sum(row.covers(day) for row in beyond) for day in days]
    found = []
    for number, lane in enumerate(lanes[: post.positions], start=1):
        place = Place(post, number, first, _covered(lane, days, spare))
        if not any(row.covers(today) for row in lane):
            lane = [*lane, *_moved_up(beyond, today)]
        _name(place, [row for row in lane if row.agency == membership.agency_id], today)
        found.append(place)
    return found


def _lanes(post: Post, rows: Sequence[Stood]) -> list[list[Stood]]:
    """Who held which place one after the other, as the ribbon draws it."""
    key = ribbon.RibbonPost(str(post.pk), post.name, post.pattern, post.positions)
    return [lane.bars for lane in ribbon.allot([key], rows)]


def _covered(lane: Sequence[Stood], days: Sequence[date], spare: list[int]) -> list[bool]:
    """Day by day whether somebody stands at the place; takes from `spare` where nobody of its own does."""
    there = [row for row in lane if days and (row.last_day is None or row.last_day >= days[0])]
    found = []
    for at, day in enumerate(days):
        stands = any(row.covers(day) for row in there)
        if not stands and spare[at]:
            spare[at] -= 1
            stands = True
        found.append(stands)
    return found


def _moved_up(beyond: list[Stood], today: date) -> list[Stood]:
    """The first of those beyond the positions who stands today, taken out of them."""
    for row in beyond:
        if row.covers(today):
            beyond.remove(row)
            return [row]
    return []


def _name(place: Place, own: Sequence[Stood], today: date) -> None:
    place.holder_key = next((row.key for row in own if row.covers(today)), None)
    if day := place.empty_from:
        gone = [row for row in own if row.last_day and row.last_day < day]
        last = max(gone, key=lambda row: row.last_day or date.min, default=None)
        place.before_key = last.key if last else None


def _with_guards(found: list[Place], *, holders: bool) -> list[Place]:
    """The places with the assignments of those who left them, and of those who hold them where that is asked: of all
    who ever stood there these alone are told of."""
    keys = {place.before_key for place in found} | {place.holder_key for place in found if holders}
    named: dict[int | None, Assignment] = {**Assignment.objects.select_related("guard").in_bulk(keys - {None})}
    for place in found:
        place.before = named.get(place.before_key)
        place.holder = named.get(place.holder_key) if holders else None
    return found


def _with_proposals(found: list[Place], proposals: Iterable[Assignment]) -> list[Place]:
    """Each unanswered proposal stands by a place of its post that falls empty: the first to come by the first to be
    empty."""
    waiting: dict[int, list[Assignment]] = {}
    for proposal in sorted(proposals, key=lambda one: (one.first_day, one.pk)):
        waiting.setdefault(proposal.post_id, []).append(proposal)
    falling_empty = [(place.empty_from, at, place) for at, place in enumerate(found) if place.empty_from]
    for _day, _at, place in sorted(falling_empty, key=lambda one: one[:2]):
        if waiting.get(place.post.pk):
            place.proposal = waiting[place.post.pk].pop(0)
    return found
