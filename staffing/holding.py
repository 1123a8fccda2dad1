"""Who holds a post on which days, and whether there is room for one more.

Somebody holds a post as long as his assignment goes on and his agency has a contract there. While he hands over, his
successor may stand beside him.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, Contract
from guards.models import Assignment, Guard
from schools.models import Post
from staffing.obstacles import Obstacle
from staffing.refusals import Refused, day_words

# How many days a guard who leaves and the one who follows him may stand at a post together.
HANDOVER_DAYS = 14


@dataclass(frozen=True)
class Held:
    """The days on which somebody holds a post; `assignment` is None for those that are only asked about.

    `called` is what a sentence calls one that is asked about together with others.
    """

    first_day: date
    last_day: date | None
    assignment: Assignment | None = None
    called: str = ""

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or self.last_day >= day)

    def overlaps(self, other: "Held") -> bool:
        return self.covers(other.first_day) or other.covers(self.first_day)

    def hands_over_to(self, other: "Held") -> bool:
        """Whether he leaves so soon after the other has begun that the other takes his place."""
        if self.last_day is None or self.first_day > other.first_day:
            return False
        return (self.last_day - other.first_day).days < HANDOVER_DAYS


def held(assignments: Iterable[Assignment]) -> list[Held]:
    """The days of each assignment, to the end of the last contract of its agency at the school at most; one query."""
    found = list(assignments)
    ends = contract_ends({one.agency_id for one in found}, {one.post.school_id for one in found})
    return [_held(one, ends.get((one.agency_id, one.post.school_id), date.max)) for one in found]


def contract_ends(agencies: Iterable[int], schools: Iterable[int]) -> dict[tuple[int, int], date]:
    """The last day of the last contract of each agency at each school, by primary keys; the last of all days where it
    goes on."""
    ends: dict[tuple[int, int], date] = {}
    contracts = Contract.objects.filter(agency__in=agencies, school__in=schools)
    for agency, school, last_day in contracts.values_list("agency", "school", "last_day"):
        ends[agency, school] = max(ends.get((agency, school), date.min), last_day or date.max)
    return ends


def _held(assignment: Assignment, contract_until: date) -> Held:
    last_day = min(assignment.last_day or date.max, contract_until)
    return Held(assignment.first_day, None if last_day == date.max else last_day, assignment)


def free_places(posts: Iterable[Post], first_day: date) -> dict[int, int]:
    """For each of the posts (by primary key) how many more regular guards it has room for from a day on; two queries.

    A place that is empty on the day and taken later is not free: whoever comes, comes to stay.
    """
    of_post: dict[int, Post] = {post.pk: post for post in posts}
    there = Assignment.objects.holding().filter(post__in=of_post, kind=Assignment.Kind.REGULAR)
    rows: dict[int, list[Held]] = {key: [] for key in of_post}
    for one in held(there.overlapping(first_day, None).select_related("post").order_by("pk")):
        if one.assignment:
            rows[one.assignment.post_id].append(one)
    asked = Held(first_day, None)
    return {key: room(post, Assignment.Kind.REGULAR, asked, rows[key])[0] for key, post in of_post.items()}


def check_room(
    post: Post,
    kind: str,
    first_day: date,
    last_day: date | None,
    *,
    agency: Agency,
    guard: Guard | None = None,
    without: Assignment | None = None,
) -> None:
    """Refuse when every place of the post is held on one of these days by others than the guard."""
    if obstacle := full_post(post, kind, first_day, last_day, agency=agency, guard=guard, without=without):
        raise Refused(obstacle.whole, field="post")


def full_post(
    post: Post,
    kind: str,
    first_day: date,
    last_day: date | None,
    *,
    agency: Agency,
    guard: Guard | None = None,
    without: Assignment | None = None,
) -> Obstacle | None:
    """That every place of the post is held on one of these days by others than the guard; None where there is room.

    Relief stands beside those who hold the places, so the two kinds are counted apart, and hands nothing over.
    `without` is an assignment that does not count, because it is the one in question or will have ended. Only guards of
    the agency are named.
    """
    there = Assignment.objects.holding().filter(post=post, kind=kind).overlapping(first_day, last_day)
    if guard:
        there = there.exclude(guard=guard)
    if without:
        there = there.exclude(pk=without.pk)
    rows = held(there.select_related("guard", "post").order_by("first_day", "pk"))
    places, day, together = room(post, kind, Held(first_day, last_day), rows)
    return None if places else full(post, day, together, agency)


def post_closed(post: Post, first_day: date, last_day: date | None) -> Obstacle | None:
    """That the post is not there on these days; None where it is."""
    if first_day >= post.first_day and (post.last_day is None or (last_day or first_day) <= post.last_day):
        return None
    sentence = _("The post “%(post)s” is not open on these days.") % {"post": post.name}
    if post.last_day is None:
        cure = _("Choose %(first)s or a later day.") % {"first": day_words(post.first_day)}
    else:
        days = {"first": day_words(post.first_day), "last": day_words(post.last_day)}
        cure = _("Choose days from %(first)s to %(last)s.") % days
    return Obstacle(sentence, cure, of_post=True)


def room(post: Post, kind: str, asked: Held, rows: Iterable[Held]) -> tuple[int, date, list[Held]]:
    """How many more there is room for on the days asked for; and the fullest day, with who stands there then."""
    beside = [one for one in rows if one.overlaps(asked)]
    staying = [one for one in beside if kind == Assignment.Kind.RELIEF or not _is_handover(one, asked)]
    found = []
    for holders, most in ((staying, post.positions), (beside, 2 * post.positions)):
        day, together = _fullest(holders, asked.first_day)
        found.append((max(most - len(together), 0), day, together))
    return min(found, key=lambda one: one[0])


def _is_handover(one: Held, other: Held) -> bool:
    return one.hands_over_to(other) or other.hands_over_to(one)


def _fullest(holders: Sequence[Held], first_day: date) -> tuple[date, list[Held]]:
    """The day from `first_day` on when most of them stand there, and who they are."""
    days = sorted({first_day, *(max(one.first_day, first_day) for one in holders)})
    together = [(day, [one for one in holders if one.covers(day)]) for day in days]
    return max(together, key=lambda found: len(found[1]))


def full(post: Post, day: date, holders: Sequence[Held], agency: Agency) -> Obstacle:
    """That the places of a post are held on a day, as an agency may know it: by name those who are its own."""
    names = [_called(one, agency) for one in holders]
    sentence = ngettext(
        "The post “%(post)s” has %(count)s place, held on %(day)s: %(guards)s.",
        "The post “%(post)s” has %(count)s places, held on %(day)s: %(guards)s.",
        post.positions,
    ) % {"post": post.name, "count": post.positions, "day": day_words(day), "guards": ", ".join(names)}
    return Obstacle(sentence, _("Choose another day, or end or replace one of those who stand there."), of_post=True)


def _called(one: Held, agency: Agency) -> str:
    if one.assignment is None:
        return one.called
    return one.assignment.guard.name if one.assignment.agency_id == agency.pk else _("a guard of another agency")


def is_kept_from_another_agency(one: Held, post: Post, agency: Agency, first_day: date) -> bool:
    """Whether he stands at this very post for an agency whose contract ends before: then he stays, for another one."""
    row = one.assignment
    if row is None or row.post_id != post.pk or row.agency_id == agency.pk:
        return False
    return one.last_day is not None and one.last_day < first_day


def ending_with_contract(today: date) -> list[tuple[Assignment, date]]:
    """The confirmed assignments that outlived every contract of their agency at the school, with its last day."""
    contracts = Contract.objects.filter(last_day__lt=today, last_day__gte=today - timedelta(days=60))
    pairs = set(contracts.values_list("agency", "school"))
    open_rows = Assignment.objects.filter(
        status=Assignment.Status.CONFIRMED,
        agency__in={agency for agency, _school in pairs},
        post__school__in={school for _agency, school in pairs},
    ).overlapping(today, None)
    rows = held(open_rows.select_related("guard", "post__school", "agency").order_by("pk"))
    return [(one.assignment, one.last_day) for one in rows if one.assignment and one.last_day and one.last_day < today]
