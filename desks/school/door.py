"""Who is expected at the doors of a school, day by day, and what the school said of it.

On each post those are expected whom the agency claims for the day. Where it claims nobody, one of the confirmed guards
of the post is, on the days when the school is open; who of them came is for the school to say.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from compliance.register import read_calendars
from desks.pictures.dots import Mark
from guards.models import Assignment, Guard, Presence
from schools.models import Post, School

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Expected:
    """One guard at one post on one day: the assignment on which he stands, and what was said of the day."""

    guard: Guard
    post: Post
    day: date
    assignment: Assignment | None = None
    presence: Presence | None = None

    @property
    def key(self) -> str:
        """How an address names the card."""
        return f"{self.post.public_id}.{self.guard.public_id}"

    @property
    def answer(self) -> str:
        return self.presence.school_confirmation if self.presence else ""

    @property
    def is_claimed(self) -> bool:
        return bool(self.presence and self.presence.agency_claim)

    @property
    def is_confirmed(self) -> bool:
        """Whether the director agreed to this guard."""
        return bool(self.assignment and self.assignment.status in Assignment.COUNTED)

    @property
    def is_late(self) -> bool:
        """Whether the answer was given on a later day; when an answer was brought with a package, nobody knows."""
        given = self.presence.answered_at if self.presence else None
        return bool(given and timezone.localdate(given) > self.day)


@dataclass(frozen=True)
class PostDay:
    """One post on one day: those expected there, in the order of their names."""

    post: Post
    day: date
    guards: list[Expected]

    @property
    def is_claimed(self) -> bool:
        return any(one.is_claimed for one in self.guards)

    @property
    def one_of_several(self) -> bool:
        """Whether one of these guards is expected, and the agency has not said which."""
        return len(self.guards) > 1 and not self.is_claimed

    @property
    def came(self) -> list[Expected]:
        return [one for one in self.guards if one.answer == Presence.Answer.PRESENT]

    @property
    def unanswered(self) -> list[Expected]:
        """Those of whom the school still has to say something: nobody, once one of several has come."""
        if self.one_of_several and self.came:
            return []
        return [one for one in self.guards if not one.answer]

    @property
    def resting(self) -> list[Expected]:
        """Those who were not needed, because another of the post's guards came."""
        return [one for one in self.guards if not one.answer] if self.one_of_several and self.came else []

    @property
    def expected(self) -> int:
        """How many people are expected."""
        return 1 if self.one_of_several else len(self.guards)

    @property
    def marked(self) -> int:
        """How many of them the school has spoken of."""
        if self.one_of_several:
            return 0 if self.unanswered else 1
        return len(self.guards) - len(self.unanswered)

    def mark(self, today: date) -> Mark:
        """The post's dot in the fortnight."""
        if not self.guards:
            return Mark.NOT_EXPECTED
        if self.unanswered:
            return Mark.NOT_YET if self.day >= today else Mark.UNMARKED
        answers = {one.answer for one in self.guards}
        if not (self.one_of_several and self.came):
            if Presence.Answer.ABSENT in answers:
                return Mark.ABSENT
            if Presence.Answer.OTHER_PERSON in answers:
                return Mark.OTHER
        return Mark.LATE if any(one.is_late for one in self.guards) else Mark.PRESENT


@dataclass(frozen=True)
class Doors:
    """The posts of a school over some days."""

    first_day: date
    last_day: date
    posts: list[Post]
    open_days: set[date]
    next_open: date | None
    _assignments: dict[int, list[Assignment]] = field(default_factory=dict)
    _presences: dict[tuple[int, date], list[Presence]] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=at) for at in range((self.last_day - self.first_day).days + 1)]

    def on(self, day: date) -> list[PostDay]:
        """The posts that stand on a day, with those expected there."""
        return [self.at(post, day) for post in self.posts if _stands(post, day)]

    def at(self, post: Post, day: date) -> PostDay:
        if not _stands(post, day):
            return PostDay(post, day, [])
        holding = {one.guard_id: one for one in self._assignments.get(post.pk, ()) if _stands(one, day)}
        said = {one.guard_id: one for one in self._presences.get((post.pk, day), ())}
        guards = {guard: presence.guard for guard, presence in said.items()}
        if not any(one.agency_claim for one in said.values()) and day in self.open_days:
            guards |= {guard: one.guard for guard, one in holding.items() if one.status in Assignment.COUNTED}
        found = [Expected(guard, post, day, holding.get(key), said.get(key)) for key, guard in guards.items()]
        return PostDay(post, day, sorted(found, key=lambda one: (one.guard.family_name, one.guard.given_name)))

    def missed(self, today: date) -> list[date]:
        """Days gone by of which the school has not said everything, the latest first."""
        gone = (day for day in reversed(self.days) if day < today)
        return [day for day in gone if any(one.mark(today) == Mark.UNMARKED for one in self.on(day))]


def read(school: School, membership: Any, first_day: date, last_day: date) -> Doors:
    """The doors of a school over some days, in as many queries for one guard as for many."""
    posts = Post.objects.visible_to(membership).filter(school=school, first_day__lte=last_day)
    known = Guard.objects.visible_to(membership)
    assignments = Assignment.objects.visible_to(membership).holding().filter(post__school=school)
    presences = Presence.objects.visible_to(membership).filter(
        post__school=school, on__range=(first_day, last_day), guard__in=known
    )
    open_days, next_open = _open_days(school, first_day, last_day)
    return Doors(
        first_day,
        last_day,
        list(posts.select_related("school").order_by("first_day", "code")),
        open_days,
        next_open,
        _by(
            assignments.overlapping(first_day, last_day).select_related("guard", "agency").order_by("first_day", "pk"),
            lambda one: one.post_id,
        ),
        _by(
            (one for one in presences.select_related("guard") if one.agency_claim or one.school_confirmation),
            lambda one: (one.post_id, one.on),
        ),
    )


def _open_days(school: School, first_day: date, last_day: date) -> tuple[set[date], date | None]:
    """The days on which the school is open, and the first such day after them."""
    calendars = read_calendars(first_day, last_day, School.objects.filter(pk=school.pk))
    kept = calendars.of_schools(np.array([school.pk]))
    days = np.arange(first_day.toordinal(), last_day.toordinal() + 1)
    is_open = calendars.open_days(np.repeat(kept, len(days)), days - 1, days + 1) > 0
    after = int(calendars.nth_open_day(kept, np.array([last_day.toordinal()]), 1)[0])
    next_open = date.fromordinal(after) if after <= calendars.high_day else None
    return {date.fromordinal(day) for day in days[is_open].tolist()}, next_open


def _stands(one: Any, day: date) -> bool:
    """Whether a post or an assignment is there on a day."""
    return bool(one.first_day <= day and (one.last_day is None or day <= one.last_day))


def _by(rows: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
