"""The agency names guards for the relief of a school, takes them out, and finds them first when it places relief."""

from datetime import timedelta
from typing import Any

import pytest

from guards.models import Relief
from tests.factories import EmploymentFactory, ReliefFactory
from tests.languages.left_overs import left_overs


@pytest.fixture
def school(desk: Any) -> Any:
    return desk.post(positions=2).school


def named(desk: Any, school: Any, **said: Any) -> Relief:
    found: Relief = ReliefFactory(guard=desk.guard(), school=school, agency=desk.agency, **said)
    return found


def test_a_guard_of_the_staff_is_named_and_the_school_is_asked(desk: Any, school: Any) -> None:
    guard = desk.guard()
    assert "Nobody is named for this school yet." in desk.get("school", school)
    data = {"guard": str(guard.public_id), "next": f"{desk.url('school', school)}#relief"}
    answer = desk.client.post(desk.url("relief_name", school), data, follow=True)
    assert answer.redirect_chain == [(f"{desk.url('school', school)}#relief", 302)]
    page = answer.content.decode()
    assert f"{school.name} is asked whether {guard.name} may stand in there." in page
    assert f"Named on {desk.today:%d.%m.%Y}, the school has not answered" in page
    assert Relief.objects.get().guard == guard


def test_only_the_own_staff_that_is_not_named_yet_is_offered(desk: Any, school: Any) -> None:
    stranger, there, free = EmploymentFactory().guard, named(desk, school).guard, desk.guard()
    page = desk.get("relief_name", school)
    assert str(free.public_id) in page
    assert str(there.public_id) not in page and str(stranger.public_id) not in page
    for guard in (stranger, there):
        answer = desk.client.post(desk.url("relief_name", school), {"guard": str(guard.public_id)})
        assert "Choose a guard." in answer.content.decode()
    assert Relief.objects.count() == 1


def test_the_answers_of_the_school_stand_on_its_page(desk: Any, school: Any) -> None:
    named(desk, school, approved=True)
    named(desk, school, status="declined", answered_on=desk.today, reason="He came late twice.")
    page = desk.get("school", school)
    assert f"Approved on {desk.today:%d.%m.%Y}" in page
    assert f"Declined on {desk.today:%d.%m.%Y}" in page and "He came late twice." in page


def test_he_is_taken_out_after_asking_once(desk: Any, school: Any) -> None:
    one = named(desk, school, approved=True)
    assert f"Take {one.guard.name} out of the pool?" in desk.get("relief_end", one)
    desk.client.post(desk.url("relief_end", one))
    one.refresh_from_db()
    assert one.status == "ended"
    assert "No longer in the pool" in desk.get("relief_end", one)


def test_approved_relief_is_said_among_the_candidates(desk: Any, school: Any) -> None:
    approved, post = named(desk, school, approved=True).guard, school.posts.get()
    day = f"{desk.today + timedelta(days=3):%d.%m.%Y}"
    page = desk.get("place", school, post=str(post.public_id), first_day=day, kind="relief", last_day=day)
    assert "approved for relief here" in page and approved.name in page


def test_the_page_of_a_school_takes_as_many_queries_for_many(desk: Any, school: Any) -> None:
    named(desk, school)
    few = desk.queries("school", school)
    for _ in range(5):
        named(desk, school)
    assert desk.queries("school", school) == few


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_pages_are_in_the_readers_language(desk: Any, school: Any, language: str) -> None:
    one = named(desk, school)
    desk.client.cookies["django_language"] = language
    for page in (desk.get("relief_name", school), desk.get("relief_end", one)):
        assert left_overs(page, language) == []
