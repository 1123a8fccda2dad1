"""The page at the door: cards, answers with and without script, missed days, empty states."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from guards.models import Presence
from tests.desks.school.conftest import queries_of
from tests.factories import (
    LAWFUL_PAPERS,
    AgencyFactory,
    AssignmentFactory,
    ClosureFactory,
    CredentialFactory,
    GuardFactory,
    PostFactory,
    PresenceFactory,
    RequirementFactory,
    TrainingRecordFactory,
    days,
)
from tests.languages.left_overs import left_overs

URL = reverse("school:door")
HTMX = {"HX-Request": "true", "HX-Target": "door"}


@pytest.fixture
def held(post: Any) -> Any:
    """Aigul at the main entrance."""
    return AssignmentFactory(post=post, guard=GuardFactory(given_name="Айгүл", family_name="Сәрсенова"))


def answer(desk: Client, held: Any, on: date, said: str, **more: Any) -> Any:
    sent = {"post": held.post.public_id, "guard": held.guard.public_id, "on": on.isoformat(), "answer": said}
    return desk.post(URL, sent, **more)


def text(response: Any) -> str:
    """The page as one line of words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&#x27;", "'")


def test_a_card_names_the_guard_the_post_and_asks_who_came(desk: Client, held: Any) -> None:
    page = text(desk.get(URL))
    assert "At the door today" in page
    assert "1 guard is expected, marked: 0." in page
    assert "Айгүл Сәрсенова Main entrance · 24 hours" in page
    assert "Came Did not come Somebody else" in page


@pytest.mark.parametrize(
    ("verified", "doubted", "says"),
    [
        (0, 0, "Claimed by the agency, none verified yet"),
        (1, 0, "Verified: 1 of 2; the rest the agency claims"),
        (2, 0, "All verified by the authorised body"),
        (1, 1, "The authorised body found wrong: Weapon permit"),
    ],
)
def test_a_card_says_what_of_the_papers_is_claimed_and_what_verified(
    desk: Client, held: Any, today: date, verified: int, doubted: int, says: str
) -> None:
    for at, kind in enumerate(("medical_certificate", "weapon_permit")):
        CredentialFactory(
            guard=held.guard,
            kind=kind,
            valid_until=today + days(400),
            verified_on=today if at < verified else None,
            doubted_on=today if at >= 2 - doubted else None,
        )
    assert says in text(desk.get(URL))


def test_somebody_else_has_a_mark_and_words_of_his_own_in_the_fortnight(desk: Client, held: Any, today: date) -> None:
    answer(desk, held, today, "other_person")
    page = text(desk.get(URL))
    assert "somebody else came" in page and "did not come" not in page


def test_a_card_says_papers_training_and_ground(desk: Client, held: Any, school: Any, today: date) -> None:
    requirement = RequirementFactory(school=school)
    page = text(desk.get(URL))
    assert "No papers entered" in page and "Not trained here: Evacuation" in page
    assert "Holds this post since 01.01.2020" in page
    CredentialFactory(guard=held.guard, valid_until=today + days(400))
    assert "Not entered: " in text(desk.get(URL))
    for kind in ("training_certificate", "medical_certificate", "no_criminal_record", "identity_document"):
        CredentialFactory(guard=held.guard, kind=kind, valid_until=today + days(400))
    TrainingRecordFactory(guard=held.guard, school=school, module=requirement.module, completed_on=today)
    PresenceFactory(guard=held.guard, post=held.post, on=today)
    page = text(desk.get(URL))
    assert "Papers in order" in page and "Trained for this school" in page
    assert "The agency named him for this day" in page


def test_the_law_is_asked_again_on_the_day(desk: Client, held: Any, today: date) -> None:
    """He was lawful when the director agreed; his paper ran out yesterday."""
    for kind in LAWFUL_PAPERS:
        paper = CredentialFactory(guard=held.guard, kind=kind, issued_on=None, valid_until=today)
    words = "The law says that he may not stand here on this day."
    assert words not in text(desk.get(URL))
    paper.valid_until = today - days(1)
    paper.save()
    page = text(desk.get(URL))
    assert words in page and "“Guard's identity document” was valid until" in page


def test_one_press_answers_and_the_card_shrinks(desk: Client, held: Any, today: date) -> None:
    response = answer(desk, held, today, "present")
    assert response.status_code == 302
    page = text(desk.get(response["Location"]))
    said = timezone.localtime(Presence.objects.get().answered_at)
    assert f"Айгүл Сәрсенова: Came · {said:%H:%M}" in page
    assert "everything is marked" in page
    assert "Somebody else" not in page and "Change" in page
    assert Event.objects.get().verb == "presence_marked"


@pytest.mark.parametrize(("said", "words"), [("absent", "Did not come"), ("other_person", "Somebody else came")])
def test_the_other_answers_are_kept_as_they_are(desk: Client, held: Any, today: date, said: str, words: str) -> None:
    page = text(desk.get(answer(desk, held, today, said)["Location"]))
    assert Presence.objects.get().school_confirmation == said
    assert words in page


def test_an_answer_can_be_changed_and_taken_back(desk: Client, held: Any, today: date) -> None:
    answer(desk, held, today, "present")
    change = re.search(r'href="(\?change=[^"]+)"', desk.get(URL).content.decode())
    assert change
    page = text(desk.get(URL + change[1]))
    assert "Came Did not come Somebody else" in page and "Take the answer back" in page
    page = text(desk.get(answer(desk, held, today, "")["Location"]))
    assert "Айгүл Сәрсенова: the answer was taken back" in page
    assert "marked: 0." in page


def test_the_unanswered_come_first(desk: Client, post: Any, today: date) -> None:
    agency = AgencyFactory()
    first = AssignmentFactory(post=post, agency=agency, guard=GuardFactory(family_name="Абаев"))
    second = AssignmentFactory(
        post=PostFactory(school=post.school), agency=agency, guard=GuardFactory(family_name="Яхин")
    )
    answer(desk, first, today, "present")
    page = text(desk.get(URL))
    assert page.index(second.guard.name) < page.index(first.guard.name)


def test_one_of_several_rests_once_another_came(desk: Client, post: Any, today: date) -> None:
    first, _second = AssignmentFactory(post=post), AssignmentFactory(post=post)
    assert "Main entrance: one of 2 guards" in text(desk.get(URL))
    answer(desk, first, today, "present")
    page = text(desk.get(URL))
    assert "Not needed: another guard of this post came" in page
    assert "one of 2 guards" not in page


def test_a_missed_day_is_filled_in_and_seen_to_be_late(desk: Client, held: Any, today: date) -> None:
    day = today - days(4)
    page = desk.get(URL, {"day": day.isoformat()})
    assert "What you mark now will be shown as marked late." in text(page)
    response = answer(desk, held, day, "present")
    assert f"day={day.isoformat()}" in response["Location"]
    assert f"Came · marked late, {today:%d.%m.%Y}" in text(desk.get(response["Location"]))
    assert "marked late" in text(desk.get(URL))


def test_missed_days_are_offered_and_today_is_not(desk: Client, post: Any, today: date) -> None:
    AssignmentFactory(post=post, first_day=today - days(1))
    page = desk.get(URL).content.decode()
    assert re.findall(r'class="button[^"]*" href="\?day=([^"]+)"', page) == [(today - days(1)).isoformat()]


@pytest.mark.parametrize(("shift", "words"), [(-15, "is too long ago"), (1, "has not come yet")])
def test_a_day_that_cannot_be_marked_is_refused(desk: Client, held: Any, today: date, shift: int, words: str) -> None:
    response = answer(desk, held, today + days(shift), "present")
    assert response.status_code == 200
    assert "Nothing was saved." in text(response) and words in text(response)
    assert not Presence.objects.exists()


def test_the_oldest_day_that_can_be_filled_in(desk: Client, held: Any, today: date) -> None:
    answer(desk, held, today - days(14), "present")
    assert Presence.objects.get().on == today - days(14)


@pytest.mark.parametrize("said", ["asleep", "PRESENT"])
def test_an_unknown_answer_is_refused(desk: Client, held: Any, today: date, said: str) -> None:
    assert "Choose one of the answers." in text(answer(desk, held, today, said))
    assert not Presence.objects.exists()


def test_a_guard_who_is_not_expected_cannot_be_marked(desk: Client, post: Any, today: date) -> None:
    past = AssignmentFactory(post=post, last_day=today - days(30), left=True)
    assert "was not expected at this post" in text(answer(desk, past, today, "present"))


def test_the_post_of_another_school_is_not_found(desk: Client, held: Any, today: date) -> None:
    other = AssignmentFactory()
    assert answer(desk, other, today, "present").status_code == 404
    sent = {"post": held.post.public_id, "guard": other.guard.public_id, "on": today.isoformat(), "answer": "present"}
    assert desk.post(URL, sent).status_code == 404
    assert not Presence.objects.exists()


@pytest.mark.parametrize("day", ["2020-01-01", "tomorrow", "2999-01-01"])
def test_an_address_of_no_use_shows_today(desk: Client, held: Any, day: str) -> None:
    assert "At the door today" in text(desk.get(URL, {"day": day}))


def test_nobody_expected_says_what_will_appear(desk: Client, post: Any) -> None:
    page = text(desk.get(URL))
    assert "Nobody is expected on this day" in page and "See the proposals" in page


def test_a_closed_day_says_so_and_when_the_school_opens(desk: Client, held: Any, school: Any, today: date) -> None:
    ClosureFactory(calendar=school.calendar, first_day=today, last_day=today)
    page = text(desk.get(URL))
    assert "The school is closed on this day" in page and "Guards are expected again from" in page


def test_a_school_without_posts_has_no_fortnight(desk: Client, school: Any) -> None:
    page = text(desk.get(URL))
    assert "Nobody is expected on this day" in page and "The last two weeks" not in page


def test_a_guard_who_stands_unconfirmed_is_spoken_of(desk: Client, post: Any, today: date) -> None:
    AssignmentFactory(post=post, proposal=True, first_day=today)
    AssignmentFactory(post=post, proposal=True, first_day=today + days(1))
    assert "1 guard may already stand here, and you have not agreed to him." in text(desk.get(URL))


def test_a_claimed_guard_whom_nobody_confirmed_says_so(desk: Client, post: Any, today: date) -> None:
    proposed = AssignmentFactory(post=post, proposal=True, first_day=today)
    PresenceFactory(post=post, guard=proposed.guard, on=today)
    assert "You have not agreed to him" in text(desk.get(URL))


@pytest.mark.parametrize("query", ["", "?day={day}", "?change={key}"])
def test_the_fragment_stands_in_the_page(desk: Client, held: Any, today: date, query: str) -> None:
    url = URL + query.format(day=(today - days(2)).isoformat(), key=f"{held.post.public_id}.{held.guard.public_id}")
    page, fragment = desk.get(url), desk.get(url, headers=HTMX)

    def plain(response: Any) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode()).strip()

    alone = plain(fragment)
    assert alone.startswith('<div id="door"') and "<html" not in alone
    assert plain(page).count(alone) == 1
    assert "HX-Target" in page["Vary"] and "HX-Target" in fragment["Vary"]


def test_htmx_is_given_the_day_again_with_the_answer(desk: Client, held: Any, today: date) -> None:
    response = answer(desk, held, today, "present", headers=HTMX, follow=True)
    assert response.content.decode().strip().startswith('<div id="door"')
    assert "everything is marked" in text(response)


def test_as_many_queries_for_twenty_guards_as_for_one(desk: Client, post: Any, school: Any) -> None:
    requirement = RequirementFactory(school=school)
    agency = AgencyFactory()

    def place() -> None:
        one = AssignmentFactory(post=post, agency=agency)
        CredentialFactory(guard=one.guard)
        TrainingRecordFactory(guard=one.guard, school=school, module=requirement.module)
        PresenceFactory(post=post, guard=one.guard, on=timezone.localdate() - days(1))

    place()
    for_one = queries_of(desk, URL)
    for _ in range(19):
        place()
    assert queries_of(desk, URL) == for_one


def test_the_page_is_all_kazakh(desk: Client, held: Any, school: Any, today: date) -> None:
    RequirementFactory(school=school)
    answer(desk, held, today - days(1), "present")
    desk.cookies["django_language"] = "kk"
    Presence.objects.update_or_create(guard=held.guard, post=held.post, on=today, defaults={"agency_claim": True})
    held.post.name = "Бас кіреберіс"
    held.post.save()
    assert left_overs(desk.get(URL).content.decode(), "kk") == []
