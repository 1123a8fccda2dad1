"""A month of shifts at one school as a grid: a row for each guard at each post, a column for each day.

A grid is drawn from marks: those that are saved, or those of a form that is shown again. A week is copied and a sheet
is pasted into the marks of the form, so nothing of it is saved before its button is pressed, and nothing is lost.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from compliance.register import read_calendars
from desks import attendance as telling
from desks import formats
from guards.models import Guard, Presence
from schools.models import Post, School
from staffing.attendance import Shift, held_in, month_days, shifts

ONE_DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Day:
    """A column: its day, and whether the school is open."""

    on: date
    weekday: str
    is_open: bool
    is_today: bool


@dataclass(frozen=True)
class Cell:
    """One guard on one day: whether the agency claims it, and what the school said."""

    day: Day
    value: str
    may_claim: bool
    claimed: bool
    answer: str
    words: str
    url: str


@dataclass(frozen=True)
class Row:
    """One guard at one post."""

    guard: Guard
    post: Post
    cells: list[Cell]

    @property
    def claimed(self) -> int:
        return sum(cell.claimed for cell in self.cells)


@dataclass(frozen=True)
class Month:
    """What is known of a month at a school before anything is drawn: who may be claimed, and what was said."""

    school: School
    first_day: date
    last_day: date
    today: date
    pairs: list[tuple[Post, Guard]]
    allowed: set[Shift]
    held: set[Shift]
    presences: dict[Shift, Presence]
    open_days: set[date]
    week_before: set[Shift]

    @property
    def saved(self) -> set[Shift]:
        """The shifts that are claimed by now."""
        return {shift for shift, one in self.presences.items() if one.agency_claim and shift in self.allowed}

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks that have begun, the latest first."""
        mondays = {day - timedelta(days=day.weekday()) for day in self.days if day <= self.today}
        return sorted(mondays, reverse=True)

    @property
    def values(self) -> dict[str, Shift]:
        """The shifts that may be claimed by the value of their box."""
        keys = {(post.pk, guard.pk): f"{post.public_id}.{guard.public_id}" for post, guard in self.pairs}
        return {f"{keys[one.post, one.guard]}.{one.on.isoformat()}": one for one in self.allowed}

    def copied(self, marks: Collection[Shift], monday: date) -> set[Shift]:
        """The marks, and for the days of a week whoever stood there on the same day of the week before it."""
        before = set(marks) | self.week_before
        week = [one for one in self.allowed if monday <= one.on < monday + WEEK]
        return set(marks) | {one for one in week if one._replace(on=one.on - WEEK) in before}


def read(school: School, membership: Any, month: date, today: date) -> Month:
    """All of a month in a number of queries that does not depend on how many guards stood there."""
    first, last = month_days(month)
    rows = list(
        held_in(membership.agency, school, first, last)
        .select_related("guard", "post")
        .order_by("post__first_day", "post__code", "guard__family_name", "guard__given_name", "pk")
    )
    said = Presence.objects.filter(post__school=school, guard__in={one.guard_id for one in rows})
    held = shifts(rows, first, last)
    known = {_shift(one): one for one in said.filter(on__range=(first, last))}
    claims = said.filter(on__range=(first - WEEK, first - ONE_DAY), agency_claim=True)
    return Month(
        school=school,
        first_day=first,
        last_day=last,
        today=today,
        pairs=list({(one.post_id, one.guard_id): (one.post, one.guard) for one in rows}.values()),
        allowed={one for one in held if one.on <= today},
        held=held,
        presences={shift: one for shift, one in known.items() if shift in held},
        open_days=_open_days(school, first, last),
        week_before={_shift(one) for one in claims},
    )


def rows(month: Month, marks: Collection[Shift]) -> list[Row]:
    """The grid with these marks."""
    days = columns(month)
    return [_row(month, days, post, guard, marks) for post, guard in month.pairs]


def columns(month: Month) -> list[Day]:
    return [Day(day, formats.short_weekday(day), day in month.open_days, day == month.today) for day in month.days]


def _row(month: Month, days: Iterable[Day], post: Post, guard: Guard, marks: Collection[Shift]) -> Row:
    return Row(guard, post, [_cell(month, day, post, guard, marks) for day in days])


def _cell(month: Month, day: Day, post: Post, guard: Guard, marks: Collection[Shift]) -> Cell:
    shift = Shift(post.pk, guard.pk, day.on)
    presence = month.presences.get(shift)
    answer = presence.school_confirmation if presence else ""
    differs = presence is not None and presence.differs
    return Cell(
        day=day,
        value=f"{post.public_id}.{guard.public_id}.{day.on.isoformat()}",
        may_claim=shift in month.allowed,
        claimed=shift in marks,
        answer=answer,
        words=telling.answer_words(answer),
        url=reverse("agency:disagreement", args=telling.address(post, guard, day.on)) if differs else "",
    )


def _shift(presence: Presence) -> Shift:
    return Shift(presence.post_id, presence.guard_id, presence.on)


def _open_days(school: School, first_day: date, last_day: date) -> set[date]:
    days = [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    calendars = read_calendars(first_day, last_day, School.objects.filter(pk=school.pk))
    return {day for day in days if telling.is_open(calendars, school.pk, day)}


def guards_on(month: Month) -> dict[tuple[int, date], Shift]:
    """The shift of a guard on a day, whichever his post: nobody holds two on one day."""
    return {(one.guard, one.on): one for one in month.held}
