"""Rules about what a school asks its guards to have learned there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from compliance.predicates.base import Breach, Subject, World, parameter
from compliance.predicates.columns import WITHIN, Listed, lasts, lasts_until, listed, text_of
from compliance.predicates.standing import StandingRule, standing_evidence
from compliance.predicates.wording import day_of, told
from compliance.records import MODULE, TRAINING, calendars_since, records
from compliance.recounting import day_judged, open_days
from guards.models import Module, Requirement, TrainingRecord


@dataclass(frozen=True)
class SchoolTraining(StandingRule):
    """Before his first shift, or within the open days allowed, a guard has completed every module that the school
    requires, at this school where it is a module for one school, and each is still valid."""

    code: ClassVar[str] = "school_training"
    title: ClassVar[Any] = _("Not trained for this school")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "training"})
    keeps: ClassVar[tuple[str, ...]] = ("training", "modules", "calendars")
    grace_open_days: int = parameter(
        0, help=_("Open days a guard may stand before he has completed a module"), low=0, high=60
    )

    def lacking(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with a module missing; `missing` tells of each its code, since when it is asked for, and when done."""
        missing = self.missing()
        one_text = Concat(
            "module__code", Value(WITHIN), text_of("first_day"), Value(WITHIN), Coalesce(text_of("done_on"), Value(""))
        )
        together = missing.order_by().values("school").annotate(together=Listed(one_text)).values("together")
        return standing.filter(Exists(missing)).annotate(missing=Subquery(together))

    def missing(self) -> QuerySet[Requirement]:
        """What the row's school requires on the row's day and the row's guard has not, or no longer, completed."""
        asked = Requirement.objects.filter(school=OuterRef("school_key"), first_day__lte=OuterRef("on")).filter(
            Q(last_day__isnull=True) | Q(last_day__gte=OuterRef("on"))
        )
        asked = asked.annotate(on=OuterRef("on"), guard_key=OuterRef("guard_key"))
        done = TrainingRecord.objects.filter(
            guard=OuterRef("guard_key"), module=OuterRef("module"), completed_on__lte=OuterRef("on")
        ).filter(Q(module__scope=Module.Scope.GENERAL) | Q(school=OuterRef("school")))
        still_valid = Q(module__valid_months__isnull=True) | Q(
            lasts("completed_on", F("module__valid_months"), OuterRef("on"))
        )
        return asked.filter(~Exists(done.filter(still_valid))).annotate(
            done_on=Subquery(done.order_by("-completed_on").values("completed_on")[:1])
        )

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        """One breach for each module, unless the guard has stood, since it is asked for, no longer than the grace."""
        for one in listed(row.missing):
            module, required_since, completed_on = one.split(WITHIN)
            counted_from = max(row.stands_from, date.fromisoformat(required_since))
            stood = world.open_days(row.calendar_key, counted_from, world.day)
            if not self._too_long(stood):
                continue
            yield Breach(
                Subject(row.school_key, row.agency_key, row.guard_key, mark=module),
                standing_evidence(row, world)
                | {
                    "module": module,
                    "required_since": required_since,
                    "completed_on": completed_on or None,
                    "open_days_stood": stood,
                    "grace_open_days": self.grace_open_days,
                },
            )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """How often he completed the module, here where it is one for a school, for how long it is valid, and the open
        days since he stands and it is asked for."""
        codes, guards = {one.evidence["module"] for one in breaches}, {one.subject.guard for one in breaches}
        modules = records(Module.objects.filter(code__in=codes), MODULE, "code")
        done = TrainingRecord.objects.filter(module__code__in=codes, guard__in=guards, completed_on__lte=day)
        anywhere = records(done.filter(module__scope=Module.Scope.GENERAL), TRAINING, "module__code", "guard")
        here = records(done.exclude(module__scope=Module.Scope.GENERAL), TRAINING, "module__code", "guard", "school")
        calendars = calendars_since([(one.subject.school, _asked_since(one.evidence)) for one in breaches], day)
        told = []
        for one, of_one in zip(breaches, calendars, strict=True):
            key = one.evidence["module"], one.subject.guard
            training = anywhere.get(key) or here.get((*key, one.subject.school), [])
            told.append(of_one | {"training": training, "modules": modules.get(key[:1], [])})
        return told

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        (module,) = evidence["modules"] or [{"valid_months": None}]
        return {
            "completed_on": max((one["completed_on"] for one in evidence["training"]), default=None),
            "valid_months": module["valid_months"],
            "open_days_stood": open_days(evidence, _asked_since(evidence)),
        }

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        """Nothing was completed, or what was is no longer valid, and he has stood longer than the grace."""
        done, months = evidence["completed_on"], evidence["valid_months"]
        day = day_judged(evidence)
        valid = done is not None and (months is None or lasts_until(date.fromisoformat(done), months, day))
        return not valid and self._too_long(evidence["open_days_stood"])

    def _too_long(self, stood: int) -> bool:
        return not self.grace_open_days or stood > self.grace_open_days

    def forbidding(self, forbidden: Iterable[Any], world: World) -> Iterator[Breach]:
        """The same, with the titles of the modules for whoever places a guard; evidence keeps their codes."""
        breaches = list(super().forbidding(forbidden, world))
        codes = {breach.evidence["module"] for breach in breaches}
        modules = Module.objects.filter(code__in=codes) if codes else ()
        # Once for each module: whatever is said later has a class of its own, which takes long to make.
        titles = {module.code: lazystr(module) for module in modules}
        for breach in breaches:
            yield replace(breach, proof=breach.evidence | {"title": titles[breach.evidence["module"]]})

    def says(self, breach: Breach) -> Any:
        found = breach.evidence
        values = {"module": _name(breach), "day": day_of(found, "day"), "done": day_of(found, "completed_on")}
        if found["completed_on"]:
            return told(_("Module “%(module)s”: completed on %(done)s, no longer valid on %(day)s."), **values)
        return told(_("Module “%(module)s”, which the school requires, was not completed here by %(day)s."), **values)

    def cure(self, breach: Breach) -> Any:
        return told(
            _("The guard completes the module “%(module)s” at this school, and the training is entered."),
            module=_name(breach),
        )


def _asked_since(evidence: Mapping[str, Any]) -> str:
    """From when on a guard has stood without a module that was asked for."""
    return max(evidence["first_day"], evidence["required_since"])


def _name(breach: Breach) -> Any:
    """The module by its title where that was asked for, else by the code that evidence keeps."""
    return breach.evidence.get("title", breach.evidence["module"])
