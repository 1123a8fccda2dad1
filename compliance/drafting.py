"""Drawing up how the law will read: a draft for a day to come, clause by clause. Nothing here is in force.

Law is never retroactive and a version in force is never edited: a draft is for a later day, and a correction is a
version of its own. Another person than those who wrote a draft publishes it (`compliance.publishing`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from audit.recording import record
from compliance.models import Clause, ClauseVersion, Draft, Paragraph
from compliance.predicates import RuleFault, rule_named
from guards.refusals import Refused, day_words

TEXTS = ("text_kk", "text_ru", "text_en")
CITATIONS = ("citation_kk", "citation_ru", "citation_en")
# What a version says beside its rule and its parameters.
WORDS = ("mark", *TEXTS, *CITATIONS, "link")
NUMBER = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}(-\d{1,4})?")


@dataclass(frozen=True)
class Standing:
    """What stands of the clauses of a draft: for each, its versions in force or to come, in order of their days."""

    versions: Mapping[int, Sequence[ClauseVersion]]

    @classmethod
    def of(cls, clauses: Any) -> "Standing":
        """Of some clauses, or of a queryset of their keys; one query."""
        found: dict[int, list[ClauseVersion]] = {}
        rows = ClauseVersion.objects.enacted().filter(clause__in=clauses).select_related("clause__paragraph")
        for version in rows.order_by("effective_from"):
            found.setdefault(version.clause_id, []).append(version)
        return cls(found)

    @classmethod
    def of_draft(cls, draft: Draft) -> "Standing":
        return cls.of(draft.versions.values("clause"))

    def before(self, clause: int, day: date) -> ClauseVersion | None:
        """How a clause reads on the eve of a day; None where it did not exist or was repealed."""
        earlier = [one for one in self.versions.get(clause, ()) if one.effective_from < day]
        return earlier[-1] if earlier and earlier[-1].rule else None

    def on(self, clause: int, day: date) -> ClauseVersion | None:
        """The version that starts on the very day."""
        return next((one for one in self.versions.get(clause, ()) if one.effective_from == day), None)

    def after(self, clause: int, day: date) -> list[ClauseVersion]:
        """Those published for later days."""
        return [one for one in self.versions.get(clause, ()) if one.effective_from > day]

    def seen(self, clause: int) -> list[int]:
        """What whoever looks now has seen."""
        return [one.pk for one in self.versions.get(clause, ())]


@transaction.atomic
def begin_draft(*, paragraph: Paragraph, effective_from: date, why: str, by: Membership) -> Draft:
    """Begin a draft of a paragraph for a day to come. Raises Refused."""
    country_only(by)
    Paragraph.objects.select_for_update().get(pk=paragraph.pk)
    _to_come(effective_from)
    draft: Draft = Draft.objects.create(
        code=_new_code(paragraph),
        paragraph=paragraph,
        effective_from=effective_from,
        why=_said(why),
        drafted_by=by.user,
    )
    draft.hands.add(by.user)
    told("draft_begun", draft, by, on=effective_from.isoformat(), why=draft.why)
    return draft


def _new_code(paragraph: Paragraph) -> str:
    """The code of the paragraph with the next number that no draft has."""
    stem = paragraph.code[:50]
    taken = set(Draft.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


@transaction.atomic
def change_draft(*, draft: Draft, effective_from: date, why: str, by: Membership) -> Draft:
    """Give a draft another day or another reason; its clauses move to that day. Raises Refused."""
    draft = in_hand(draft, by)
    _to_come(effective_from)
    before = {"on": str(draft.effective_from), "why": draft.why}
    draft.effective_from, draft.why = effective_from, _said(why)
    draft.save(update_fields=["effective_from", "why"])
    draft.versions.update(effective_from=effective_from)
    told("draft_changed", draft, by, on=effective_from.isoformat(), why=draft.why, before=before)
    return draft


@transaction.atomic
def write_clause(
    *,
    draft: Draft,
    number: str,
    rule: str,
    parameters: Mapping[str, Any],
    words: Mapping[str, str],
    is_new: bool = False,
    by: Membership,
) -> ClauseVersion:
    """Write how a clause is to read: one that stands, or with `is_new` one that the paragraph does not have yet.

    `words` are those of WORDS; all but the link are needed. Raises Refused, about the parameter or the word at fault.
    """
    draft = in_hand(draft, by)
    clause = _clause(draft, number, is_new)
    try:
        rule_named(rule).from_parameters(parameters)
    except RuleFault as fault:
        words_of_fault = _("The rule “%(rule)s” does not take this value.") % {"rule": rule}
        raise Refused(words_of_fault, field=fault.parameter or "rule") from fault
    _all_said(words, ("mark", *TEXTS, *CITATIONS))
    return _write(draft, clause, by, "draft_clause_written", rule=rule, parameters=dict(parameters), **_kept(words))


@transaction.atomic
def repeal_clause(*, draft: Draft, number: str, words: Mapping[str, str], by: Membership) -> ClauseVersion:
    """Write that a clause is to end: an empty version, on the ground of a citation. Raises Refused."""
    draft = in_hand(draft, by)
    clause = _clause(draft, number, is_new=False)
    _all_said(words, CITATIONS)
    blank = dict.fromkeys(("mark", *TEXTS), "")
    return _write(draft, clause, by, "draft_clause_repealed", rule="", parameters={}, **(_kept(words) | blank))


@transaction.atomic
def drop_clause(*, draft: Draft, number: str, by: Membership) -> None:
    """Take a clause out of the draft: it goes on reading as it does. The trail keeps what was written.

    Raises Refused.
    """
    draft = in_hand(draft, by)
    version = _drafted(draft, number)
    before = _as_written(version)
    version.delete()
    told("draft_clause_dropped", draft, by, number=number, before=before)


@transaction.atomic
def look_again(*, draft: Draft, number: str, by: Membership) -> None:
    """Say that one has seen what became of a clause since it was drafted, and that the draft stands. Raises Refused."""
    draft = in_hand(draft, by)
    version = _drafted(draft, number)
    version.seen = Standing.of([version.clause_id]).seen(version.clause_id)
    version.save(update_fields=["seen"])
    told("draft_clause_looked_at", draft, by, number=number)


@transaction.atomic
def withdraw_draft(*, draft: Draft, reason: str, by: Membership) -> Draft:
    """Give a draft up while it is being drafted; it stays to be read. Raises Refused."""
    draft = in_hand(draft, by)
    reason = needed(reason, "reason", _("Say why the draft is withdrawn."))
    draft.state = Draft.State.WITHDRAWN
    draft.save(update_fields=["state"])
    told("draft_withdrawn", draft, by, reason=reason)
    return draft


def country_only(by: Membership) -> None:
    """The paragraph is one for the whole country, and made by those who act for it today. Raises Refused."""
    if by.role != Role.REGULATOR or by.region_id is not None:
        raise Refused(_("The law is one for the whole country: national officers draft and publish it."))
    if not Membership.objects.in_use().filter(pk=by.pk).exists():
        raise Refused(_("You no longer act for the authorised body."))


def locked(draft: Draft) -> Draft:
    """The draft as it is now, held until the action ends."""
    return Draft.objects.select_for_update(of=("self",)).select_related("paragraph").get(pk=draft.pk)


def told(verb: str, draft: Draft, by: Membership, **details: Any) -> None:
    """The event of an action on a draft."""
    record(verb, subjects=[draft], by=by, draft=draft.code, paragraph=draft.paragraph.code, **details)


def needed(text: str, field: str, sentence: str) -> str:
    """The text without the spaces around it. Raises Refused with the sentence where there is none."""
    if not text.strip():
        raise Refused(sentence, field=field)
    return text.strip()


def in_hand(draft: Draft, by: Membership) -> Draft:
    """The draft, held to be written in: whoever does so has had a hand in it. Raises Refused where nobody writes."""
    country_only(by)
    draft = locked(draft)
    day_of(draft)
    if draft.state != Draft.State.DRAFTING:
        raise Refused(_("This draft is no longer being drafted: open it again to see what became of it."))
    draft.hands.add(by.user)
    return draft


def _to_come(day: date) -> None:
    if day <= timezone.localdate():
        raise Refused(
            _("%(day)s is not in the future: the law is never changed for days that have begun.")
            % {"day": day_words(day)},
            field="effective_from",
        )


def _said(why: str) -> str:
    return needed(why, "why", _("Say why the law is to change: the second person reads it."))


def _clause(draft: Draft, number: str, is_new: bool) -> Clause:
    """The clause with this number, or with `is_new` one that the paragraph does not have."""
    if is_new:
        return Clause.objects.get_or_create(paragraph=draft.paragraph, number=new_number(draft, number))[0]
    clause = Clause.objects.filter(paragraph=draft.paragraph, number=number).first()
    stands = clause and Standing.of([clause.pk]).before(clause.pk, day_of(draft))
    if clause is None or not (stands or draft.versions.filter(clause=clause).exists()):
        raise Refused(_("The paragraph has no clause %(number)s.") % {"number": number}, field="number")
    return clause


def new_number(draft: Draft, number: str) -> str:
    """The number, where the paragraph has no such clause on the eve of the draft's day. Raises Refused."""
    number = number.strip()
    if not NUMBER.fullmatch(number):
        raise Refused(_("Type the number of the clause: 12, 12.1 or 12-1."), field="number")
    clause = Clause.objects.filter(paragraph=draft.paragraph, number=number).first()
    stands = clause and Standing.of([clause.pk]).before(clause.pk, day_of(draft))
    if stands:
        raise Refused(_("Clause %(number)s stands already: change it.") % {"number": number}, field="number")
    if clause and draft.versions.filter(clause=clause).exists():
        raise Refused(
            _("The draft holds clause %(number)s already: change it there.") % {"number": number}, field="number"
        )
    return number


def day_of(draft: Draft) -> date:
    """The day of a draft that was drawn up on screen."""
    if draft.drafted_by_id is None or draft.effective_from is None:
        raise Refused(_("This draft was read from a file: begin one of your own to change the law."))
    return draft.effective_from


def _drafted(draft: Draft, number: str) -> ClauseVersion:
    version = draft.versions.select_related("clause__paragraph").filter(clause__number=number).first()
    if version is None:
        raise Refused(_("The draft does not speak of clause %(number)s.") % {"number": number})
    return version


def _all_said(words: Mapping[str, str], names: Sequence[str]) -> None:
    for name in names:
        needed(words.get(name, ""), name, _("This is needed, in each language: the law is read in all three."))


def _kept(words: Mapping[str, str]) -> dict[str, str]:
    return {name: words.get(name, "").strip() for name in WORDS}


def _write(draft: Draft, clause: Clause, by: Membership, verb: str, **written: Any) -> ClauseVersion:
    """Put what is written in the place of what the draft said of the clause."""
    version = draft.versions.select_related("clause__paragraph").filter(clause=clause).first()
    before = _as_written(version) if version else None
    version = version or ClauseVersion(clause=clause, draft=draft, effective_from=day_of(draft))
    for name, value in written.items():
        setattr(version, name, value)
    version.seen = Standing.of([clause.pk]).seen(clause.pk)
    try:
        version.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as fault:
        field, sentences = next(iter(fault.message_dict.items()))
        raise Refused(sentences[0], field=field) from fault
    version.save()
    told(verb, draft, by, number=clause.number, written=_as_written(version), before=before)
    return version


def _as_written(version: ClauseVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in ("rule", "parameters", *WORDS)}


def same_words(one: ClauseVersion, other: ClauseVersion) -> bool:
    """Whether two versions read the same: rule, parameters, mark, texts, citations and link."""
    if one.rule != other.rule or any(getattr(one, name) != getattr(other, name) for name in WORDS):
        return False
    return not one.rule or one.build_rule() == other.build_rule()


def clauses_in_order(versions: Any) -> list[ClauseVersion]:
    """The versions by the numbers of their clauses, 10 after 9."""
    return sorted(versions, key=lambda one: number_key(one.clause.number))


def number_key(number: str) -> list[int]:
    """What a clause number is sorted by."""
    return [int(part) for part in re.findall(r"\d+", number)]


def drafted_versions(draft: Draft) -> list[ClauseVersion]:
    """What the draft says, in order of its clauses."""
    return clauses_in_order(draft.versions.select_related("clause__paragraph"))
