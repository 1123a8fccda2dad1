"""Causes of leaves as every desk tells them, and the answer that a school or a regulator gives.

told(assignment, today)                      the causes of a leave, for templates/causes/leave.html
what_it_changes(cause, today)                the leaves that count at the school now, and with this cause accepted
DecisionForm, decided(form, cause, by)       accept or reject
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.reports import OwnerReport, report
from desks import formats
from desks.papers import Validity
from files.intake import PICTURES
from guards.models import Assignment, Cause
from staffing import causes as actions
from staffing.refusals import Refused

TO_PROVE = "to_prove"
STATES = [
    (TO_PROVE, gettext_lazy("No proof yet")),
    (Cause.Status.WAITING, gettext_lazy("Waiting for an answer")),
    (Cause.Status.REJECTED, gettext_lazy("Rejected")),
    (Cause.Status.ACCEPTED, gettext_lazy("Accepted")),
]
SHAPES = {
    TO_PROVE: "provisional",
    Cause.Status.WAITING.value: "waiting",
    Cause.Status.REJECTED.value: "blocked",
    Cause.Status.ACCEPTED.value: "ok",
}


def state_words(state: str) -> Validity:
    """A state of a cause as a kind of status and its word."""
    return Validity(SHAPES[state], str(dict(STATES)[state]))


def leaves(membership: Any, today: date) -> QuerySet[Any]:
    """The ended assignments whose reason a limit excuses, each with the `state` of its cause."""
    newest = Cause.objects.filter(assignment=OuterRef("pk")).order_by("-submitted_at", "-pk")
    ended = Assignment.objects.visible_to(membership).filter(
        status=Assignment.Status.ENDED, end_reason__in=actions.excusable(today)
    )
    return ended.annotate(newest=Subquery(newest.values("status")[:1])).annotate(
        state=Case(
            When(cause_accepted=True, then=Value(Cause.Status.ACCEPTED.value)),
            When(newest__isnull=True, then=Value(TO_PROVE)),
            default=F("newest"),
        )
    )


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """The leaves of `leaves` in a state, asked so that an index can answer."""
    if state == Cause.Status.ACCEPTED:
        return rows.filter(cause_accepted=True)
    causes = Cause.objects.filter(assignment=OuterRef("pk"))
    if state == TO_PROVE:
        return rows.filter(cause_accepted=False).filter(~Exists(causes))
    return rows.filter(cause_accepted=False, newest=state)


def hang_states(rows: Any) -> None:
    """Hang on each leave what the state of its cause is in words, and whether the agency may prove it now."""
    for row in rows:
        row.told_state = state_words(row.state)
        row.may_prove = row.state in (TO_PROVE, Cause.Status.REJECTED)


@dataclass(frozen=True)
class ToldCause:
    """A cause that was submitted, with its answer."""

    cause: Cause
    state: Validity

    @property
    def submitted_on(self) -> date:
        return timezone.localdate(self.cause.submitted_at)

    @property
    def is_picture(self) -> bool:
        return bool(self.cause.evidence and self.cause.evidence.content_type in PICTURES)

    @property
    def decided_by(self) -> str:
        """Who answered, and for whom."""
        return _("%(name)s, %(role)s") % {"name": self.cause.decided_by, "role": self._role}

    @property
    def _role(self) -> str:
        return _("for the regulator") if self.cause.decided_role == "regulator" else _("for the school")


@dataclass(frozen=True)
class ToldLeave:
    """A leave with every cause that was submitted for it, the latest first."""

    assignment: Assignment
    state: Validity
    causes: list[ToldCause]
    days: str


def told(assignment: Assignment, today: date) -> ToldLeave:
    """The leave and its causes; one whose acceptance came with the register has no cause to show."""
    found = list(assignment.causes.select_related("evidence").order_by("-submitted_at", "-pk"))
    state = Cause.Status.ACCEPTED.value if assignment.cause_accepted else (found[0].status if found else TO_PROVE)
    last_day = assignment.last_day or today
    return ToldLeave(
        assignment=assignment,
        state=state_words(state),
        causes=[ToldCause(cause, state_words(cause.status)) for cause in found],
        days=formats.days((last_day - assignment.first_day).days + 1),
    )


def waiting_words(cause: Cause, today: date) -> str:
    """How long a cause has waited."""
    days = (today - timezone.localdate(cause.submitted_at)).days
    if days < 1:
        return _("Submitted today")
    return ngettext("Waits %(count)s day", "Waits %(count)s days", days) % {"count": formats.number(days)}


def what_it_changes(cause: Cause, today: date) -> str:
    """How many left the school in its window, gross and net, and how many would count with this cause accepted."""
    assignment = cause.assignment
    found = report("school", today, school=assignment.post.school_id)
    figures = found.figures
    words = ngettext(
        "In %(days)s %(gross)s guard left this school: %(excused)s excused, %(net)s counted towards the limit.",
        "In %(days)s %(gross)s guards left this school: %(excused)s excused, %(net)s counted towards the limit.",
        figures["gross_left"],
    ) % {
        "days": formats.days(found.terms.window_days),
        "gross": formats.number(figures["gross_left"]),
        "excused": formats.number(figures["excused_left"]),
        "net": formats.number(figures["net_left"]),
    }
    if not _counts_now(assignment, found):
        return words
    with_it = _("With this cause accepted, %(count)s would count.") % {"count": formats.number(figures["net_left"] - 1)}
    return f"{words} {with_it}"


def _counts_now(assignment: Assignment, found: OwnerReport) -> bool:
    """Whether this very leave counts at the school today and would not with its cause accepted."""
    if assignment.end_reason not in found.terms.excused:
        return False
    return any(
        line.guard == assignment.guard_id
        and line.last_day == assignment.last_day
        and line.leave in ("left", "provisional")
        for line in found.spells
    )


class DecisionForm(forms.Form):
    """The answer to a cause: one of two buttons, with a reason where it is no."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy(
            "Needed to reject: the agency reads these words. For example: the sick note has no seal."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[("accept", ""), ("reject", "")],
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Press one of the two buttons."),
            "invalid_choice": gettext_lazy("Press one of the two buttons."),
        },
    )


def decided(form: DecisionForm, cause: Cause, by: Any) -> str:
    """Do what the form says; the words for a toast, or nothing where the form is at fault and says so."""
    if not form.is_valid():
        return ""
    reason = form.cleaned_data["reason"]
    names = {"guard": cause.assignment.guard.name, "agency": cause.assignment.agency.name}
    try:
        if form.cleaned_data["answer"] == "accept":
            actions.accept(cause=cause, reason=reason, by=by)
            return (
                _("The cause is accepted: the leave of %(guard)s is excused wherever a limit excuses this reason.")
                % names
            )
        actions.reject(cause=cause, reason=reason, by=by)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return ""
    return _("The cause is rejected: the leave of %(guard)s counts. %(agency)s reads why.") % names
