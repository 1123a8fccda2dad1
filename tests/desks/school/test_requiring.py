"""A director asks for a module, says what is special at the school, and asks for it no more."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guards.models import Requirement
from tests.desks.school.test_door import text
from tests.factories import ModuleFactory, RequirementFactory, days
from tests.languages.left_overs import left_overs

LIST = reverse("school:requirements")
ASK = reverse("school:require")


def address(name: str, requirement: Requirement) -> str:
    return reverse(f"school:{name}", args=[requirement.module.code])


def test_a_module_of_the_catalogue_is_asked_for_from_a_day(desk: Client, school: Any, today: date) -> None:
    module = ModuleFactory()
    first = today + days(7)
    sent = {"module": module.code, "first_day": f"{first:%d.%m.%Y}", "briefing": "Запасной выход справа"}
    page = text(desk.post(ASK, sent, follow=True))
    made = Requirement.objects.get()
    assert (made.school, made.module, made.first_day) == (school, module, first)
    assert "Запасной выход справа" in page
    assert f"Asked for from {first:%d.%m.%Y}" in page


def test_the_catalogue_offers_what_is_current_and_not_asked_for_yet(desk: Client, school: Any) -> None:
    asked = RequirementFactory(school=school).module
    earlier, other = ModuleFactory(), ModuleFactory()
    later = ModuleFactory(replaces=earlier, version=2)
    offered = set(desk.get(ASK).context["form"].fields["module"].queryset)
    assert offered == {other, later}
    assert asked not in offered


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"module": ""}, "Choose a module."),
        ({"module": "nothing"}, "Choose a module."),
        ({"first_day": ""}, "Type the first day."),
        ({"first_day": "01.01.2020"}, "A school asks for a module from today on, or from a later day."),
    ],
)
def test_a_fault_stands_by_its_field(desk: Client, today: date, changed: dict[str, str], words: str) -> None:
    sent = {"module": ModuleFactory().code, "first_day": f"{today:%d.%m.%Y}", "briefing": "Выход справа"} | changed
    page = text(desk.post(ASK, sent))
    assert words in page
    assert "Выход справа" in page
    assert not Requirement.objects.exists()


def test_a_later_version_is_offered_in_the_place_of_the_one_asked_for(desk: Client, school: Any, today: date) -> None:
    requirement = RequirementFactory(school=school)
    later = ModuleFactory(replaces=requirement.module, version=2)
    page = desk.get(LIST).content.decode()
    assert f"{ASK}?module={later.code}" in page
    desk.post(ASK, {"module": later.code, "first_day": f"{today + days(1):%d.%m.%Y}", "briefing": ""})
    requirement.refresh_from_db()
    assert requirement.last_day == today


def test_the_words_are_changed(desk: Client, school: Any) -> None:
    requirement = RequirementFactory(school=school, briefing="Прежние слова")
    assert "Прежние слова" in text(desk.get(address("requirement_words", requirement)))
    page = text(desk.post(address("requirement_words", requirement), {"briefing": "Новые слова"}, follow=True))
    assert "Новые слова" in page
    assert "Прежние слова" not in page


def test_a_requirement_ends_after_asking_once(desk: Client, school: Any, today: date) -> None:
    requirement = RequirementFactory(school=school)
    url = address("requirement_end", requirement)
    assert "Ask for “Evacuation” no more?" in text(desk.get(url))
    assert "The last day is" in text(desk.post(url, {"last_day": "01.01.2021"}))
    page = text(desk.post(url, {"last_day": f"{today:%d.%m.%Y}"}, follow=True))
    requirement.refresh_from_db()
    assert requirement.last_day == today
    assert f"until {today:%d.%m.%Y}" in page


def test_what_the_school_does_not_ask_for_has_no_page(desk: Client) -> None:
    strange = RequirementFactory()
    assert desk.get(address("requirement_words", strange)).status_code == 404
    assert desk.post(address("requirement_end", strange), {"last_day": "31.12.2035"}).status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(desk: Client, school: Any, language: str, today: date) -> None:
    desk.cookies["django_language"] = language
    pages = [desk.get(ASK)]
    requirement = RequirementFactory(school=school, briefing="Абай", module=ModuleFactory(version=2))
    RequirementFactory(school=school, first_day=today + days(3), last_day=today + days(9))
    ModuleFactory(replaces=requirement.module, version=3)
    pages += [desk.get(LIST), desk.get(ASK), desk.post(ASK, {})]
    pages += [desk.get(address(name, requirement)) for name in ("requirement_words", "requirement_end")]
    assert [words for page in pages if (words := left_overs(page.content.decode(), language))] == []
