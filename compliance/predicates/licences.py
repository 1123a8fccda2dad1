"""Rules about the contract of guarding and the licence that it stands on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from agencies.licensing import NOT_IN_FORCE
from agencies.models import Contract, Licence, LicenceEvent
from compliance.predicates.base import Breach, RowRule, Subject, World, parameter
from compliance.predicates.standing import StandingRule, standing_evidence
from compliance.predicates.wording import day_of, iso, told
from compliance.records import CONTRACT, EVENT, LICENCE, Record, records

# What a contract says beside its days, told with it.
SIGNED = {"contract_number": "number", "signed_on": "signed_on", "licence": "licence__number"}


def on_the_list(day: Any) -> Q:
    """Whether a row's school is on the list of vulnerable objects on a day (a date or an expression)."""
    still = Q(school__vulnerable_until__isnull=True) | Q(school__vulnerable_until__gte=day)
    return still & Q(school__vulnerable_since__lte=day)


@dataclass(frozen=True)
class ContractRule(RowRule):
    """The base of rules about contracts of guarding and the licence that each of them names."""

    columns: ClassVar[tuple[str, ...]] = ("code", "number", "school_id", "agency_id", "first_day", "last_day")
    keeps: ClassVar[tuple[str, ...]] = ("licences", "events")

    def rows(self) -> QuerySet[Any]:
        return Contract.objects.all()

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Contracts in force on their day `on` whose licence fails, with the licence's state by that day."""
        latest = LicenceEvent.objects.filter(licence=OuterRef("licence"), on__lte=OuterRef("on")).order_by("-on")
        contracts = rows.in_force(F("on"))  # type: ignore[attr-defined]
        return contracts.filter(self.fails()).annotate(
            licence_state=Subquery(latest.values("event")[:1]),
            licence_state_since=Subquery(latest.values("on")[:1]),
            licence_number=F("licence__number"),
            licence_subtype=F("licence__subtype"),
            licence_issued_on=F("licence__issued_on"),
            vulnerable_since=F("school__vulnerable_since"),
        )

    def fails(self) -> Any:
        """The condition, on a contract in force, under which the rule does not hold."""
        raise NotImplementedError

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        yield Breach(Subject(row.school_id, row.agency_id, mark=row.code), contract_evidence(row, world))

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The licence that the contract names, else all of the agency, and what had become of them by the day."""
        numbers = {one.evidence["licence"] for one in breaches if one.evidence["licence"]}
        agencies = {one.subject.agency for one in breaches if not one.evidence["licence"]}
        named = records(Licence.objects.filter(number__in=numbers), LICENCE, "number")
        theirs = records(Licence.objects.filter(agency__in=agencies, issued_on__lte=day), LICENCE, "agency")
        held = [
            named.get((number,), []) if (number := one.evidence["licence"]) else theirs.get((one.subject.agency,), [])
            for one in breaches
        ]
        known = {licence["licence"] for of_one in held for licence in of_one}
        events = records(LicenceEvent.objects.filter(licence__number__in=known, on__lte=day), EVENT, "licence__number")
        return [
            {
                "licences": of_one,
                "events": [event for licence in of_one for event in events.get((licence["licence"],), [])],
            }
            for of_one in held
        ]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """What the licence was, and what it had last become."""
        names = ("licence", "subtype", "state", "state_since")
        licence = next((one for one in evidence["licences"] if one["licence"] == evidence["licence"]), None)
        if licence is None:
            return dict.fromkeys(names)
        state = _state(licence, evidence["events"])
        return dict(zip(names, (licence["licence"], licence["subtype"], *state), strict=True))


def _state(licence: Record, events: Sequence[Record]) -> tuple[str, str]:
    """What a kept licence had last become, and since when: issued, where nothing happened to it."""
    since = [(event["on"], event["event"]) for event in events if event["licence"] == licence["licence"]]
    on, event = max(since, default=(licence["issued_on"], "issued"))
    return event, on


@dataclass(frozen=True)
class LicenceInForce(ContractRule):
    """An agency guards under a licence that is not suspended, revoked or annulled on the day."""

    code: ClassVar[str] = "licence_in_force"
    title: ClassVar[Any] = _("Licence not in force")
    reads: ClassVar[frozenset[str]] = frozenset({"contract", "licence"})

    def fails(self) -> Any:
        """The named licence is not in force; where none is named, any licence of the agency would do."""
        in_force = Licence.objects.in_force(OuterRef("on"))
        named = Q(licence__isnull=False) & ~Exists(in_force.filter(pk=OuterRef("licence")))
        return named | Q(licence__isnull=True) & ~Exists(in_force.filter(agency=OuterRef("agency")))

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        """The named licence, or each that the agency had, is not in force."""
        in_force = (
            licence["issued_on"] <= evidence["day"] and _state(licence, evidence["events"])[0] not in NOT_IN_FORCE
            for licence in evidence["licences"]
        )
        return not any(in_force)

    def says(self, breach: Breach) -> Any:
        found = breach.evidence
        if not found["licence"]:
            return told(_("The contract names no licence, and the agency has none in force."))
        return told(
            _("Licence %(licence)s is not in force: %(state)s since %(since)s."),
            licence=found["licence"],
            state=LICENCE_STATES[found["state"]],
            since=day_of(found, "state_since"),
        )

    def cure(self, breach: Breach) -> Any:
        if breach.evidence["state"] == LicenceEvent.Kind.SUSPENDED:
            return told(_("The authorised body resumes the licence; until then the agency does not guard the school."))
        return told(_("The contract is made under a licence that is in force, or another agency guards the school."))


LICENCE_STATES: dict[str, Any] = {"issued": _("Issued"), **dict(LicenceEvent.Kind.choices)}


@dataclass(frozen=True)
class LicenceSubtype(ContractRule):
    """A school on the list of objects vulnerable to terrorism is guarded under the subtype that includes such
    objects."""

    code: ClassVar[str] = "licence_subtype"
    title: ClassVar[Any] = _("Licence of another subtype")
    reads: ClassVar[frozenset[str]] = frozenset({"contract", "licence"})

    def fails(self) -> Any:
        return on_the_list(F("on")) & Q(licence__subtype=Licence.Subtype.EXCEPT_VULNERABLE)

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        return bool(evidence["subtype"] == Licence.Subtype.EXCEPT_VULNERABLE)

    def says(self, breach: Breach) -> Any:
        return told(
            _("The school is on the list of vulnerable objects since %(since)s; licence %(licence)s leaves these out."),
            since=day_of(breach.evidence, "vulnerable_since"),
            licence=breach.evidence["licence"],
        )

    def cure(self, breach: Breach) -> Any:
        return told(
            _(
                "The agency obtains the subtype that includes vulnerable objects, or an agency that has it guards the "
                "school."
            )
        )


@dataclass(frozen=True)
class ContractInForce(StandingRule):
    """Guards stand at a school under a written contract of their agency with it, in force and, where that is asked for,
    naming the licence."""

    code: ClassVar[str] = "contract_in_force"
    title: ClassVar[Any] = _("No contract in force")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "contract", "licence"})
    keeps: ClassVar[tuple[str, ...]] = ("contracts",)
    names_licence: bool = parameter(True, help=_("Whether the contract has to name the licence"))

    def lacking(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        contracts = Contract.objects.filter(agency=OuterRef("agency_key"), school=OuterRef("school_key"))
        written = Q(signed_on__isnull=True) | Q(signed_on__lte=OuterRef("on"))
        enough = contracts.in_force(OuterRef("on")).filter(written)
        if self.names_licence:
            enough = enough.filter(licence__isnull=False)
        latest = contracts.filter(first_day__lte=OuterRef("on")).order_by("-first_day", "-code")
        return standing.filter(~Exists(enough)).annotate(
            contract_code=Subquery(latest.values("code")[:1]),
            contract_number=Subquery(latest.values("number")[:1]),
            contract_first_day=Subquery(latest.values("first_day")[:1]),
            contract_last_day=Subquery(latest.values("last_day")[:1]),
            contract_licence=Subquery(latest.values("licence__number")[:1]),
        )

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        """The contract is the agency's with the school: one breach, whoever stands there."""
        yield Breach(
            Subject(row.school_key, row.agency_key),
            standing_evidence(row, world)
            | {
                "contract": row.contract_code,
                "contract_number": row.contract_number,
                "contract_first_day": iso(row.contract_first_day),
                "contract_last_day": iso(row.contract_last_day),
                "licence": row.contract_licence,
            },
        )

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """All contracts of the agency with the school that had begun."""
        schools, agencies = {one.subject.school for one in breaches}, {one.subject.agency for one in breaches}
        begun = Contract.objects.filter(school__in=schools, agency__in=agencies, first_day__lte=day)
        contracts = records(begun, CONTRACT | SIGNED, "school", "agency")
        return [{"contracts": contracts.get((one.subject.school, one.subject.agency), [])} for one in breaches]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """The latest of these."""
        latest: Record = max(evidence["contracts"], key=lambda one: (one["first_day"], one["contract"]), default={})
        return {
            "contract": latest.get("contract"),
            "contract_number": latest.get("contract_number"),
            "contract_first_day": latest.get("first_day"),
            "contract_last_day": latest.get("last_day"),
            "licence": latest.get("licence"),
        }

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        """None of the contracts is in force, signed, and names the licence where that is asked for."""
        day = evidence["day"]
        return not any(
            (one["last_day"] or day) >= day
            and (one["signed_on"] or day) <= day
            and (one["licence"] or not self.names_licence)
            for one in evidence["contracts"]
        )

    def says(self, breach: Breach) -> Any:
        found = breach.evidence
        last, day = day_of(found, "contract_last_day"), day_of(found, "day")
        values = {"contract": found["contract_number"], "last": last, "day": day}
        if not found["contract"]:
            return told(_("The agency has no contract of guarding with the school by %(day)s."), **values)
        if last and day and last < day:
            return told(_("Contract %(contract)s of the agency with the school ended on %(last)s."), **values)
        if not found["licence"] and self.names_licence:
            return told(_("Contract %(contract)s of the agency with the school names no licence."), **values)
        return told(_("Contract %(contract)s of the agency with the school was not signed by %(day)s."), **values)

    def cure(self, breach: Breach) -> Any:
        return told(
            _(
                "A contract in force that names the licence is signed and entered, or the guards leave the school's "
                "posts."
            )
        )


def contract_evidence(contract: Any, world: World) -> dict[str, Any]:
    """The contract, the licence it names and what had become of that licence by the day judged."""
    since = contract.licence_state_since or contract.licence_issued_on
    return {
        "day": world.day.isoformat(),
        "contract": contract.code,
        "contract_number": contract.number,
        "contract_first_day": iso(contract.first_day),
        "contract_last_day": iso(contract.last_day),
        "licence": contract.licence_number,
        "subtype": contract.licence_subtype,
        "state": (contract.licence_state or "issued") if contract.licence_number else None,
        "state_since": iso(since),
        "vulnerable_since": iso(contract.vulnerable_since),
    }
