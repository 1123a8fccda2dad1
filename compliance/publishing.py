"""Making a draft law: handed over by those who wrote it, published or given back by somebody who did not.

A publication can be revoked until the day it is for, again by two people; from that day on it stands, and is changed
only by a later version.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from compliance.drafting import (
    WORDS,
    Standing,
    country_only,
    day_of,
    drafted_versions,
    in_hand,
    locked,
    needed,
    same_words,
    told,
)
from compliance.models import ClauseVersion, Draft, Paragraph, Rehearsal
from compliance.predicates.turnover import TurnoverLimit
from guards.refusals import Refused, day_words


@dataclass(frozen=True)
class Hindrance:
    """What keeps a draft from becoming law; `number` names the clause that it is about."""

    sentence: str
    number: str = ""
    # Whether a look at what became of the clause meanwhile is all that it asks for.
    look: bool = False


def hindrances(draft: Draft, versions: list[ClauseVersion], standing: Standing) -> list[Hindrance]:
    """Everything that keeps a draft from being published, but for its rehearsal and the second person."""
    day = day_of(draft)
    found = []
    if day <= timezone.localdate():
        found.append(Hindrance(_("%(day)s has come: give the draft a later day.") % {"day": day_words(day)}))
    if not versions:
        found.append(Hindrance(_("The draft changes no clause yet.")))
    for version in versions:
        if hindrance := _of_clause(version, standing):
            found.append(hindrance)
    return [*found, *_second_limits(versions, day)]


def _second_limits(versions: list[ClauseVersion], day: date) -> list[Hindrance]:
    """The clauses of the draft that limit a turnover which another clause limits on its day too: a budget, a warning
    and a trend follow one limit (docs/adr/0128)."""
    others = ClauseVersion.objects.in_force(day).exclude(clause__in={one.clause_id for one in versions})
    first: dict[str, ClauseVersion] = {}
    found = []
    for version in (*others.select_related("clause"), *versions):
        rule = version.build_rule() if version.rule else None
        if isinstance(rule, TurnoverLimit) and first.setdefault(rule.level, version) is not version:
            numbers = {"number": version.clause.number, "other": first[rule.level].clause.number}
            sentence = _("Clause %(number)s limits the same turnover as clause %(other)s: keep one of them.") % numbers
            found.append(Hindrance(sentence, version.clause.number))
    return found


def _of_clause(version: ClauseVersion, standing: Standing) -> Hindrance | None:
    clause, number, day = version.clause_id, version.clause.number, version.effective_from
    names = {"number": number, "day": day_words(day)}
    before = standing.before(clause, day)
    if standing.on(clause, day):
        return Hindrance(
            _("Clause %(number)s already has a version from %(day)s: give the draft another day.") % names, number
        )
    if version.seen != standing.seen(clause):
        return Hindrance(
            _("Clause %(number)s was changed by another publication since it was drafted: look at it again.") % names,
            number,
            look=True,
        )
    if not version.rule and before is None:
        return Hindrance(_("Clause %(number)s does not stand on that day: there is nothing to repeal.") % names, number)
    if before and same_words(before, version):
        return Hindrance(_("Clause %(number)s reads as before: change it, or take it out.") % names, number)
    return None


def rehearsed(draft: Draft) -> bool:
    """Whether the whole country was judged by the draft as it now reads."""
    return Rehearsal.objects.of(draft).of_country().finished().exists()


def _unhindered(draft: Draft) -> list[ClauseVersion]:
    """What the draft says. Raises Refused where something keeps it from being published."""
    versions = drafted_versions(draft)
    for hindrance in hindrances(draft, versions, Standing.of_draft(draft)):
        raise Refused(hindrance.sentence)
    return versions


@transaction.atomic
def hand_over(*, draft: Draft, by: Membership) -> Draft:
    """Hand a draft to a second person, once it was rehearsed as it now reads. Raises Refused."""
    draft = in_hand(draft, by)
    _unhindered(draft)
    if not rehearsed(draft):
        raise Refused(_("Rehearse the whole country by the draft as it now reads, then hand it over."))
    draft.state, draft.returned_because = Draft.State.HANDED_OVER, ""
    draft.handed_over_by, draft.handed_over_at = by.user, timezone.now()
    draft.save(update_fields=["state", "returned_because", "handed_over_by", "handed_over_at"])
    told("draft_handed_over", draft, by, on=day_of(draft).isoformat(), digest=draft.digest)
    return draft


@transaction.atomic
def return_draft(*, draft: Draft, reason: str, by: Membership) -> Draft:
    """Give a draft that waits back, with a reason; whoever handed it over may take it back too. Raises Refused."""
    draft = _waiting(draft, by)
    draft.returned_because = needed(reason, "reason", _("Say what is to be changed: those who drafted it read it."))
    draft.state = Draft.State.DRAFTING
    draft.save(update_fields=["state", "returned_because"])
    told("draft_returned", draft, by, reason=draft.returned_because)
    return draft


@transaction.atomic
def publish(*, draft: Draft, by: Membership) -> Draft:
    """Make what a draft says law from its day on. Raises Refused.

    `by` had no hand in it. Of two who publish at once the second is refused, and so is everybody once the day has come
    or another publication changed one of its clauses. Nothing of today changes: nobody is judged again.
    """
    Paragraph.objects.select_for_update().get(pk=draft.paragraph_id)
    draft = _waiting(draft, by)
    if draft.hands.filter(pk=by.user_id).exists():
        raise Refused(_("You had a hand in this draft: another person publishes it, or gives it back."))
    ClauseVersion.objects.bulk_create(_as_law(version, draft) for version in _unhindered(draft))
    draft.state, draft.published_by, draft.published_at = Draft.State.PUBLISHED, by.user, timezone.now()
    draft.save(update_fields=["state", "published_by", "published_at"])
    told("draft_published", draft, by, on=day_of(draft).isoformat(), digest=draft.digest)
    return draft


def _as_law(version: ClauseVersion, draft: Draft) -> ClauseVersion:
    """What comes into force; the draft keeps its own."""
    words = {name: getattr(version, name) for name in ("clause_id", "effective_from", "rule", "parameters", *WORDS)}
    return ClauseVersion(**words, published_from=draft)


@transaction.atomic
def ask_to_revoke(*, draft: Draft, reason: str, by: Membership) -> Draft:
    """Ask, before its day, that a publication does not come into force; another person decides. Raises Refused."""
    draft = _revocable(draft, by)
    if draft.revoking_by_id:
        raise Refused(_("Somebody has asked for this already: another person revokes it."))
    draft.revoking_because = needed(reason, "reason", _("Say why it is not to come into force."))
    draft.revoking_by = by.user
    draft.save(update_fields=["revoking_because", "revoking_by"])
    told("draft_revocation_asked", draft, by, reason=draft.revoking_because)
    return draft


@transaction.atomic
def drop_revocation(*, draft: Draft, by: Membership) -> Draft:
    """Let the publication come into force after all. Raises Refused."""
    draft = _asked_to_revoke(draft, by)
    draft.revoking_by, draft.revoking_because = None, ""
    draft.save(update_fields=["revoking_because", "revoking_by"])
    told("draft_revocation_dropped", draft, by)
    return draft


@transaction.atomic
def revoke(*, draft: Draft, by: Membership) -> Draft:
    """Have a publication never come into force, as another person asked. Raises Refused."""
    draft = _asked_to_revoke(draft, by)
    if draft.revoking_by_id == by.user_id:
        raise Refused(_("You asked for it: another person revokes."))
    draft.state, draft.revoked_by, draft.revoked_at = Draft.State.REVOKED, by.user, timezone.now()
    draft.save(update_fields=["state", "revoked_by", "revoked_at"])
    draft.published.update(revoked_at=draft.revoked_at)
    told("draft_revoked", draft, by, on=day_of(draft).isoformat())
    return draft


def _waiting(draft: Draft, by: Membership) -> Draft:
    """The draft, held, while it waits for a second person. Raises Refused where it does not."""
    country_only(by)
    draft = locked(draft)
    if draft.state != Draft.State.HANDED_OVER:
        raise Refused(_("This draft does not wait for anybody: open it again to see what became of it."))
    return draft


def _revocable(draft: Draft, by: Membership) -> Draft:
    """The draft, held, between its publication and its day. Raises Refused."""
    country_only(by)
    Paragraph.objects.select_for_update().get(pk=draft.paragraph_id)
    draft = locked(draft)
    if draft.state != Draft.State.PUBLISHED:
        raise Refused(_("Only a publication that is still to come into force is revoked."))
    if day_of(draft) <= timezone.localdate():
        raise Refused(_("It is in force: it stands, and is changed by a later version."))
    return draft


def _asked_to_revoke(draft: Draft, by: Membership) -> Draft:
    draft = _revocable(draft, by)
    if not draft.revoking_by_id:
        raise Refused(_("Nobody asked for it to be revoked."))
    return draft
