"""A month of shifts at one school as a grid: a row for each guard at each post, a column for each day.

A grid is drawn from marks: those that are saved, or those of a form that is shown again. A week is copied and a sheet
is pasted into the marks of the form, so nothing of it is saved before its button is pressed, and nothing is lost.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Event
from compliance.register import read_calendars
from desks import attendance as telling
from desks import formats
from guards.models import Guard, Presence
from schools.models import Post, School
from staffing.attendance import Shift, held_in, month_days, shifts

ONE_DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# What changes claims, as events name it.
CLAIMING = ("presence_month_claimed", "presence_claimed", "presence_claim_withdrawn")
HEX = re.compile("[0-9a-f]{1,8}")


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
    # What was claimed of it when the page was opened.
    was: str

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

    @cached_property
    def values(self) -> dict[str, Shift]:
        """The shifts that may be claimed by the value of their box."""
        keys = {(post.pk, guard.pk): f"{post.public_id}.{guard.public_id}" for post, guard in self.pairs}
        return {f"{keys[one.post, one.guard]}.{one.on.isoformat()}": one for one in self.allowed}

    def tell(self, post: Post, guard: Guard, claimed: Collection[Shift]) -> str:
        """The claims of one row as a page carries them: the row, and a bit for each day."""
        days = sum(1 << one.on.day for one in claimed if (one.post, one.guard) == (post.pk, guard.pk))
        return f"{post.public_id}.{guard.public_id}.{days:x}"

    def told(self, rows: Iterable[str]) -> set[Shift]:
        """The claims that a page carries, those of them that still fit."""
        found = set()
        for row in rows:
            key, _dot, digits = row.rpartition(".")
            days = int(digits, 16) if HEX.fullmatch(digits) else 0
            values = (f"{key}.{day.isoformat()}" for day in self.days if days >> day.day & 1)
            found |= {self.values[value] for value in values if value in self.values}
        return found

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


def rows(month: Month, marks: Collection[Shift], seen: Collection[Shift]) -> list[Row]:
    """The grid with these marks, for whoever has seen what was claimed before."""
    days = columns(month)
    return [_row(month, days, post, guard, marks, seen) for post, guard in month.pairs]


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else saved after the page was opened: who and when, if it is known, and a line for each guard."""

    who: str
    lines: list[str]


def meanwhile(month: Month, seen: Collection[Shift]) -> Meanwhile | None:
    """What is claimed by now and was not when the page was opened, and the other way round; None where nothing is."""
    changed = month.saved ^ set(seen)
    lines = [line for post, guard in month.pairs for line in _changes(month, post, guard, changed)]
    if not lines:
        return None
    last = Event.objects.about(month.school).filter(verb__in=CLAIMING).first()
    who = ""
    if last:
        values = {"who": last.actor_name, "time": f"{timezone.localtime(last.at):%H:%M}"}
        who = _("%(who)s saved at %(time)s, after you opened this page.") % values
    return Meanwhile(who, lines)


def _changes(month: Month, post: Post, guard: Guard, changed: Collection[Shift]) -> Iterator[str]:
    mine = sorted(one for one in changed if (one.post, one.guard) == (post.pk, guard.pk))
    for shifts_of, words in (
        ([one for one in mine if one in month.saved], _("%(guard)s, %(post)s: claimed on %(days)s")),
        ([one for one in mine if one not in month.saved], _("%(guard)s, %(post)s: the claim taken back on %(days)s")),
    ):
        if shifts_of:
            days = ", ".join(formats.day_month(one.on) for one in shifts_of)
            yield words % {"guard": guard.name, "post": post.name, "days": days}


def columns(month: Month) -> list[Day]:
    return [Day(day, formats.short_weekday(day), day in month.open_days, day == month.today) for day in month.days]


def _row(
    month: Month, days: Iterable[Day], post: Post, guard: Guard, marks: Collection[Shift], seen: Collection[Shift]
) -> Row:
    cells = [_cell(month, day, post, guard, marks) for day in days]
    return Row(guard, post, cells, month.tell(post, guard, seen))


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
