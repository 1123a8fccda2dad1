"""The relief pool of the school: who waits for the director's answer, who is in it, and the proof behind each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.eligibility import Obstacle, obstacles
from desks import formats
from desks.papers import Validity
from desks.school import proofs
from guards.models import Assignment, Relief
from schools.models import Post
from staffing import relief as actions
from staffing.refusals import Refused


def waiting(membership: Any) -> list[Relief]:
    """Those whom an agency named and the director has not answered, the longest waiting first."""
    return list(_whole(membership).waiting().order_by("named_on", "pk"))


def pool(membership: Any, today: date) -> list[Relief]:
    """Those who may be called to stand in: approved, and still on the staff of their agency."""
    return list(_whole(membership).approved().on_staff(today).order_by("guard__family_name", "guard__given_name"))


def _whole(membership: Any) -> Any:
    return Relief.objects.visible_to(membership).select_related("guard", "agency")


def state(relief: Relief, today: date) -> Validity:
    """Where he stands, in one status."""
    if relief.status == Relief.Status.NAMED:
        return Validity("waiting", _("Named on %(day)s, %(left)s") % _when(relief.named_on, today))
    if relief.status == Relief.Status.APPROVED:
        return Validity("ok", _("You approved him on %(day)s") % _when(relief.answered_on, today))
    if relief.status == Relief.Status.DECLINED:
        return Validity("blocked", _("You declined him on %(day)s") % _when(relief.answered_on, today))
    return Validity("not_measurable", _("No longer in the pool"))


def _when(day: date | None, today: date) -> dict[str, str]:
    return {"day": formats.day(day), "left": formats.days_left(day, today) if day else ""}


@dataclass(frozen=True)
class ReliefProof:
    """What is known of him today: papers and training, service, and what would stand against him at a post here."""

    items: list[proofs.Item]
    known: list[str]
    obstacles: list[Obstacle]


def proof(relief: Relief, today: date) -> ReliefProof:
    """As if he were proposed for a post of the school today."""
    open_post = Post.objects.filter(school=relief.school).open_on(today).select_related("school").first()
    as_relief = Assignment(
        guard=relief.guard,
        post=open_post or Post(school=relief.school),
        agency=relief.agency,
        kind=Assignment.Kind.RELIEF,
        first_day=today,
    )
    return ReliefProof(
        items=proofs.items(as_relief, today, today),
        known=proofs.known(as_relief, today),
        obstacles=_obstacles(as_relief, today),
    )


def _obstacles(as_relief: Assignment, today: date) -> list[Obstacle]:
    found: Iterable[Obstacle] = obstacles([as_relief.guard], as_relief.post, as_relief.agency, today)[
        as_relief.guard_id
    ]
    return list(found)


class AnswerForm(forms.Form):
    """The director's answer: one of the buttons, with a reason where it is no."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why not this guard"),
        help_text=gettext_lazy("Needed to decline: the agency reads these words."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


def answered(form: AnswerForm, answer: str, relief: Relief, by: Any) -> str:
    """Do what was pressed; the words for a toast, or nothing where the form is at fault and says so."""
    if not form.is_valid():
        return ""
    names = {"guard": relief.guard.name}
    try:
        if answer == "approve":
            actions.approve(relief=relief, by=by)
            return _("%(guard)s is in your relief pool. Each time he is to stand in you are asked again.") % names
        if answer == "end":
            actions.end(relief=relief, by=by)
            return _("%(guard)s is no longer in the pool.") % names
        actions.decline(relief=relief, reason=form.cleaned_data["reason"], by=by)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return ""
    return _("You declined %(guard)s. The agency reads why.") % names
