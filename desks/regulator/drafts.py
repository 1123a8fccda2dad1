"""What the page of a draft shows: its clauses beside those in force, what keeps it from becoming law, and its steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from compliance import drafting, publishing
from compliance.drafting import Standing, drafted_versions
from compliance.models import ClauseVersion, Draft
from compliance.publishing import Hindrance, hindrances, rehearsed
from desks import formats, history
from desks.clauses import Change, ClauseText, compare, days_until, law
from desks.components import Entry

State = Draft.State
SHAPES = {
    State.DRAFTING: "provisional",
    State.HANDED_OVER: "waiting",
    State.PUBLISHED: "ok",
    State.WITHDRAWN: "not_measurable",
    State.REVOKED: "blocked",
}


def state_words(draft: Draft) -> tuple[str, str]:
    """The state of a draft as a kind of status and its word."""
    return SHAPES[State(draft.state)], str(State(draft.state).label)


def listed(membership: Any) -> Any:
    """The drafts of which the officer may know, those that may still become law first."""
    rows = Draft.objects.visible_to(membership).select_related("paragraph", "drafted_by", "published_by")
    return rows.prefetch_related("versions__clause")


def hang_words(drafts: Sequence[Any]) -> list[Any]:
    """Hang on each draft its state in words and the numbers of its clauses; those that may become law first."""
    for draft in drafts:
        draft.told_state = state_words(draft)
        versions = drafting.clauses_in_order(draft.versions.all())
        draft.numbers = ", ".join(version.clause.number for version in versions)
    return sorted(drafts, key=lambda draft: draft.state not in (State.DRAFTING, State.HANDED_OVER))


@dataclass(frozen=True)
class DraftedClause:
    """A clause as the draft has it, beside what stands on the eve of its day."""

    version: ClauseVersion
    change: Change
    before_head: str
    after_head: str
    hindrance: Hindrance | None
    later: Sequence[ClauseVersion]

    @property
    def number(self) -> str:
        return self.version.clause.number


@dataclass(frozen=True)
class DraftFile:
    """A draft with all that its page says."""

    draft: Draft
    clauses: list[DraftedClause]
    others: list[ClauseText]
    hindrances: list[Hindrance]
    rehearsed: bool
    mine: bool
    national: bool
    entries: list[Entry]
    today: date

    @property
    def state(self) -> tuple[str, str]:
        return state_words(self.draft)

    @property
    def is_open(self) -> bool:
        """Whether it is drawn up on screen and still being drafted."""
        return self.draft.drafted_by_id is not None and self.draft.state == State.DRAFTING

    @property
    def may_write(self) -> bool:
        return self.is_open and self.national

    @property
    def waits(self) -> bool:
        return self.draft.state == State.HANDED_OVER

    @property
    def to_come(self) -> bool:
        """Whether it is published and its day has not come."""
        day = self.draft.effective_from
        return self.draft.state == State.PUBLISHED and day is not None and day > self.today

    @property
    def when(self) -> str:
        """How far off its day is: `in 37 days`, or how long ago it came."""
        day = self.draft.effective_from or self.today
        return days_until(day, self.today) if day > self.today else formats.days_left(day, self.today)


def draft_file(draft: Draft, membership: Any, today: date) -> DraftFile:
    """The page of a draft, as one officer sees it."""
    versions, standing = drafted_versions(draft), Standing.of_draft(draft)
    open_now = draft.drafted_by_id is not None and draft.state in (State.DRAFTING, State.HANDED_OVER)
    found = hindrances(draft, versions, standing) if open_now else []
    by_number = {one.number: one for one in found}
    spoken_of = {version.clause_id for version in versions}
    reads = [text for one in law(draft.effective_from or today, today).paragraphs if one.paragraph == draft.paragraph
             for text in one.clauses]  # fmt: skip
    return DraftFile(
        draft=draft,
        clauses=[_drafted(version, standing, by_number.get(version.clause.number)) for version in versions],
        others=[text for text in reads if text.clause.pk not in spoken_of],
        hindrances=found,
        rehearsed=open_now and rehearsed(draft),
        mine=draft.hands.filter(pk=membership.user_id).exists(),
        national=membership.region_id is None,
        entries=history.entries(Event.objects.about(draft), membership),
        today=today,
    )


def _drafted(version: ClauseVersion, standing: Standing, hindrance: Hindrance | None) -> DraftedClause:
    day = version.effective_from
    before = standing.before(version.clause_id, day)
    return DraftedClause(
        version=version,
        change=compare(version.clause, before, version),
        before_head=_("In force since %(day)s") % {"day": formats.day(before.effective_from)}
        if before
        else _("Until then"),
        after_head=_("Draft, from %(day)s") % {"day": formats.day(day)},
        hindrance=hindrance,
        later=standing.after(version.clause_id, day),
    )


@dataclass(frozen=True)
class Step:
    """What is done with a draft: the question, what will happen, the verb, and the action."""

    title: Any
    says: Any
    verb: Any
    done: Any
    act: Callable[..., Draft]
    needs_reason: bool = False


STEPS = {
    "hand-over": Step(
        gettext_lazy("Hand this draft over to a second person?"),
        gettext_lazy(
            "From now on nobody writes in it. Somebody who had no hand in it publishes it or gives it back; until then"
            " nothing changes for anybody."
        ),
        gettext_lazy("Hand over"),
        gettext_lazy("The draft waits for a second person."),
        publishing.hand_over,
    ),
    "publish": Step(
        gettext_lazy("Publish this draft?"),
        gettext_lazy(
            "From its day on every school and agency is judged by it. Findings of earlier days keep the version that"
            " they were judged by. Until that day two people can revoke it, afterwards nobody."
        ),
        gettext_lazy("Publish"),
        gettext_lazy("Published: it comes into force on its day."),
        publishing.publish,
    ),
    "return": Step(
        gettext_lazy("Give this draft back?"),
        gettext_lazy("Those who drafted it read your reason and can write in it again."),
        gettext_lazy("Give back"),
        gettext_lazy("The draft was given back."),
        publishing.return_draft,
        needs_reason=True,
    ),
    "withdraw": Step(
        gettext_lazy("Withdraw this draft?"),
        gettext_lazy("It stays to be read, and never becomes law. This cannot be undone."),
        gettext_lazy("Withdraw"),
        gettext_lazy("The draft was withdrawn."),
        drafting.withdraw_draft,
        needs_reason=True,
    ),
    "ask-to-revoke": Step(
        gettext_lazy("Ask that this does not come into force?"),
        gettext_lazy("Another person decides. Until somebody does, it comes into force on its day."),
        gettext_lazy("Ask to revoke"),
        gettext_lazy("Another person can revoke it now."),
        publishing.ask_to_revoke,
        needs_reason=True,
    ),
    "revoke": Step(
        gettext_lazy("Revoke this publication?"),
        gettext_lazy("It never comes into force: the clauses go on reading as they do. This cannot be undone."),
        gettext_lazy("Revoke"),
        gettext_lazy("Revoked: it does not come into force."),
        publishing.revoke,
    ),
    "keep": Step(
        gettext_lazy("Let it come into force after all?"),
        gettext_lazy("Nobody is asked to revoke it any more."),
        gettext_lazy("Let it come into force"),
        gettext_lazy("It comes into force on its day."),
        publishing.drop_revocation,
    ),
}


def address(draft: Draft) -> str:
    return reverse("regulator:draft", args=[draft.public_id])
