"""Rules about who may be a guard at all: his age and citizenship, and what bars him."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from compliance.predicates.base import Breach, World, parameter
from compliance.predicates.columns import MONTH, MonthDay
from compliance.predicates.papers import PaperRule
from compliance.predicates.standing import StandingRule
from compliance.predicates.wording import day_of, iso, months_after, told
from compliance.records import SERVICE, records
from guards.models import Credential, Employment, EndReason
from schools.identifiers import CENTURIES, birth_date

# How the register package may write the country.
OF_KAZAKHSTAN = ("KZ", "KAZ")
YEAR = 12 * MONTH


def birth_number() -> Any:
    """The date of birth that an IIN begins with, as a MonthDay."""

    def digits(start: int) -> Any:
        return Cast(Substr("guard_iin", start, 2), IntegerField())

    centuries = [When(guard_sign=digit, then=Value(century)) for digit, century in CENTURIES.items()]
    century = Case(*centuries, default=Value(9900), output_field=IntegerField())
    return ((century + digits(1)) * 12 + digits(3)) * MONTH + digits(5)


@dataclass(frozen=True)
class GuardAgeCitizenship(StandingRule):
    """A guard is a citizen of Kazakhstan and has reached the least age; a greatest age is asked for only where the
    clause names one."""

    code: ClassVar[str] = "guard_age_citizenship"
    title: ClassVar[Any] = _("Age or citizenship")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "guard"})
    minimum_age: int = parameter(19, help=_("Years a guard has reached"), low=16, high=99)
    maximum_age: int | None = parameter(
        None, help=_("Years a guard has not passed; empty: no upper limit, as in the law"), low=16, high=120
    )

    def lacking(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """An age is shown by a birth so long ago; an empty citizenship names no country and is not held against him."""
        lived = MonthDay("on") - birth_number()
        fails = Q(LessThan(lived, self.minimum_age * YEAR))
        if self.maximum_age is not None:
            fails |= Q(GreaterThanOrEqual(lived, (self.maximum_age + 1) * YEAR))
        foreign = ~Q(guard_citizenship="") & ~Q(guard_citizenship__in=OF_KAZAKHSTAN)
        return standing.annotate(guard_sign=Substr("guard_iin", 7, 1)).filter(fails | foreign)

    def facts(self, row: Any, world: World) -> dict[str, Any]:
        born, day = birth_date(row.guard_iin), world.day
        lived = born and born <= day
        return {
            "born_on": iso(born),
            "age": day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born and lived else None,
            "minimum_age": self.minimum_age,
            "maximum_age": self.maximum_age,
            "citizenship": row.guard_citizenship,
        }

    def says(self, breach: Breach) -> Any:
        found = breach.evidence
        values = {name: found[name] for name in ("age", "minimum_age", "maximum_age", "citizenship")}
        if _not_born(found):
            return told(
                _("The IIN gives a date of birth that is still to come; the age of %(minimum_age)s is not shown."),
                **values,
            )
        if _too_young(found):
            return told(_("Age on the day: %(age)s; at least %(minimum_age)s is asked for."), **values)
        if _too_old(found):
            return told(_("Age on the day: %(age)s; at most %(maximum_age)s is asked for."), **values)
        return told(_("Citizenship in the register: %(citizenship)s; a guard is a citizen of Kazakhstan."), **values)

    def cure(self, breach: Breach) -> Any:
        found = breach.evidence
        born = day_of(found, "born_on")
        if _not_born(found):
            return told(_("Check the IIN on the identity card, and enter the person by his own number."))
        if born and _too_young(found):
            return told(
                _(
                    "He may stand from %(day)s on, when he reaches the age; until then another guard stands at the "
                    "post."
                ),
                day=months_after(born, found["minimum_age"] * 12),
            )
        if _too_old(found):
            return told(_("Place a guard who meets the criterion, or agree another one in the contract."))
        return told(_("Place a citizen of Kazakhstan; if the citizenship was entered wrongly, correct it."))


def _not_born(found: dict[str, Any]) -> bool:
    return found["born_on"] is not None and found["age"] is None


def _too_young(found: dict[str, Any]) -> bool:
    return found["age"] is not None and found["age"] < found["minimum_age"]


def _too_old(found: dict[str, Any]) -> bool:
    return found["age"] is not None and found["maximum_age"] is not None and found["age"] > found["maximum_age"]


PROOF_AGAINST = {
    "health": Credential.Kind.MEDICAL_CERTIFICATE,
    "criminal_record": Credential.Kind.NO_CRIMINAL_RECORD,
}
DISMISSAL = "negative_dismissal"


@dataclass(frozen=True)
class GuardNoBars(PaperRule):
    """A guard is free of the bar that the clause names: a certificate that is valid proves his health, or that he has
    no criminal record; or no agency dismissed him for a negative reason within the months named."""

    code: ClassVar[str] = "guard_no_bars"
    title: ClassVar[Any] = _("A bar to being a guard")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "employment", "paper"})
    keeps: ClassVar[tuple[str, ...]] = ("papers", "service")
    bar: str = parameter(help=_("What bars a guard"), choices=(*PROOF_AGAINST, DISMISSAL))
    months: int = parameter(36, help=_("Months for which a negative dismissal bars"), low=1, high=120)

    @property
    def kind(self) -> str:
        return PROOF_AGAINST[self.bar]

    def lacking(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        return self.unfit(standing) if self.bar == DISMISSAL else super().lacking(standing)

    def unfit(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        if self.bar != DISMISSAL:
            return super().unfit(standing)
        dismissals = Employment.objects.filter(
            guard=OuterRef("guard_key"), end_reason=EndReason.DISMISSED_NEGATIVE, last_day__lt=OuterRef("on")
        )
        barring = dismissals.filter(GreaterThan(MonthDay("last_day") + self.months * MONTH, MonthDay(OuterRef("on"))))
        latest = dismissals.order_by("-last_day", "-agency__bin")
        return standing.filter(Exists(barring)).annotate(
            dismissed_on=Subquery(latest.values("last_day")[:1]),
            dismissed_by=Subquery(latest.values("agency__bin")[:1]),
        )

    def unrecorded(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        return standing.none() if self.bar == DISMISSAL else super().unrecorded(standing)

    def facts(self, row: Any, world: World) -> dict[str, Any]:
        if self.bar != DISMISSAL:
            return super().facts(row, world)
        return {
            "dismissed_on": iso(row.dismissed_on),
            "dismissed_by": row.dismissed_by,
            "barred_until": iso(months_after(row.dismissed_on, self.months)),
        }

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """His papers of the kind; of a dismissal what he was employed for until an agency dismissed him so."""
        if self.bar != DISMISSAL:
            return [of_one | {"service": []} for of_one in super().kept(breaches, day)]
        guards = {one.subject.guard for one in breaches}
        dismissals = Employment.objects.filter(
            guard__in=guards, end_reason=EndReason.DISMISSED_NEGATIVE, last_day__lt=day
        )
        service = records(dismissals, SERVICE, "guard")
        return [{"papers": [], "service": service.get((one.subject.guard,), [])} for one in breaches]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        if self.bar != DISMISSAL:
            return super().recounted(evidence)
        if not evidence["service"]:
            return dict.fromkeys(("dismissed_on", "dismissed_by", "barred_until"))
        latest = max(evidence["service"], key=lambda one: (one["last_day"], one["agency_bin"]))
        barred_until = iso(months_after(date.fromisoformat(latest["last_day"]), self.months))
        return {
            "dismissed_on": latest["last_day"],
            "dismissed_by": latest["agency_bin"],
            "barred_until": barred_until,
        }

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        if self.bar != DISMISSAL:
            return super().broken(evidence)
        return evidence["barred_until"] is not None and bool(evidence["barred_until"] > evidence["day"])

    def says(self, breach: Breach) -> Any:
        if "dismissed_on" not in breach.evidence:
            return super().says(breach)
        return told(
            _("Dismissed for a negative reason on %(dismissed)s; this bars him until %(until)s."),
            dismissed=day_of(breach.evidence, "dismissed_on"),
            until=day_of(breach.evidence, "barred_until"),
        )

    def cure(self, breach: Breach) -> Any:
        if "dismissed_on" not in breach.evidence:
            return super().cure(breach)
        return told(
            _("He may stand from %(until)s on; until then another guard stands at the post."),
            until=day_of(breach.evidence, "barred_until"),
        )
