"""The matrix of guards and modules, its gaps, what the schools require, and certificates."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desks import training as taught
from guards.models import Module
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import ModuleFactory, RequirementFactory, TrainingRecordFactory
from tests.languages.left_overs import left_overs


def shown(desk: Any, **query: str) -> set[Any]:
    return set(desk.client.get(desk.url("training"), query).context["page"].rows)


def cells(desk: Any, guard: Any, **query: str) -> list[str]:
    rows = desk.client.get(desk.url("training"), query).context["page"].rows
    return [cell.words for row in rows if row == guard for cell in row.cells]


def asked(desk: Any, **options: Any) -> Any:
    """A school of the agency that asks for a module."""
    return RequirementFactory(school=desk.post().school, **options)


def stands_at(desk: Any, requirement: Any, **options: Any) -> Any:
    return desk.stands(desk.post(school=requirement.school), **options).guard


def completed(requirement: Any, guard: Any, left: int) -> Any:
    """The guard completed it so that it holds for so many days yet: the module of the factory lasts twelve months."""
    until = timezone.localdate() + timedelta(days=left)
    return TrainingRecordFactory(
        guard=guard, module=requirement.module, school=requirement.school, completed_on=until - timedelta(days=365)
    )


@pytest.mark.parametrize(
    ("left", "words", "days_left"),
    [
        (100, "Valid", ""),
        (60, "60 days or less", ", 60 days left"),
        (30, "30 days or less", ", 30 days left"),
        (7, "7 days or less", ", 7 days left"),
        (-1, "Expired", ", 1 day ago"),
    ],
)
def test_a_cell_says_how_long_the_module_holds(desk: Any, left: int, words: str, days_left: str) -> None:
    requirement = asked(desk)
    guard = stands_at(desk, requirement)
    record = completed(requirement, guard, left)
    assert cells(desk, guard) == [f"{words} · {record.valid_until:%d.%m.%Y}{days_left}"]


def test_what_is_asked_for_and_never_completed_is_missing(desk: Any) -> None:
    guard = stands_at(desk, asked(desk))
    assert cells(desk, guard) == ["Missing"]


def test_what_nobody_asks_of_a_guard_is_no_gap(desk: Any) -> None:
    asked(desk)
    free = desk.guard()
    assert cells(desk, free) == ["—"]


def test_training_for_another_school_does_not_count_here(desk: Any) -> None:
    requirement = asked(desk)
    guard = stands_at(desk, requirement)
    TrainingRecordFactory(guard=guard, module=requirement.module, completed_on=desk.today)
    assert cells(desk, guard) == ["Missing"]


def test_a_general_module_counts_wherever_it_was_taught(desk: Any) -> None:
    requirement = asked(desk, module=ModuleFactory(scope=Module.Scope.GENERAL, valid_months=None))
    guard = stands_at(desk, requirement)
    TrainingRecordFactory(guard=guard, module=requirement.module, school=None)
    assert cells(desk, guard) == ["Valid without an end"]


def test_of_two_schools_the_worse_one_is_named(desk: Any) -> None:
    first = asked(desk)
    second = RequirementFactory(school=desk.post().school, module=first.module)
    guard = stands_at(desk, first, last_day=desk.today)
    tomorrow = desk.today + timedelta(days=1)
    desk.proposal(desk.post(school=second.school), guard=guard, first_day=tomorrow)
    completed(first, guard, 200)
    assert cells(desk, guard) == [f"Missing · {second.school.name}"]


def test_whoever_is_proposed_to_a_school_is_asked_before_he_comes(desk: Any) -> None:
    requirement = asked(desk)
    guard = desk.proposal(desk.post(school=requirement.school)).guard
    assert shown(desk, state="gaps") == {guard}


def test_guards_are_found_by_gap_school_module_and_name(desk: Any) -> None:
    first, second = asked(desk), asked(desk)
    lacking, ending, fine = (stands_at(desk, first), stands_at(desk, second), stands_at(desk, second))
    completed(second, ending, 20)
    completed(second, fine, 200)
    assert shown(desk, state="gaps") == {lacking}
    assert shown(desk, state="ending") == {lacking, ending}
    assert shown(desk, state="ending", school=str(second.school.public_id)) == {ending}
    assert shown(desk, state="ending", module=first.module.code) == {lacking}
    assert shown(desk, q=fine.family_name) == {fine}


def test_a_school_narrows_the_columns_to_what_it_asks_for(desk: Any) -> None:
    first, second = asked(desk), asked(desk)
    modules = desk.client.get(desk.url("training"), {"school": str(second.school.public_id)}).context["modules"]
    assert modules == [second.module]
    assert desk.client.get(desk.url("training")).context["modules"] == [first.module, second.module]


def test_gaps_lead_to_the_plan_of_a_session(desk: Any) -> None:
    requirement = asked(desk)
    guard = stands_at(desk, requirement)
    page = desk.get("training")
    link = f"{desk.url('session_plan')}?module={requirement.module.code}&amp;school={requirement.school.public_id}"
    assert link in page
    plan = desk.client.get(desk.url("session_plan"), {
        "module": requirement.module.code, "school": str(requirement.school.public_id),
    })  # fmt: skip
    assert [(one.guard, ticked) for one, ticked in plan.context["step"].candidates] == [(guard, True)]


def test_gaps_of_another_agencys_guards_at_the_same_school_are_not_counted(desk: Any, other: Any) -> None:
    requirement = asked(desk)
    other.stands(other.post(school=requirement.school))
    assert desk.client.get(desk.url("training")).context["gaps"] == []


def test_an_empty_desk_says_what_will_appear(desk: Any) -> None:
    assert "Nobody is on your staff yet" in desk.get("training")
    desk.guard()
    assert "Your schools ask for no module" in desk.get("training")
    assert "No guard fits these filters" in desk.get("training", q="Nobody")


def test_the_matrix_is_exported_with_masked_numbers(desk: Any) -> None:
    requirement = asked(desk)
    guard = stands_at(desk, requirement)
    text = desk.client.get(desk.url("training"), {"format": "csv"}).getvalue().decode()
    assert guard.masked_iin in text
    assert guard.iin not in text
    assert "Missing" in text


@pytest.mark.parametrize("name", ["training", "training_requirements", "sessions"])
def test_the_list_alone_is_a_part_of_the_page(desk: Any, name: str) -> None:
    stands_at(desk, asked(desk))
    assert_fragment_equals_page(desk.client, desk.url(name))


@pytest.mark.parametrize("name", ["training", "training_requirements", "today"])
def test_twenty_take_as_many_queries_as_one(desk: Any, name: str) -> None:
    def add() -> None:
        requirement = asked(desk)
        guard = stands_at(desk, requirement)
        completed(requirement, guard, 20)
        RequirementFactory(school=requirement.school)

    add()
    few = desk.queries(name)
    for _ in range(19):
        add()
    assert desk.queries(name) == few


def test_requirements_say_since_when_and_what_the_school_wants(desk: Any) -> None:
    asked(desk, briefing="Запасной выход справа")
    asked(desk, first_day=desk.today + timedelta(days=5))
    RequirementFactory()
    page = desk.get("training_requirements")
    assert "Запасной выход справа" in page
    assert "since 01.01.2020" in page
    assert f"from {desk.today + timedelta(days=5):%d.%m.%Y}" in page
    assert len(desk.client.get(desk.url("training_requirements")).context["page"].rows) == 2


def test_the_catalogue_shows_the_latest_versions_alone(desk: Any) -> None:
    earlier = ModuleFactory(title_en="First version")
    ModuleFactory(title_en="Second version", replaces=earlier, version=2)
    page = desk.get("training_requirements")
    assert "Second version" in page
    assert "First version" not in page


def test_today_tells_of_training_that_runs_out(desk: Any) -> None:
    requirement = asked(desk)
    guard = stands_at(desk, requirement)
    completed(requirement, guard, 20)
    page = desk.get("today")
    assert "Training running out" in page
    assert "20 days left" in page


def test_the_certificate_is_a_document_of_ones_own_guards(desk: Any, other: Any) -> None:
    record = TrainingRecordFactory(guard=desk.guard(), completed_on=desk.today)
    address = f"/agency/training/certificates/{taught.token(record)}.pdf"
    answer = desk.client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert other.client.get(address).status_code == 404
    assert desk.client.get(f"/agency/training/certificates/{record.pk}~forged.pdf").status_code == 404


def test_the_guards_page_leads_to_the_certificate(desk: Any) -> None:
    record = TrainingRecordFactory(guard=desk.guard(), completed_on=desk.today)
    assert taught.token(record) in desk.get("guard", record.guard)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(desk: Any, language: str) -> None:
    desk.client.cookies["django_language"] = language
    empty = {name: left_overs(desk.get(name), language) for name in ("training", "training_requirements")}
    requirement = asked(desk, module=ModuleFactory(version=2), briefing="Абай")
    completed(requirement, stands_at(desk, requirement), 20)
    asked(desk, module=ModuleFactory(scope="general", valid_months=None), first_day=desk.today + timedelta(days=3))
    full = {name: left_overs(desk.get(name), language) for name in ("training", "training_requirements", "today")}
    assert [words for pages in (empty, full) for words in pages.values() if words] == []
