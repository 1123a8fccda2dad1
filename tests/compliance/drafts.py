"""Drafts to rehearse: a clause that reads otherwise, one that is repealed, one that is new."""

from datetime import date
from typing import Any

from access.roles import Role
from accounts.models import Membership
from compliance.asking import ask_for_rehearsal
from compliance.models import Clause, ClauseVersion, Draft, Paragraph, Rehearsal
from tests.factories import MembershipFactory

NEW_YEAR = date(2027, 1, 1)


def draft_of(code: str = "stricter") -> Draft:
    paragraph = Paragraph.objects.get(code="school-guards")
    return Draft.objects.get_or_create(code=code, defaults={"paragraph": paragraph})[0]


def drafted(number: str, **parameters: Any) -> Draft:
    """A draft in which a clause has these parameters beside those that it has."""
    draft = draft_of()
    clause = Clause.objects.get(paragraph=draft.paragraph, number=number)
    now = clause.versions.get(draft=None)
    ClauseVersion.objects.create(
        clause=clause,
        draft=draft,
        effective_from=NEW_YEAR,
        rule=now.rule,
        parameters={**now.parameters, **parameters},
        mark=now.mark,
    )
    return draft


def repealing(number: str) -> Draft:
    """A draft that repeals a clause."""
    draft = draft_of()
    clause = Clause.objects.get(paragraph=draft.paragraph, number=number)
    ClauseVersion.objects.create(clause=clause, draft=draft, effective_from=NEW_YEAR)
    return draft


def adding(number: str, rule: str, **parameters: Any) -> Draft:
    """A draft with a clause that was not there."""
    draft = draft_of()
    clause = Clause.objects.create(paragraph=draft.paragraph, number=number)
    ClauseVersion.objects.create(
        clause=clause, draft=draft, effective_from=NEW_YEAR, rule=rule, parameters=parameters, mark="policy"
    )
    return draft


def officer(region: str | None = None) -> Membership:
    found: Membership = MembershipFactory(role=Role.REGULATOR, region_id=region)
    return found


def rehearsed(draft: Draft, by: Membership | None = None) -> Rehearsal:
    """The rehearsal of a draft, over; by the national office unless somebody else asks."""
    by = by or officer()
    rehearsal = ask_for_rehearsal(draft=draft, region=by.region, by=by)
    return Rehearsal.objects.get(pk=rehearsal.pk)
