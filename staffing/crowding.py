"""Room for many who are proposed at once: those who come first take their places before the others are asked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import Agency
from guards.models import Assignment
from schools.models import Post
from staffing.holding import Held, full, held, room
from staffing.obstacles import Obstacle

# So many posts are asked about by one query.
POSTS_AT_ONCE = 500


@dataclass(frozen=True)
class Asked:
    """A place that is asked for; `key` is known to whoever asks. A place that the guard with this IIN holds is his."""

    key: int
    post: Post
    kind: str
    iin: str
    days: Held


def without_room(asked: Iterable[Asked], agency: Agency) -> Iterator[tuple[int, Obstacle]]:
    """The keys of those who find no room, each with why; a query for so many posts, whoever is asked for."""
    of_post: dict[int, list[Asked]] = defaultdict(list)
    for one in asked:
        of_post[one.post.pk].append(one)
    keys = list(of_post)
    for start in range(0, len(keys), POSTS_AT_ONCE):
        part = keys[start : start + POSTS_AT_ONCE]
        there = _there(part, min(one.days.first_day for key in part for one in of_post[key]))
        for key in part:
            for kind in dict.fromkeys(one.kind for one in of_post[key]):
                many = [one for one in of_post[key] if one.kind == kind]
                yield from _at_post(many, there[key, kind], agency)


def _there(posts: Sequence[int], first_day: date) -> dict[tuple[int, str], list[tuple[str, Held]]]:
    """Who holds each of the posts from a day on, by kind, with his IIN."""
    rows = Assignment.objects.holding().filter(post__in=posts).overlapping(first_day, None)
    found: dict[tuple[int, str], list[tuple[str, Held]]] = defaultdict(list)
    for days in held(rows.select_related("guard", "post").order_by("first_day", "pk")):
        if one := days.assignment:
            found[one.post_id, one.kind].append((one.guard.iin, days))
    return found


def _at_post(many: Sequence[Asked], there: list[tuple[str, Held]], agency: Agency) -> Iterator[tuple[int, Obstacle]]:
    """Of those who are asked for at one post, as one kind, who finds no room."""
    post, kind = many[0].post, many[0].kind
    # Where even all of them together are never more than the places, nobody need be asked about alone.
    if _most_together([days for _iin, days in there] + [one.days for one in many]) <= post.positions:
        return
    taken = list(there)
    for one in many:
        others = [days for iin, days in taken if iin != one.iin]
        places, day, together = room(post, kind, one.days, others)
        if not places:
            yield one.key, full(post, day, together, agency)
        elif len(others) == len(taken):
            taken.append((one.iin, one.days))


def _most_together(spans: Iterable[Held]) -> int:
    """How many of them share their fullest day."""
    steps = []
    for one in spans:
        steps.append((one.first_day.toordinal(), 1))
        if one.last_day:
            steps.append((one.last_day.toordinal() + 1, -1))
    most = now = 0
    for _day, step in sorted(steps):
        now += step
        most = max(most, now)
    return most
