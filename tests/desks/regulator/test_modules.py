"""The catalogue of training modules, as the authorised body keeps it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guards.models import Module
from tests.desks.country import OWN, Country
from tests.factories import ModuleFactory, RequirementFactory
from tests.languages.left_overs import left_overs

URL, ADD = "/regulator/modules/", "/regulator/modules/add/"
NEW = {
    "title_kk": "Өрт", "title_ru": "Пожар", "title_en": "Fire", "scope": "school", "hours": "3", "valid_months": "6",
}  # fmt: skip


def test_the_catalogue_counts_the_schools_that_ask(country: Country) -> None:
    module = RequirementFactory().module
    RequirementFactory(module=module)
    (row,) = country.enter().get(URL).context["modules"]
    assert (row, row.schools) == (module, 2)


def test_the_national_officer_adds_a_module(country: Country) -> None:
    page = country.enter().post(ADD, NEW, follow=True).content.decode()
    module = Module.objects.get()
    assert (module.code, module.valid_months, module.version) == ("fire", 6, 1)
    assert "The catalogue holds the module “Fire”." in page


def test_the_next_version_begins_with_the_words_of_the_one_before(country: Country) -> None:
    former = ModuleFactory(title_en="Fire safety")
    client = country.enter()
    assert "Fire safety" in client.get(f"{ADD}?of={former.code}").content.decode()
    client.post(f"{ADD}?of={former.code}", NEW)
    assert Module.objects.get(version=2).replaces == former
    assert client.get(f"{ADD}?of={former.code}").status_code == 404
    assert "There is a later version" in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title_kk": ""}, "Type the name in Kazakh."),
        ({"title_ru": ""}, "Type the name in Russian."),
        ({"hours": "two"}, "Type the hours: 2 or 1.5."),
    ],
)
def test_a_fault_stands_by_its_field(country: Country, changed: dict[str, Any], words: str) -> None:
    assert words in country.enter().post(ADD, NEW | changed).content.decode()
    assert not Module.objects.exists()


def test_a_regional_officer_reads_and_does_not_change(country: Country) -> None:
    ModuleFactory()
    client = country.enter(region=OWN)
    assert ADD not in client.get(URL).content.decode()
    assert "The national officer adds modules" in client.get(ADD).content.decode()
    client.post(ADD, NEW)
    assert Module.objects.count() == 1


def test_twenty_modules_take_as_many_queries_as_one(country: Country) -> None:
    client = country.enter()

    def queries() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as caught:
            client.get(URL)
        return len(caught)

    RequirementFactory()
    few = queries()
    for _ in range(19):
        RequirementFactory()
    assert queries() == few


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(country: Country, language: str) -> None:
    client = country.enter(language=language)
    pages = [client.get(URL), client.get(ADD), client.post(ADD, {})]
    former = ModuleFactory(code="1")
    ModuleFactory(code="2", replaces=ModuleFactory(code="3"), version=2)
    pages += [client.get(URL), client.get(f"{ADD}?of={former.code}")]
    pages += [country.enter(region=OWN, language=language).get(ADD)]
    assert [words for page in pages if (words := left_overs(page.content.decode(), language))] == []
