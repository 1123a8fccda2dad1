"""Adding a guard by his IIN, correcting him, his photograph, and letting him go."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from guards.models import Employment, Guard
from tests.factories import (
    CredentialFactory,
    EmploymentFactory,
    GuardFactory,
    RequirementFactory,
    StoredFileFactory,
    iin,
)

UNKNOWN = iin(900)


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 80), "grey").save(drawn, "JPEG")
    return SimpleUploadedFile("face.jpg", drawn.getvalue())


def send(desk: Any, **changed: str) -> Any:
    values = {
        "iin": UNKNOWN,
        "family_name": "Мұқашев",
        "given_name": "Ерлан",
        "patronymic": "",
        "citizenship": "kz",
        "first_day": f"{desk.today:%d.%m.%Y}",
    }
    return desk.client.post(desk.url("hire"), values | changed)


def ask(desk: Any, typed: str) -> str:
    """What htmx is told while the IIN is typed."""
    response = desk.client.post(
        desk.url("hire"), {"iin": typed}, headers={"HX-Request": "true", "HX-Target": "iin-answer"}
    )
    assert response.status_code == 200
    assert b"<html" not in response.content
    return str(response.content.decode())


def test_a_new_guard_is_added_and_his_page_opens(desk: Any) -> None:
    response = send(desk)
    guard = Guard.objects.get(iin=UNKNOWN)
    assert response.url == desk.url("guard", guard)
    assert guard.citizenship == "KZ"
    assert "Мұқашев Ерлан" in desk.get("guard", guard)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"iin": "123"}, "An IIN has 12 digits."),
        ({"iin": ""}, "Type the IIN."),
        ({"family_name": ""}, "Type the family name."),
        ({"first_day": "tomorrow"}, "Type a day as day, month and year"),
        ({"citizenship": "7"}, "A code of a country has"),
    ],
)
def test_what_is_wrong_stands_by_its_field_and_the_rest_stays_filled(
    desk: Any, changed: dict[str, str], sentence: str
) -> None:
    page = send(desk, **changed)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert 'value="Ерлан"' in page.content.decode()
    assert not Guard.objects.exists()


def test_spaces_between_the_digits_do_no_harm(desk: Any) -> None:
    assert send(desk, iin=f"{UNKNOWN[:6]} {UNKNOWN[6:]}").status_code == 302


def test_a_person_who_left_another_agency_is_found_with_his_papers(desk: Any, other: Any) -> None:
    guard = GuardFactory(iin=UNKNOWN, family_name="Мұқашев", given_name="Ерлан")
    EmploymentFactory(guard=guard, agency=other.agency, last_day=desk.today - timedelta(days=1))
    paper = CredentialFactory(guard=guard)
    assert send(desk).url == desk.url("guard", guard)
    assert paper.number in desk.get("guard", guard)
    assert other.client.get(other.url("guard", guard)).status_code == 404


def test_who_is_employed_elsewhere_is_refused_and_not_named(desk: Any, other: Any) -> None:
    guard = GuardFactory(iin=UNKNOWN, family_name="Мұқашев", given_name="Болат", patronymic="Серікұлы")
    EmploymentFactory(guard=guard, agency=other.agency)
    page = send(desk).content.decode()
    assert "Another agency employs this person" in page
    assert other.agency.name not in page
    assert "Серікұлы" not in page
    assert not Employment.objects.filter(agency=desk.agency).exists()


def test_the_iin_is_answered_while_it_is_typed(desk: Any, other: Any) -> None:
    leaver, own, elsewhere = GuardFactory(), desk.guard(), EmploymentFactory(agency=other.agency).guard
    assert ask(desk, "").strip() == ""
    assert "9 digits are missing" in ask(desk, "991")
    assert "does not agree" in ask(desk, UNKNOWN[:11] + str((int(UNKNOWN[11]) + 1) % 10))
    assert "does not know this person yet" in ask(desk, UNKNOWN)
    assert "knows this person" in ask(desk, leaver.iin)
    assert "on your staff already" in ask(desk, own.iin)
    said = ask(desk, elsewhere.iin)
    assert "Another agency employs this person" in said
    assert elsewhere.family_name not in said
    assert not Employment.objects.filter(guard=leaver).exists()


def test_names_are_corrected(desk: Any) -> None:
    guard = desk.guard(family_name="Мукашев")
    page = desk.get("guard_correct", guard)
    assert 'value="Мукашев"' in page
    assert guard.iin not in page
    values = {"family_name": "Мұқашев", "given_name": "Ерлан", "patronymic": "", "citizenship": "KZ"}
    assert desk.client.post(desk.url("guard_correct", guard), values).status_code == 302
    assert "The names were corrected: Ерлан Мұқашев" in desk.get("guard", guard)


def test_a_photograph_is_kept_shown_and_removed(desk: Any) -> None:
    guard = desk.guard()
    assert "No photograph" in desk.get("guard", guard)
    assert desk.client.post(desk.url("guard_photo", guard), {"photo": picture()}).status_code == 302
    assert f"/private/guards/{guard.public_id}/photo/" in desk.get("guard", guard)
    assert desk.client.post(desk.url("guard_photo", guard), {"remove": "1"}).status_code == 302
    guard.refresh_from_db()
    assert guard.photo is None


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"<script>alert(1)</script>", b""])
def test_what_is_no_picture_is_no_photograph(desk: Any, content: bytes) -> None:
    guard = desk.guard()
    page = desk.client.post(desk.url("guard_photo", guard), {"photo": SimpleUploadedFile("face.jpg", content)})
    assert page.status_code == 200
    guard.refresh_from_db()
    assert guard.photo is None


def test_an_employment_ends_and_the_page_with_it(desk: Any) -> None:
    guard = desk.guard()
    yesterday = desk.today - timedelta(days=1)
    values = {"reason": "resigned", "last_day": f"{yesterday:%d.%m.%Y}"}
    assert desk.client.post(desk.url("dismiss", guard), values).url == desk.url("guards")
    assert desk.client.get(desk.url("guard", guard)).status_code == 404


def test_who_still_stands_at_a_school_is_not_let_go(desk: Any) -> None:
    assignment = desk.stands(desk.post())
    values = {"reason": "resigned", "last_day": f"{desk.today:%d.%m.%Y}"}
    page = desk.client.post(desk.url("dismiss", assignment.guard), values).content.decode()
    assert "is still assigned after that day" in page
    assert assignment.post.school.name in page
    assert Employment.objects.get(guard=assignment.guard).last_day is None


def test_the_page_says_where_he_may_stand_and_why_not_elsewhere(desk: Any) -> None:
    asking, free = desk.post(), desk.post()
    guard = desk.guard()
    module = RequirementFactory(school=asking.school).module
    answers = desk.client.get(desk.url("guard", guard)).context["file"].places
    assert answers.free == [free.school]
    assert [(one.school, one.is_blocked) for one in answers.answers] == [(free.school, False), (asking.school, False)]
    assert module.title_en in desk.get("guard", guard)


def test_what_speaks_against_him_everywhere_is_said_once(desk: Any) -> None:
    desk.post()
    desk.post()
    guard = desk.guard()
    guard.credentials.update(valid_until=desk.today - timedelta(days=1))
    places = desk.client.get(desk.url("guard", guard)).context["file"].places
    assert [(one.obstacles, one.is_blocked) for one in places.answers] == [([], True)] * 2
    assert desk.get("guard", guard).count(str(places.everywhere[0].sentence)) == 1


def test_twenty_papers_and_schools_take_as_many_queries_as_one(desk: Any) -> None:
    guard = desk.stands(desk.post()).guard
    CredentialFactory(guard=guard, scan=StoredFileFactory())
    before = desk.queries("guard", guard)
    for _ in range(20):
        desk.post()
        CredentialFactory(guard=guard, scan=StoredFileFactory())
    assert desk.queries("guard", guard) == before
