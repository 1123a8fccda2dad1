"""A version that was enacted stands as it is, in the database itself, on both engines."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from compliance import drafting, publishing
from compliance.models import ClauseVersion, Draft
from compliance.triggers import SAID, SENTENCE
from tests.compliance.editions import begin, lower, published, regulator
from tests.compliance.registers import DAY, noon

pytestmark = pytest.mark.django_db

SAYS_OTHERWISE = {
    "effective_from": date(2020, 1, 1),
    "rule": "",
    "parameters": {"level": "school", "threshold_percent": 90.0},
    "mark": "law",
    "text_kk": "Басқа",
    "citation_en": "Another order",
    "link": "https://adilet.zan.kz/rus/docs/Y",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller:
        yield traveller


def refused(work: Callable[[], Any]) -> None:
    before = list(ClauseVersion.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match=SENTENCE), transaction.atomic():
        work()
    assert list(ClauseVersion.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("field", SAYS_OTHERWISE)
def test_nothing_that_it_says_is_changed(field: str):
    enacted = ClauseVersion.objects.enacted().filter(clause__paragraph__code="school-guards")
    refused(lambda: enacted.update(**{field: SAYS_OTHERWISE[field]}))


def test_it_is_neither_saved_again_nor_deleted():
    version = ClauseVersion.objects.enacted().first()
    version.text_ru = "Иначе"
    refused(version.save)
    refused(lambda: ClauseVersion.objects.filter(pk=version.pk)._raw_delete("default"))


def test_every_column_is_kept_but_those_that_say_nothing_of_the_law():
    columns = {field.column for field in ClauseVersion._meta.concrete_fields}
    assert columns - set(SAID.split(", ")) == {"id", "seen", "revoked_at"}


def test_a_draft_does_not_become_law_by_itself():
    draft = begin(author := regulator())
    version = lower(draft, author)
    refused(lambda: ClauseVersion.objects.filter(pk=version.pk).update(draft=None))


def test_a_revocation_is_not_taken_back():
    draft = published()
    publishing.ask_to_revoke(draft=draft, reason="A wrong number", by=regulator())
    publishing.revoke(draft=draft, by=regulator())
    refused(lambda: ClauseVersion.objects.filter(published_from=draft).update(revoked_at=None))


def test_what_is_drafted_is_written_and_taken_out_as_before():
    draft = begin(author := regulator())
    lower(draft, author)
    assert lower(draft, author, parameters={"level": "school", "threshold_percent": 5.0}).pk
    drafting.change_draft(draft=draft, effective_from=date(2027, 1, 1), why="Later", by=author)
    drafting.drop_clause(draft=draft, number="1", by=author)
    assert not Draft.objects.get(pk=draft.pk).versions.exists()
