"""Guards before the regulator: the list, and one of them with all that is known of him. Nothing is changed here."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from desks import formats, history, papers, training
from desks.components import Entry
from desks.lists import Column
from desks.papers import Held, Validity
from desks.regulator.filters import RegionFilter, agency_like, named_like, regions, school_like
from desks.regulator.findings import OwnersFindings, of_owner
from desks.regulator.papers import agencies_of
from guards.models import Assignment, Employment, Guard
from schools.models import Post, Region

SORTS = {"name": ("family_name", "given_name")}


def listed(membership: Any) -> QuerySet[Guard]:
    return Guard.objects.visible_to(membership)


def prepare(membership: Any, today: date) -> Callable[[Sequence[Any]], None]:
    """What hangs on each guard the `agencies` that employ him, the `posts` that he holds, the state of his papers."""

    def hang(guards: Sequence[Any]) -> None:
        keys = [guard.pk for guard in guards]
        agencies, held, asked = agencies_of(keys, today), papers.of_guards(keys), papers.asked_for(today)
        posts: dict[int, list[Post]] = defaultdict(list)
        standing = Assignment.objects.visible_to(membership).counted().on(today).filter(guard__in=keys)
        for one in standing.select_related("post__school").order_by("first_day", "pk"):
            posts[one.guard_id].append(one.post)
        for guard in guards:
            own = held.get(guard.pk, [])
            guard.agencies, guard.posts = agencies[guard.pk], posts[guard.pk]
            guard.validity, guard.standing = papers.summary(own, asked, today), papers.standing_of(own)

    return hang


COLUMNS = [
    Column(gettext_lazy("Guard"), "full_name"),
    Column(gettext_lazy("IIN"), "masked_iin"),
    Column(gettext_lazy("Agency"), lambda one: ", ".join(agency.name for agency in one.agencies)),
    Column(gettext_lazy("School"), lambda one: ", ".join(post.school.name for post in one.posts)),
    Column(gettext_lazy("Papers"), lambda one: one.validity.text),
    Column(gettext_lazy("Authorised body"), lambda one: one.standing.text if one.standing else ""),
]


class GuardFilter(RegionFilter):
    """Who: by name or IIN, where he works now and for whom."""

    q = django_filters.CharFilter(label=gettext_lazy("Guard's name or IIN"), method="by_name")
    region = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Region"), queryset=regions, method="in_region", empty_label=gettext_lazy("All")
    )
    agency = django_filters.CharFilter(label=gettext_lazy("Agency or BIN"), method="of_agency")
    school = django_filters.CharFilter(label=gettext_lazy("School or place"), method="at_school")

    def by_name(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        digits = "".join(value.split())
        if digits.isdigit():
            return guards.filter(Q(iin__startswith=digits) | Q(iin__endswith=digits))
        return guards.filter(named_like(value, "family_name", "given_name", "patronymic"))

    def in_region(self, guards: QuerySet[Any], name: str, region: Region) -> QuerySet[Any]:
        employed = _employed().filter(agency__region=region).values("guard")
        return guards.filter(Q(pk__in=employed) | Q(pk__in=_standing().filter(post__school__region=region)))

    def of_agency(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return guards.filter(pk__in=_employed().filter(agency_like(value, "agency__")).values("guard"))

    def at_school(self, guards: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return guards.filter(pk__in=_standing().filter(school_like(value, "post__school__")))


def _employed() -> Any:
    return Employment.objects.on(timezone.localdate())


def _standing() -> Any:
    return Assignment.objects.counted().on(timezone.localdate()).values("guard")


@dataclass(frozen=True)
class Service:
    """An assignment with its answer and the days served so far."""

    assignment: Assignment
    answer: Validity
    days: int


@dataclass(frozen=True)
class GuardFile:
    """All that stands on the page of a guard."""

    guard: Guard
    summary: Validity
    standing: Validity | None
    employments: list[Employment]
    papers: list[Held]
    earlier: list[Held]
    training: list[training.Completed]
    services: list[Service]
    findings: OwnersFindings
    history: list[Entry]

    @classmethod
    def of(cls, guard: Guard, membership: Any, today: date) -> "GuardFile":
        current, earlier = papers.current_and_earlier(guard, today)
        held = [one.credential for one in current]
        mine = Assignment.objects.visible_to(membership).filter(guard=guard).select_related("post__school", "agency")
        return cls(
            guard=guard,
            summary=papers.summary(held, papers.asked_for(today), today),
            standing=papers.standing_of(held),
            employments=list(guard.employments.select_related("agency").order_by("-first_day", "-pk")),
            papers=current,
            earlier=earlier,
            training=training.completed(guard, today),
            services=[_service(row, today) for row in mine.order_by("-first_day", "-pk")],
            findings=of_owner(membership, today, guard=guard),
            history=history.entries(history.notable(Event.objects.about(guard)), membership, name_school=True),
        )


def _service(row: Assignment, today: date) -> Service:
    days = (min(row.last_day or today, today) - row.first_day).days + 1 if row.status in Assignment.COUNTED else 0
    return Service(row, _answer(row, today), max(days, 0))


def _answer(row: Assignment, today: date) -> Validity:
    """What became of an assignment, in one status."""
    status = Assignment.Status
    if row.status in Assignment.COUNTED and row.last_day:
        over = row.last_day < today
        said = _("Ended on %(day)s") if over else _("Leaves on %(day)s")
        return Validity("not_measurable" if over else "near", said % {"day": formats.day(row.last_day)})
    if row.status == status.CONFIRMED:
        return Validity("ok", _("Confirmed on %(day)s") % {"day": formats.day(row.confirmed_on)})
    kinds = {status.PROPOSED: "waiting", status.DECLINED: "blocked"}
    return Validity(kinds.get(status(row.status), "not_measurable"), row.get_status_display())
