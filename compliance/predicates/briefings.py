"""Rules about the briefings, classes and drills that are held with the guards of a school."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Contract
from compliance.predicates.base import Breach, RowRule, Subject, World, parameter
from compliance.predicates.columns import lasts, lasts_until, longer_ago
from compliance.predicates.wording import day_of, iso, told
from compliance.records import LOGGED, Record, records
from compliance.recounting import day_judged
from guards.models import Briefing

KINDS = tuple(str(kind) for kind in Briefing.Kind.values)


@dataclass(frozen=True)
class Briefings(RowRule):
    """At a school under contract so many briefings, classes or drills are held within the months, and logged.

    A school is judged once its log reaches back over all these months; until then it is not measurable.
    """

    code: ClassVar[str] = "briefings"
    title: ClassVar[Any] = _("Briefings not held")
    reads: ClassVar[frozenset[str]] = frozenset({"briefing", "contract"})
    columns: ClassVar[tuple[str, ...]] = ("code", "school_id", "agency_id")
    keeps: ClassVar[tuple[str, ...]] = ("log",)
    kind: str = parameter(help=_("What is held"), choices=KINDS)
    at_least: int = parameter(1, help=_("How many at least"), low=1, high=50)
    months: int = parameter(12, help=_("Within how many months"), low=1, high=60)

    def rows(self) -> QuerySet[Any]:
        return Contract.objects.all()

    def guarding(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Contracts in force on their day, of agencies that had one with the school all these months ago too: a new one
        had no time to hold anything, and one that is made anew each year is no new one."""
        then = Contract.objects.filter(agency=OuterRef("agency"), school=OuterRef("school"))
        lasted = Q(last_day__isnull=True) | Q(lasts("last_day", self.months, OuterRef("on")))
        then = then.filter(lasted, longer_ago("first_day", self.months, OuterRef("on")))
        return rows.in_force(F("on")).filter(Exists(then))  # type: ignore[attr-defined]

    def reaches_back(self) -> Exists:
        log = Briefing.objects.filter(school=OuterRef("school"))
        return Exists(log.filter(longer_ago("held_on", self.months, OuterRef("on"))))

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        held = Briefing.objects.filter(school=OuterRef("school"), kind=self.kind, held_on__lte=OuterRef("on"))
        within = held.filter(lasts("held_on", self.months, OuterRef("on")))
        number = within.order_by().values("school").annotate(number=Count("pk")).values("number")
        return (
            self.guarding(rows)
            .filter(self.reaches_back())
            .annotate(
                held=Coalesce(Subquery(number, output_field=IntegerField()), Value(0)),
                last_held_on=Subquery(held.order_by("-held_on").values("held_on")[:1]),
            )
            .filter(held__lt=self.at_least)
        )

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        yield Breach(
            Subject(row.school_id, row.agency_id),
            {
                "day": world.day.isoformat(),
                "kind": self.kind,
                "held": row.held,
                "at_least": self.at_least,
                "months": self.months,
                "last_held_on": iso(row.last_held_on),
            },
        )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """What the log has of the kind within the months; where it has nothing, the last of them before."""
        schools = {one.subject.school for one in breaches}
        log = Briefing.objects.filter(school__in=schools, kind=self.kind, held_on__lte=day)
        found = records(log, LOGGED, "school")
        of_each = [found.get((one.subject.school,), []) for one in breaches]
        return [{"log": self._within(of_school, day) or of_school[-1:]} for of_school in of_each]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        held, log = self._within(evidence["log"], day_judged(evidence)), evidence["log"]
        return {"held": len(held), "last_held_on": max((one["held_on"] for one in log), default=None)}

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return bool(evidence["held"] < self.at_least)

    def _within(self, log: Sequence[Record], day: date) -> list[Record]:
        return [one for one in log if lasts_until(date.fromisoformat(one["held_on"]), self.months, day)]

    def says(self, breach: Breach) -> Any:
        found = breach.evidence
        return told(
            _("%(kind)s: held %(held)s within %(months)s months, at least %(at_least)s; last on %(last)s."),
            **_named(found, "held", "months", "at_least"),
            last=day_of(found, "last_held_on"),
        )

    def cure(self, breach: Breach) -> Any:
        return told(
            _("%(kind)s: the agency and the school hold what is missing and enter it in the log."),
            **_named(breach.evidence),
        )

    def silent(self, world: World) -> Iterator[Subject]:
        contracts = self.guarding(self.in_scope(world)).filter(~self.reaches_back()).order_by("pk")
        yield from dict.fromkeys(
            Subject(school, agency) for school, agency in contracts.values_list("school", "agency")
        )


def _named(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {"kind": Briefing.Kind(found["kind"]).label, **{name: found[name] for name in names}}
