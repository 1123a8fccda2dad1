"""Planning a session, saying who came, cancelling it, and its two sheets."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guards.models import Session, TrainingRecord
from tests.factories import AttendeeFactory, ModuleFactory, RequirementFactory, SessionFactory, TrainingRecordFactory
from tests.languages.left_overs import left_overs

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


@pytest.fixture
def requirement(desk: Any) -> Any:
    return RequirementFactory(school=desk.post().school, briefing="Қосалқы есік оң жақта")


def planned(desk: Any, *guards: Any, **options: Any) -> Any:
    """A session of today for some guards, at a school of the agency."""
    options = {"agency": desk.agency, "on": desk.today, "module": ModuleFactory(scope="general"), **options}
    session = SessionFactory(**options)
    for guard in guards:
        AttendeeFactory(session=session, guard=guard)
    return session


def sent(desk: Any, requirement: Any, coming: list[Any], **changed: Any) -> dict[str, Any]:
    return {
        "module": requirement.module.code,
        "school": str(requirement.school.public_id),
        "on": f"{desk.today:%d.%m.%Y}",
        "hours": "2,5",
        "trainer": "Ә. Оспанов",
        "place": "Мәжіліс залы",
        "others": "",
        "guards": [str(guard.public_id) for guard in coming],
        **changed,
    }


def test_who_lacks_the_module_is_ticked_and_who_has_it_is_not(desk: Any, requirement: Any) -> None:
    lacking = desk.stands(desk.post(school=requirement.school)).guard
    fine = desk.stands(desk.post(school=requirement.school)).guard
    TrainingRecordFactory(guard=fine, module=requirement.module, school=requirement.school, completed_on=desk.today)
    query = {"module": requirement.module.code, "school": str(requirement.school.public_id)}
    answer = desk.client.get(desk.url("session_plan"), query)
    assert [(one.guard, ticked) for one, ticked in answer.context["step"].candidates] == [
        (lacking, True),
        (fine, False),
    ]
    assert "Қосалқы есік оң жақта" in answer.content.decode()


def test_a_planned_session_holds_what_was_typed(desk: Any, requirement: Any) -> None:
    here, elsewhere = desk.stands(desk.post(school=requirement.school)).guard, desk.guard()
    answer = desk.client.post(desk.url("session_plan"), sent(desk, requirement, [here], others=elsewhere.iin))
    session = Session.objects.get()
    assert answer["Location"] == desk.url("session", session)
    assert (session.on, str(session.hours), session.trainer, session.place) == (
        desk.today, "2.50", "Ә. Оспанов", "Мәжіліс залы",
    )  # fmt: skip
    assert {one.guard for one in session.attendees.all()} == {here, elsewhere}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": ""}, "Type the day."),
        ({"hours": "two"}, "Type the hours: 2 or 1.5."),
        ({"trainer": ""}, "Type who leads the session."),
        ({"guards": []}, "Choose at least one guard."),
        ({"guards": ["nobody"]}, "Choose among the guards of the list."),
        ({"others": "991210500008"}, "Nobody on your staff has this name or IIN: 991210500008."),
        ({"hours": "1,5"}, "takes 2 hours; a shorter session does not complete it."),
        ({"on": "01.01.2020"}, "A session is entered at most 60 days after it was held."),
    ],
)
def test_a_fault_stands_by_its_field_and_what_was_typed_stays(
    desk: Any, requirement: Any, changed: dict[str, Any], words: str
) -> None:
    guard = desk.stands(desk.post(school=requirement.school)).guard
    answer = desk.client.post(desk.url("session_plan"), sent(desk, requirement, [guard], **changed))
    page = answer.content.decode()
    assert words in page
    assert "Мәжіліс залы" in page
    assert not Session.objects.exists()


def test_a_module_for_one_school_asks_for_the_school(desk: Any, requirement: Any) -> None:
    page = desk.get("session_plan", module=requirement.module.code, school="")
    assert "This module is completed for one school. Choose the school." in page


def test_another_agencys_guard_cannot_be_asked_to_come(desk: Any, other: Any, requirement: Any) -> None:
    stranger = other.guard()
    answer = desk.client.post(desk.url("session_plan"), sent(desk, requirement, [stranger], others=stranger.iin))
    assert "Nobody on your staff has this name or IIN" in answer.content.decode()
    assert not Session.objects.exists()


def test_who_came_gets_a_record_and_a_certificate(desk: Any) -> None:
    came, absent = desk.guard(), desk.guard()
    session = planned(desk, came, absent)
    assert "Who came?" in desk.get("session", session)
    page = desk.client.post(desk.url("session", session), {"came": [str(came.public_id)]}, follow=True).content.decode()
    assert TrainingRecord.objects.get().guard == came
    assert "1 guard has completed the module" in page
    assert "Did not come" in page
    assert page.count("/agency/training/certificates/") == 1


def test_nobody_ticked_is_said_by_the_list(desk: Any) -> None:
    session = planned(desk, desk.guard())
    page = desk.client.post(desk.url("session", session), {}).content.decode()
    assert "Tick those who came. If nobody came, cancel the session." in page
    session.refresh_from_db()
    assert session.status == Session.Status.PLANNED


def test_before_its_day_nobody_can_say_who_came(desk: Any) -> None:
    session = planned(desk, desk.guard(), on=desk.today + timedelta(days=2))
    assert "From the day of the session on you say here who came." in desk.get("session", session)
    guard = session.attendees.get().guard
    page = desk.client.post(desk.url("session", session), {"came": [str(guard.public_id)]}).content.decode()
    assert "it can be held on that day or later" in page


def test_cancelling_asks_once(desk: Any) -> None:
    session = planned(desk, desk.guard())
    assert "Nobody on the list gets a record of it" in desk.get("session_cancel", session)
    assert (
        "Type why the session is cancelled." in desk.client.post(desk.url("session_cancel", session)).content.decode()
    )
    desk.client.post(desk.url("session_cancel", session), {"reason": "The trainer fell ill"})
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == (Session.Status.CANCELLED, "The trainer fell ill")
    assert "The trainer fell ill" in desk.get("session", session)
    assert "This session can no longer be cancelled" in desk.get("session_cancel", session)
    assert (
        "This session is “Cancelled” by now"
        in desk.client.post(desk.url("session_cancel", session), {"reason": "Again"}).content.decode()
    )


def test_guards_are_found_by_name_and_ticked_and_what_was_typed_stays(desk: Any, requirement: Any) -> None:
    here = desk.stands(desk.post(school=requirement.school)).guard
    found = desk.guard(family_name="Төлегенов", given_name="Арман")
    twins = [desk.guard(family_name="Ким", given_name=name) for name in ("Виктор", "Сергей")]
    looked = sent(desk, requirement, [here], others="төлегенов\nКим\nНемо", do="find")
    answer = desk.client.post(desk.url("session_plan"), looked)
    step, page = answer.context["step"], answer.content.decode()
    ticks = {one.guard: ticked for one, ticked in step.candidates}
    assert ticks == {here: True, found: True, twins[0]: False, twins[1]: False}
    assert "1 guard was added to the list and ticked." in page
    assert "Nobody on your staff has this name or IIN: Немо." in page
    assert "Tick whom you mean in the list: Ким." in page
    assert step.form["others"].value() == "Немо\nКим"
    assert 'value="Ә. Оспанов"' in page and 'value="2,5"' in page
    assert not Session.objects.exists()


def test_a_name_that_means_one_guard_is_enough_to_plan(desk: Any, requirement: Any) -> None:
    found = desk.guard(family_name="Төлегенов", given_name="Арман")
    desk.client.post(desk.url("session_plan"), sent(desk, requirement, [], others="Төлегенов Арман"))
    assert [one.guard for one in Session.objects.get().attendees.all()] == [found]


def test_a_planned_session_is_changed_and_its_sheet_follows(desk: Any, requirement: Any) -> None:
    stays, goes = (desk.stands(desk.post(school=requirement.school)).guard for _each in range(2))
    comes = desk.guard(family_name="Төлегенов")
    session = planned(desk, stays, goes, module=requirement.module, school=requirement.school)
    page = desk.client.get(desk.url("session_change", session))
    assert {one.guard for one, ticked in page.context["step"].candidates if ticked} == {stays, goes}
    tomorrow = desk.today + timedelta(days=1)
    values = sent(desk, requirement, [stays], on=f"{tomorrow:%d.%m.%Y}", others="Төлегенов")
    answer = desk.client.post(desk.url("session_change", session), values)
    assert answer["Location"] == desk.url("session", session)
    session.refresh_from_db()
    assert (session.on, session.trainer, session.place) == (tomorrow, "Ә. Оспанов", "Мәжіліс залы")
    assert {one.guard for one in session.attendees.all()} == {stays, comes}
    assert desk.client.get(desk.url("session_sheet", session)).status_code == 200


def test_what_is_over_is_not_changed(desk: Any) -> None:
    session = planned(desk, desk.guard(), status=Session.Status.HELD)
    assert desk.client.get(desk.url("session_change", session))["Location"] == desk.url("session", session)


def test_as_many_queries_to_change_a_session_of_one_as_of_twenty(desk: Any, requirement: Any) -> None:
    session = planned(desk, module=requirement.module, school=requirement.school)
    AttendeeFactory(session=session, guard=desk.stands(desk.post(school=requirement.school)).guard)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get("session_change", session)
        return len(asked)

    queries()
    of_one = queries()
    for _more in range(19):
        guard = desk.stands(desk.post(school=requirement.school)).guard
        AttendeeFactory(session=session, guard=guard)
    assert queries() == of_one


def test_the_sign_in_sheet_is_a_document(desk: Any) -> None:
    answer = desk.client.get(desk.url("session_sheet", planned(desk, desk.guard())))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


def test_the_signed_sheet_is_kept_and_handed_out(desk: Any, other: Any) -> None:
    session = planned(desk, desk.guard(), status=Session.Status.HELD)
    assert desk.client.get(desk.url("session_signed", session)).status_code == 404
    send = desk.url("session_send_signed", session)
    assert "Choose the file" in desk.client.post(send, {}).content.decode()
    wrong = desk.client.post(send, {"sheet": SimpleUploadedFile("sheet.pdf", b"MZ not a sheet")})
    assert "The content of this file is none of these" in wrong.content.decode()
    desk.client.post(send, {"sheet": SimpleUploadedFile("парақ.pdf", PDF)})
    answer = desk.client.get(desk.url("session_signed", session))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert other.client.get(desk.url("session_signed", session)).status_code == 404


def test_sessions_are_found_by_state_module_and_school(desk: Any, requirement: Any) -> None:
    one = planned(desk, module=requirement.module, school=requirement.school)
    two = planned(desk, status=Session.Status.HELD)

    def shown(**query: str) -> set[Any]:
        return set(desk.client.get(desk.url("sessions"), query).context["page"].rows)

    assert shown() == {one, two}
    assert shown(status="held") == {two}
    assert shown(module=one.module.code) == {one}
    assert shown(school=str(requirement.school.public_id)) == {one}
    assert "No session fits these filters" in desk.get("sessions", status="cancelled")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Planned, today"),
        ({"on": -1}, "Say who came"),
        ({"status": "held"}, "Held"),
        ({"status": "cancelled"}, "Cancelled"),
    ],
)
def test_a_session_says_what_became_of_it(desk: Any, options: dict[str, Any], words: str) -> None:
    if "on" in options:
        options = {"on": desk.today + timedelta(days=options["on"])}
    planned(desk, **options)
    assert f"<span>{words}</span>" in desk.get("sessions")


def test_twenty_take_as_many_queries_as_one(desk: Any, requirement: Any) -> None:
    def add() -> Any:
        guard = desk.stands(desk.post(school=requirement.school)).guard
        session.append(planned(desk, guard, module=requirement.module, school=requirement.school))
        AttendeeFactory(session=session[0], guard=desk.guard())

    session: list[Any] = []
    query = {"module": requirement.module.code, "school": str(requirement.school.public_id)}

    def counts() -> list[int]:
        return [desk.queries("sessions"), desk.queries("session", session[0]), desk.queries("session_plan", **query)]

    add()
    few = counts()
    for _ in range(19):
        add()
    assert counts() == few


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_holds_words_of_another_language(desk: Any, requirement: Any, language: str) -> None:
    desk.client.cookies["django_language"] = language
    guard = desk.stands(desk.post(school=requirement.school)).guard
    sessions = [
        planned(desk, guard, trainer="Абай", place="Абай", on=desk.today + timedelta(days=day), status=status)
        for day, status in ((0, "planned"), (3, "planned"), (0, "held"), (0, "cancelled"))
    ]
    pages = [desk.get("sessions"), desk.get("sessions", status="held", module="-"), desk.get("session_plan")]
    pages += [desk.get("session_plan", module=requirement.module.code, school=str(requirement.school.public_id))]
    pages += [desk.get("session_plan", module=requirement.module.code)]
    pages += [desk.get(name, one) for one in sessions for name in ("session", "session_cancel")]
    pages += [desk.client.post(desk.url("session", sessions[0]), {}).content.decode()]
    assert [words for page in pages if (words := left_overs(page, language))] == []
