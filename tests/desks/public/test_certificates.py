"""Anyone verifies a training certificate; nobody learns from it who guards what."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desks import training
from guards.models import Module
from tests.factories import (
    EmploymentFactory,
    GuardFactory,
    ModuleFactory,
    SessionFactory,
    TrainingRecordFactory,
)
from tests.languages.left_overs import left_overs

pytestmark = pytest.mark.django_db


def page_of(client: Client, record: Any, language: str = "en") -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse("training_certificate", args=[training.token(record)]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def record_of(**options: Any) -> Any:
    guard = GuardFactory(family_name="Өмірқұлова", given_name="Ғазиза", patronymic="Абайқызы")
    return TrainingRecordFactory(guard=guard, **({"completed_on": timezone.localdate()} | options))


def test_a_valid_certificate_says_module_day_agency_and_initials(client: Client) -> None:
    session = SessionFactory()
    record = record_of(session=session)
    page = page_of(client, record)
    day = f"{timezone.localdate():%d.%m.%Y}"
    for words in (">Valid<", "Evacuation", day, session.agency.name, session.agency.bin, "Ө. Ғ. А."):
        assert words in page


def test_neither_name_nor_number_nor_school_is_told(client: Client) -> None:
    record = record_of(session=SessionFactory())
    page = page_of(client, record)
    for secret in (record.guard.family_name, record.guard.given_name, record.guard.iin, record.guard.masked_iin):
        assert secret not in page
    assert record.school.name not in page
    assert record.school.name_kk not in page


def test_one_that_ran_out_says_when(client: Client) -> None:
    record = record_of(completed_on=timezone.localdate() - timedelta(days=400))
    page = page_of(client, record)
    assert "No longer valid" in page
    assert f"ran out on {record.valid_until:%d.%m.%Y}" in page


def test_the_last_day_is_still_valid(client: Client) -> None:
    record = record_of(completed_on=timezone.localdate() - timedelta(days=365))
    assert record.valid_until == timezone.localdate()
    assert ">Valid<" in page_of(client, record)


def test_without_a_session_the_employer_of_that_day_taught(client: Client) -> None:
    record = record_of()
    agency = EmploymentFactory(guard=record.guard).agency
    EmploymentFactory(guard=record.guard, first_day=timezone.localdate() + timedelta(days=1))
    assert agency.name in page_of(client, record)


@pytest.mark.parametrize("forge", ["{pk}", "{pk}~", "{pk}~AAAA", "x~y", "{other}"])
def test_no_certificate_is_found_by_guessing(client: Client, forge: str) -> None:
    record = record_of()
    signature = training.token(record).partition("~")[2]
    token = forge.format(pk=record.pk, other=f"{record.pk + 1}~{signature}")
    client.cookies["django_language"] = "en"
    answer = client.get(f"/verify/training/{token}/")
    assert answer.status_code == 404
    assert "There is no such certificate" in answer.content.decode()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(client: Client, language: str) -> None:
    lasting = ModuleFactory(version=2, valid_months=None, scope=Module.Scope.GENERAL)
    pages = [page_of(client, record_of(session=SessionFactory()), language)]
    pages.append(
        page_of(client, record_of(module=lasting, completed_on=timezone.localdate() - timedelta(days=1)), language)
    )
    pages.append(page_of(client, record_of(completed_on=timezone.localdate() - timedelta(days=400)), language))
    pages.append(client.get("/verify/training/1~x/").content.decode())
    assert [words for page in pages if (words := left_overs(page, language))] == []
