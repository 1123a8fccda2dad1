"""Proofs of continuity, of vacant posts and of claims that differ: rows that add up to the lines above them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from compliance.findings import evaluate
from compliance.models import Finding
from desks import proof
from guards.models import Assignment
from schools.models import Post
from tests.desks.country import TODAY, Country, before
from tests.factories import AssignmentFactory, PostFactory, PresenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def number(text: str) -> int:
    return int(text.replace("\N{NO-BREAK SPACE}", ""))


@pytest.fixture
def fleeting(country: Country) -> Finding:
    """A school where one guard stood all year and eight others for six weeks each."""
    school = country.school(leaves=0)
    post = school.posts.get()
    for turn in range(8):
        first = before(364 - 45 * turn)
        AssignmentFactory(post=post, left=True, first_day=first, last_day=first + timedelta(days=43))
    country.judge()
    return country.finding("continuity_floor")


def test_the_days_of_the_spells_add_up_to_those_of_the_finding(fleeting: Finding) -> None:
    told = proof.proof(fleeting)
    table = told.tables[0]
    days = [[number(cell.text) for cell in row[-2:]] for row in table.rows]
    assert [sum(column) for column in zip(*days, strict=True)] == [
        fleeting.evidence["person_days"],
        fleeting.evidence["seasoned_days"],
    ]
    assert [number(cell.text) for cell in table.total[-2:]] == [sum(column) for column in zip(*days, strict=True)]
    assert [row[3] for row in texts(table)].count("still serving") == 1
    assert {tuple(row) for row in days[1:]} == {(44, 0)} and len(days) == 9
    assert number(table.note) == 9


def test_a_ribbon_shows_who_stood_in_the_window(fleeting: Finding) -> None:
    ribbon = proof.proof(fleeting).ribbon
    assert ribbon and len(ribbon.bars) == 9


@pytest.fixture
def vacant(country: Country) -> Finding:
    """A post of two positions that one guard held, and another one for ten days."""
    school = country.school(leaves=0)
    post = PostFactory(school=school, positions=2, name="Артқы қақпа")
    agency = school.contracts.get().agency
    held: Any = AssignmentFactory(post=post, agency=agency, first_day=before(200))
    AssignmentFactory(post=post, left=True, first_day=before(60), last_day=before(51))
    country.judge()
    finding = country.finding("post_covered", evidence__post=post.code)
    assert {row["assignment_id"] for row in finding.evidence["rows"]} > {held.code}
    return finding


def test_a_vacant_post_is_drawn_with_those_who_held_it(vacant: Finding) -> None:
    Post.objects.update(positions=5)
    told = proof.proof(vacant)
    assert told.ribbon and len(told.ribbon.bars) == 2 and told.ribbon.gaps
    assert len(told.ribbon.lanes) == 2
    assert [str(table.title) for table in told.tables] == [
        "Assignments",
        "Contracts of guarding",
        "Posts",
        "Open days by the calendar",
    ]


def test_a_guard_of_another_agency_is_drawn_and_listed_without_a_name(vacant: Finding) -> None:
    other = Assignment.objects.exclude(agency=vacant.agency).select_related("guard").get(post__name="Артқы қақпа")
    told = proof.proof(vacant)
    assert told.ribbon
    said = str([texts(table) for table in told.tables]) + str(told.ribbon)
    assert other.guard.family_name not in said
    assert "a guard of another agency" in said


def test_a_post_that_nobody_held_is_drawn_empty(country: Country) -> None:
    post = PostFactory(school=country.school(leaves=0), positions=1)
    country.judge()
    told = proof.proof(country.finding("post_covered", evidence__post=post.code))
    assert told.ribbon and not told.ribbon.bars and told.ribbon.gaps
    assert str(told.tables[0].title) == "Contracts of guarding"


@pytest.fixture
def contradicted(country: Country) -> Finding:
    """Forty shifts of two guards; the school saw somebody else on four of the second one's."""
    post = country.school(leaves=0).posts.get()
    first = Assignment.objects.get(post=post)
    second: Any = AssignmentFactory(post=post, agency=first.agency, first_day=before(100))
    for guard, refused in ((first.guard, 0), (second.guard, 4)):
        for days in range(20):
            answer = "other_person" if days < refused else "present"
            PresenceFactory(guard=guard, post=post, on=before(days), school_confirmation=answer)
    evaluate(TODAY)
    return country.finding("presence_agrees")


def test_the_shifts_that_the_school_saw_otherwise_stand_one_by_one_and_all_of_them_by_guard(
    contradicted: Finding,
) -> None:
    tables = proof.proof(contradicted).tables
    assert [(str(table.title), table.note) for table in tables] == [
        ("Shifts on which the school said otherwise", "4"),
        ("Shifts that both sides spoke of", "40"),
        ("Assignments", "2"),
    ]
    assert [row[0] for row in texts(tables[0])] == [f"{before(days):%d.%m.%Y}" for days in (3, 2, 1, 0)]
    assert {row[3] for row in texts(tables[0])} == {"Another person"}
    assert [row[2:] for row in texts(tables[1])] == [["20", "4"], ["20", "0"]]
    assert [cell.text for cell in tables[1].total[2:]] == ["40", "4"]


def test_the_file_has_every_shift(contradicted: Finding) -> None:
    columns, records = proof.rows(contradicted)
    kinds = [record[columns.index("record")] for record in records]
    assert (kinds.count("finding"), kinds.count("shifts"), kinds.count("rows")) == (1, 40, 2)
