"""Each line of Today leads to where it is mended, and the manager is back on Today when it is."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from compliance.models import Finding
from desks import returning
from exchange.models import Import
from guards.models import Assignment, Session
from tests.exchange.sheets import GUARD_HEADS, person, xlsx
from tests.factories import CredentialFactory, ModuleFactory, RequirementFactory, TrainingRecordFactory

TODAY = "/agency/"
DAY = "%d.%m.%Y"


def line(page: str, part: str) -> str:
    """The address of the first link or button whose address holds this."""
    found = re.search(rf'(?:href|formaction)="([^"]*{re.escape(part)}[^"]*)"', page)
    assert found, part
    return unescape(found[1])


def kept(page: str) -> str:
    """The way back that a form of the page keeps."""
    found = re.search(r'name="next" value="([^"]*)"', page[page.index("<main") :])
    return unescape(found[1]) if found else ""


def lands(answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).partition("#")[0]


def opened(desk: Any, address: str) -> str:
    return str(desk.client.get(address.partition("#")[0]).content.decode())


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.kz/", "//elsewhere.kz", "/\\elsewhere.kz", "javascript:alert(1)", "", "/" + "x" * 2000],
)
def test_nobody_is_led_to_another_site(wanted: str) -> None:
    request = RequestFactory().get("/agency/schools/", {"next": wanted})
    assert returning.asked(request) == ""
    assert returning.back(request, "agency:today")["Location"] == TODAY


def test_a_link_of_a_page_that_was_opened_from_elsewhere_comes_back_there() -> None:
    fresh = RequestFactory().get("/agency/guards/", {"q": "Ким"})
    assert parse_qs(returning.here(fresh, "list")) == {"next": ["/agency/guards/?q=%D0%9A%D0%B8%D0%BC#list"]}
    opened_from_today = RequestFactory().get("/agency/guards/", {"next": "/agency/#papers"})
    assert parse_qs(returning.here(opened_from_today, "list")) == {"next": ["/agency/#papers"]}


def test_an_empty_place_is_filled_and_today_is_back(desk: Any) -> None:
    post, guard = desk.post(), desk.guard()
    address = line(desk.get("today"), "/place/?post=")
    page = opened(desk, address)
    assert kept(page).startswith(TODAY)
    step = opened(desk, desk.url("place", post.school) + line(page, f"guard={guard.public_id}"))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    answer = desk.client.post(desk.url("place", post.school), asked | {"guard": guard.public_id, "next": kept(step)})
    assert lands(answer) == TODAY
    assert Assignment.objects.proposed().filter(guard=guard).exists()


def test_guards_are_brought_in_for_an_empty_place_and_today_is_back(desk: Any) -> None:
    """Through a file at fault that comes back mended: the way back is kept through every step."""
    desk.post()
    desk.guard()
    address = line(desk.get("today"), "/import/?kind=guards")
    page = opened(desk, address)
    assert kept(page) == f"{TODAY}#empty" and '<option value="guards" selected>' in page
    file = SimpleUploadedFile("guards.xlsx", xlsx(GUARD_HEADS, person(1), person(2, first_day="вчера")).content)
    answer = desk.client.post(desk.url("imports"), {"kind": "guards", "file": file, "next": kept(page)})
    one = Import.objects.get()
    page = opened(desk, answer["Location"])
    assert parse_qs(urlsplit(line(page, "/match/")).query) == {"next": [f"{TODAY}#empty"]}
    assert kept(page) == f"{TODAY}#empty"
    rows = desk.client.get(desk.url("import_rows", one))
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(rows))).get_sheet_by_index(0).to_python()
    book[1][book[0].index("Дата приёма")] = "01.09.2026"
    mended = SimpleUploadedFile("mended.xlsx", xlsx(*book).content)
    answer = desk.client.post(desk.url("import_mend", one), {"file": mended, "next": kept(page)})
    page = opened(desk, answer["Location"])
    assert "No fault was found" in page
    answer = desk.client.post(desk.url("import_load", one), {"next": kept(page)})
    # The page that waits for the worker leads back by itself, and what came in is said there, once.
    answer = desk.client.get(answer["Location"])
    assert lands(answer) == TODAY
    said = "Guards: 2 rows of “guards.xlsx” are in the register."
    assert said in desk.get("today") and said not in desk.get("today")
    # Whoever goes back to the file stays there.
    assert "In the register since" in desk.get("import", one, next=f"{TODAY}#empty")


def test_the_page_that_waits_for_a_file_to_be_loaded_leads_the_browser_back(desk: Any) -> None:
    """It asks every two seconds, and what htmx is told takes the whole page along."""
    file = SimpleUploadedFile("guards.xlsx", xlsx(GUARD_HEADS, person(1)).content)
    desk.client.post(desk.url("imports"), {"kind": "guards", "file": file})
    one = Import.objects.get()
    desk.client.post(desk.url("import_load", one))
    answer = desk.client.get(desk.url("import", one), {"next": TODAY}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == TODAY
    assert "Guards: 1 row of “guards.xlsx” is in the register." in desk.get("today")


def test_who_has_no_guards_at_all_is_led_to_bring_them_in(desk: Any) -> None:
    main = desk.get("today")
    main = main[main.index("<main") :]
    assert "/import/?kind=guards" in main and desk.url("place_choose") not in main
    desk.guard()
    assert desk.url("place_choose") in desk.get("today")


def test_a_proposal_without_an_answer_is_spoken_of_or_withdrawn_and_today_is_back(desk: Any) -> None:
    desk.proposal(desk.post())
    today = desk.get("today")
    assert lands(desk.client.post(line(today, "/remind/"))) == TODAY
    listed = opened(desk, line(today, "/proposals/?school="))
    withdrawing = line(listed, "/withdraw/")
    assert kept(opened(desk, withdrawing)).partition("#")[0] == TODAY
    assert lands(desk.client.post(withdrawing)) == TODAY


def test_a_school_near_its_limit_leads_to_replacing_with_the_way_back(desk: Any) -> None:
    post = desk.post(positions=2)
    standing = desk.stands(post, first_day=desk.today - timedelta(days=400))
    desk.left(post, days_ago=100)
    successor = desk.guard()
    today = desk.get("today")
    near = today[today.index('id="near"') :]
    school = opened(desk, line(near, desk.url("school", post.school)))
    replacing = opened(desk, line(school, desk.url("replace", standing)))
    data = {
        "reason": "resigned",
        "last_day": f"{desk.today:{DAY}}",
        "handover_days": "0",
        "guard": successor.public_id,
        "next": kept(replacing),
    }
    page = desk.client.post(desk.url("replace", standing), data).content.decode()
    reasons = dict.fromkeys(re.findall(r'name="(reason_\d+)"', page), "Он уезжает.")
    assert reasons, "the limit is broken by this leave, and that asks for a reason"
    assert lands(desk.client.post(desk.url("replace", standing), data | reasons)) == TODAY


def test_a_finding_is_answered_and_today_is_back(desk: Any) -> None:
    desk.proposal(desk.post(), first_day=desk.today - timedelta(days=40))
    call_command("evaluate", verbosity=0)
    finding = Finding.objects.get(version__rule="director_confirmation")
    page = opened(desk, line(desk.get("today"), desk.url("finding", finding)))
    answer = desk.client.post(line(page, "/answer/"), {"text": "The director answers tomorrow."})
    assert lands(answer) == TODAY


def test_training_that_runs_out_leads_to_a_session_and_today_is_back(desk: Any) -> None:
    post = desk.post()
    module = ModuleFactory(valid_months=12)
    RequirementFactory(school=post.school, module=module)
    guard = desk.stands(post).guard
    TrainingRecordFactory(guard=guard, school=post.school, module=module, completed_on=desk.today - timedelta(days=350))
    page = opened(desk, line(desk.get("today"), "/sessions/plan/?module="))
    data = {
        "module": module.code,
        "school": post.school.public_id,
        "on": f"{desk.today:{DAY}}",
        "hours": "2",
        "trainer": "Б. Ержанов",
        "guards": [guard.public_id],
        "next": kept(page),
    }
    assert lands(desk.client.post(desk.url("session_plan"), data)) == TODAY
    assert Session.objects.get().module == module
    assert "Open the session" in desk.get("today")


def test_a_paper_of_a_guards_page_leads_back_to_his_papers(desk: Any) -> None:
    guard = desk.guard()
    CredentialFactory(guard=guard, kind="weapon_permit", valid_until=desk.today + timedelta(days=7))
    address = line(desk.get("guard", guard), "/papers/add/")
    answer = desk.client.post(address, {"kind": "weapon_permit", "number": "W-2", "issued_on": "01.09.2026"})
    assert answer["Location"] == f"{desk.url('guard', guard)}#papers"


def test_the_way_back_is_named(desk: Any) -> None:
    post = desk.post()
    page = desk.get("school", post.school, next="/agency/#near")
    assert '<a class="way-back" href="/agency/#near">Back: Today</a>' in page
    assert 'class="way-back"' not in desk.get("school", post.school)
