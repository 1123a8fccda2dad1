"""The latest figures of every owner, stored so that lists can be sorted by them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from agencies.models import Agency, Contract
from compliance.engine import Judgement
from compliance.models import Figure
from compliance.predicates.turnover import TurnoverLimit
from compliance.register import Scope
from compliance.turnover import KEYS_OF_LEVEL, LEVELS, Level, budget
from guards.models import Assignment, Presence
from schools.models import Post, Region, School

STORED = (
    "measurable",
    "person_days",
    "average_headcount",
    "gross_left",
    "excused_left",
    "net_left",
    "provisional_left",
    "rate",
    "rate_low",
    "rate_high",
    "settled_rate",
    "settled_low",
    "distinct_guards",
    "continuity",
    "median_tenure_days",
    "stability",
)
Owner = tuple[int | None, int | None, int | None]
ROWS_AT_ONCE = 1000
NO_SHIFTS = {"claimed": 0, "present": 0, "refused": 0}


def all_figures(judgement: Judgement) -> dict[Level, list[dict[str, Any]]]:
    """The figures of every owner in scope, those with nothing to measure included, in order of their keys.

    Schools and agencies that have no assignment have their row too; an agency has one at each school where it had an
    assignment or a contract begun by the day judged, a region where it has schools.
    """
    scope, day = judgement.scope, judgement.day
    contracts = Contract.objects.filter(first_day__lte=day)
    if not scope.whole:
        contracts = contracts.filter(school__in=scope.schools or ())
    of_school = dict(_schools(scope).values_list("pk", "region_id"))
    owners: dict[Level, set[tuple[int, ...]]] = {
        "school": {(key,) for key in of_school},
        "agency_school": set(contracts.values_list("agency_id", "school_id")),
        "agency": {(key,) for key in _agencies(scope).values_list("pk", flat=True)},
        "region": {(int(code),) for code in of_school.values()} if scope.whole else set(),
    }
    return {level: _figures_of_level(judgement, level, owners[level], of_school) for level in LEVELS}


def _schools(scope: Scope) -> QuerySet[School]:
    return School.objects.all() if scope.whole else School.objects.filter(pk__in=scope.schools or ())


def _agencies(scope: Scope) -> QuerySet[Agency]:
    return Agency.objects.all() if scope.whole else Agency.objects.filter(pk__in=scope.agencies or ())


def _figures_of_level(
    judgement: Judgement, level: Level, owners: set[tuple[int, ...]], of_school: dict[int, str]
) -> list[dict[str, Any]]:
    table = judgement.tables[level]
    names = KEYS_OF_LEVEL[level]
    measured = {tuple(int(getattr(table, name)[index]) for name in names): index for index in range(len(table))}
    if level == "agency_school":
        owners = owners | {key for key in measured if key[1] in of_school}
    return [
        table.row(measured[key]) if key in measured else table.blank(**dict(zip(names, key, strict=True)))
        for key in sorted(owners)
    ]


def store_figures(judgement: Judgement) -> list[tuple[int | None, int | None]]:
    """Bring the stored figures of every owner in scope up to date; rows that did not change stay as they are.

    Gives the schools and agencies whose figures changed; a region's are only ever measured with the whole country.
    """
    fresh = {_owner_of(figure): figure for figure in _fresh(judgement)}
    outdated = []
    for held in _within(judgement.scope).iterator(chunk_size=2000):
        owner = _owner_of(held)
        if owner in fresh and _values(fresh[owner]) == _values(held):
            del fresh[owner]
        else:
            outdated.append(held)
    for start in range(0, len(outdated), ROWS_AT_ONCE):
        Figure.objects.filter(pk__in=[one.pk for one in outdated[start : start + ROWS_AT_ONCE]]).delete()
    Figure.objects.bulk_create(fresh.values(), batch_size=ROWS_AT_ONCE)
    changed = {(one.level, one.school_id, one.agency_id) for one in [*outdated, *fresh.values()]}
    return [(school, agency) for level, school, agency in sorted(changed, key=str) if level != Figure.Level.REGION]


def _owner_of(figure: Figure) -> tuple[Any, ...]:
    return figure.level, figure.school_id, figure.agency_id, figure.region_id


def _values(figure: Figure) -> list[Any]:
    return [getattr(figure, name) for name in ("as_of", "allowed", *STORED, *NO_SHIFTS)]


def _fresh(judgement: Judgement) -> Iterator[Figure]:
    """The figures of every owner in scope, not yet stored."""
    code_of = {int(code): code for code in Region.objects.values_list("pk", flat=True)}
    of_school = dict(_schools(judgement.scope).values_list("pk", "region_id"))
    of_agency = dict(_agencies(judgement.scope).values_list("pk", "region_id"))
    shifts = count_shifts(judgement.day, judgement.scope, of_school)
    for level, rows in all_figures(judgement).items():
        allowed = _Allowed(judgement.limited_by.get(level))
        for row in rows:
            school, agency, number = row["school"], row["agency"], row["region"]
            yield Figure(
                level=level,
                school_id=school,
                agency_id=agency,
                region_id=of_school[school] if school else of_agency[agency] if agency else code_of[number],
                as_of=judgement.day,
                allowed=allowed.at(row["person_days"]),
                **{name: row[name] for name in STORED},
                **shifts.get((school, agency, number), NO_SHIFTS),
            )


class _Allowed:
    """How many leaves a rule allows, counted once for each amount of service; None where no rule limits them."""

    def __init__(self, rule: TurnoverLimit | None) -> None:
        self.rule = rule
        self.found: dict[int, int] = {}

    def at(self, person_days: int) -> int | None:
        if self.rule is None:
            return None
        if person_days not in self.found:
            headcount = person_days / self.rule.window_days
            self.found[person_days] = budget((), headcount, self.rule.limit, self.rule.terms, 1).allowed
        return self.found[person_days]


def _within(scope: Scope) -> QuerySet[Figure]:
    if scope.whole:
        return Figure.objects.all()
    return Figure.objects.filter(
        Q(school__in=scope.schools or ()) | Q(level=Figure.Level.AGENCY, agency__in=scope.agencies or ())
    )


def count_shifts(day: date, scope: Scope, region_of: dict[int, str]) -> dict[Owner, dict[str, int]]:
    """Shifts of the year up to `day`, for each owner (school, agency, number of the region): claimed by the agency,
    confirmed present by the school of those, and refused by it (absent, or somebody else).

    In a narrower scope the shifts at its schools are counted; an agency's elsewhere are taken as counted last.
    """
    stood = Assignment.objects.holding().filter(guard=OuterRef("guard"), post=OuterRef("post")).on(OuterRef("on"))
    stood = stood.order_by("-first_day", "-code")
    shifts = Presence.objects.filter(on__gt=day - timedelta(days=365), on__lte=day)
    totals: dict[Owner, Counter[str]] = defaultdict(Counter)
    if not scope.whole:
        posts = Post.objects.filter(school__in=scope.schools or ()).order_by().values_list("pk", flat=True)
        shifts = shifts.filter(post__in=list(posts))
        held = Figure.objects.filter(level=Figure.Level.AGENCY_SCHOOL, agency__in=scope.agencies or ())
        elsewhere = held.exclude(school__in=scope.schools or ()).order_by().values_list("agency")
        for agency, *sums in elsewhere.annotate(*(Sum(name) for name in NO_SHIFTS)):
            totals[None, agency, None] += Counter(dict(zip(NO_SHIFTS, sums, strict=True)))
    claimed = Q(agency_claim=True)
    grouped = (
        shifts.annotate(agency=Subquery(stood.values("agency")[:1]))
        .order_by()
        .values_list("post__school", "agency")
        .annotate(
            claimed=Count("pk", filter=claimed),
            present=Count("pk", filter=claimed & Q(school_confirmation=Presence.Answer.PRESENT)),
            refused=Count(
                "pk", filter=Q(school_confirmation__in=[Presence.Answer.ABSENT, Presence.Answer.OTHER_PERSON])
            ),
        )
    )
    for school, agency, *counts in grouped:
        counted = Counter(dict(zip(NO_SHIFTS, counts, strict=True)))
        region = int(region_of[school]) if scope.whole else None
        for owner in ((school, None, None), (school, agency, None), (None, agency, None), (None, None, region)):
            totals[owner] += counted
    return {owner: {name: total[name] for name in NO_SHIFTS} for owner, total in totals.items()}
