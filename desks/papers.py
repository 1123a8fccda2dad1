"""A guard's papers as the desks show them: which are current, and how long they are still valid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from compliance.engine import versions_judged
from compliance.predicates.guards import PROOF_AGAINST, GuardNoBars
from compliance.predicates.papers import GuardIdentityDocument, GuardSpecialTraining
from desks import formats
from guards.models import Credential, Guard
from guards.reminders import WINDOWS

#: Days before the end of a paper at which the desks speak of it, as the letters do: outlined first, then filled.
HORIZON_DAYS, SOON_DAYS, AT_ONCE_DAYS = WINDOWS


@dataclass(frozen=True)
class Validity:
    """The status of a paper, or of all papers of a guard, in shape and words."""

    kind: str
    text: str


def with_papers(guards: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `paper_until`, the day on which the first current paper of a guard ends, and `has_papers`."""
    ending = (
        Credential.objects.current().filter(guard=OuterRef("pk"), valid_until__isnull=False).order_by("valid_until")
    )
    # The least of a guard's own few days; ordered, the days of the whole country might be gone through.
    first = ending.order_by().values("guard").annotate(first=Min("valid_until")).values("first")
    return guards.annotate(
        paper_until=Subquery(first),
        has_papers=Exists(Credential.objects.filter(guard=OuterRef("pk"))),
    )


def of_guards(guards: Iterable[int]) -> dict[int, list[Credential]]:
    """The current papers of guards, the first to end first; one query."""
    papers: dict[int, list[Credential]] = {}
    for paper in Credential.objects.current().filter(guard__in=guards).order_by("valid_until", "pk"):
        papers.setdefault(paper.guard_id, []).append(paper)
    return papers


@dataclass(frozen=True)
class Held:
    """A paper with how long it holds, and whether the authorised body has seen to it."""

    credential: Credential
    validity: Validity
    left: str
    standing: Validity

    @classmethod
    def of(cls, paper: Credential, today: date) -> "Held":
        left = formats.days_left(paper.valid_until, today) if paper.valid_until else ""
        return cls(paper, validity(paper.valid_until, today), left, standing(paper))


def current_and_earlier(guard: Guard, today: date) -> tuple[list[Held], list[Held]]:
    """All papers of a guard: those that are current, the first to end first, and the others, the latest first."""
    entered = list(Credential.objects.filter(guard=guard).select_related("scan").order_by("valid_until", "pk"))
    current = set(Credential.objects.current().filter(guard=guard).values_list("pk", flat=True))
    return (
        [Held.of(paper, today) for paper in entered if paper.pk in current],
        [Held.of(paper, today) for paper in reversed(entered) if paper.pk not in current],
    )


def standing(paper: Credential) -> Validity:
    """Whether the regulator has seen to a paper: the agency's claim is an outline, what was verified is filled."""
    if paper.verified_on:
        return Validity("ok", _("Verified on %(day)s") % {"day": formats.day(paper.verified_on)})
    if paper.doubted_on:
        return Validity("established", _("Found wrong on %(day)s") % {"day": formats.day(paper.doubted_on)})
    return Validity("waiting", _("Claimed, not verified"))


def standing_of(papers: Sequence[Credential]) -> Validity | None:
    """All current papers of a guard in one status: how many of the agency's claims the regulator has verified."""
    verified = [one for one in papers if one.is_verified]
    doubted = [one.get_kind_display() for one in papers if one.is_doubted]
    values = {"verified": len(verified), "count": len(papers), "papers": ", ".join(doubted)}
    if not papers:
        return None
    if doubted:
        return Validity("established", _("The authorised body found wrong: %(papers)s") % values)
    if len(verified) == len(papers):
        return Validity("ok", _("All verified by the authorised body"))
    if not verified:
        return Validity("waiting", _("Claimed by the agency, none verified yet"))
    return Validity("waiting", _("Verified: %(verified)s of %(count)s; the rest the agency claims") % values)


def horizon(today: date) -> date:
    """The last day of validity that the desks already speak of."""
    return today + timedelta(days=HORIZON_DAYS)


def validity(valid_until: date | None, today: date) -> Validity:
    """How long a paper is still valid."""
    if valid_until is None:
        return Validity("ok", _("Valid without an end"))
    left = (valid_until - today).days
    if left < 0:
        return Validity("blocked", _("Expired"))
    if left == 0:
        return Validity("established", _("Last day"))
    if left <= AT_ONCE_DAYS:
        return Validity("near", _("7 days or less"))
    if left <= SOON_DAYS:
        return Validity("near", _("30 days or less"))
    if left <= HORIZON_DAYS:
        return Validity("provisional", _("60 days or less"))
    return Validity("ok", _("Valid"))


def asked_for(day: date) -> list[str]:
    """The kinds of paper without which the clauses in force on a day let nobody stand at a post, in their order.

    A refresher is none of them: it falls due after a year of service.
    """
    rules = [version.judging_rule for version in versions_judged(day)]
    return [
        rule.kind
        for rule in rules
        if isinstance(rule, GuardSpecialTraining | GuardIdentityDocument)
        or (isinstance(rule, GuardNoBars) and rule.bar in PROOF_AGAINST)
    ]


def summary(papers: Sequence[Credential], asked: Sequence[str], today: date) -> Validity:
    """All current papers of a guard in one status: what ran out, what of those asked for is missing, what ends first.

    Papers of which some were never entered are not “in order”.
    """
    if not papers:
        return Validity("not_measurable", _("No papers entered"))
    first = min(papers, key=lambda paper: paper.valid_until or date.max)
    kind = validity(first.valid_until, today).kind
    left = formats.days_left(first.valid_until, today) if first.valid_until else ""
    values = {"paper": first.get_kind_display(), "day": formats.day(first.valid_until), "left": left}
    if kind == "blocked":
        return Validity("blocked", _("%(paper)s: expired on %(day)s") % values)
    held = {paper.kind for paper in papers}
    if missing := [str(Credential.Kind(one).label) for one in asked if one not in held]:
        return Validity("not_measurable", _("Not entered: %(papers)s") % {"papers": ", ".join(missing)})
    if kind == "ok":
        return Validity("ok", _("In order"))
    return Validity(kind, _("%(paper)s: until %(day)s, %(left)s") % values)
