"""Rules about whoever stands at a post: for a guard who stands there, and as if another one stood there.

Both come as rows with the same columns, so that what judges those who stand also says who may be placed:

    guard_key, school_key, agency_key, calendar_key     whom it is about, by primary keys
    stands_from                                         the first day at the post
    assignment_code, post_code                          what stands there, as the register package names it
    guard_iin, guard_citizenship                        the guard as the register knows him
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import CharField, DateField, F, IntegerField, QuerySet, Subquery, Value

from compliance.predicates.base import Breach, RowRule, Subject, World, each_once
from compliance.predicates.wording import iso
from guards.models import Assignment, Guard
from schools.models import Post, School


def those_who_stand() -> QuerySet[Any]:
    """Every assignment that says a guard is at a post, with the columns of this module."""
    return standing_there(Assignment.objects.holding())


def standing_there(assignments: QuerySet[Assignment]) -> QuerySet[Any]:
    """Assignments with the columns of this module."""
    return assignments.annotate(
        guard_key=F("guard_id"),
        school_key=F("post__school_id"),
        agency_key=F("agency_id"),
        calendar_key=F("post__school__calendar_id"),
        stands_from=F("first_day"),
        assignment_code=F("code"),
        post_code=F("post__code"),
        guard_iin=F("guard__iin"),
        guard_citizenship=F("guard__citizenship"),
    )


def standing_then(assignments: QuerySet[Any], world: World) -> QuerySet[Any]:
    """Of a country's assignments those that hold on the day judged, by name.

    They are few of many: joined to their schools, SQLite would walk those of all times.
    """
    return assignments.filter(pk__in=Assignment.objects.on(world.day).values("pk")) if world.whole else assignments


def as_if_standing(guards: QuerySet[Guard], *, school: int, post: int | None, agency: int, day: date) -> QuerySet[Any]:
    """Each of the guards as if he stood at the post, or at some post of the school, for the agency, from the day on."""
    on = Value(day, output_field=DateField())
    code = Subquery(Post.objects.filter(pk=post).values("code")) if post else Value("", output_field=CharField())
    return guards.annotate(
        on=on,
        guard_key=F("pk"),
        school_key=_key(school),
        agency_key=_key(agency),
        calendar_key=Subquery(School.objects.filter(pk=school).values("calendar")),
        stands_from=on,
        assignment_code=Value("", output_field=CharField()),
        post_code=code,
        guard_iin=F("iin"),
        guard_citizenship=F("citizenship"),
    )


def as_if_standing_at(schools: QuerySet[School], *, guard: int, agency: int, day: date) -> QuerySet[Any]:
    """The guard as if he stood at each of the schools, at some post of it, for the agency, from the day on."""
    on = Value(day, output_field=DateField())
    known = Guard.objects.filter(pk=guard)
    return schools.annotate(
        on=on,
        guard_key=_key(guard),
        school_key=F("pk"),
        agency_key=_key(agency),
        calendar_key=F("calendar_id"),
        stands_from=on,
        assignment_code=Value("", output_field=CharField()),
        post_code=Value("", output_field=CharField()),
        guard_iin=Subquery(known.values("iin")),
        guard_citizenship=Subquery(known.values("citizenship")),
    )


def _key(value: int) -> Value:
    return Value(value, output_field=IntegerField())


@dataclass(frozen=True)
class StandingRule(RowRule):
    """The base of rules about who stands at a post."""

    school: ClassVar[str] = "post__school"

    def rows(self) -> QuerySet[Any]:
        return those_who_stand()

    def narrowed(self, world: World) -> QuerySet[Any]:
        return standing_then(super().narrowed(world), world)

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those who stand on their day `on` and fail."""
        return self.lacking(rows.on(F("on")))  # type: ignore[attr-defined]

    def lacking(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows, all of which stand on their day `on`, that fail."""
        raise NotImplementedError

    def unfit(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows who may not be put at a post: who lacks, and of whom nothing shows that he does not."""
        return self.lacking(standing)

    def name_of(self, row: Any) -> str:
        return str(row.assignment_code)

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        yield Breach(
            Subject(row.school_key, row.agency_key, row.guard_key),
            standing_evidence(row, world) | self.facts(row, world),
        )

    def facts(self, row: Any, world: World) -> dict[str, Any]:
        """What the evidence says beside who stands where."""
        raise NotImplementedError

    def forbidden(self, standing: QuerySet[Any]) -> QuerySet[Any, Any]:
        """What is read of those whom the rule keeps from a post, of rows made by this module."""
        return self.columns_of(self.unfit(standing)).order_by("guard_iin", "school_key")

    def forbidding(self, forbidden: Iterable[Any], world: World) -> Iterator[Breach]:
        """What keeps those of `forbidden` from a post, one for a subject."""
        yield from each_once(one for row in forbidden for one in self.judged(row, world))

    def silent(self, world: World) -> Iterator[Subject]:
        """The agencies of those who stand, of whose kind of record the register holds none."""
        standing = self.in_scope(world).on(F("on"))  # type: ignore[attr-defined]
        agencies = self.unrecorded(standing).order_by("agency_key").values_list("agency_key", flat=True).distinct()
        yield from (Subject(agency=key) for key in agencies)

    def unrecorded(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that cannot be judged, because nothing of the kind is recorded for their agency."""
        return standing.none()


def standing_evidence(row: Any, world: World) -> dict[str, Any]:
    """Who stands where, as every rule of this module says it; no assignment where he does not stand there yet."""
    return {
        "day": world.day.isoformat(),
        "assignment": row.assignment_code or None,
        "post": row.post_code,
        "first_day": iso(row.stands_from),
    }
