"""Drafts drawn up on screen: who writes them, what they say, and how far they have come."""

from datetime import date, timedelta
from typing import Any

from access.roles import Role
from compliance import drafting, publishing
from compliance.models import Clause, ClauseVersion, Draft, Paragraph, Rehearsal
from tests.compliance.registers import DAY
from tests.factories import MembershipFactory

EFFECTIVE = DAY + timedelta(days=1)
SAYS = {
    "mark": "policy",
    "text_kk": "Мектептегі тұрақсыздық жылына 10 %-дан аспайды.",
    "text_ru": "Текучесть в школе не превышает 10 % в год.",
    "text_en": "Turnover at a school does not exceed 10 % a year.",
    "citation_kk": "Бұйрық № 12",
    "citation_ru": "Приказ № 12",
    "citation_en": "Order No. 12",
    "link": "https://adilet.zan.kz/rus/docs/X",
}
LOWER = {"level": "school", "threshold_percent": 10.0}


def regulator(**more: Any) -> Any:
    """Somebody who acts for the whole country, or with `region_id` for one of its regions."""
    return MembershipFactory(role=Role.REGULATOR, **more)


def paragraph() -> Paragraph:
    return Paragraph.objects.get(code="school-guards")


def clause(number: str = "1") -> Clause:
    return Clause.objects.get(paragraph__code="school-guards", number=number)


def begin(by: Any, day: date = EFFECTIVE) -> Draft:
    return drafting.begin_draft(paragraph=paragraph(), effective_from=day, why="Fewer new faces", by=by)


def lower(draft: Draft, by: Any, number: str = "1", **changed: Any) -> ClauseVersion:
    """The clause on turnover with a lower limit."""
    written: dict[str, Any] = {"rule": "turnover_limit", "parameters": LOWER, "words": SAYS} | changed
    return drafting.write_clause(draft=draft, number=number, by=by, **written)


def rehearse(draft: Draft, by: Any) -> None:
    """As if the country had been judged by the draft as it now reads."""
    Rehearsal.objects.create(
        draft=draft, day=DAY, digest=draft.digest, state=Rehearsal.State.DONE, asked_by=by, engine="1"
    )


def handed_over(by: Any, day: date = EFFECTIVE, limit: float = 10.0) -> Draft:
    """A draft with a lower limit that waits for a second person."""
    draft = begin(by, day)
    lower(draft, by, parameters=LOWER | {"threshold_percent": limit})
    rehearse(draft, by)
    return publishing.hand_over(draft=draft, by=by)


def published(day: date = EFFECTIVE, limit: float = 10.0) -> Draft:
    """A lower limit that comes into force on a day."""
    return publishing.publish(draft=handed_over(regulator(), day, limit), by=regulator())
