"""Rules about how often guards change, and about schools where that cannot be told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Contract
from compliance.gathering import apart, together
from compliance.predicates.base import Breach, Rule, RuleFault, Subject, World, parameter
from compliance.predicates.wording import day_of, told
from compliance.records import ASSIGNMENT, KeptCalendars, Record, in_order, records
from compliance.recounting import FIGURES, counted_spells, figures, served
from compliance.turnover import DEFAULT_EXCUSED_AGENCY, DEFAULT_EXCUSED_SCHOOL, END_REASONS, Limit, Terms
from compliance.turnover import breach as breach_of
from guards.models import Assignment

LEVELS = ("school", "agency_school", "agency")
UNDER_CONTRACT = {"school": F("school")}


@dataclass(frozen=True)
class TurnoverLimit(Rule):
    """Turnover of guards over the window does not exceed the limit, once enough of them have left for good."""

    code: ClassVar[str] = "turnover_limit"
    title: ClassVar[Any] = _("Turnover above the limit")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment"})
    keeps: ClassVar[tuple[str, ...]] = ("rows", "calendars")
    level: str = parameter(help=_("Whose turnover: school, agency_school or agency"), choices=LEVELS)
    threshold_percent: float = parameter(50.0, help=_("The limit, percent a year"), low=0, high=1000)
    min_left: int = parameter(2, help=_("Settled leaves below which nothing is said"), low=1, high=100)
    confidence: float = parameter(0.95, help=_("Confidence of the exact Poisson interval"), low=0.5, high=0.999)
    window_days: int = parameter(365, help=_("Days of the window, ending on the day judged"), low=30, high=1830)
    gap_open_days: int = parameter(30, help=_("Open days of absence after which a guard has left"), low=1, high=250)
    seasoned_days: int = parameter(90, help=_("Days of service after which a guard is seasoned"), low=0, high=1000)
    excused: tuple[str, ...] | None = parameter(None, help=_("Reasons that do not count once their cause is accepted"))

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise RuleFault(f"turnover_limit.level is “{self.level}”; it is one of {', '.join(LEVELS)}.", "level")
        if unknown := set(self.excused or ()) - set(END_REASONS):
            raise RuleFault(f"turnover_limit.excused names unknown reasons: {', '.join(sorted(unknown))}.", "excused")

    @cached_property
    def terms(self) -> Terms:
        """How the figures are counted under this clause."""
        return Terms(
            window_days=self.window_days,
            gap_open_days=self.gap_open_days,
            seasoned_days=self.seasoned_days,
            confidence=self.confidence,
            excused=excused_by_default(self.level) if self.excused is None else frozenset(self.excused),
        )

    @property
    def limit(self) -> Limit:
        return Limit(threshold_percent=self.threshold_percent, min_left=self.min_left)

    def breaches(self, world: World) -> Iterator[Breach]:
        return world.turnover_breaches(self)

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        level: Any = self.level
        found = figures(evidence, level, self.terms)
        of_spells = {"spells": counted_spells(evidence, level, self.terms)}
        return {name: found.get(name) for name in (*FIGURES, "settled_high")} | of_spells

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        breached, _established = breach_of(evidence, self.limit)
        return bool(breached)

    def strength_of(self, evidence: Mapping[str, Any]) -> str:
        """Established where chance does not explain it."""
        _breached, established = breach_of(evidence, self.limit)
        return "established" if established else "indicated"

    def says(self, breach: Breach) -> Any:
        return told(
            _(
                "Turnover %(rate)s %% a year, limit %(limit)s %%; left for good in the window: %(left)s, counted "
                "%(net)s of %(gross)s leaves."
            ),
            rate=round(float(breach.evidence["settled_rate"]), 1),
            limit=float(breach.evidence["threshold_percent"]),
            left=breach.evidence["settled_left"],
            net=breach.evidence["net_left"],
            gross=breach.evidence["gross_left"],
        )

    def cure(self, breach: Breach) -> Any:
        """Only time: enough of the leaves drop out of the window, those too that will be settled meanwhile."""
        found = breach.evidence
        within = int(found["threshold_percent"] * found["person_days"] // 36500)
        over = found["net_left"] - max(found["min_left"] - 1, within)
        left = sorted(spell["last_day"] for spell in found["spells"] if spell["leave"] in ("left", "provisional"))
        last = day_of({"day": left[over - 1]}, "day") if 0 < over <= len(left) else None
        return told(
            _("If nobody else leaves and as many stand at the posts, the figure is within the limit from %(day)s on."),
            day=last + timedelta(days=found["window_days"]) if last else None,
        )


def excused_by_default(level: str) -> frozenset[str]:
    return DEFAULT_EXCUSED_SCHOOL if level == "school" else DEFAULT_EXCUSED_AGENCY


@dataclass(frozen=True)
class ContinuityFloor(Rule):
    """Of the days served over the window at least a share is served by guards who know the place.

    Nothing is said where nobody served on the first day of the window yet: there no guard can be seasoned.
    """

    code: ClassVar[str] = "continuity_floor"
    title: ClassVar[Any] = _("Continuity below the floor")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment"})
    keeps: ClassVar[tuple[str, ...]] = ("rows", "calendars")
    level: str = parameter("school", help=_("Whose continuity: school, agency_school or agency"), choices=LEVELS)
    floor: float = parameter(0.6, help=_("The least share of days served by seasoned guards"), low=0, high=1)
    window_days: int = parameter(365, help=_("Days of the window, ending on the day judged"), low=30, high=1830)
    gap_open_days: int = parameter(30, help=_("Open days of absence after which a guard has left"), low=1, high=250)
    seasoned_days: int = parameter(90, help=_("Days of service after which a guard is seasoned"), low=0, high=1000)

    @cached_property
    def terms(self) -> Terms:
        """How the figures are counted under this clause."""
        return Terms(
            window_days=self.window_days,
            gap_open_days=self.gap_open_days,
            seasoned_days=self.seasoned_days,
            excused=excused_by_default(self.level),
        )

    def breaches(self, world: World) -> Iterator[Breach]:
        table = world.table(self.level, self.terms)
        owners = world.owners_in_scope(table)
        low = (table.starting_guards > 0) & (table.continuity < self.floor)
        for owner in owners[low[owners]].tolist():
            found = table.row(owner)
            yield Breach(
                Subject(school=found["school"], agency=found["agency"]),
                {
                    "day": world.day.isoformat(),
                    "level": self.level,
                    "window": [
                        (world.day - timedelta(days=self.window_days - 1)).isoformat(),
                        world.day.isoformat(),
                    ],
                    "person_days": found["person_days"],
                    "seasoned_days": found["seasoned_days"],
                    "continuity": found["continuity"],
                    "floor": self.floor,
                },
            )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """All that those who served in the window ever held there: days before it have seasoned them."""
        held = Assignment.objects.counted().filter(first_day__lte=day)
        for field, lookup in (("school", "post__school"), ("agency", "agency")):
            if keys := {key for one in breaches if (key := getattr(one.subject, field))}:
                held = held.filter(**{f"{lookup}__in": keys})
        found = records(held, ASSIGNMENT, "post__school", "agency")
        calendars = KeptCalendars({school for school, _agency in found})
        return [_served(one, found, calendars, day) for one in breaches]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        level: Any = self.level
        found = figures(evidence, level, self.terms)
        of_spells = {"spells": served(evidence, level, self.terms)}
        return {name: found.get(name) for name in ("person_days", "seasoned_days", "continuity")} | of_spells

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return evidence["continuity"] is not None and bool(evidence["continuity"] < self.floor)

    def says(self, breach: Breach) -> Any:
        return told(
            _("Of the days served, guards who know the place served %(share)s %%; the floor is %(floor)s %%."),
            share=round(100 * float(breach.evidence["continuity"]), 1),
            floor=round(100 * float(breach.evidence["floor"]), 1),
        )

    def cure(self, breach: Breach) -> Any:
        return told(_("The guards who stand there now stay: with each day their days of service count more."))


def _served(
    breach: Breach, held: Mapping[Any, list[Record]], calendars: KeptCalendars, day: date
) -> dict[str, list[Record]]:
    """The assignments of those who served a breach's school, agency or agency at a school in the window, and the
    calendars between them; `held` by school and agency."""
    owner, start = breach.subject, breach.evidence["window"][0]
    places = [key for key in held if owner.school in (None, key[0]) and owner.agency in (None, key[1])]
    seen = {row["iin"] for key in places for row in held[key] if row["last_day"] is None or row["last_day"] >= start}
    theirs = {key: [row for row in held[key] if row["iin"] in seen] for key in places}
    rows = sorted((row for of_place in theirs.values() for row in of_place), key=in_order)
    first = min((date.fromisoformat(row["first_day"]) for row in rows), default=day)
    schools = {school for (school, _agency), of_place in theirs.items() if of_place}
    return {"rows": rows, "calendars": calendars.of(sorted(schools), first, day)}


@dataclass(frozen=True)
class Measurable(Rule):
    """A school under contract has guards whom its director confirmed: missing evidence never passes."""

    code: ClassVar[str] = "measurable"
    title: ClassVar[Any] = _("Nothing to measure")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "contract"})

    def breaches(self, world: World) -> Iterator[Breach]:
        """One for each contracted school without confirmed service in the window, with all its contracts."""
        silent = world.unmeasurable_schools(apart(UNDER_CONTRACT, world.ask(self.contracted))["school"])
        if not silent:
            return
        contracts = Contract.objects.in_force(world.day).filter(school__in=silent)
        held = contracts.select_related("agency").order_by("school_id", "pk")
        for school, group in groupby(held, key=lambda contract: contract.school_id):
            of_school = list(group)
            agencies = {contract.agency_id for contract in of_school}
            only = agencies.pop() if len(agencies) == 1 else None
            yield Breach(Subject(school=school, agency=only), silence_evidence(of_school, world))

    def asks(self) -> Collection[Any]:
        return [self.contracted]

    def contracted(self, world: World) -> QuerySet[Any, Any]:
        """The school of each contract in force."""
        return together(world.narrowed(Contract.objects.in_force(world.day), "school"), **UNDER_CONTRACT)

    def says(self, breach: Breach) -> Any:
        return told(_("Guarded under contract, and the director confirmed no service in the window: not measurable."))

    def cure(self, breach: Breach) -> Any:
        return told(_("The agency proposes the guards who stand there, and the director confirms them."))


def silence_evidence(contracts: list[Any], world: World) -> dict[str, Any]:
    """The contracts under which nothing was confirmed."""
    return {
        "day": world.day.isoformat(),
        "contracts": [
            {
                "contract": contract.code,
                "contract_number": contract.number,
                "agency_bin": contract.agency.bin,
                "first_day": contract.first_day.isoformat(),
            }
            for contract in contracts
        ],
    }
