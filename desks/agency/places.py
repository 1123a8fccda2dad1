"""The places of the posts that an agency has to fill: who holds each, and on which of the coming days nobody does.

A place is covered by whoever stands there, another agency's guard included; only the agency's own guards are named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Contract
from desks import formats
from desks.pictures import covered as strips
from desks.pictures import ribbon
from desks.school_file import two_years_before
from guards.models import Assignment
from schools.models import Post, School
from staffing.holding import HANDOVER_DAYS, held

FORTNIGHT = 14
ONE_DAY = timedelta(days=1)


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


def places(membership: Any, today: date, schools: Iterable[School] | None = None) -> list[Place]:
    """Every place of the schools under contract in the coming fortnight, or of some of them, in order."""
    terms = _terms(membership, today, schools)
    posts = Post.objects.filter(school__in=terms, first_day__lt=today + timedelta(days=FORTNIGHT))
    posts = posts.filter(Q(last_day__isnull=True) | Q(last_day__gte=today)).select_related("school")
    posts = posts.order_by("school__name_ru", "school", "first_day", "code")
    of_post = _standing(posts, membership, today, today + timedelta(days=FORTNIGHT - 1))
    found: list[Place] = []
    for post in posts:
        found += _places_of(post, of_post.get(post.pk, []), terms[post.school_id], membership, today)
    return _with_proposals(found, membership, today)


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


def _standing(posts: Any, membership: Any, today: date, until: date | None) -> dict[int, list[Assignment]]:
    """Who stood, stands or will stand at each of the posts; two years back, as the ribbon numbers places by them."""
    known = {post.pk: post for post in posts}
    rows = Assignment.objects.counted().filter(post__in=known).overlapping(two_years_before(today), until)
    standing = list(rows.select_related("guard").order_by("first_day", "pk"))
    for row in standing:
        # Known already: a large agency has a thousand rows at some fifty posts.
        row.post = known[row.post_id]
    of_post: dict[int, list[Assignment]] = {}
    for one in held(standing):
        row = one.assignment
        if row:
            if row.agency_id != membership.agency_id:
                # Nobody covers a place for longer than his agency has a contract there; one's own is counted already.
                row.last_day = one.last_day
            of_post.setdefault(row.post_id, []).append(row)
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
    of_post = _standing(posts, membership, today, None)
    return {post.pk: _empty_places(post, of_post.get(post.pk, []), first_day) for post in posts}


def _empty_places(post: Post, rows: Sequence[Assignment], first_day: date) -> list[EmptyPlace]:
    found = []
    hands_over_by = first_day + timedelta(days=HANDOVER_DAYS)
    for number, lane in enumerate(_lanes(post, rows)[: post.positions], start=1):
        regular = [row for row in lane if row.is_regular]
        if all(row.last_day and row.last_day < hands_over_by for row in regular):
            last = max(regular, key=lambda row: row.last_day or date.max, default=None)
            found.append(EmptyPlace(number, last.guard_id if last else None))
    return found


def _places_of(post: Post, rows: Sequence[Assignment], term: _Term, membership: Any, today: date) -> list[Place]:
    first = max(term.first_day, post.first_day)
    last = min(term.last_day, post.last_day or term.last_day)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    lanes = _lanes(post, rows)
    beyond = [row for lane in lanes[post.positions :] for row in lane]
    # Whoever stands beyond the positions fills the first place that is empty on that day.
    spare = [sum(_covers(row, day) for row in beyond) for day in days]
    found = []
    for number, lane in enumerate(lanes[: post.positions], start=1):
        place = Place(post, number, first, _covered(lane, days, spare))
        if not any(_covers(row, today) for row in lane):
            lane = [*lane, *_moved_up(beyond, today)]
        _name(place, [row for row in lane if row.agency_id == membership.agency_id], today)
        found.append(place)
    return found


def _lanes(post: Post, rows: Sequence[Assignment]) -> list[list[Assignment]]:
    """Who held which place one after the other, as the ribbon draws it."""
    bars = {_bar(row): row for row in rows}
    key = ribbon.RibbonPost(str(post.pk), post.name, post.pattern, post.positions)
    return [[bars[bar] for bar in lane.bars] for lane in ribbon.allot([key], bars)]


def _covered(lane: Sequence[Assignment], days: Sequence[date], spare: list[int]) -> list[bool]:
    """Day by day whether somebody stands at the place; takes from `spare` where nobody of its own does."""
    found = []
    for at, day in enumerate(days):
        stands = any(_covers(row, day) for row in lane)
        if not stands and spare[at]:
            spare[at] -= 1
            stands = True
        found.append(stands)
    return found


def _moved_up(beyond: list[Assignment], today: date) -> list[Assignment]:
    """The first of those beyond the positions who stands today, taken out of them."""
    for row in beyond:
        if _covers(row, today):
            beyond.remove(row)
            return [row]
    return []


def _bar(row: Assignment) -> ribbon.RibbonBar:
    kind = ribbon.Kind(row.kind)
    return ribbon.RibbonBar(str(row.guard_id), "", "", "", str(row.post_id), row.first_day, row.last_day, kind)


def _covers(row: Assignment, day: date) -> bool:
    return row.first_day <= day and (row.last_day is None or row.last_day >= day)


def _name(place: Place, own: Sequence[Assignment], today: date) -> None:
    place.holder = next((row for row in own if _covers(row, today)), None)
    if day := place.empty_from:
        gone = [row for row in own if row.last_day and row.last_day < day]
        place.before = max(gone, key=lambda row: row.last_day or date.min, default=None)


def _with_proposals(found: list[Place], membership: Any, today: date) -> list[Place]:
    """Each unanswered proposal stands by the first empty place of its post that has none yet."""
    proposed = Assignment.objects.visible_to(membership).proposed().filter(post__in={place.post for place in found})
    waiting: dict[int, list[Assignment]] = {}
    for proposal in proposed.select_related("guard").order_by("first_day", "pk"):
        waiting.setdefault(proposal.post_id, []).append(proposal)
    for place in found:
        if place.empty_from and waiting.get(place.post.pk):
            place.proposal = waiting[place.post.pk].pop(0)
    return found
