"""The proof behind a proposed guard, in words: papers, training, experience, and what he would change at the school."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Contract, Licence
from compliance.eligibility import Obstacle, obstacles
from compliance.reports import Effect, effect, report
from compliance.turnover import Arrival
from desks import formats, papers
from desks.papers import Validity
from desks.pictures import before_after
from desks.pictures.before_after import ChangeRow
from desks.school import training
from guards.models import Assignment, Credential
from staffing.experience import Experience, experience
from staffing.models import SignedReason

#: The papers that the law asks of every guard, in the order of the screen; a weapon permit only where there is one.
ASKED = (
    Credential.Kind.TRAINING_CERTIFICATE,
    Credential.Kind.REFRESHER_CERTIFICATE,
    Credential.Kind.MEDICAL_CERTIFICATE,
    Credential.Kind.NO_CRIMINAL_RECORD,
    Credential.Kind.IDENTITY_DOCUMENT,
)
VALID = ("ok", "near", "provisional")
#: How long before a guard's first day somebody may have left the post for the page to speak of him.
LEFT_BEFORE = timedelta(days=31)


@dataclass(frozen=True)
class Item:
    """One piece of proof: a kind of status, what it is, and the numbers and days that it rests on."""

    kind: str
    title: str
    detail: str
    # Of a paper: whether the authorised body has seen to it, and the address of its scan where there is one.
    standing: Validity | None = None
    scan_url: str = ""


@dataclass(frozen=True)
class Change:
    """What he would change at the school: the picture with the mark of the clause that limits it, or words instead."""

    picture: before_after.Change | None = None
    words: str = ""
    mark: str = ""


@dataclass(frozen=True)
class ProposalProof:
    """All that the director needs to decide. `judged_on` is the guard's first day, or today if that has passed."""

    judged_on: date
    items: list[Item]
    known: list[str]
    obstacles: list[Obstacle]
    declined_before: list[str]
    signed: list[SignedReason]
    change: Change

    @property
    def is_blocked(self) -> bool:
        """Whether the law forbids it: then the proposal cannot be confirmed."""
        return any(obstacle.is_law for obstacle in self.obstacles)

    @property
    def valid(self) -> int:
        return sum(item.kind in VALID for item in self.items)


def proof(assignment: Assignment, membership: Any, today: date) -> ProposalProof:
    """The proof behind a proposal, as it stands today for the guard's first day."""
    judged_on = max(assignment.first_day, today)
    guard = assignment.guard
    return ProposalProof(
        judged_on=judged_on,
        items=items(assignment, today, judged_on),
        known=[*known(assignment, judged_on), *_leaver(assignment, membership)],
        obstacles=obstacles([guard], assignment.post, assignment.agency, judged_on)[guard.pk],
        declined_before=_declined_before(assignment, membership),
        signed=_signed(assignment, membership),
        change=_change(assignment, today, judged_on),
    )


def items(assignment: Assignment, today: date, judged_on: date) -> list[Item]:
    """Papers, training for the school and the agency's licence, each in its state on the day judged."""
    return [
        *_papers(assignment, today, judged_on),
        *_training(assignment, judged_on),
        *_licence(assignment, judged_on),
    ]


def waiting(assignment: Assignment, today: date) -> str:
    """Since when the proposal waits."""
    proposed_on = timezone.localdate(assignment.proposed_at)
    days = max((today - proposed_on).days, 0)
    if not days:
        return _("Proposed today")
    return ngettext("Proposed %(day)s · waits %(count)s day", "Proposed %(day)s · waits %(count)s days", days) % {
        "day": formats.day(proposed_on),
        "count": formats.number(days),
    }


def _papers(assignment: Assignment, today: date, judged_on: date) -> list[Item]:
    held = {paper.kind: paper for paper in papers.of_guards([assignment.guard_id]).get(assignment.guard_id, [])}
    kinds = [*ASKED, *(kind for kind in held if kind not in ASKED)]
    return [_paper(Credential.Kind(kind), held.get(kind), today, judged_on) for kind in kinds]


def _paper(kind: Credential.Kind, paper: Credential | None, today: date, judged_on: date) -> Item:
    title = str(kind.label)
    if paper is None:
        return Item("not_measurable", title, _("Not in the register"))
    number = _("№ %(number)s") % {"number": paper.number}
    facts = [number, paper.issued_by, _term(paper, today)]
    return Item(
        papers.validity(paper.valid_until, judged_on).kind,
        title,
        " · ".join(fact for fact in facts if fact),
        papers.standing(paper),
        reverse("private:scan", args=[paper.public_id]) if paper.scan_id else "",
    )


def _term(paper: Credential, today: date) -> str:
    if paper.valid_until:
        values = {"day": formats.day(paper.valid_until), "left": formats.days_left(paper.valid_until, today)}
        return _("until %(day)s, %(left)s") % values
    if paper.issued_on:
        return _("issued on %(day)s") % {"day": formats.day(paper.issued_on)}
    return _("valid without an end")


def _training(assignment: Assignment, judged_on: date) -> list[Item]:
    school = assignment.post.school
    asked = training.required(school, judged_on)
    modules = training.learned(asked, school, [assignment.guard_id], judged_on)[assignment.guard_id]
    if not modules:
        return []
    lasting = [one for one in modules if one.lasts]
    title = _("Trained for your school: %(done)s of %(asked)s") % {
        "done": formats.number(len(lasting)),
        "asked": formats.number(len(modules)),
    }
    return [
        Item("ok" if len(lasting) == len(modules) else "blocked", title, ", ".join(_module(one) for one in modules))
    ]


def _module(one: training.Learned) -> str:
    values = {"module": one.module.title, "day": formats.day(one.completed_on)}
    if one.lasts:
        return _("%(module)s (%(day)s)") % values
    if one.completed_on:
        return _("%(module)s (%(day)s, no longer valid)") % values
    return _("%(module)s (not completed)") % values


def _licence(assignment: Assignment, judged_on: date) -> list[Item]:
    """The licence that the contract with the agency names, and whether it is in force."""
    contracts = Contract.objects.filter(agency=assignment.agency_id, school=assignment.post.school_id)
    contract = contracts.in_force(judged_on).select_related("licence").order_by("-first_day").first()
    if contract is None:
        return [
            Item(
                "blocked",
                _("The agency's contract with you"),
                _("No contract is in force on %(day)s") % {"day": formats.day(judged_on)},
            )
        ]
    if contract.licence is None:
        return [Item("not_measurable", _("The agency's licence"), _("The contract names none"))]
    in_force = Licence.objects.in_force(judged_on).filter(pk=contract.licence_id).exists()
    values = {"number": contract.licence.number, "day": formats.day(judged_on)}
    words = _("№ %(number)s, in force on %(day)s") if in_force else _("№ %(number)s, not in force on %(day)s")
    return [Item("ok" if in_force else "blocked", _("The agency's licence"), words % values)]


def known(assignment: Assignment, judged_on: date) -> list[str]:
    """Whether the school knows him, and what he did elsewhere."""
    found = experience(assignment.guard, assignment.post.school, judged_on)
    return [_here(found), _elsewhere(found)]


def _here(found: Experience) -> str:
    values = {"days": formats.days(found.days_here), "day": formats.day(found.last_here)}
    if found.only_relieved_here:
        return _("You know him: he stood in at your school for %(days)s, last on %(day)s.") % values
    if found.was_here:
        return _("You know him: he stood at your school for %(days)s, last on %(day)s.") % values
    return _("He is new at your school.")


def _elsewhere(found: Experience) -> str:
    if not found.schools_elsewhere:
        return _("The register knows of no other school where he stood.")
    return ngettext(
        "He stood at %(count)s other school, for %(days)s.",
        "He stood at %(count)s other schools, for %(days)s.",
        found.schools_elsewhere,
    ) % {"count": formats.number(found.schools_elsewhere), "days": formats.days(found.days_elsewhere)}


def _leaver(assignment: Assignment, membership: Any) -> list[str]:
    """Who left this post last before the guard's first day, when that was not long ago."""
    if not assignment.is_regular:
        return []
    first = assignment.first_day
    left = (
        Assignment.objects.visible_to(membership)
        .counted()
        .filter(
            post=assignment.post_id, kind=Assignment.Kind.REGULAR, last_day__lt=first, last_day__gte=first - LEFT_BEFORE
        )
    )
    last = left.exclude(guard=assignment.guard_id).select_related("guard").order_by("-last_day", "-pk").first()
    if last is None:
        return []
    values = {"guard": last.guard.name, "day": formats.day(last.last_day), "reason": last.get_end_reason_display()}
    return [_("Before him at this post: %(guard)s, until %(day)s. Reason: %(reason)s.") % values]


def _declined_before(assignment: Assignment, membership: Any) -> list[str]:
    """The school's own words when it said no to this guard earlier."""
    mine = Assignment.objects.visible_to(membership).filter(
        guard=assignment.guard_id, status=Assignment.Status.DECLINED
    )
    return list(mine.order_by("-proposed_at", "-pk").values_list("decline_reason", flat=True)[:3])


def _signed(assignment: Assignment, membership: Any) -> list[SignedReason]:
    """Why the agency proposes him although clauses of policy speak against it, each with its clause."""
    mine = SignedReason.objects.visible_to(membership).filter(assignment=assignment, of_end=False)
    return list(mine.select_related("version__clause__paragraph").order_by("pk"))


def _change(assignment: Assignment, today: date, judged_on: date) -> Change:
    """What the school's figures are today and what they would be on the guard's first day; or why nothing is drawn."""
    if not assignment.is_regular:
        return Change(words=_("A stand-in changes no turnover. He counts as one of the faces at the doors."))
    school = assignment.post.school
    arrival = Arrival(assignment.guard_id, assignment.agency_id, school.pk, assignment.first_day)
    now = report("school", today, school=school.pk)
    then = effect(school.pk, judged_on, arrivals=[arrival])
    days = formats.days(now.terms.window_days)
    faces = ChangeRow(
        _("Faces at the doors in %(days)s") % {"days": days},
        formats.number(now.figures["distinct_guards"]),
        formats.number(then.after["distinct_guards"]),
    )
    if now.version is None or not now.figures["measurable"]:
        words = _("Faces at the doors in %(days)s: %(before)s now, %(after)s with him. Turnover is not measurable yet.")
        return Change(words=words % {"days": days, "before": faces.before, "after": faces.after})
    leaves = ChangeRow(
        _("Leaves that count towards the limit"),
        formats.number(now.budget.used),
        _("%(used)s of %(allowed)s")
        % {"used": formats.number(then.budget_after.used), "allowed": formats.number(then.budget_after.allowed)},
        _("all leaves: %(before)s, then %(after)s")
        % {
            "before": formats.number(now.figures["gross_left"]),
            "after": formats.number(then.after["gross_left"]),
        },
    )
    drawn = before_after.lay_out(
        now.figures["rate"], then.after["rate"], now.limit.threshold_percent, [faces, leaves], _verdict(then)
    )
    return Change(drawn, mark=now.version.mark)


def _verdict(then: Effect) -> str:
    """That more have left than the limit allows, where that is so; those who leave do so whether he comes or not."""
    if then.budget_after.over and then.budget_after.used == then.budget_before.used:
        return _("More guards have left than the limit allows, whether he comes or not.")
    return ""


def list_words(assignments: Sequence[Assignment], today: date) -> list[tuple[Assignment, str]]:
    """Each proposal with since when it waits."""
    return [(assignment, waiting(assignment, today)) for assignment in assignments]
