"""The schools of an agency with what it claimed of a month there, and what the schools said of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import django_filters
import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Contract
from compliance.register import read_calendars
from desks import formats
from desks.agency.filters import SchoolFilter
from desks.lists import Column
from desks.pictures import claim as pictures
from guards.models import Presence
from schools.models import Post, School
from staffing.attendance import month_days

MONTHS_BACK = 11
SORTS = {"name": ("name_ru",)}


def month_asked(text: str, today: date) -> date:
    """The first day of the month that an address asks for, else of this month: `2026-11`, none to come."""
    this = today.replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return min(month, this)


def months() -> list[tuple[str, str]]:
    """The months before this one, the latest first, as a filter names them."""
    found, month = [], timezone.localdate().replace(day=1)
    for _back in range(MONTHS_BACK):
        month = (month - timedelta(days=1)).replace(day=1)
        found.append((f"{month:%Y-%m}", formats.month_year(month)))
    return found


def listed(membership: Any, month: date) -> QuerySet[School]:
    """The schools that the agency had a contract with in a month."""
    first, last = month_days(month)
    contracts = Contract.objects.visible_to(membership).filter(school=OuterRef("pk"), first_day__lte=last)
    in_month = contracts.filter(Q(last_day__isnull=True) | Q(last_day__gte=first))
    return School.objects.visible_to(membership).filter(Exists(in_month)).select_related("region")


class AttendanceFilter(SchoolFilter):
    """Which school, which month, and whether the words of both sides differ there."""

    contract = None
    month = django_filters.ChoiceFilter(
        label=_("Month"), method="in_month", empty_label=_("This month"), choices=months
    )
    words = django_filters.ChoiceFilter(
        label=_("Words"),
        method="by_words",
        empty_label=_("All"),
        choices=[("differ", _("The words differ")), ("agree", _("No disagreement"))],
    )

    def in_month(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The view has chosen the month already."""
        return schools

    def by_words(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        days = month_days(month_asked(self.data.get("month", ""), timezone.localdate()))
        rows = Presence.objects.differing().filter(post__school=OuterRef("pk"), on__range=days)
        differ = Exists(rows.of_agency(self.request.membership.agency_id))
        return schools.filter(differ if value == "differ" else ~differ)


@dataclass
class Tally:
    """What was said of the shifts of a month at one school."""

    expected: int = 0
    covered: int = 0
    claimed: int = 0
    confirmed: int = 0
    refused: int = 0
    differing: int = 0

    @property
    def unanswered(self) -> int:
        return self.claimed - self.confirmed - self.refused

    @property
    def claimed_share(self) -> float | None:
        return 100 * self.covered / self.expected if self.expected else None

    @property
    def bar(self) -> pictures.HatchedBar:
        return pictures.bar(self.confirmed, self.claimed)


def hang_tallies(schools: Sequence[Any], membership: Any, month: date, today: date) -> None:
    """Hang on each school the tally of its month: a few queries for all."""
    first, last = month_days(month)
    last = min(last, today)
    keys = [school.pk for school in schools]
    found: dict[int, Tally] = defaultdict(Tally)
    open_days = _expected(keys, membership, first, last, found)
    rows = Presence.objects.filter(post__school__in=keys, on__range=(first, last)).of_agency(membership.agency_id)
    covered = set()
    for presence in rows.select_related("post").only("agency_claim", "school_confirmation", "on", "post__school"):
        tally, answer = found[presence.post.school_id], presence.school_confirmation
        tally.differing += presence.differs
        if presence.agency_claim:
            tally.claimed += 1
            tally.confirmed += answer == Presence.Answer.PRESENT
            tally.refused += answer in Presence.REFUSALS
            if (presence.post_id, presence.on) in open_days:
                covered.add((presence.post.school_id, presence.post_id, presence.on))
    for school, _post, _day in covered:
        found[school].covered += 1
    for one in schools:
        one.tally = found[one.pk]


def _expected(
    schools: Sequence[int], membership: Any, first: date, last: date, found: dict[int, Tally]
) -> set[tuple[int, date]]:
    """Posts with the open days on which somebody is expected there under the agency's contract; counted by school."""
    under = defaultdict(list)
    contracts = Contract.objects.visible_to(membership).filter(school__in=schools)
    for school, begin, end in contracts.values_list("school", "first_day", "last_day"):
        under[school].append((begin, end or last))
    calendars = read_calendars(first, last, School.objects.filter(pk__in=schools))
    posts = Post.objects.filter(school__in=schools, first_day__lte=last).filter(
        Q(last_day__isnull=True) | Q(last_day__gte=first)
    )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    numbers = np.array([day.toordinal() for day in days])
    expected = set()
    for post in posts:
        kept = calendars.of_schools(np.repeat(post.school_id, len(numbers)))
        is_open = calendars.open_days(kept, numbers - 1, numbers + 1) > 0
        for day in (day for day, opened in zip(days, is_open, strict=True) if opened):
            stands = post.first_day <= day and (post.last_day is None or day <= post.last_day)
            if stands and any(begin <= day <= end for begin, end in under[post.school_id]):
                expected.add((post.pk, day))
                found[post.school_id].expected += 1
    return expected


COLUMNS = [
    Column(_("School"), "name"),
    Column(_("Locality"), "locality"),
    Column(_("Days to be claimed"), lambda school: school.tally.expected),
    Column(_("Days claimed"), lambda school: school.tally.covered),
    Column(_("Shifts claimed"), lambda school: school.tally.claimed),
    Column(_("The school confirmed"), lambda school: school.tally.confirmed),
    Column(_("The school said no"), lambda school: school.tally.refused),
    Column(_("The school did not answer"), lambda school: school.tally.unanswered),
    Column(_("Disagreements"), lambda school: school.tally.differing),
]
