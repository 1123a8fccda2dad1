"""Drawing up a draft: for a day to come, by regulators of the country, clause by clause."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import translation

from audit.models import Event
from compliance import drafting
from compliance.engine import versions_judged
from compliance.models import Clause, ClauseVersion, Draft
from guards.refusals import Refused
from tests.compliance.editions import EFFECTIVE, LOWER, SAYS, begin, clause, lower, paragraph, regulator
from tests.compliance.registers import DAY, noon
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(DAY), tick=False), translation.override("en"):
        yield


@pytest.fixture
def author() -> Any:
    return regulator()


@pytest.fixture
def draft(author: Any) -> Draft:
    return begin(author)


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)


def test_a_draft_is_begun_for_a_day_to_come_and_says_why(author: Any) -> None:
    first, second = begin(author), begin(author)
    assert (first.code, second.code) == ("school-guards-1", "school-guards-2")
    assert (first.state, first.effective_from, first.drafted_by) == ("drafting", EFFECTIVE, author.user)
    assert list(first.hands.all()) == [author.user]
    assert Event.objects.about(first).get().verb == "draft_begun"


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=1)])
def test_the_law_is_never_changed_for_days_that_have_begun(author: Any, day: Any) -> None:
    says = f"{day:%d.%m.%Y} is not in the future: the law is never changed for days that have begun."
    refused(lambda: begin(author, day), says, "effective_from")


def test_a_reason_is_needed(author: Any) -> None:
    refused(
        lambda: drafting.begin_draft(paragraph=paragraph(), effective_from=EFFECTIVE, why=" ", by=author),
        "Say why the law is to change: the second person reads it.",
        "why",
    )


def test_only_the_national_office_drafts(draft: Draft) -> None:
    says = "The law is one for the whole country: national officers draft and publish it."
    for by in (regulator(region_id="35"), MembershipFactory()):
        refused(partial(begin, by), says)
        refused(partial(lower, draft, by), says)


def test_a_clause_is_written_beside_the_one_in_force(draft: Draft, author: Any) -> None:
    version = lower(draft, author)
    assert (version.effective_from, version.parameters, version.text_en) == (EFFECTIVE, LOWER, SAYS["text_en"])
    assert version.seen == [clause().versions.get(draft=None).pk]
    assert ClauseVersion.objects.in_force(EFFECTIVE).get(clause=clause()).parameters["threshold_percent"] == 50.0


def test_the_draft_is_judged_in_the_place_of_the_clause(draft: Draft, author: Any) -> None:
    version = lower(draft, author)
    judged = versions_judged(DAY, draft)
    assert version in judged and len(judged) == len(versions_judged(DAY))


def test_writing_again_puts_the_later_words_in_the_place_of_the_earlier(draft: Draft, author: Any) -> None:
    lower(draft, author)
    another = regulator()
    lower(draft, another, parameters={"level": "school", "threshold_percent": 40.0})
    assert [one.parameters["threshold_percent"] for one in draft.versions.all()] == [40.0]
    assert set(draft.hands.all()) == {author.user, another.user}
    event = Event.objects.about(draft)[0]
    assert event.details["before"]["parameters"] == LOWER
    assert event.details["written"]["parameters"]["threshold_percent"] == 40.0


def test_a_clause_is_added_under_a_new_number(draft: Draft, author: Any) -> None:
    drafting.write_clause(
        draft=draft, number="10", rule="measurable", parameters={}, words=SAYS, is_new=True, by=author
    )
    assert draft.versions.get().clause == Clause.objects.get(paragraph=draft.paragraph, number="10")
    refused(
        lambda: lower(draft, author, "10", is_new=True), "The draft holds clause 10 already: change it there.", "number"
    )


@pytest.mark.parametrize(
    ("number", "is_new", "says"),
    [
        ("1", True, "Clause 1 stands already: change it."),
        ("99", False, "The paragraph has no clause 99."),
        ("a b", True, "Type the number of the clause: 12, 12.1 or 12-1."),
        ("", True, "Type the number of the clause: 12, 12.1 or 12-1."),
    ],
)
def test_a_clause_is_named_by_its_number(draft: Draft, author: Any, number: str, is_new: bool, says: str) -> None:
    refused(lambda: lower(draft, author, number, is_new=is_new), says, "number")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rule": "no_such_rule"}, "rule"),
        ({"parameters": LOWER | {"threshold_percent": -1}}, "threshold_percent"),
        ({"parameters": LOWER | {"threshold_percent": "much"}}, "threshold_percent"),
        ({"parameters": {}}, "level"),
        ({"parameters": LOWER | {"level": "country"}}, "level"),
        ({"parameters": LOWER | {"excused": ["boredom"]}}, "excused"),
        *(({"words": SAYS | {name: " "}}, name) for name in SAYS if name != "link"),
        ({"words": SAYS | {"link": "javascript:alert(1)"}}, "link"),
        ({"words": SAYS | {"mark": "hearsay"}}, "mark"),
        ({"words": SAYS | {"citation_ru": "Ы" * 301}}, "citation_ru"),
    ],
)
def test_what_does_not_fit_is_named_by_its_field(
    draft: Draft, author: Any, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        lower(draft, author, **changed)
    assert refusal.value.field == field
    assert not draft.versions.exists()


def test_a_clause_is_repealed_by_an_empty_version_with_a_citation(draft: Draft, author: Any) -> None:
    drafting.repeal_clause(draft=draft, number="2", words=SAYS, by=author)
    version = draft.versions.get()
    assert (version.rule, version.parameters, version.text_ru, version.mark) == ("", {}, "", "")
    assert version.citation_ru == SAYS["citation_ru"]
    assert clause("2") not in {one.clause for one in versions_judged(DAY, draft)}
    refused(
        lambda: drafting.repeal_clause(draft=draft, number="3", words={}, by=author),
        "This is needed, in each language: the law is read in all three.",
        "citation_kk",
    )


def test_a_clause_is_taken_out_again_and_the_trail_keeps_it(draft: Draft, author: Any) -> None:
    lower(draft, author)
    drafting.drop_clause(draft=draft, number="1", by=author)
    assert not draft.versions.exists()
    assert Event.objects.about(draft)[0].details["before"]["parameters"] == LOWER
    refused(lambda: drafting.drop_clause(draft=draft, number="1", by=author), "The draft does not speak of clause 1.")


def test_another_day_moves_all_clauses(draft: Draft, author: Any) -> None:
    lower(draft, author)
    later = EFFECTIVE + timedelta(days=30)
    drafting.change_draft(draft=draft, effective_from=later, why="Time to prepare", by=author)
    draft.refresh_from_db()
    assert (draft.effective_from, draft.why, draft.versions.get().effective_from) == (later, "Time to prepare", later)


def test_the_digest_follows_what_is_judged_and_nothing_else(draft: Draft, author: Any) -> None:
    lower(draft, author)
    first = draft.digest
    lower(draft, author, words=SAYS | {"text_ru": "Текучесть в школе — не больше 10 % в год."})
    assert draft.digest == first
    lower(draft, author, parameters=LOWER | {"min_left": 3})
    assert draft.digest != first


def test_a_draft_that_is_given_up_stays_and_is_not_written_in(draft: Draft, author: Any) -> None:
    refused(
        lambda: drafting.withdraw_draft(draft=draft, reason="", by=author),
        "Say why the draft is withdrawn.",
        "reason",
    )
    drafting.withdraw_draft(draft=draft, reason="Not now", by=author)
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    refused(
        lambda: lower(draft, author),
        "This draft is no longer being drafted: open it again to see what became of it.",
    )


def test_a_draft_that_was_read_from_a_file_is_not_written_in(author: Any) -> None:
    filed = Draft.objects.create(code="from-a-file", paragraph=paragraph())
    refused(lambda: lower(filed, author), "This draft was read from a file: begin one of your own to change the law.")


def test_drafts_are_known_to_regulators_alone(draft: Draft, author: Any) -> None:
    assert list(Draft.objects.visible_to(author)) == list(Draft.objects.visible_to(regulator(region_id="35")))
    assert not Draft.objects.visible_to(MembershipFactory()).exists()
    assert not Draft.objects.visible_to(None).exists()
