"""Shifts on which the school and the agency say different things, as both desks tell them.

listed(rows, today)                 the disagreements among some presences, each with its notes
hang_words(rows)                    hang on each how the words differ and since when
columns()                           what a list becomes as a file
DisagreementFilter                  the filter bar of either list
NoteForm, noted(form, presence, by) say something of a shift
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import django_filters
import numpy as np
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.open_days import Calendars
from desks import formats, talk
from desks.components import Entry
from desks.lists import Column
from desks.papers import Validity
from guards.models import Guard, Presence, PresenceNote
from guards.models.assignments import PresenceQuerySet
from schools.models import Post
from staffing import attendance as actions
from staffing.refusals import Refused

#: Days back that the lists reach: the window of the clause that counts disagreements.
DAYS_LISTED = 90
UNCLAIMED = "unclaimed"
OPEN, SETTLED = "open", "settled"
SORTS = {"on": ("-on",), "name": ("guard__family_name", "guard__given_name", "-on")}
KINDS = [
    (Presence.Answer.ABSENT, gettext_lazy("Claimed, the school says absent")),
    (Presence.Answer.OTHER_PERSON, gettext_lazy("Claimed, the school says another person")),
    (UNCLAIMED, gettext_lazy("Not claimed, the school says present")),
]


def answer_words(answer: str) -> str:
    """What the school said of a shift."""
    return str(Presence.Answer(answer).label) if answer else _("No answer")


def address(post: Post, guard: Guard, on: date) -> list[str]:
    """What the address of a shift is made of."""
    return [str(post.public_id), str(guard.public_id), on.isoformat()]


def found(rows: Any, post: Any, guard: Any, on: str) -> Presence:
    """The shift of an address among some presences, or 404."""
    try:
        day = date.fromisoformat(on)
    except ValueError as fault:
        raise Http404 from fault
    whole = rows.select_related("guard", "post__school")
    one: Presence = get_object_or_404(whole, post__public_id=post, guard__public_id=guard, on=day)
    return one


def is_open(calendars: Calendars, school: int, day: date) -> bool:
    """Whether a school is open on a day."""
    kept = calendars.of_schools(np.array([school]))
    return bool(calendars.open_days(kept, day.toordinal() - 1, day.toordinal() + 1)[0])


def seen_by(membership: Any) -> PresenceQuerySet:
    """The shifts of the schools that a membership knows, by a list of posts: SQLite walked all posts otherwise."""
    posts = list(Post.objects.visible_to(membership).values_list("pk", flat=True))
    return Presence.objects.filter(post__in=posts)


def listed(rows: Any, today: date) -> QuerySet[Any]:
    """The disagreements of the last months among some presences, and those that were talked over and settled."""
    recent = rows.filter(on__range=(today - timedelta(days=DAYS_LISTED - 1), today))
    # Notes are few, so their shifts are looked up first: with a question inside the question PostgreSQL uses no index.
    noted = PresenceNote.objects.filter(Exists(recent.filter(pk=OuterRef("presence")))).order_by()
    found = recent.filter(Presence.DIFFERING | Q(pk__in=set(noted.values_list("presence", flat=True))))
    return found.select_related("guard", "post__school").prefetch_related("notes")


def hang_words(rows: Iterable[Any]) -> None:
    """Hang on each disagreement how the words differ, how old it is, and how often it was spoken of."""
    today = timezone.localdate()
    for row in rows:
        row.verdict = verdict(row)
        row.age = age(row, today)
        row.spoken = len(row.notes.all())
        row.address = address(row.post, row.guard, row.on)


def columns() -> list[Column]:
    """The columns of a list of disagreements in a file; `hang_words` gives what they read."""
    return [
        Column(_("Day"), "on"),
        Column(_("Guard"), lambda row: row.guard.full_name),
        Column(_("IIN"), lambda row: row.guard.masked_iin),
        Column(_("School"), lambda row: row.post.school.name),
        Column(_("Post"), lambda row: row.post.name),
        Column(_("What differs"), lambda row: row.verdict.text),
        Column(_("Notes"), "spoken"),
    ]


def verdict(presence: Presence) -> Validity:
    """How the words of both sides stand to each other."""
    if not presence.differs:
        return Validity("ok", _("The words agree again"))
    kind = presence.school_confirmation if presence.agency_claim else UNCLAIMED
    return Validity("provisional" if kind == UNCLAIMED else "established", str(dict(KINDS)[kind]))


def age(presence: Presence, today: date) -> str:
    """How long ago the shift was."""
    return formats.days_left(presence.on, today)


@dataclass(frozen=True)
class Told:
    """One shift for templates/attendance/shift.html."""

    presence: Presence
    verdict: Validity
    age: str
    claim: str
    answer: str
    talk: list[Entry]

    @classmethod
    def of(cls, presence: Presence) -> "Told":
        return cls(
            presence=presence,
            verdict=verdict(presence),
            age=age(presence, timezone.localdate()),
            claim=_("Stood at the post") if presence.agency_claim else _("Not claimed"),
            answer=answer_words(presence.school_confirmation),
            talk=talk.entries(presence.notes.all()),
        )


class DisagreementFilter(django_filters.FilterSet):
    """Whether the words still differ, and how."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        method="by_state",
        empty_label=gettext_lazy("All"),
        choices=[(OPEN, gettext_lazy("The words differ")), (SETTLED, gettext_lazy("The words agree again"))],
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("What differs"), method="by_kind", empty_label=gettext_lazy("All"), choices=KINDS
    )

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Presence.DIFFERING if value == OPEN else ~Presence.DIFFERING)

    def by_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == UNCLAIMED:
            return rows.filter(Q(agency_claim=False, school_confirmation=Presence.Answer.PRESENT))
        return rows.filter(agency_claim=True, school_confirmation=value)


class NoteForm(forms.Form):
    """What one side knows of a shift; the other reads it word for word."""

    use_required_attribute = False

    text = forms.CharField(
        label=gettext_lazy("What you know of this shift"),
        help_text=gettext_lazy("The other side reads these words. For example: he came at 9 and stood until evening."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Write what you know of this shift.")},
    )


def noted(form: NoteForm, presence: Presence, by: Any) -> bool:
    """Write down what the form says; where it is at fault, it says so."""
    if not form.is_valid():
        return False
    try:
        actions.add_note(presence=presence, text=form.cleaned_data["text"], by=by)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return False
    return True
