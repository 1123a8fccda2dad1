"""The law as everybody reads it: by the day, clause by clause, version beside version."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.roles import Role
from compliance import drafting, publishing
from compliance.models import ClauseVersion
from desks.clauses import compare, law
from tests.compliance.editions import EFFECTIVE, LOWER, SAYS, begin, clause, lower, published, regulator, rehearse
from tests.compliance.registers import DAY, noon
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PARAGRAPHS = reverse("law:paragraphs")
CLAUSE = reverse("law:clause", args=["school-guards", "1"])


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller:
        yield traveller


def enter(client: Client, by: Any = None, language: str = "en") -> Client:
    visitor: Any = by or MembershipFactory()
    client.force_login(visitor.user)
    client.cookies["django_language"] = language
    return client


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_everybody_who_is_judged_by_it_reads_the_law(client: Client, role: Role) -> None:
    enter(client, MembershipFactory(role=role))
    page = text_of(client, PARAGRAPHS)
    assert "26 clauses are in force" in page
    assert "Policy, not law" in page and "adilet.zan.kz" in page
    assert "50\N{NO-BREAK SPACE}% a year" in page


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("kk", "терезедегі күзетшілердің тұрақсыздығы шектен аспайды"),
        ("ru", "Текучесть охранников за окно не превышает предела"),
        ("en", "Turnover of guards over the window does not exceed the limit"),
    ],
)
def test_a_clause_says_what_is_checked_whatever_its_words(client: Client, language: str, says: str) -> None:
    enter(client, language=language)
    assert says in text_of(client, CLAUSE)


@pytest.mark.parametrize(("language", "says"), [("kk", "жылына 50 %-дан аспайды"), ("ru", "не превышает 50 % в год")])
def test_the_law_is_read_in_the_language_of_the_reader(client: Client, language: str, says: str) -> None:
    enter(client, language=language)
    assert says in text_of(client, PARAGRAPHS)
    assert says in text_of(client, CLAUSE)


def test_a_day_can_be_chosen(client: Client) -> None:
    enter(client)
    page = text_of(client, f"{PARAGRAPHS}?on=01.01.2010")
    assert "As it read on 1\N{NO-BREAK SPACE}January 2010" in page and "Paragraph on security agencies" not in page
    assert "Type a day as day, month and year" in text_of(client, f"{PARAGRAPHS}?on=yesterday")


def test_what_is_to_come_says_when(client: Client) -> None:
    published(DAY + timedelta(days=37))
    enter(client)
    page = text_of(client, PARAGRAPHS)
    assert "To come" in page and "01.01.2027" in page and "in 37 days" in page
    assert "another version from 01.01.2027" in page
    assert "Comes into force in 37 days" in text_of(client, CLAUSE)


def test_versions_are_numbered_and_say_who_drafted_and_who_published(
    client: Client, clock: time_machine.Traveller
) -> None:
    draft = published()
    clock.move_to(noon(EFFECTIVE))
    enter(client)
    page = text_of(client, CLAUSE)
    assert "Version 2, from 26.11.2026" in page and "Came with the product." in page
    assert draft.drafted_by and f"Drafted by {draft.drafted_by.get_full_name()}" in page
    assert "No longer in force" in page


def test_only_what_differs_is_marked(client: Client) -> None:
    published()
    enter(client)
    page = text_of(client, CLAUSE)
    assert "<del>50\N{NO-BREAK SPACE}% a year</del>" in page and "<ins>10\N{NO-BREAK SPACE}% a year</ins>" in page
    assert "1 of 8 conditions is changed." in page
    assert page.count("as before") >= 7
    assert "Choose two versions that are not the same." in text_of(client, f"{CLAUSE}?first=1&second=1")


def test_a_repealed_clause_is_shown_as_such(client: Client, clock: time_machine.Traveller) -> None:
    author = regulator()
    draft = begin(author)
    drafting.repeal_clause(draft=draft, number="1", words=SAYS, by=author)
    rehearse(draft, author)
    publishing.publish(draft=publishing.hand_over(draft=draft, by=author), by=regulator())
    clock.move_to(noon(EFFECTIVE))
    enter(client)
    assert "The clause is repealed" in text_of(client, CLAUSE)
    assert "repealed from 26.11.2026" in text_of(client, PARAGRAPHS)


def test_a_clause_that_never_was_law_has_no_page(client: Client) -> None:
    author = regulator()
    drafting.write_clause(
        draft=begin(author), number="10", rule="measurable", parameters={}, words=SAYS, is_new=True, by=author
    )
    enter(client)
    assert client.get(reverse("law:clause", args=["school-guards", "10"])).status_code == 404
    assert client.get(reverse("law:clause", args=["school-guards", "99"])).status_code == 404


def test_drafts_are_named_to_regulators_alone(client: Client) -> None:
    author = regulator()
    lower(begin(author), author)
    says = "A draft would change this clause"
    assert says not in text_of(enter(client), CLAUSE)
    assert says in text_of(enter(client, regulator(region_id="35")), CLAUSE)
    assert "Draft a change" not in text_of(client, CLAUSE)
    assert "Draft a change" in text_of(enter(client, author), CLAUSE)


def test_more_versions_take_no_more_queries(client: Client) -> None:
    enter(client)

    def queries(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    few = [queries(url) for url in (PARAGRAPHS, CLAUSE)]
    for number in range(1, 6):
        published(DAY + timedelta(days=number), limit=10.0 + number)
    assert [queries(url) for url in (PARAGRAPHS, CLAUSE)] == few


# What differs, in words


def pair(before: dict[str, Any], after: dict[str, Any], **words: str) -> Any:
    one, other = (
        ClauseVersion(clause=clause(), rule="turnover_limit", effective_from=DAY, parameters=each, **SAYS)
        for each in (before, after)
    )
    for name, value in words.items():
        setattr(other, name, value)
    return compare(clause(), one, other)


def said(parts: Any) -> str:
    marks = {"gone": "-", "new": "+"}
    return "".join(f"{marks.get(part.kind, '')}{part.text}" for part in parts)


def test_a_value_left_to_the_rule_is_the_same_as_the_value_itself() -> None:
    change = pair({"level": "school"}, {"level": "school", "threshold_percent": 50.0, "min_left": 2})
    assert change.counted == "No condition is changed."


def test_reasons_that_go_are_struck_and_told() -> None:
    usual = ["illness", "parental_leave", "military_service", "retired", "died", "licence_delay"]
    change = pair(LOWER, LOWER | {"excused": usual})
    (line,) = [one for one in change.conditions if one.changed]
    assert said(line.before).startswith("-at the school's request, illness")
    assert said(line.after) == "as before, but +counted: at the school's request"


def test_a_text_is_compared_word_by_word() -> None:
    change = pair(LOWER, LOWER, text_en="Turnover at a school does not exceed 5 % a year.")
    (line,) = [one for one in change.words if one.changed]
    assert said(line.before) == "Turnover at a school does not exceed -10 % a year."
    assert said(line.after) == "Turnover at a school does not exceed +5 % a year."


def test_clauses_are_in_the_order_of_their_numbers() -> None:
    author = regulator()
    draft = begin(author)
    for number in ("10", "9.1"):
        drafting.write_clause(
            draft=draft, number=number, rule="measurable", parameters={}, words=SAYS, is_new=True, by=author
        )
    rehearse(draft, author)
    publishing.publish(draft=publishing.hand_over(draft=draft, by=author), by=regulator())
    first = law(date(2027, 1, 1), DAY).paragraphs[0]
    assert [text.clause.number for text in first.clauses][-3:] == ["9", "9.1", "10"]
