"""Histories: what happened to a school, a guard or an assignment, as sentences that name who did it.

    {% timeline entries %}   with   history.entries(Event.objects.about(school), request.membership)

A verb that has no sentence here yet is told in a neutral one, so that nothing that happened is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from audit.models import Event, Mention
from compliance.models import Draft
from desks import formats
from desks.components import Entry
from guards.models import Assignment, Credential, EndReason, Guard, Presence, Relief, Session
from schools.models import Post, School

#: How many events are read for one history; what lies further back stays in the audit trail.
READ_AT_MOST = 200

# What an event may speak of, the narrowest first: who may know of an assignment, a session or a guard named for relief
# may know all that was done with it.
KINDS: dict[str, Any] = {
    model._meta.label_lower: model for model in (Assignment, Session, Relief, Draft, Guard, Post, School, Agency)
}
DECIDE_ALONE = {model._meta.label_lower for model in (Assignment, Session, Relief)}


@dataclass(frozen=True)
class Telling:
    """How one verb is told: the kind of status, and a sentence with names from the event's details."""

    shape: str
    sentence: Any


TELLINGS = {
    "assignment_proposed": Telling(
        "waiting", gettext_lazy("The agency proposed a guard from %(first_day)s: %(guard)s, post “%(post)s”")
    ),
    "assignment_withdrawn": Telling(
        "not_measurable", gettext_lazy("The agency withdrew its proposal: %(guard)s, post “%(post)s”")
    ),
    "assignment_confirmed": Telling(
        "ok", gettext_lazy("The director confirmed the guard: %(guard)s, post “%(post)s”, from %(first_day)s")
    ),
    "assignment_declined": Telling(
        "blocked", gettext_lazy("The director declined the guard: %(guard)s, post “%(post)s”")
    ),
    "proposal_reminded": Telling(
        "waiting", gettext_lazy("The agency reminded the school of its proposal: %(guard)s, post “%(post)s”")
    ),
    "proposal_discussed": Telling("waiting", gettext_lazy("A word on the proposal: %(guard)s, post “%(post)s”")),
    "relief_named": Telling("waiting", gettext_lazy("The agency named a guard for the relief pool: %(guard)s")),
    "relief_approved": Telling("ok", gettext_lazy("The director took a guard into the relief pool: %(guard)s")),
    "relief_declined": Telling("blocked", gettext_lazy("The director declined a guard for the relief pool: %(guard)s")),
    "relief_ended": Telling("not_measurable", gettext_lazy("A guard was taken out of the relief pool: %(guard)s")),
    "assignment_ended": Telling(
        "provisional", gettext_lazy("The agency ended the assignment on %(last_day)s: %(guard)s, post “%(post)s”")
    ),
    "cause_submitted": Telling(
        "waiting", gettext_lazy("The agency sent the proof of why the guard left: %(guard)s, post “%(post)s”")
    ),
    "cause_accepted": Telling("ok", gettext_lazy("The cause of the leave was accepted: %(guard)s, post “%(post)s”")),
    "cause_rejected": Telling(
        "blocked", gettext_lazy("The cause of the leave was rejected: %(guard)s, post “%(post)s”")
    ),
    "guard_hired": Telling("ok", gettext_lazy("The agency took %(guard)s on its staff from %(first_day)s")),
    "guard_dismissed": Telling(
        "provisional", gettext_lazy("The agency ended the employment of %(guard)s on %(last_day)s")
    ),
    "guard_corrected": Telling("not_measurable", gettext_lazy("The names were corrected: %(guard)s")),
    "guard_photo_set": Telling("not_measurable", gettext_lazy("The photograph was changed: %(guard)s")),
    "paper_added": Telling("waiting", gettext_lazy("The agency entered a paper of %(guard)s: %(paper)s № %(number)s")),
    "paper_corrected": Telling(
        "waiting", gettext_lazy("The agency corrected a paper of %(guard)s: %(paper)s № %(number)s")
    ),
    "paper_deleted": Telling(
        "not_measurable", gettext_lazy("The agency deleted a paper of %(guard)s: %(paper)s № %(number)s")
    ),
    "paper_verified": Telling(
        "ok", gettext_lazy("The authorised body verified a paper of %(guard)s: %(paper)s № %(number)s")
    ),
    "paper_doubted": Telling(
        "established", gettext_lazy("The authorised body found a paper of %(guard)s wrong: %(paper)s № %(number)s")
    ),
    "register_loaded": Telling("ok", gettext_lazy("The agency brought in a file")),
    "sheet_undone": Telling("not_measurable", gettext_lazy("The agency undid a file that it had brought in")),
    "session_held": Telling("ok", gettext_lazy("The agency held a training session on %(on)s: %(title)s")),
    "session_planned": Telling("waiting", gettext_lazy("The agency planned a training session for %(on)s: %(title)s")),
    "session_changed": Telling(
        "waiting", gettext_lazy("The agency changed the training session planned for %(on)s: %(title)s")
    ),
    "session_cancelled": Telling(
        "not_measurable", gettext_lazy("The agency cancelled the training session of %(on)s: %(title)s")
    ),
    "requirement_made": Telling(
        "waiting", gettext_lazy("The director asks for a module from %(first_day)s: %(title)s")
    ),
    "requirement_words_changed": Telling(
        "not_measurable", gettext_lazy("The director changed what the school says of a module: %(title)s")
    ),
    "requirement_ended": Telling(
        "not_measurable", gettext_lazy("The director asks for a module until %(last_day)s: %(title)s")
    ),
    "presence_month_claimed": Telling(
        "waiting", gettext_lazy("The agency said who stood at the posts from %(first_day)s to %(last_day)s")
    ),
    "presence_claimed": Telling("waiting", gettext_lazy("The agency claims the shift of %(on)s: %(guard)s")),
    "presence_claim_withdrawn": Telling(
        "not_measurable", gettext_lazy("The agency took back its claim for %(on)s: %(guard)s")
    ),
    "presence_discussed": Telling("waiting", gettext_lazy("A word on the shift of %(on)s: %(guard)s")),
    "briefing_logged": Telling("ok", gettext_lazy("The agency entered in the log what was held on %(on)s: %(topic)s")),
    "draft_begun": Telling("provisional", gettext_lazy("The draft was begun, for %(on)s")),
    "draft_changed": Telling("provisional", gettext_lazy("The draft was given another day or reason, for %(on)s")),
    "draft_clause_written": Telling("provisional", gettext_lazy("Clause %(number)s was written")),
    "draft_clause_repealed": Telling("provisional", gettext_lazy("The repeal of clause %(number)s was written")),
    "draft_clause_dropped": Telling("not_measurable", gettext_lazy("Clause %(number)s was taken out of the draft")),
    "draft_clause_looked_at": Telling(
        "provisional", gettext_lazy("Clause %(number)s was looked at again after another publication")
    ),
    "draft_rehearsed": Telling("provisional", gettext_lazy("Who the draft would mark was asked for")),
    "draft_handed_over": Telling("waiting", gettext_lazy("The draft was handed over to a second person")),
    "draft_returned": Telling("blocked", gettext_lazy("The draft was given back")),
    "draft_withdrawn": Telling("not_measurable", gettext_lazy("The draft was withdrawn")),
    "draft_published": Telling("ok", gettext_lazy("The draft was published: in force from %(on)s")),
    "draft_revocation_asked": Telling("waiting", gettext_lazy("Somebody asked that it does not come into force")),
    "draft_revocation_dropped": Telling("ok", gettext_lazy("It comes into force after all")),
    "draft_revoked": Telling("blocked", gettext_lazy("The publication was revoked before its day")),
}
PRESENCE = {
    Presence.Answer.PRESENT.value: Telling(
        "ok", gettext_lazy("The school said that the guard came on %(on)s: %(guard)s")
    ),
    Presence.Answer.ABSENT.value: Telling(
        "established", gettext_lazy("The school said that the guard did not come on %(on)s: %(guard)s")
    ),
    Presence.Answer.OTHER_PERSON.value: Telling(
        "established", gettext_lazy("The school said that somebody else came on %(on)s in place of: %(guard)s")
    ),
    "": Telling("not_measurable", gettext_lazy("The school took back its answer for %(on)s: %(guard)s")),
}
NEUTRAL = Telling("not_measurable", gettext_lazy("The record was changed"))
DAYS = ("first_day", "last_day", "on")
PAPERS: dict[str, Any] = dict(Credential.Kind.choices)


def notable(events: QuerySet[Event]) -> QuerySet[Event]:
    """Without the days on which a guard simply came: pictures show those, and they would drown everything else."""
    return events.exclude(Q(verb="presence_marked") & Q(details__answer=Presence.Answer.PRESENT))


def entries(events: QuerySet[Event], membership: Any, *, name_school: bool = False) -> list[Entry]:
    """The events of which this membership may know, newest first, each in a sentence; four queries or so for all.

    `name_school` adds the school to each line, where the history is not that of a school.
    """
    mentions = Prefetch("mentions", queryset=Mention.objects.order_by("pk"))
    found = list(events.prefetch_related(mentions)[:READ_AT_MOST])
    known = _known(found, membership)
    told = [event for event in found if _may_know(event, known)]
    schools = _school_names(told, membership) if name_school else {}
    return [_entry(event, schools.get(event.details.get("school", ""), "")) for event in told]


def _deciding(event: Event) -> list[tuple[str, str]]:
    """The records that decide who may know of an event, as kind and identifier: assignment or session, else all."""
    parts = (mention.key.partition(":") for mention in event.mentions.all())
    keys = [(kind, public_id) for kind, _colon, public_id in parts if kind in KINDS]
    return [key for key in keys if key[0] in DECIDE_ALONE] or keys


def _known(events: Iterable[Event], membership: Any) -> dict[str, set[str]]:
    """Of the records that decide, by kind, those of which the membership may know."""
    asked: dict[str, set[str]] = {}
    for event in events:
        for kind, public_id in _deciding(event):
            asked.setdefault(kind, set()).add(public_id)
    return {
        kind: {str(one) for one in _visible(KINDS[kind], membership, public_ids)} for kind, public_ids in asked.items()
    }


def _visible(model: Any, membership: Any, public_ids: set[str]) -> QuerySet[Any]:
    return model.objects.visible_to(membership).filter(public_id__in=public_ids).values_list("public_id", flat=True)


def _may_know(event: Event, known: dict[str, set[str]]) -> bool:
    deciding = _deciding(event)
    return bool(deciding) and all(public_id in known[kind] for kind, public_id in deciding)


def _school_names(events: Sequence[Event], membership: Any) -> dict[str, str]:
    codes = {event.details.get("school", "") for event in events} - {""}
    schools = School.objects.visible_to(membership).filter(code__in=codes) if codes else ()
    return {school.code: school.name for school in schools}


def _entry(event: Event, school: str) -> Entry:
    telling = _telling(event)
    details = event.details
    values = {name: formats.day(_day(details.get(name))) if name in DAYS else details.get(name, formats.UNKNOWN)
              for name in ("guard", "post", "number", "topic", *DAYS)}  # fmt: skip
    values["title"] = _title(details)
    values["paper"] = PAPERS.get(details.get("paper", ""), formats.UNKNOWN)
    note = [school, _ground(event), event.actor_name]
    return Entry(
        day=timezone.localdate(event.at),
        shape=telling.shape,
        sentence=str(telling.sentence) % values,
        note=" · ".join(part for part in note if part),
    )


def _title(details: dict[str, Any]) -> str:
    """The name of the module that an event speaks of, in the reader's language as far as it has one."""
    for code in (formats.language(), "ru", "kk"):
        if words := details.get(f"title_{code}"):
            return str(words)
    return formats.UNKNOWN


def _telling(event: Event) -> Telling:
    if event.verb == "presence_marked":
        return PRESENCE.get(event.details.get("answer", ""), NEUTRAL)
    return TELLINGS.get(event.verb, NEUTRAL)


def _ground(event: Event) -> str:
    """Why: one of the reasons for an end in words, or what somebody wrote."""
    reason = event.details.get("reason", "")
    if not reason:
        return ""
    if reason in EndReason.values:
        return str(EndReason(reason).label)
    return _("“%(words)s”") % {"words": reason}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
