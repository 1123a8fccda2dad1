"""Rules about an agency as a whole: what it keeps, how many guards it has, what it reports.

An agency of which the register holds no record of the kind is not judged, but named as not measurable (`silent`).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Contract, MobileGroup, QuarterlyReport
from compliance.predicates.base import AgencyRule, Breach, Subject, World, parameter
from compliance.predicates.columns import Listed, listed, text_of
from compliance.predicates.licences import on_the_list
from compliance.predicates.wording import day_of, iso, told
from compliance.records import CONTRACT, GROUP, POST, REPORT, STAFF, records
from compliance.recounting import day_judged
from guards.models import Employment
from schools.models import Post

# Since when and until when a school is on the list of vulnerable objects, told with a contract.
VULNERABLE = {"vulnerable_since": "school__vulnerable_since", "vulnerable_until": "school__vulnerable_until"}
POSTS_OF = {
    "posts_24h": Post.Pattern.ROUND_THE_CLOCK,
    "posts_12h": Post.Pattern.TWELVE_HOURS,
    "posts_8h": Post.Pattern.EIGHT_HOURS,
}


def contracts_in_force() -> QuerySet[Contract]:
    """The contracts of a row's agency that are in force on the row's day."""
    return Contract.objects.filter(agency=OuterRef("pk")).in_force(OuterRef("on"))


def counted(rows: QuerySet[Any], what: Any) -> Coalesce:
    """How many of the rows, all of one agency, there are; 0 where none is."""
    number = rows.order_by().values("agency").annotate(number=what).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), Value(0))


def groups_on_the_day() -> QuerySet[Any]:
    return MobileGroup.objects.filter(agency=OuterRef("pk")).on(OuterRef("on"))


@dataclass(frozen=True)
class RecordedAgencyRule(AgencyRule):
    """The base of rules about agencies that guard a school on the day."""

    def rows(self) -> QuerySet[Any]:
        return Agency.objects.all()

    def guarding(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the rule speaks of on their day."""
        return rows.filter(Exists(contracts_in_force()))

    def recorded(self) -> Exists:
        """Whether the register holds any record of the kind for the row's agency."""
        raise NotImplementedError

    def silent(self, world: World) -> Iterator[Subject]:
        agencies = self.guarding(self.in_scope(world)).filter(~self.recorded())
        yield from (Subject(agency=key) for key in agencies.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class AgencyVulnerableCapability(RecordedAgencyRule):
    """An agency that guards a school on the list of objects vulnerable to terrorism keeps radio, service weapons and so
    many mobile groups at least."""

    code: ClassVar[str] = "agency_vulnerable_capability"
    title: ClassVar[Any] = _("Mobile groups, radio or weapons missing")
    reads: ClassVar[frozenset[str]] = frozenset({"contract", "mobile_group"})
    keeps: ClassVar[tuple[str, ...]] = ("groups", "contracts")
    groups: int = parameter(2, help=_("Mobile groups that the agency keeps at least"), low=1, high=100)

    def guarding(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(Exists(contracts_in_force().filter(on_the_list(OuterRef("on")))))

    def recorded(self) -> Exists:
        return Exists(MobileGroup.objects.filter(agency=OuterRef("pk")))

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        groups = groups_on_the_day()
        counts = self.guarding(rows).annotate(
            groups_kept=counted(groups, Count("pk")),
            groups_with_radio=counted(groups.filter(has_radio=True), Count("pk")),
            groups_armed=counted(groups.filter(is_armed=True), Count("pk")),
        )
        short = Q(groups_kept__lt=self.groups) | Q(groups_with_radio=0) | Q(groups_armed=0)
        return counts.filter(self.recorded()).filter(short)

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        yield Breach(
            Subject(agency=row.pk),
            {
                "day": world.day.isoformat(),
                "mobile_groups": row.groups_kept,
                "radio_groups": row.groups_with_radio,
                "armed_groups": row.groups_armed,
                "groups_required": self.groups,
            },
        )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The mobile groups of the agency, and its contracts with schools on the list."""
        agencies = {one.subject.agency for one in breaches}
        groups = records(MobileGroup.objects.on(day).filter(agency__in=agencies), GROUP, "agency")
        of_listed = Contract.objects.in_force(day).filter(on_the_list(day), agency__in=agencies)
        contracts = records(of_listed, CONTRACT | VULNERABLE, "agency")
        keys = [(one.subject.agency,) for one in breaches]
        return [{"groups": groups.get(key, []), "contracts": contracts.get(key, [])} for key in keys]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        groups, names = evidence["groups"], ("mobile_groups", "radio_groups", "armed_groups")
        if not evidence["contracts"]:
            return dict.fromkeys(names)
        kept = len(groups), sum(one["has_radio"] for one in groups), sum(one["is_armed"] for one in groups)
        return dict(zip(names, kept, strict=True))

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        kept = evidence["mobile_groups"]
        return kept is not None and bool(
            kept < self.groups or not evidence["radio_groups"] or not evidence["armed_groups"]
        )

    def says(self, breach: Breach) -> Any:
        return told(
            _(
                "Mobile groups: %(mobile_groups)s of %(groups_required)s; with radio: %(radio_groups)s; "
                "armed: %(armed_groups)s."
            ),
            **breach.evidence,
        )

    def cure(self, breach: Breach) -> Any:
        return told(
            _(
                "The agency sets up the mobile groups, radio and service weapons that are missing and enters them, or "
                "gives up the contracts with schools on the list."
            )
        )


@dataclass(frozen=True)
class StaffingNorm(RecordedAgencyRule):
    """An agency has no more guards on its staff than the norm allows for its posts and mobile groups.

    The register knows the posts at schools only. Posts elsewhere could explain an excess, so it is never more than
    indicated, and an agency without a post at a school is not measurable.
    """

    code: ClassVar[str] = "staffing_norm"
    title: ClassVar[Any] = _("More guards than the norm")
    reads: ClassVar[frozenset[str]] = frozenset({"contract", "employment", "mobile_group", "post"})
    keeps: ClassVar[tuple[str, ...]] = ("staff", "posts", "contracts", "groups")
    per_24h_post: float = parameter(4.5, help=_("Guards for a post of 24 hours"), low=0, high=100)
    per_12h_post: float = parameter(2.25, help=_("Guards for a post of 12 hours"), low=0, high=100)
    per_8h_post: float = parameter(1.5, help=_("Guards for a post of 8 hours"), low=0, high=100)
    per_mobile_group: float = parameter(13.5, help=_("Guards for a mobile group of 24 hours"), low=0, high=100)

    def guarding(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        staff = Employment.objects.filter(agency=OuterRef("pk")).on(OuterRef("on"))  # type: ignore[arg-type]
        return super().guarding(rows).filter(Exists(staff))

    def recorded(self) -> Exists:
        posts = Q(school__posts__last_day__isnull=True) | Q(school__posts__last_day__gte=OuterRef("on"))
        return Exists(contracts_in_force().filter(posts, school__posts__first_day__lte=OuterRef("on")))

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """All whose norm is known, with what is counted of them; `judged` holds it against the norm."""
        staff = Employment.objects.filter(agency=OuterRef("pk")).on(OuterRef("on"))  # type: ignore[arg-type]
        counts = rows.annotate(
            staff=counted(staff, Count("guard", distinct=True)),
            **{name: _posts(pattern) for name, pattern in POSTS_OF.items()},
            groups_kept=counted(groups_on_the_day(), Count("pk")),
        )
        return counts.filter(self.recorded())

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        posts = {name: getattr(row, name) for name in POSTS_OF}
        totals = self._totals(row.staff, posts, row.groups_kept)
        if self.broken(totals):
            evidence = {"day": world.day.isoformat(), **totals}
            yield Breach(Subject(agency=row.pk), evidence, self.strength_of(evidence))

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return bool(evidence["guards_on_staff"] > evidence["guards_allowed"])

    def strength_of(self, evidence: Mapping[str, Any]) -> str:
        """Posts elsewhere could explain it."""
        return "indicated"

    def _totals(self, staff: int, posts: Mapping[str, int], groups: int) -> dict[str, Any]:
        """The staff against what the norm allows. Reckoned in decimals: 100 posts at 4.35 guards allow 435, which
        neither binary fractions nor the databases agree on."""
        norms = (self.per_24h_post, self.per_12h_post, self.per_8h_post, self.per_mobile_group)
        allowed = sum(Decimal(str(norm)) * count for norm, count in zip(norms, (*posts.values(), groups), strict=True))
        return {"guards_on_staff": staff, "guards_allowed": float(allowed), **posts, "mobile_groups": groups}

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """Who was on the staff, the posts at the schools under contract, and the mobile groups."""
        agencies = {one.subject.agency for one in breaches}
        contracted = Contract.objects.in_force(day).filter(agency__in=agencies)
        kept = {
            "staff": records(Employment.objects.on(day).filter(agency__in=agencies), STAFF, "agency"),
            "contracts": records(contracted, CONTRACT, "agency"),
            "groups": records(MobileGroup.objects.on(day).filter(agency__in=agencies), GROUP, "agency"),
        }
        posts = records(Post.objects.open_on(day).filter(school__in=contracted.values("school")), POST, "school__code")
        told = []
        for one in breaches:
            lists = {name: of_all.get((one.subject.agency,), []) for name, of_all in kept.items()}
            schools = sorted({contract["school_id"] for contract in lists["contracts"]})
            told.append(lists | {"posts": [post for school in schools for post in posts.get((school,), [])]})
        return told

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        schools = {contract["school_id"] for contract in evidence["contracts"]}
        of_pattern = Counter(post["pattern"] for post in evidence["posts"] if post["school_id"] in schools)
        posts = {name: of_pattern[pattern] for name, pattern in POSTS_OF.items()}
        return self._totals(len({one["iin"] for one in evidence["staff"]}), posts, len(evidence["groups"]))

    def says(self, breach: Breach) -> Any:
        return told(
            _(
                "Guards on staff: %(guards_on_staff)s; the norm for the posts in the register allows "
                "%(guards_allowed)s."
            ),
            **breach.evidence,
        )

    def cure(self, breach: Breach) -> Any:
        return told(
            _(
                "The agency shows its posts at other objects, or brings its staff within the norm; 40 calendar days "
                "are given."
            )
        )


def _posts(pattern: str) -> Coalesce:
    """How many posts of a pattern, open on the day, the row's agency guards under contracts in force."""
    still_open = Q(school__posts__last_day__isnull=True) | Q(school__posts__last_day__gte=OuterRef("on"))
    posts = contracts_in_force().filter(
        still_open, school__posts__first_day__lte=OuterRef("on"), school__posts__pattern=pattern
    )
    return counted(posts, Count("school__posts", distinct=True))


Quarter = tuple[int, int]


@dataclass(frozen=True)
class QuarterlyReportSent(RecordedAgencyRule):
    """An agency sends the report of each quarter by a day of the month after it."""

    code: ClassVar[str] = "quarterly_report"
    title: ClassVar[Any] = _("Quarterly report not sent")
    reads: ClassVar[frozenset[str]] = frozenset({"contract", "report"})
    keeps: ClassVar[tuple[str, ...]] = ("reports",)
    due_day: int = parameter(
        25, help=_("Day of the month after the quarter by which the report is sent"), low=1, high=28
    )
    quarters: int = parameter(4, help=_("How many of the latest quarters are looked at"), low=1, high=20)

    def recorded(self) -> Exists:
        return Exists(QuarterlyReport.objects.filter(agency=OuterRef("pk"), sent_on__lte=OuterRef("on")))

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Agencies with reports, with all that they sent by the day; which are missing is told by the calendar."""
        sent = QuarterlyReport.objects.filter(agency=OuterRef("pk"), sent_on__lte=OuterRef("on"))
        name = Concat(text_of("year"), Value("-"), text_of("quarter"))
        reports = sent.order_by().values("agency").annotate(together=Listed(name)).values("together")
        return self.guarding(rows).filter(self.recorded()).annotate(reports=Subquery(reports))

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        """One breach for each quarter, later than the first one reported, whose day has passed without a report."""
        for year, quarter in self.missing_by(world.day, {_quarter(name) for name in listed(row.reports)}):
            yield Breach(
                Subject(agency=row.pk, mark=f"{year}-Q{quarter}"),
                {
                    "day": world.day.isoformat(),
                    "quarter": f"{year}-Q{quarter}",
                    "due_on": iso(self.due_on(year, quarter)),
                },
            )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The reports that were sent."""
        agencies = {one.subject.agency for one in breaches}
        sent = QuarterlyReport.objects.filter(agency__in=agencies, sent_on__lte=day)
        reports = records(sent, REPORT, "agency")
        return [{"reports": reports.get((one.subject.agency,), [])} for one in breaches]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """The quarter and its last day, as long as the reports leave it out."""
        sent = {(one["report_year"], one["report_quarter"]) for one in evidence["reports"]}
        quarter = _quarter(evidence["quarter"].replace("Q", ""))
        if quarter not in self.missing_by(day_judged(evidence), sent):
            return dict.fromkeys(("quarter", "due_on"))
        return {"quarter": evidence["quarter"], "due_on": iso(self.due_on(*quarter))}

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return evidence["quarter"] is not None

    def due_on(self, year: int, quarter: int) -> date:
        """The last day on which the report of a quarter is in time."""
        return date(year + quarter // 4, quarter * 3 % 12 + 1, self.due_day)

    def missing_by(self, day: date, sent: Collection[Quarter]) -> list[Quarter]:
        """The quarters whose report was due by a day and was not sent; before the first that was, none is missed."""
        return [one for one in self.due_by(day) if sent and one >= min(sent) and one not in sent]

    def due_by(self, day: date) -> list[Quarter]:
        """The latest quarters whose last day for the report has passed, oldest first."""
        here = day.year * 4 + (day.month - 1) // 3
        known = [divmod(number, 4) for number in range(here - self.quarters - 1, here)]
        passed = [(year, quarter + 1) for year, quarter in known if self.due_on(year, quarter + 1) < day]
        return passed[-self.quarters :]

    def says(self, breach: Breach) -> Any:
        return told(
            _("The report of %(quarter)s was due on %(due)s and had not been sent by %(day)s."),
            quarter=breach.evidence["quarter"],
            due=day_of(breach.evidence, "due_on"),
            day=day_of(breach.evidence, "day"),
        )

    def cure(self, breach: Breach) -> Any:
        return told(
            _("The agency sends the report of %(quarter)s, and it is entered."), quarter=breach.evidence["quarter"]
        )


def _quarter(name: str) -> Quarter:
    year, quarter = name.split("-")
    return int(year), int(quarter)
