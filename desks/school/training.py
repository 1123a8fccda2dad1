"""What a school asks its guards to have learned, and who has learned it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext as _

from compliance.predicates.columns import lasts
from desks.papers import Validity
from guards.models import Module, Requirement, TrainingRecord
from schools.models import School


@dataclass(frozen=True)
class Learned:
    """One module that a school asks for, as one guard has it: when he completed it, and whether that lasts."""

    module: Module
    completed_on: date | None = None
    lasts: bool = False


def required(school: School, day: date) -> list[Requirement]:
    """What the school asks for on a day, in order of the modules' codes."""
    asked = Requirement.objects.in_force(day).filter(school=school).select_related("module__replaced_by")
    latest = {requirement.module_id: requirement for requirement in asked.order_by("first_day")}
    return sorted(latest.values(), key=lambda requirement: requirement.module.code)


def to_come(school: School, day: date) -> list[Requirement]:
    """What the school will ask for from a later day on."""
    later = Requirement.objects.filter(school=school, first_day__gt=day).select_related("module__replaced_by")
    return list(later.order_by("first_day", "module__code"))


def learned(
    requirements: Sequence[Requirement], school: School, guards: Iterable[int], day: date
) -> dict[int, list[Learned]]:
    """For each of the guards each of the modules; one query. A module for one school counts where it was taught."""
    modules = [requirement.module for requirement in requirements]
    wanted = list(guards)
    known = {(record.guard_id, record.module_id): record for record in _records(modules, school, wanted, day)}
    return {guard: [_of(module, known.get((guard, module.pk))) for module in modules] for guard in wanted}


def _records(modules: Sequence[Module], school: School, guards: Sequence[int], day: date) -> Iterable[Any]:
    """Records of the guards by the day, the latest of each module last."""
    here = Q(module__scope=Module.Scope.GENERAL) | Q(school=school)
    for_ever = Q(module__valid_months__isnull=True)
    still = ExpressionWrapper(
        for_ever | Q(lasts("completed_on", F("module__valid_months"), Value(day))), output_field=BooleanField()
    )
    done = TrainingRecord.objects.filter(here, guard__in=guards, module__in=modules, completed_on__lte=day)
    return done.annotate(lasts=still).order_by("completed_on", "pk")


def _of(module: Module, record: Any) -> Learned:
    return Learned(module, record.completed_on, bool(record.lasts)) if record else Learned(module)


def summary(modules: Sequence[Learned]) -> Validity | None:
    """All that a school asks of a guard in one status, which names what is lacking; None where it asks for nothing."""
    if not modules:
        return None
    lacking = [one.module.title for one in modules if not one.lasts]
    if not lacking:
        return Validity("ok", _("Trained for this school"))
    return Validity("near", _("Not trained here: %(modules)s") % {"modules": ", ".join(lacking)})
