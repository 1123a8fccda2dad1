"""What the guards of an agency have learned and what they lack: the matrix, the gaps, and whom to teach."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.roles import Role
from accounts.models import Membership
from compliance.predicates.columns import lasts
from compliance.prepared import Given, ask
from desks import formats, papers
from desks.lists import Column
from desks.papers import Validity
from guards.models import Assignment, Guard, Module, Requirement, TrainingRecord
from schools.models import School

SORTS = {"name": ("family_name", "given_name")}
#: How many gaps stand above the matrix; the filter of the matrix finds the rest.
GAPS_SHOWN = 8
#: How many guards a session is planned for at most by ticking names.
CANDIDATES_SHOWN = 200
# What needs work comes first, where a module is asked for at several schools.
WORST_FIRST = ("established", "blocked", "near", "provisional", "waiting", "ok", "not_measurable")


@dataclass(frozen=True)
class Need:
    """A module that a school asks of a guard, with the record that answers it, if there is one."""

    module: Module
    school: School
    record: TrainingRecord | None
    validity: Validity


@dataclass(frozen=True)
class Cell:
    """One module of one guard in the matrix."""

    module: Module
    validity: Validity | None = None
    note: str = ""
    asked: bool = True
    school: School | None = None

    @property
    def lacks(self) -> bool:
        """Whether a school asks for it and the guard has not got it for long."""
        return self.asked and self.validity is not None and self.validity.kind not in ("ok", "not_measurable")

    @property
    def words(self) -> str:
        """The cell in a file."""
        if self.validity is None:
            return formats.UNKNOWN
        return " · ".join(part for part in (self.validity.text, self.note) if part)


@dataclass
class Gap:
    """A school and a module that some of its guards lack."""

    requirement: Requirement
    lacking: int
    ending: int

    @property
    def words(self) -> str:
        return _("%(lacking)s lack it, %(ending)s have it for 60 days or less") % {
            "lacking": formats.number(self.lacking),
            "ending": formats.number(self.ending),
        }


def placed(membership: Any, today: date) -> QuerySet[Any]:
    """Who stands at a post today or is to stand at one: those of whom schools ask something."""
    holding = Assignment.objects.visible_to(membership).holding()
    return holding.filter(Q(last_day__isnull=True) | Q(last_day__gte=today))


def asked_by_schools(membership: Any, today: date) -> QuerySet[Requirement]:
    """What the agency's schools require today."""
    return Requirement.objects.visible_to(membership).in_force(today)


def unanswered(requirements: QuerySet[Requirement], membership: Any, today: date, until: date) -> QuerySet[Any]:
    """The keys of guards who do not meet, until a day, one of these requirements where they are placed.

    It goes by the agency's own assignments, which are few, and not by guards and requirements, which are many.
    """
    done = _lasting(today, until, school=OuterRef("school"), module=OuterRef("module"))
    lacking = requirements.filter(
        ~Exists(done.filter(guard=OuterRef(OuterRef("guard")))), school=OuterRef("post__school")
    )
    return placed(membership, today).filter(Exists(lacking)).order_by().values("guard")


def _lasting(today: date, until: date, *, school: Any, module: Any) -> QuerySet[TrainingRecord]:
    """Records that answer a school's requirement of a module until a day; a general module counts everywhere."""
    here = Q(module__scope=Module.Scope.GENERAL) | Q(school=school)
    still = Q(module__valid_months__isnull=True) | Q(lasts("completed_on", F("module__valid_months"), Value(until)))
    return TrainingRecord.objects.filter(here, still, module=module, completed_on__lte=today)


def gaps(membership: Any, today: date) -> list[Gap]:
    """Modules that are lacking or run out within sixty days, school by school, the most lacking first; one query."""
    found = asked_by_schools(membership, today).annotate(
        lacking=_without(membership, today, today), soon=_without(membership, today, papers.horizon(today))
    )
    rows = found.filter(soon__gt=0).select_related("module", "school")
    rows = rows.order_by("-lacking", "-soon", "school__name_ru", "module__code", "pk")
    return [Gap(row, row.lacking, row.soon - row.lacking) for row in rows]


def _without(membership: Any, today: date, until: date) -> Any:
    """How many guards at the requirement's school have no record that lasts until a day."""
    here = placed(membership, today).filter(post__school=OuterRef("school"))
    outer = {"school": OuterRef(OuterRef("school")), "module": OuterRef(OuterRef("module"))}
    done = _lasting(today, until, **outer).filter(guard=OuterRef("guard"))
    number = here.filter(~Exists(done)).order_by().values("post__school")
    number = number.annotate(number=Count("guard", distinct=True)).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), Value(0))


def columns(
    membership: Any, today: date, *, school: School | None = None, module: Module | None = None
) -> list[Module]:
    """The modules that head the matrix: what the agency's schools, or the one chosen, ask for today."""
    asked = asked_by_schools(membership, today)
    if school:
        asked = asked.filter(school=school)
    found = Module.objects.filter(pk__in=asked.values("module"))
    if module:
        found = Module.objects.filter(pk=module.pk)
    return list(found.order_by("scope", "code"))


@dataclass
class Knowledge:
    """Of some guards: where they are placed, what is asked of them there, and what they completed; three queries."""

    today: date
    places: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[int, list[Requirement]] = field(default_factory=lambda: defaultdict(list))
    records: dict[tuple[int, int, int | None], TrainingRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, guards: Sequence[Any], membership: Any, today: date) -> "Knowledge":
        known = cls(today)
        keys = [guard.pk for guard in guards]
        for one in (
            placed(membership, today).filter(guard__in=keys).select_related("post__school").order_by("first_day", "pk")
        ):
            known.places[one.guard_id].append(one.post)
        schools = {post.school_id for posts in known.places.values() for post in posts}
        asked = Requirement.objects.in_force(today).filter(school__in=schools).select_related("module", "school")
        for requirement in asked.order_by("first_day", "pk"):
            known.asked[requirement.school_id].append(requirement)
        done = TrainingRecord.objects.filter(guard__in=keys, completed_on__lte=today).select_related("module")
        for record in done.order_by("completed_on", "pk"):
            of_school = record.school_id if record.module.is_for_a_school else None
            known.records[record.guard_id, record.module_id, of_school] = record
        return known

    def needs(self, guard: int) -> list[Need]:
        """What the schools where the guard is placed ask of him."""
        schools = {post.school_id: post for post in self.places.get(guard, [])}
        return [self.need(guard, one.module, one.school) for key in schools for one in self.asked.get(key, [])]

    def need(self, guard: int, module: Module, school: School) -> Need:
        record = self.record(guard, module, school)
        return Need(module, school, record, shown(record, self.today))

    def record(self, guard: int, module: Module, school: School | None) -> TrainingRecord | None:
        at = school.pk if module.is_for_a_school and school else None
        return self.records.get((guard, module.pk, at))

    def cell(self, guard: int, module: Module, school: School | None) -> Cell:
        """The module as the guard has it; where several schools ask for it, at the school where it is worst."""
        asked = [need for need in self.needs(guard) if need.module.pk == module.pk]
        asked = [need for need in asked if school is None or need.school.pk == school.pk]
        if not asked:
            record = self.record(guard, module, school)
            if record is None:
                return Cell(module, asked=False)
            return Cell(module, shown(record, self.today), _until(record, self.today), asked=False)
        worst = min(asked, key=lambda need: WORST_FIRST.index(need.validity.kind))
        several = len({post.school_id for post in self.places[guard]}) > 1 and module.is_for_a_school
        at = worst.school if module.is_for_a_school else None
        return Cell(
            module, worst.validity, worst.school.name if several else _until(worst.record, self.today), school=at
        )


def shown(record: TrainingRecord | None, today: date) -> Validity:
    if record is None:
        return Validity("established", _("Missing"))
    return papers.validity(record.valid_until, today)


def _until(record: TrainingRecord | None, today: date) -> str:
    """Until when it lasts; with the days left once the desks speak of its end."""
    if record is None or record.valid_until is None:
        return ""
    values = {"day": formats.day(record.valid_until), "left": formats.days_left(record.valid_until, today)}
    return _("%(day)s, %(left)s") % values if record.valid_until <= papers.horizon(today) else values["day"]


def hang_cells(
    guards: Sequence[Any], membership: Any, today: date, *, modules: Sequence[Module], school: School | None
) -> None:
    """Hang on each guard `posts` and `cells`, one for each module."""
    known = Knowledge.of(guards, membership, today)
    for guard in guards:
        guard.posts = known.places.get(guard.pk, [])
        guard.cells = [known.cell(guard.pk, module, school) for module in modules]


def hang_terms(requirements: Sequence[Any], today: date) -> None:
    """Hang on each requirement `term`: whether it is in force, since when or from when."""
    for one in requirements:
        values = {"day": formats.day(one.first_day), "last": formats.day(one.last_day)}
        if one.first_day > today:
            values["left"] = formats.days_left(one.first_day, today)
            one.term = Validity("waiting", _("from %(day)s, %(left)s") % values)
        elif one.last_day:
            values["left"] = formats.days_left(one.last_day, today)
            one.term = Validity("provisional", _("since %(day)s, until %(last)s, %(left)s") % values)
        else:
            one.term = Validity("ok", _("since %(day)s") % values)


def csv_columns(modules: Sequence[Module]) -> list[Column]:
    """The matrix as a file."""

    def of(at: int) -> Any:
        return lambda guard: guard.cells[at].words

    return [
        Column(gettext_lazy("Guard"), "full_name"),
        Column(gettext_lazy("IIN"), "masked_iin"),
        Column(gettext_lazy("Where"), lambda guard: ", ".join(post.school.name for post in guard.posts)),
        *(Column(module.title, of(at)) for at, module in enumerate(modules)),
    ]


@dataclass(frozen=True)
class Candidate:
    """A guard who could attend a session: where he is placed and how he stands to the module."""

    guard: Guard
    posts: Sequence[Any]
    validity: Validity
    until: str

    @property
    def lacks(self) -> bool:
        """Whether the session is for him: the module is missing, over, or about to be."""
        return self.validity.kind not in ("ok", "not_measurable")


def to_teach(
    membership: Any, today: date, module: Module, school: School | None, *, also: Collection[int] = ()
) -> list[Candidate]:
    """Whom a session could be for: the guards placed at the school, or for a general module wherever it is asked for.

    Those who were asked for besides (`also`, by primary key) come first, then those who lack it.
    """
    where = placed(membership, today)
    if school:
        where = where.filter(post__school=school)
    else:
        asking = asked_by_schools(membership, today).filter(module=module)
        where = where.filter(post__school__in=asking.values("school"))
    staff = Guard.objects.visible_to(membership).order_by("family_name", "given_name", "pk")
    placed_there = staff.filter(pk__in=where.values("guard")).exclude(pk__in=also)[:CANDIDATES_SHOWN]
    guards = [*staff.filter(pk__in=also), *placed_there]
    known = Knowledge.of(guards, membership, today)
    candidates = [_candidate(known, guard, module, school) for guard in guards]
    return sorted(candidates, key=lambda one: (one.guard.pk not in also, WORST_FIRST.index(one.validity.kind)))


def _candidate(known: Knowledge, guard: Guard, module: Module, school: School | None) -> Candidate:
    record = known.record(guard.pk, module, school)
    return Candidate(guard, known.places.get(guard.pk, []), shown(record, known.today), _until(record, known.today))


@dataclass(frozen=True)
class Ending:
    """Something that a school asks of a guard, and the last day on which he has it."""

    guard: Guard
    need: Need
    until: date
    left: str


def _running_out(given: Given) -> QuerySet[Any, Any]:
    """The guards of the agency given who do not meet, until the horizon, what a school asks of them."""
    manager = Membership(role=Role.AGENCY_MANAGER, agency_id=given.agencies[0])
    until = papers.horizon(given.day)
    return unanswered(asked_by_schools(manager, given.day), manager, given.day, until).values_list("guard")


def running_out(membership: Any, today: date) -> list[Ending]:
    """What schools ask of guards and is over, or will be within sixty days, the first to end first.

    What is missing altogether is a gap, and stands with the gaps.
    """
    horizon = papers.horizon(today)
    asked = {guard for (guard,) in ask(_running_out, Given.of(today, agencies=[membership.agency_id]))}
    guards = list(Guard.objects.visible_to(membership).filter(pk__in=asked).order_by("family_name", "given_name", "pk"))
    known = Knowledge.of(guards, membership, today) if guards else Knowledge(today)
    found = [
        Ending(guard, need, until, formats.days_left(until, today))
        for guard in guards
        for need in known.needs(guard.pk)
        if need.record and (until := need.record.valid_until) and until <= horizon
    ]
    return sorted(found, key=lambda one: (one.until, one.guard.family_name, one.guard.pk, one.need.module.code))
