"""What the school asks for, and who has completed it."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from guards.models import Module
from tests.desks.school.conftest import queries_of
from tests.desks.school.test_door import text
from tests.factories import AssignmentFactory, ModuleFactory, RequirementFactory, TrainingRecordFactory, days
from tests.languages.left_overs import left_overs

URL = reverse("school:requirements")


def test_a_school_that_asks_for_nothing_says_so(desk: Client) -> None:
    assert "Your school asks for no module" in text(desk.get(URL))


def test_each_module_says_how_many_completed_it_and_each_guard_what_he_lacks(
    desk: Client, post: Any, school: Any, today: date
) -> None:
    module = RequirementFactory(school=school).module
    done, lacking = AssignmentFactory(post=post), AssignmentFactory(post=post)
    TrainingRecordFactory(guard=done.guard, school=school, module=module, completed_on=today)
    page = text(desk.get(URL))
    assert "Completed by 1 of 2" in page
    assert f"{done.guard.name} Main entrance Trained for this school" in page
    assert f"{lacking.guard.name} Main entrance Not trained here: Evacuation" in page


def test_training_that_has_run_out_is_lacking(desk: Client, post: Any, school: Any, today: date) -> None:
    module = RequirementFactory(school=school).module
    held = AssignmentFactory(post=post)
    TrainingRecordFactory(guard=held.guard, school=school, module=module, completed_on=today - days(400))
    assert "Completed by 0 of 1" in text(desk.get(URL))


def test_a_general_module_counts_wherever_it_was_taught(desk: Client, post: Any, school: Any, today: date) -> None:
    general = ModuleFactory(scope=Module.Scope.GENERAL, valid_months=None)
    RequirementFactory(school=school, module=general)
    held = AssignmentFactory(post=post)
    TrainingRecordFactory(guard=held.guard, module=general, school=None, completed_on=today - days(4000))
    assert "Completed by 1 of 1" in text(desk.get(URL))


def test_requirements_of_other_days_and_schools_are_not_shown(desk: Client, school: Any, today: date) -> None:
    RequirementFactory(school=school, last_day=today - days(1))
    RequirementFactory()
    assert "Your school asks for no module" in text(desk.get(URL))


def test_a_requirement_to_come_says_from_when(desk: Client, school: Any, today: date) -> None:
    first = today + days(1)
    RequirementFactory(school=school, first_day=first)
    assert f"Asked for from {first:%d.%m.%Y}" in text(desk.get(URL))


def test_a_school_without_guards_says_what_will_appear(desk: Client, school: Any) -> None:
    RequirementFactory(school=school)
    assert "No guard holds a post here today" in text(desk.get(URL))


def test_as_many_queries_for_twenty_guards_and_modules_as_for_one(desk: Client, post: Any, school: Any) -> None:
    def add() -> None:
        module = RequirementFactory(school=school).module
        TrainingRecordFactory(guard=AssignmentFactory(post=post).guard, school=school, module=module)

    add()
    for_one = queries_of(desk, URL)
    for _ in range(19):
        add()
    assert queries_of(desk, URL) == for_one


def test_the_page_is_all_kazakh(desk: Client, post: Any, school: Any) -> None:
    desk.cookies["django_language"] = "kk"
    post.name = "Бас кіреберіс"
    post.save()
    assert left_overs(desk.get(URL).content.decode(), "kk") == []
    RequirementFactory(school=school)
    AssignmentFactory(post=post)
    assert left_overs(desk.get(URL).content.decode(), "kk") == []
