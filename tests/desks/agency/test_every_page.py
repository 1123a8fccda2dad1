"""What holds for every page of this desk: nothing of another agency, nothing left in another language."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from compliance.models import Finding
from tests.factories import CredentialFactory, RequirementFactory, TrainingRecordFactory
from tests.languages.left_overs import left_overs


@pytest.fixture
def filled(desk: Any) -> Any:
    """A desk with something to show on every page."""
    post = desk.post(positions=3, name="Пост 1", school__locality="Абай")
    desk.standing = desk.stands(post, first_day=desk.today - timedelta(days=400))
    desk.left(post, days_ago=100, first_day=desk.today - timedelta(days=300))
    desk.waiting = desk.proposal(post)
    desk.proposal(post, first_day=desk.today - timedelta(days=40))
    desk.proposal(post, status="declined", decline_reason="Белгісіз адам")
    desk.free = desk.guard()
    CredentialFactory(guard=desk.standing.guard, kind="weapon_permit", valid_until=desk.today + timedelta(days=5))
    TrainingRecordFactory(guard=desk.standing.guard, school=post.school)
    RequirementFactory(school=post.school)
    call_command("evaluate", verbosity=0)
    desk.finding = Finding.objects.filter(agency=desk.agency, version__rule="director_confirmation").get()
    return desk


def addresses(desk: Any) -> list[str]:
    post, tomorrow = desk.standing.post, f"{desk.today + timedelta(days=1):%d.%m.%Y}"
    place = f"{desk.url('place', post.school)}?post={post.public_id}&first_day={tomorrow}&kind=regular"
    end = desk.url("end", desk.standing)
    lists = [desk.url(name) for name in ("today", "guards", "schools", "proposals", "findings", "place_choose")]
    nothing = [f"{address}?q=-&school=-&state=closed&status=-" for address in lists]
    return [
        *lists,
        *nothing,
        desk.url("guard", desk.standing.guard),
        desk.url("guard", desk.free),
        desk.url("school", post.school),
        desk.url("place", post.school),
        place,
        f"{place}&guard={desk.free.public_id}",
        f"{desk.url('place', post.school)}?post=&first_day=-&kind=relief&last_day=-",
        desk.url("withdraw", desk.waiting),
        desk.url("withdraw", desk.standing),
        end,
        f"{end}?reason=resigned&last_day={tomorrow}",
        f"{end}?reason=illness&last_day={tomorrow}",
        f"{end}?reason=&last_day=-",
        desk.url("finding", desk.finding),
    ]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(filled: Any, language: str) -> None:
    filled.client.cookies["django_language"] = language
    found = {}
    for address in addresses(filled):
        page = filled.client.get(address).content.decode()
        if words := left_overs(page, language):
            found[address] = words
    assert found == {}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_empty_page_holds_words_of_another_language(desk: Any, language: str) -> None:
    desk.client.cookies["django_language"] = language
    names = ("today", "guards", "schools", "proposals", "findings", "place_choose")
    found = {name: left_overs(desk.get(name), language) for name in names}
    assert found == {name: [] for name in names}


def test_records_of_another_agency_do_not_exist(filled: Any, other: Any) -> None:
    own = {
        "guard": filled.standing.guard,
        "school": filled.standing.post.school,
        "place": filled.standing.post.school,
        "withdraw": filled.waiting,
        "end": filled.standing,
        "finding": filled.finding,
        "finding_rows": filled.finding,
    }
    answers = {name: other.client.get(filled.url(name, record)).status_code for name, record in own.items()}
    assert answers == dict.fromkeys(own, 404)
    for name in ("withdraw", "end", "place"):
        assert other.client.post(filled.url(name, own[name]), {}).status_code == 404
