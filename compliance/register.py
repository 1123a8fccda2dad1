"""From the database to arrays: the one query that brings the rows of a scope, and the calendars they are counted by.

The country comes in blocks of guards. All that a guard did stands in one block, so what blocks count adds up: docs/adr
0099, which also tells why each column comes as one text.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from django.apps import apps
from django.db import connection
from django.db.models import (
    Case,
    F,
    IntegerField,
    Min,
    Model,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Length, Ord

from compliance.gathering import LAST_DAY, Days, apart, gathered, numbers, together
from compliance.keys import Numbered
from compliance.prepared import Given, Question, ask
from compliance.turnover import END_REASONS, Calendars, Rows, tied_rows
from guards.models import Assignment, Guard
from schools.models import Calendar, Post, School

READ_AT_ONCE = 20_000
# Guards of a block of the country: some ten assignments each, of which no more are held at a time.
GUARDS_AT_ONCE = 10_000
# A reason is asked of the database by its first letter and its length, which no two share: to compare it with thirteen
# names takes a sixth of the query. At the number that these make stands the reason's code; no letter, no reason.
LETTER = 32
REASON_CODES = np.full(128 * LETTER, -1, dtype=np.int8)
REASON_CODES[[ord(reason[0]) * LETTER + len(reason) for reason in END_REASONS]] = np.arange(len(END_REASONS))
# How far past the day judged a calendar reaches: a preview judges a day to come.
OUTLOOK = timedelta(days=800)
ANY_DAY = Given.of(date.min)
# A region is counted by the number that its code of two digits is.
NUMBER_OF_REGION = Cast("region", IntegerField())


@dataclass(frozen=True)
class Scope:
    """What is judged: some schools and some agencies as wholes, or the whole country when both are None."""

    schools: frozenset[int] | None = None
    agencies: frozenset[int] | None = None

    @classmethod
    def of(cls, schools: Iterable[int] = (), agencies: Iterable[int] = ()) -> "Scope":
        return cls(frozenset(schools), frozenset(agencies))

    @property
    def whole(self) -> bool:
        return self.schools is None


COUNTRY = Scope()


@dataclass(frozen=True, eq=False)
class Register:
    """The counted assignments of a scope as arrays, with the key of each and the calendars to count by."""

    rows: Rows
    assignment: np.ndarray
    calendars: Calendars
    region_of_school: Numbered

    def begun_by(self, day: date) -> "Register":
        """What had begun by a day."""
        begun = self.rows.first <= day.toordinal()
        return replace(self, rows=self.rows.take(begun), assignment=self.assignment[begun])

    def of_guards(self, guards: np.ndarray) -> "Register":
        """All that the register holds of some guards."""
        theirs = np.isin(self.rows.guard, guards)
        return replace(self, rows=self.rows.take(theirs), assignment=self.assignment[theirs])


def read_register(day: date, scope: Scope = COUNTRY) -> Register:
    """Every counted assignment begun by `day` of every guard who ever stood within the scope.

    All rows of these guards, elsewhere too: what a guard who left did next is told by where he stands now. The whole
    country at once is a lot: `read_blocks` brings the same in parts.
    """
    if scope.whole:
        return joined(list(read_blocks(day)))
    columns = apart(COLUMNS, ask(_of_scope, _given(day, scope)))
    posts = columns["post"].tolist()
    places = ask(_places_of_posts, Given.of(day, posts=set(posts)))
    school_of = {post: school for post, school, _, _ in places}
    rows, keys = _rows_of(columns, np.array([school_of[post] for post in posts], dtype=np.int64))
    first = date.fromordinal(int(rows.first.min())) if len(rows) else day
    kept = [*(place for _, *place in places), *ask(_places, _given(day, scope))]
    calendars = lay_out(first, day).kept_by({school: calendar for school, calendar, _ in kept})
    return Register(rows, keys, calendars, Numbered.of({school: int(region) for school, _, region in kept}))


def register_asks(day: date, scope: Scope) -> list[Question]:
    """What `read_register` asks first of a narrower scope."""
    given = _given(day, scope)
    return [(_of_scope, given), (_places, given), (_closures, ANY_DAY)]


def _given(day: date, scope: Scope) -> Given:
    return Given.of(day, schools=scope.schools or (), agencies=scope.agencies or ())


def posts_of(scope: Scope) -> dict[int, int]:
    """The posts of the schools in a narrower scope, and the school of each."""
    return dict(ask(*posts_ask(scope)))


def posts_ask(scope: Scope) -> Question:
    """What `posts_of` asks."""
    return _posts_of, _given(date.min, Scope.of(scope.schools or ()))


def _posts_of(given: Given) -> QuerySet[Any, Any]:
    return Post.objects.filter(school__in=given.schools).order_by().values_list("pk", "school")


def _places(given: Given) -> QuerySet[Any, Any]:
    """The calendar that each of the schools keeps, and its region."""
    return School.objects.filter(pk__in=given.schools).order_by().values_list("pk", "calendar", "region")


def _places_of_posts(given: Given) -> QuerySet[Any, Any]:
    """The school of each of the posts, with the same of it."""
    posts = Post.objects.filter(pk__in=given.posts).order_by()
    return posts.values_list("pk", "school", "school__calendar", "school__region")


def read_blocks(day: date) -> Iterator[Register]:
    """What `read_register` says of the country, in blocks of guards: each guard, with all his rows, is in one of them.

    At least one block, of no rows where there is no guard.
    """
    schools, school_of_post = School.objects.all(), of_each(Post.objects.all(), F("school"))
    calendars, regions = read_calendars(_first_day() or day, day, schools), of_each(schools, NUMBER_OF_REGION)
    for begin in range(0, last_key(Guard) + 1, GUARDS_AT_ONCE):
        of_block = _counted(day).filter(guard__gte=begin, guard__lt=begin + GUARDS_AT_ONCE)
        columns = gathered(of_block, **_columns())
        rows, keys = _rows_of(columns, school_of_post.at(columns["post"]))
        yield Register(rows, keys, calendars, regions)


def last_key(model: type[Model]) -> int:
    """The last primary key there is; 0 where there is none."""
    return model._default_manager.order_by("pk").values_list("pk", flat=True).last() or 0


def joined(blocks: list[Register]) -> Register:
    """Some blocks as one."""
    return replace(
        blocks[0],
        rows=Rows.concat(block.rows for block in blocks),
        assignment=np.concatenate([block.assignment for block in blocks]),
    )


def _counted(day: date) -> QuerySet[Assignment]:
    """The assignments that count on a day, whichever others a query narrows them by.

    Whether a row counts is asked of each on its own: most do. Asked for outright, SQLite, which does not know how few
    rows a guard or a block has, would walk all that count in the country.
    """
    counts = Case(When(status__in=Assignment.COUNTED, first_day__lte=day, then=Value(1)), default=Value(0))
    return Assignment.objects.alias(counts=counts).filter(counts=1)


def _of_scope(given: Given) -> QuerySet[Any, Any]:
    """The counted assignments of a scope: in one query its guards, and all rows of them."""
    at_schools = Assignment.objects.filter(post__school__in=given.schools).values("guard")
    of_agencies = Assignment.objects.filter(agency__in=given.agencies).values("guard")
    return together(_counted(given.day).filter(guard__in=at_schools.union(of_agencies)), **_columns())


def _first_day() -> date | None:
    """The first day of the earliest counted assignment: of each status its own, which an index knows."""
    rows = (Assignment.objects.filter(status=status) for status in Assignment.COUNTED)
    found = [of_status.aggregate(first=Min("first_day"))["first"] for of_status in rows]
    return min(filter(None, found), default=None)


def of_each(records: QuerySet[Any], number: Any) -> Numbered:
    """A number that each of some records has, by primary key."""
    told = gathered(records, key=F("pk"), number=number)
    return Numbered(told["key"], told["number"])


def take_statistics(*models: type[Model]) -> None:
    """Have the database count the tables of some models, or all: by plans made for an empty register a country takes
    half as long again, and a page of one school walks the findings of all.

    Table by table: to count everything PostgreSQL locks, until the transaction ends, what its databases share.
    """
    with connection.cursor() as cursor:
        for model in models or apps.get_models():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


COLUMNS = ("guard", "agency", "post", "first", "last", "packed", "key")
# What is small comes packed in one number: accepted or not, relief or not, and above them the reason.
ACCEPTED, RELIEF, REASON = 1, 2, 4


def _columns() -> dict[str, Any]:
    """COLUMNS of an assignment. Its school is that of its post: to join them costs a third of the query."""
    found = (
        F("guard"),
        F("agency"),
        F("post"),
        Days("first_day"),
        LAST_DAY,
        (Coalesce(Ord("end_reason"), Value(0)) * LETTER + Length("end_reason")) * REASON
        + Case(When(kind=Assignment.Kind.RELIEF, then=Value(RELIEF)), default=Value(0))
        + Case(When(cause_accepted=True, then=Value(ACCEPTED)), default=Value(0)),
        F("pk"),
    )
    return dict(zip(COLUMNS, found, strict=True))


def _rows_of(columns: dict[str, np.ndarray], school: np.ndarray) -> tuple[Rows, np.ndarray]:
    """The rows at these schools, and the primary key of each."""
    keys, packed = columns["key"], columns["packed"]
    rows = Rows(
        **{name: columns[name] for name in ("guard", "agency", "first", "last")},
        school=school,
        relief=packed & RELIEF != 0,
        reason=REASON_CODES[packed // REASON],
        accepted=packed & ACCEPTED != 0,
        ident=np.zeros(len(keys), dtype=np.int64),
    )
    return _with_identifiers(rows, keys), keys


def _with_identifiers(rows: Rows, keys: np.ndarray) -> Rows:
    """Identifiers decide between rows that end together; only for those that do are they read."""
    tied = tied_rows(rows)
    if not len(tied):
        return rows
    codes = by_key(Assignment, keys[tied].tolist(), "code")
    return rows.with_identifiers(tied, [codes[key] for key in keys[tied].tolist()])


def by_key(model: type[Model], keys: Collection[int], *fields: str) -> dict[int, Any]:
    """The fields of records by primary key (one field: its value; several: a tuple), in as few queries as it takes."""
    found: dict[int, Any] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), READ_AT_ONCE):
        part = wanted[start : start + READ_AT_ONCE]
        for key, *values in model._default_manager.filter(pk__in=part).values_list("pk", *fields):
            found[key] = values[0] if len(fields) == 1 else tuple(values)
    return found


def read_calendars(first: date, day: date, schools: QuerySet[School]) -> Calendars:
    """The open days of all calendars from `first` to well past `day`, and which calendar each of the schools keeps."""
    return lay_out(first, day).kept_by(of_each(schools, F("calendar")))


def lay_out(first: date, day: date) -> Calendars:
    """All calendars as they are now, from the beginning of the year of `first` to well past `day`; of no school yet."""
    begin, until = date(min(first, day).year, 1, 1), day + min(OUTLOOK, date.max - day)
    return _built(tuple(ask(_closures, ANY_DAY)), begin, until)


def _closures(_given: Given) -> QuerySet[Any, Any]:
    """Each calendar with its weekdays, and the first and the last days of its closures gathered."""
    closures = {"first_days": Days("closures__first_day"), "last_days": Days("closures__last_day")}
    return Calendar.objects.order_by("pk").values_list("pk", "weekdays").annotate(**closures)


@lru_cache(maxsize=16)
def _built(closures: tuple[tuple[int, str, str | None, str | None], ...], begin: date, until: date) -> Calendars:
    """Laid out once for what they say: a school that is judged again finds them as they were."""
    named: dict[Hashable, tuple[str, Iterable[tuple[int, int]]]] = {
        key: (weekdays, zip(numbers(first_days or ""), numbers(last_days or ""), strict=True))
        for key, weekdays, first_days, last_days in closures
    }
    return Calendars.build(named, begin, until, {})
