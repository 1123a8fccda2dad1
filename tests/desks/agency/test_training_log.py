"""The log of what was held with the guards of one school in one year."""

from datetime import timedelta
from typing import Any

import pytest

from guards.models import Briefing
from tests.factories import AttendeeFactory, BriefingFactory, SessionFactory
from tests.languages.left_overs import left_overs


@pytest.fixture
def standing(desk: Any) -> Any:
    """A guard at the one school of the agency."""
    return desk.stands(desk.post())


def log(desk: Any, standing: Any, **query: Any) -> str:
    return str(desk.get("training_log", school=str(standing.post.school.public_id), **query))


def test_sessions_for_the_school_and_its_entries_stand_together(desk: Any, standing: Any) -> None:
    school = standing.post.school
    session = SessionFactory(agency=desk.agency, school=school, on=desk.today, status="held", trainer="Қ. Әбенова")
    AttendeeFactory(session=session, guard=standing.guard, came=True)
    absent = AttendeeFactory(session=session, guard=desk.guard(), came=False).guard
    BriefingFactory(school=school, held_on=desk.today, topic="Өткізу режимі", led_by="И. Логинов")
    page = log(desk, standing)
    for words in ("Training session", "Қ. Әбенова", standing.guard.full_name, "Өткізу режимі", "not named"):
        assert words in page
    assert absent.full_name not in page


@pytest.mark.parametrize("left_out", ["planned", "cancelled"])
def test_what_was_not_held_does_not_stand_there(desk: Any, standing: Any, left_out: str) -> None:
    SessionFactory(agency=desk.agency, school=standing.post.school, on=desk.today, status=left_out)
    assert "Nothing stands in the log of this year" in log(desk, standing)


def test_whom_another_agency_briefed_is_not_told(desk: Any, other: Any, standing: Any) -> None:
    stranger = other.stands(other.post(school=standing.post.school)).guard
    entry = BriefingFactory(school=standing.post.school, held_on=desk.today, agency=other.agency)
    entry.attended.add(stranger)
    page = log(desk, standing)
    assert entry.topic in page
    assert stranger.full_name not in page


def test_a_year_is_chosen(desk: Any, standing: Any) -> None:
    year = desk.today.year - 1
    entry = BriefingFactory(school=standing.post.school, held_on=desk.today.replace(year=year, day=1))
    assert entry.topic not in log(desk, standing)
    assert entry.topic in log(desk, standing, year=str(year))


def test_an_entry_is_made_with_those_who_attended(desk: Any, standing: Any) -> None:
    address = f"{desk.url('briefing_enter')}?school={standing.post.school.public_id}"
    assert standing.guard.full_name in desk.client.get(address).content.decode()
    sent = {
        "held_on": f"{desk.today:%d.%m.%Y}", "kind": "drill", "topic": "Эвакуация", "led_by": "Ә. Оспанов",
        "attended": [str(standing.guard.public_id)],
    }  # fmt: skip
    page = desk.client.post(address, sent, follow=True).content.decode()
    entry = Briefing.objects.get()
    assert (entry.kind, entry.agency, entry.attended.get()) == ("drill", desk.agency, standing.guard)
    assert "stands in the log of" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"topic": ""}, "Type what it was about."),
        ({"led_by": ""}, "Type who led it."),
        ({"attended": []}, "Choose at least one guard."),
        ({"held_on": "31.12.2035"}, "The log holds what was held: today or earlier."),
    ],
)
def test_a_fault_stands_by_its_field(desk: Any, standing: Any, changed: dict[str, Any], words: str) -> None:
    address = f"{desk.url('briefing_enter')}?school={standing.post.school.public_id}"
    sent = {
        "held_on": f"{desk.today:%d.%m.%Y}", "kind": "drill", "topic": "Эвакуация", "led_by": "Ә. Оспанов",
        "attended": [str(standing.guard.public_id)],
    }  # fmt: skip
    assert words in desk.client.post(address, sent | changed).content.decode()
    assert not Briefing.objects.exists()


def test_the_file_has_a_row_for_each_guard(desk: Any, standing: Any) -> None:
    entry = BriefingFactory(school=standing.post.school, held_on=desk.today, agency=desk.agency)
    guards = [standing.guard, desk.guard()]
    entry.attended.set(guards)
    query = {"school": str(standing.post.school.public_id), "format": "csv"}
    lines = desk.client.get(desk.url("training_log"), query).getvalue().decode().splitlines()
    assert len(lines) == 3
    assert all(any(guard.masked_iin in line for line in lines) for guard in guards)


def test_the_log_is_printed(desk: Any, standing: Any) -> None:
    BriefingFactory(school=standing.post.school, held_on=desk.today)
    answer = desk.client.get(desk.url("training_log_pdf"), {"school": str(standing.post.school.public_id)})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


def test_the_log_of_another_agencys_school_does_not_exist(desk: Any, other: Any, standing: Any) -> None:
    query = {"school": str(standing.post.school.public_id)}
    names = ("training_log", "training_log_pdf", "briefing_enter")
    assert {other.client.get(other.url(name), query).status_code for name in names} == {404}


def test_an_agency_without_schools_sees_what_will_appear(desk: Any) -> None:
    assert "You have no contract with a school yet" in desk.get("training_log")
    assert desk.client.get(desk.url("training_log_pdf")).status_code == 404
    assert desk.client.get(desk.url("briefing_enter"))["Location"] == desk.url("training_log")


def test_twenty_entries_take_as_many_queries_as_one(desk: Any, standing: Any) -> None:
    def add(day: int) -> None:
        entry = BriefingFactory(school=standing.post.school, held_on=desk.today, agency=desk.agency)
        entry.attended.add(standing.guard)
        session = SessionFactory(agency=desk.agency, school=standing.post.school, on=desk.today, status="held")
        AttendeeFactory(session=session, guard=standing.guard, came=True)

    query = {"school": str(standing.post.school.public_id)}
    add(0)
    few = desk.queries("training_log", **query)
    for day in range(19):
        add(day)
    assert desk.queries("training_log", **query) == few


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(desk: Any, standing: Any, language: str) -> None:
    desk.client.cookies["django_language"] = language
    query = {"school": str(standing.post.school.public_id)}
    pages = [desk.get("training_log", **query), desk.get("briefing_enter", **query)]
    SessionFactory(agency=desk.agency, school=standing.post.school, on=desk.today, status="held", trainer="Абай")
    BriefingFactory(school=standing.post.school, held_on=desk.today - timedelta(days=1), topic="Абай", led_by="Абай")
    pages.append(desk.get("training_log", **query))
    assert [words for page in pages if (words := left_overs(page, language))] == []
