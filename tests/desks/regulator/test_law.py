"""The regulator drafts on screen: forms that come back filled, what stands in the way, and two people."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.models import ClauseVersion, Draft
from tests.compliance.editions import (
    EFFECTIVE,
    LOWER,
    SAYS,
    begin,
    clause,
    handed_over,
    lower,
    published,
    regulator,
    rehearse,
)
from tests.compliance.registers import DAY, noon

pytestmark = pytest.mark.django_db
URL = reverse("regulator:paragraph")
BEGIN = reverse("regulator:draft_begin")
TYPED = {
    "level": "school",
    "threshold_percent": "40",
    "min_left": "2",
    "confidence": "95",
    "window_days": "365",
    "gap_open_days": "30",
    "seasoned_days": "90",
    "excused_mode": "usual",
    **SAYS,
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller:
        yield traveller


def enter(client: Client, by: Any, language: str = "en") -> Client:
    client.force_login(by.user)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def author(client: Client) -> Any:
    by = regulator()
    enter(client, by)
    return by


def page(name: str, draft: Draft, *more: str) -> str:
    return reverse(f"regulator:{name}", args=[draft.public_id, *more])


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_paragraph_stands_with_its_drafts(client: Client, author: Any) -> None:
    draft = begin(author)
    lower(draft, author)
    text = text_of(client, URL)
    assert "26 clauses are in force" in text and "Begin a draft" in text
    assert page("draft", draft) in text and "Being drafted" in text
    assert 'aria-current="page"' in text


def test_a_draft_is_begun_and_its_clause_written(client: Client, author: Any) -> None:
    typed = {"effective_from": "26.11.2026", "why": "Fewer new faces"}
    answer = client.post(f"{BEGIN}?paragraph=school-guards&clause=1", typed)
    draft = Draft.objects.get()
    assert (draft.drafted_by, draft.effective_from) == (author.user, EFFECTIVE)
    assert answer["Location"] == page("draft_clause", draft, "1")
    form = text_of(client, answer["Location"])
    assert 'value="50"' in form and "if two or more have left" in form
    assert client.post(answer["Location"], TYPED)["Location"] == f"{page('draft', draft)}#clause-1"
    assert draft.versions.get().parameters["threshold_percent"] == 40.0
    shown = text_of(client, page("draft", draft))
    assert "<ins>40\N{NO-BREAK SPACE}% a year</ins>" in shown and "1 of 8 conditions is changed." in shown
    assert "Clause 1 was written" in shown


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Type the day from which it is to be in force."),
        ({"effective_from": "25.11.2026", "why": "So"}, "25.11.2026 is not in the future"),
        ({"effective_from": "31.11.2026", "why": "So"}, "Type a day as day, month and year"),
    ],
)
def test_what_is_amiss_with_the_day_is_said_and_what_was_typed_comes_back(
    client: Client, author: Any, typed: dict[str, str], says: str
) -> None:
    text = client.post(BEGIN, typed).content.decode()
    assert says in text and typed.get("effective_from", "") in text
    assert not Draft.objects.exists()


def test_a_form_with_faults_comes_back_as_it_was_typed(client: Client, author: Any) -> None:
    draft = begin(author)
    wrong = TYPED | {"threshold_percent": "much", "text_kk": "", "link": "nowhere at all"}
    text = client.post(page("draft_clause", draft, "1"), wrong).content.decode()
    assert "Type a number from 0 to 1000." in text and 'value="much"' in text
    assert "This is needed, in each language" in text and "Type an address" in text
    assert not draft.versions.exists()


def test_a_refusal_of_the_rule_stands_by_its_field(client: Client, author: Any, monkeypatch: Any) -> None:
    # What the form lets through and the rule does not.
    draft = begin(author)
    monkeypatch.setattr("desks.regulator.law_forms.ClauseForm.parameters", lambda form: LOWER | {"min_left": 0})
    text = client.post(page("draft_clause", draft, "1"), TYPED).content.decode()
    assert 'id="id_min_left_error"' in text and "does not take this value" in text


def test_a_clause_is_added_by_its_number_and_rule(client: Client, author: Any) -> None:
    draft = begin(author)
    add = page("draft_add", draft)
    assert "Clause 1 stands already" in client.post(add, {"number": "1", "rule": "measurable"}).content.decode()
    checks = "Turnover of guards over the window does not exceed the limit"
    assert checks in text_of(client, add)
    next_page = client.post(add, {"number": "10", "rule": "turnover_limit"})["Location"]
    assert next_page == f"{page('draft_clause', draft, '10')}?rule=turnover_limit"
    assert checks in text_of(client, next_page)
    client.post(next_page, TYPED | {"level": "agency"})
    assert draft.versions.get().clause.number == "10"
    assert "A new clause" in text_of(client, page("draft", draft))
    assert client.get(f"{page('draft_clause', draft, '11')}?rule=unheard_of").status_code == 404
    assert client.get(page("draft_clause", draft, "11")).status_code == 404


def test_a_clause_is_repealed_and_taken_out_again(client: Client, author: Any) -> None:
    draft = begin(author)
    repeal = page("draft_repeal", draft, "2")
    assert "This is needed, in each language" in client.post(repeal, {}).content.decode()
    client.post(repeal, SAYS)
    assert "The clause is to end" in text_of(client, page("draft", draft))
    client.post(page("draft_mark", draft, "2", "drop"))
    assert not draft.versions.exists()
    assert "does not speak of clause 2" in client.post(page("draft_mark", draft, "2", "drop")).content.decode()


def test_the_page_says_what_stands_in_the_way(client: Client, author: Any) -> None:
    draft = begin(author)
    assert "The draft changes no clause yet." in text_of(client, page("draft", draft))
    lower(draft, author)
    text = text_of(client, page("draft", draft))
    assert "Rehearse the whole country by the draft" in text
    assert page("draft_step", draft, "hand-over") not in text
    rehearse(draft, author)
    assert page("draft_step", draft, "hand-over") in text_of(client, page("draft", draft))


def test_another_publication_asks_for_a_look(client: Client, author: Any) -> None:
    draft = begin(author, EFFECTIVE.replace(month=12))
    lower(draft, author, parameters=LOWER | {"threshold_percent": 5.0})
    published()
    look = page("draft_mark", draft, "1", "look")
    text = text_of(client, page("draft", draft))
    assert "changed by another publication" in text and look in text
    assert client.post(look)["Location"] == page("draft", draft)
    assert "changed by another publication" not in text_of(client, page("draft", draft))


def test_one_hands_over_and_another_publishes(client: Client, author: Any) -> None:
    draft = begin(author)
    lower(draft, author)
    step = page("draft_step", draft, "hand-over")
    assert "Rehearse the whole country" in client.post(step).content.decode()
    rehearse(draft, author)
    assert "Hand this draft over" in text_of(client, step)
    assert client.post(step)["Location"] == page("draft", draft)
    # Whoever wrote it is not offered to publish it, and is refused.
    publish = page("draft_step", draft, "publish")
    assert publish not in text_of(client, page("draft", draft))
    assert "You had a hand in this draft" in client.post(publish).content.decode()

    enter(client, regulator())
    assert '<span class="count">1</span>' in text_of(client, URL)
    assert publish in text_of(client, page("draft", draft))
    client.post(publish)
    law = ClauseVersion.objects.get(published_from=draft)
    assert (law.effective_from, law.parameters) == (EFFECTIVE, LOWER)
    text = text_of(client, page("draft", draft))
    assert "Published by" in text and "1 clause reads otherwise" in text and "would read" not in text
    assert "To come" in text_of(client, URL)


def test_the_second_person_gives_it_back_with_a_reason(client: Client, author: Any) -> None:
    draft = handed_over(author)
    enter(client, regulator())
    step = page("draft_step", draft, "return")
    assert "Say why" in client.post(step, {}).content.decode()
    client.post(step, {"reason": "Too low"})
    assert "Too low" in text_of(client, page("draft", draft))
    draft.refresh_from_db()
    assert draft.state == "drafting"


def test_a_publication_is_revoked_by_another_than_who_asked(client: Client, author: Any) -> None:
    draft = published()
    client.post(page("draft_step", draft, "ask-to-revoke"), {"reason": "A wrong number"})
    revoke = page("draft_step", draft, "revoke")
    text = text_of(client, page("draft", draft))
    assert "A wrong number" in text and revoke not in text
    assert "You asked for it" in client.post(revoke).content.decode()
    enter(client, regulator())
    client.post(revoke)
    assert not ClauseVersion.objects.in_force(EFFECTIVE).filter(published_from=draft).exists()
    text = text_of(client, page("draft", draft))
    assert "Revoked before its day" in text and "1 clause was to read otherwise" in text


def test_a_draft_is_given_another_day_or_withdrawn(client: Client, author: Any) -> None:
    draft = begin(author)
    edit = page("draft_edit", draft)
    assert "26.11.2026" in text_of(client, edit)
    client.post(edit, {"effective_from": "01.01.2027", "why": "Time to prepare"})
    assert "1\N{NO-BREAK SPACE}January 2027" in text_of(client, page("draft", draft))
    client.post(page("draft_step", draft, "withdraw"), {"reason": "Not now"})
    assert "Withdrawn" in text_of(client, URL)
    assert client.get(page("draft_step", draft, "burn")).status_code == 404


def test_an_officer_of_a_region_reads_and_does_not_write(client: Client, author: Any) -> None:
    draft = begin(author)
    lower(draft, author)
    enter(client, regulator(region_id="35"))
    assert "Begin a draft" not in text_of(client, URL)
    assert page("draft_edit", draft) not in text_of(client, page("draft", draft))
    for name, *more in (("draft_edit",), ("draft_add",), ("draft_clause", "1"), ("draft_repeal", "1")):
        assert "The national office drafts" in text_of(client, page(name, draft, *more))
    assert "The national office drafts" in text_of(client, BEGIN)
    client.post(page("draft_clause", draft, "1"), TYPED)
    says = "national officers draft and publish it"
    assert says in client.post(page("draft_mark", draft, "1", "drop")).content.decode()
    assert draft.versions.get().parameters == LOWER


def test_a_draft_read_from_a_file_is_read(client: Client, author: Any) -> None:
    filed = Draft.objects.create(code="from-a-file", paragraph=clause().paragraph)
    ClauseVersion.objects.create(
        clause=clause(), draft=filed, effective_from=EFFECTIVE, rule="turnover_limit", parameters=LOWER, mark="policy"
    )
    assert "read from a file" in text_of(client, URL)
    text = text_of(client, page("draft", filed))
    assert "never becomes law" in text and page("draft_edit", filed) not in text
    assert client.get(page("draft_edit", filed)).status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_speaks_the_language_of_the_reader(client: Client, author: Any, language: str) -> None:
    draft = begin(author)
    lower(draft, author)
    enter(client, author, language)
    pages = [URL, BEGIN, page("draft", draft), page("draft_add", draft), page("draft_step", draft, "withdraw")]
    pages += [page("draft_edit", draft), page("draft_clause", draft, "1"), page("draft_repeal", draft, "2")]
    for url in pages:
        text = text_of(client, url)
        assert ("Go back" in text or "Draft" in text) == (language == "en"), url


def test_more_drafts_and_clauses_take_no_more_queries(client: Client, author: Any) -> None:
    draft = begin(author)
    lower(draft, author)

    def queries(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    few = [queries(url) for url in (URL, page("draft", draft))]
    for number in "23":
        lower(draft, author, number, parameters=LOWER | {"level": "agency"})
    for _ in range(4):
        lower(begin(author), author)
    assert [queries(url) for url in (URL, page("draft", draft))] == few
