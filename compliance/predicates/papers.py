"""Rules about the papers of a guard.

An agency for whose guards the register holds no paper of the kind is not judged: nothing tells a missing certificate
from a register that was never filled in. Such agencies are named as not measurable (`silent`). Who is to be put at a
post needs the paper all the same: what is not there has not been shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from compliance.predicates.base import Breach, World, parameter
from compliance.predicates.columns import lasts, lasts_until, longer_ago
from compliance.predicates.standing import StandingRule
from compliance.predicates.wording import day_of, iso, told
from compliance.records import PAPER, SERVICE, Record, records
from compliance.recounting import day_judged
from guards.models import Credential, Employment

Kind = Credential.Kind


def recording(kind: str, standing: QuerySet[Any]) -> QuerySet[Agency, Any]:
    """The agencies among those of the rows for which the register holds a paper of the kind.

    Asked of each agency once: asked of each row, a register without any paper would be searched again and again.
    """
    held_there = employments_with_a(kind).filter(agency=OuterRef("pk"))
    return (
        Agency.objects.filter(pk__in=standing.order_by().values("agency_key")).filter(Exists(held_there)).values("pk")
    )


def employments_with_a(kind: str) -> QuerySet[Employment]:
    """The employments by which a paper of the kind is recorded for an agency: a guard's papers go with him to whoever
    takes him on, and stay with his last agency where nobody did (docs/adr/0126)."""
    held = Exists(Credential.objects.filter(kind=kind, guard=OuterRef("guard")))
    return Employment.objects.filter(held).lasting_longest()


def papers_of_guard(*kinds: str) -> QuerySet[Credential]:
    return Credential.objects.filter(guard=OuterRef("guard_key"), kind__in=kinds)


def issued() -> Q:
    """The paper was issued by the day; where its day is not recorded, the paper is taken to be there."""
    return Q(issued_on__isnull=True) | Q(issued_on__lte=OuterRef("on"))


def valid() -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gte=OuterRef("on"))


def papers_kept(breaches: Sequence[Breach], day: date, *kinds: str) -> list[dict[str, list[Record]]]:
    """The papers of some kinds of each breach's guard that were issued by the day, or on no recorded one."""
    guards = {one.subject.guard for one in breaches}
    by_then = Q(issued_on__isnull=True) | Q(issued_on__lte=day)
    papers = records(Credential.objects.filter(by_then, guard__in=guards, kind__in=kinds), PAPER, "guard")
    return [{"papers": papers.get((one.subject.guard,), [])} for one in breaches]


def _lateness(paper: Record) -> tuple[Any, ...]:
    until, issued_on = paper["valid_until"], paper["issued_on"]
    return until is None, until or "", issued_on or "", paper["number"]


@dataclass(frozen=True)
class PaperRule(StandingRule):
    """The base of rules that ask for a paper of one kind, valid on the day."""

    keeps: ClassVar[tuple[str, ...]] = ("papers",)
    paper: ClassVar[str]

    def holding(self) -> QuerySet[Credential]:
        """The papers, of the row's guard, that satisfy the rule on the row's day."""
        return papers_of_guard(self.kind).filter(issued()).filter(valid())

    @property
    def kind(self) -> str:
        """The kind of paper that is asked for."""
        return self.paper

    def lacking(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        return self.unfit(standing).filter(agency_key__in=recording(self.kind, standing))

    def unfit(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """Those without the paper, whether or not any of the kind was ever recorded for their agency."""
        latest = (
            papers_of_guard(self.kind)
            .filter(issued())
            .order_by(F("valid_until").desc(nulls_first=True), F("issued_on").desc(nulls_last=True), "-number")
        )
        return standing.filter(~Exists(self.holding())).annotate(
            paper_number=Subquery(latest.values("number")[:1]),
            paper_issued_on=Subquery(latest.values("issued_on")[:1]),
            paper_valid_until=Subquery(latest.values("valid_until")[:1]),
        )

    def unrecorded(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        return standing.exclude(agency_key__in=recording(self.kind, standing))

    def facts(self, row: Any, world: World) -> dict[str, Any]:
        return {
            "paper": self.kind,
            "paper_number": row.paper_number,
            "paper_issued_on": iso(row.paper_issued_on),
            "paper_valid_until": iso(row.paper_valid_until),
        }

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """All papers of the kind that the guard had by the day."""
        return papers_kept(breaches, day, self.kind)

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """Of these the latest, as the database has it: what lasts longest, then what was issued last."""
        latest: Record = max(evidence["papers"], key=_lateness, default={})
        return {f"paper_{name}": latest.get(name) for name in ("number", "issued_on", "valid_until")}

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        """There is none, or the one that lasts longest has run out."""
        until = evidence["paper_valid_until"]
        return evidence["paper_number"] is None or (until is not None and until < evidence["day"])

    def says(self, breach: Breach) -> Any:
        values = {
            "paper": Kind(breach.evidence["paper"]).label,
            "day": day_of(breach.evidence, "day"),
            "until": day_of(breach.evidence, "paper_valid_until"),
        }
        if breach.evidence["paper_valid_until"]:
            return told(_("“%(paper)s” was valid until %(until)s and is not on %(day)s."), **values)
        return told(_("“%(paper)s”: none in the register that is valid on %(day)s."), **values)

    def cure(self, breach: Breach) -> Any:
        return told(
            _("Enter a “%(paper)s” that is valid; until then another guard stands at the post."),
            paper=Kind(breach.evidence["paper"]).label,
        )


@dataclass(frozen=True)
class GuardSpecialTraining(PaperRule):
    """A guard at a post has completed special training: he holds the certificate of a specialised training centre."""

    code: ClassVar[str] = "guard_special_training"
    title: ClassVar[Any] = _("No special training")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "employment", "paper"})
    paper: ClassVar[str] = Kind.TRAINING_CERTIFICATE

    def cure(self, breach: Breach) -> Any:
        return told(
            _(
                "Enter his training centre certificate. If he has none, he completes the special course first and "
                "another guard stands at the post."
            )
        )


@dataclass(frozen=True)
class GuardIdentityDocument(PaperRule):
    """A guard on duty carries the identity document that his agency issued, valid on the day."""

    code: ClassVar[str] = "guard_identity_document"
    title: ClassVar[Any] = _("No guard's identity document")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "employment", "paper"})
    paper: ClassVar[str] = Kind.IDENTITY_DOCUMENT

    def cure(self, breach: Breach) -> Any:
        return told(_("Issue the guard his identity document and enter it."))


@dataclass(frozen=True)
class GuardRefresher(PaperRule):
    """A guard who has been in service for longer than the months named has completed a refresher, or his special
    training, within them."""

    code: ClassVar[str] = "guard_refresher"
    title: ClassVar[Any] = _("Refresher overdue")
    reads: ClassVar[frozenset[str]] = frozenset({"assignment", "employment", "paper"})
    keeps: ClassVar[tuple[str, ...]] = ("papers", "service")
    paper: ClassVar[str] = Kind.REFRESHER_CERTIFICATE
    months: int = parameter(12, help=_("Months for which a special training or refresher lasts"), low=1, high=120)

    def holding(self) -> QuerySet[Credential]:
        """Refreshers, and special trainings too, completed so lately that none is due yet."""
        dated = Q(issued_on__lte=OuterRef("on")) & Q(lasts("issued_on", self.months, OuterRef("on")))
        undated = Q(issued_on__isnull=True, kind=self.kind, valid_until__gte=OuterRef("on"))
        return papers_of_guard(self.kind, Kind.TRAINING_CERTIFICATE).filter(dated | undated)

    def unfit(self, standing: QuerySet[Any]) -> QuerySet[Any]:
        """None is due in the first year of service; a guard who comes back after a break was in service long ago."""
        served = Employment.objects.filter(guard=OuterRef("guard_key"))
        served = served.filter(longer_ago("first_day", self.months, OuterRef("on")))
        trained = papers_of_guard(self.kind, Kind.TRAINING_CERTIFICATE).filter(issued_on__lte=OuterRef("on"))
        return (
            super()
            .unfit(standing)
            .filter(Exists(served))
            .annotate(last_trained_on=Subquery(trained.order_by("-issued_on").values("issued_on")[:1]))
        )

    def facts(self, row: Any, world: World) -> dict[str, Any]:
        return {"last_trained_on": iso(row.last_trained_on), "months": self.months}

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """His special trainings and refreshers, and all that he was employed for."""
        papers = papers_kept(breaches, day, self.kind, Kind.TRAINING_CERTIFICATE)
        guards = {one.subject.guard for one in breaches}
        service = records(Employment.objects.filter(guard__in=guards, first_day__lte=day), SERVICE, "guard")
        return [
            of_one | {"service": service.get((one.subject.guard,), [])}
            for of_one, one in zip(papers, breaches, strict=True)
        ]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        days = [one["issued_on"] for one in evidence["papers"] if one["issued_on"]]
        return {
            "last_trained_on": max(days, default=None),
            "in_service_since": min((one["first_day"] for one in evidence["service"]), default=None),
        }

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        """He is long in service, was trained too long ago, and has no refresher without a day that is still valid."""
        undated = (one for one in evidence["papers"] if one["paper"] == self.kind and not one["issued_on"])
        if any((one["valid_until"] or "") >= evidence["day"] for one in undated):
            return False
        return self._long_ago(evidence, "in_service_since", never=False) and self._long_ago(
            evidence, "last_trained_on", never=True
        )

    def _long_ago(self, evidence: Mapping[str, Any], name: str, *, never: bool) -> bool:
        """Whether a day of the evidence is longer ago than the months; `never` where there is none."""
        day = evidence[name]
        return never if day is None else not lasts_until(date.fromisoformat(day), self.months, day_judged(evidence))

    def says(self, breach: Breach) -> Any:
        trained = day_of(breach.evidence, "last_trained_on")
        if trained is None:
            return told(
                _("No special training or refresher by %(day)s is in the register."), day=day_of(breach.evidence, "day")
            )
        return told(
            _("The last special training or refresher was on %(trained)s; one lasts %(months)s months."),
            trained=trained,
            months=breach.evidence["months"],
        )

    def cure(self, breach: Breach) -> Any:
        return told(_("Send the guard to a refresher and enter its certificate."))
