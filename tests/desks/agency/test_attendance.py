"""The agency's claims: the schools of a month, the grid, a copied week, a pasted sheet, and the disagreements."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from guards.models import Assignment, Presence
from tests.compliance.registers import noon
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AssignmentFactory, CalendarFactory, PresenceFactory, SchoolFactory

DAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(noon(DAY), tick=False):
        yield


@pytest.fixture
def stands(desk: Any) -> Assignment:
    post = desk.post(name="Main entrance", school=SchoolFactory(name_ru="School 12"))
    guard = desk.guard(family_name="Бекова", given_name="Гүлнар", patronymic="")
    return desk.stands(post, guard=guard, first_day=date(2026, 11, 3))  # type: ignore[no-any-return]


def value(stands: Assignment, day: int) -> str:
    return f"{stands.post.public_id}.{stands.guard.public_id}.2026-11-{day:02d}"


def send(desk: Any, stands: Assignment, *days: int, **data: Any) -> Any:
    opened = desk.client.get(desk.url("attendance_month", stands.post.school))
    sent = {"claim": [value(stands, day) for day in days], "was": [row.was for row in opened.context["rows"]], **data}
    return desk.client.post(desk.url("attendance_month", stands.post.school), sent, follow=True)


def marked(response: Any) -> set[int]:
    """The days that are marked in the grid that is shown."""
    return {cell.day.on.day for row in response.context["rows"] for cell in row.cells if cell.claimed}


def claimed() -> set[int]:
    return {one.on.day for one in Presence.objects.filter(agency_claim=True)}


def said(stands: Assignment, day: int, answer: str, **changed: Any) -> Presence:
    of = {"guard": stands.guard, "post": stands.post, "on": DAY.replace(day=day)}
    return PresenceFactory(**(of | {"school_confirmation": answer} | changed))  # type: ignore[no-any-return]


def shift_url(desk: Any, one: Presence) -> str:
    whole = Presence.objects.select_related("post", "guard").get(pk=one.pk)
    base: str = desk.url("disagreements")
    return f"{base}{whole.post.public_id}/{whole.guard.public_id}/{whole.on.isoformat()}/"


def of_page(desk: Any, stands: Assignment) -> list[str]:
    """What the page carries of what is claimed when it is opened."""
    return [row.was for row in desk.client.get(desk.url("attendance_month", stands.post.school)).context["rows"]]


# The grid


def test_a_box_stands_for_every_shift_that_may_be_claimed_and_no_other(desk: Any, stands: Assignment) -> None:
    page = desk.get("attendance_month", stands.post.school)
    assert [day for day in range(1, 31) if value(stands, day) in page] == list(range(3, 26))
    assert "Бекова Гүлнар" in page or "Гүлнар Бекова" in page


def test_closed_days_say_so_in_a_word(desk: Any, stands: Assignment) -> None:
    page = desk.get("attendance_month", stands.post.school)
    assert page.count("<small>off</small>") == 9  # Saturdays and Sundays of the month


def test_the_month_is_saved_whole_by_one_button(desk: Any, stands: Assignment) -> None:
    answer = send(desk, stands, 3, 4, do="save")
    assert "Saved. Shifts claimed: 2, claims taken back: 0." in answer.content.decode()
    assert marked(send(desk, stands, 4, 5, do="save")) == {4, 5}
    assert claimed() == {4, 5}
    assert "Nothing has changed." in send(desk, stands, 4, 5, do="save").content.decode()


def test_the_second_of_two_managers_overwrites_nothing(desk: Any, stands: Assignment) -> None:
    send(desk, stands, 3, 4)
    opened = of_page(desk, stands)
    # The first takes the 4th back and claims the 5th; the second has 3 and 4 before him and adds the 6th.
    send(desk, stands, 3, 5)
    answer = send(desk, stands, 3, 4, 6, was=opened)
    assert claimed() == {3, 5}
    assert marked(answer) == {3, 5, 6}
    page = answer.content.decode()
    assert "this month was changed while you worked" in page
    assert "claimed on 5\xa0November" in page and "the claim taken back on 4\xa0November" in page
    assert desk.membership.user.get_full_name() in page
    carried = [row.was for row in answer.context["rows"]]
    send(desk, stands, *marked(answer), was=carried)
    assert claimed() == {3, 5, 6}


def test_a_copied_week_keeps_in_mind_what_was_seen(desk: Any, stands: Assignment) -> None:
    opened = of_page(desk, stands)
    send(desk, stands, 5)
    answer = send(desk, stands, 16, do="copy", week="2026-11-23", was=opened)
    assert [row.was for row in answer.context["rows"]] == opened
    send(desk, stands, *marked(answer), was=opened)
    assert claimed() == {5}


def test_what_a_page_carries_may_be_anything(desk: Any, stands: Assignment) -> None:
    send(desk, stands, 3)
    for was in (["", "a.b.c"], [f"{stands.post.public_id}.{stands.guard.public_id}.zz"], []):
        assert marked(send(desk, stands, 3, 4, was=was)) == {3, 4}
        assert claimed() == {3}


@pytest.mark.parametrize("day", [2, 26])
def test_a_mark_that_does_not_fit_is_named_and_the_others_stay(desk: Any, stands: Assignment, day: int) -> None:
    answer = send(desk, stands, 4, day, do="save")
    assert "a mark no longer fits" in answer.content.decode()
    assert marked(answer) == {4}
    assert claimed() == set()


def test_the_school_s_answers_stand_in_the_cells_and_lead_to_what_differs(desk: Any, stands: Assignment) -> None:
    differs, agrees = said(stands, 9, "absent"), said(stands, 10, "present")
    page = desk.get("attendance_month", stands.post.school)
    assert shift_url(desk, differs) in page
    assert shift_url(desk, agrees) not in page
    assert "School: Absent" in page
    assert "School: Present" in page


def test_another_agency_s_guard_is_not_in_the_grid(desk: Any, stands: Assignment) -> None:
    neighbour = AssignmentFactory(post=stands.post)
    PresenceFactory(guard=neighbour.guard, post=stands.post, on=DAY)
    assert neighbour.guard.family_name not in desk.get("attendance_month", stands.post.school)
    send(desk, stands, do="save")
    assert Presence.objects.filter(agency_claim=True).count() == 1


def test_months_are_walked_but_none_to_come(desk: Any, stands: Assignment) -> None:
    url = desk.url("attendance_month", stands.post.school)
    page = desk.client.get(url, {"month": "2026-12"})
    assert page.context["month"].first_day == date(2026, 11, 1)
    assert not page.context["after"]
    october = desk.client.get(url, {"month": "2026-10"})
    assert "None of your guards was assigned here" in october.content.decode()
    assert desk.client.get(url, {"month": "soon"}).context["month"].first_day == date(2026, 11, 1)


def test_twenty_guards_take_as_many_queries_as_one(desk: Any, stands: Assignment) -> None:
    said(stands, 9, "absent")
    few = desk.queries("attendance_month", stands.post.school)
    for _one in range(19):
        said(desk.stands(stands.post, first_day=date(2026, 11, 1)), 9, "absent")
    assert desk.queries("attendance_month", stands.post.school) == few


# A week that is copied


def test_the_week_before_is_copied_into_the_form_and_nothing_is_saved(desk: Any, stands: Assignment) -> None:
    answer = send(desk, stands, 16, 18, 20, 24, do="copy", week="2026-11-23")
    assert marked(answer) == {16, 18, 20, 23, 24, 25}  # Friday the 27th has not come
    assert "2 shifts were marked. Nothing is saved yet" in answer.content.decode()
    assert claimed() == set()


def test_the_week_before_the_month_is_read_from_what_is_saved(desk: Any, stands: Assignment) -> None:
    Assignment.objects.update(first_day=date(2026, 10, 1))
    said(stands, 1, "", on=date(2026, 10, 26))
    said(stands, 1, "", on=date(2026, 10, 27))
    answer = send(desk, stands, do="copy", week="2026-11-02")
    assert marked(answer) == {2, 3}


def test_an_empty_week_before_is_said(desk: Any, stands: Assignment) -> None:
    answer = send(desk, stands, 24, do="copy", week="2026-11-23")
    assert "The week before holds no shift" in answer.content.decode()
    assert marked(answer) == {24}


# A sheet that is pasted


@pytest.mark.parametrize("name", ["Бекова Гүлнар", "бекова  гүлнар", "IIN"])
def test_a_sheet_goes_into_the_grid(desk: Any, stands: Assignment, name: str) -> None:
    called = stands.guard.iin if name == "IIN" else name
    sheet = f"\t1\t2\t3\t4\t5\n{called}\t\t\t+\t-\t12\n"
    answer = send(desk, stands, 4, 10, do="paste", sheet=sheet)
    assert marked(answer) == {3, 5, 10}
    assert "The row of 1 guard was taken in. Nothing is saved yet" in answer.content.decode()
    assert claimed() == set()


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        ("Nobody\t+", "Row 1, column 1: “Nobody” is none of your guards at this school in this month."),
        ("\nБекова Гүлнар\t\t\t?", "Row 2, column 4: “?” is no mark."),
        ("Бекова Гүлнар\t+", "Row 1, column 2: the guard has no assignment here on 01.11.2026."),
        ("Бекова Гүлнар" + "\t" * 26 + "+", "Row 1, column 27: 26.11.2026 has not come yet."),
        ("Бекова Гүлнар" + "\t" * 31 + "+", "Row 1: the month has 30 days, and the row goes on after them."),
        ("Бекова Гүлнар\nБекова Гүлнар", "Row 2, column 1: “Бекова Гүлнар” stands in a row above already."),
        ("", "The sheet is empty"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_is_lost(
    desk: Any, stands: Assignment, sheet: str, fault: str
) -> None:
    answer = send(desk, stands, 4, 10, do="paste", sheet=sheet)
    page = answer.content.decode()
    assert fault in page
    assert marked(answer) == {4, 10}
    assert answer.context["form"]["sheet"].value() == sheet
    assert claimed() == set()


def test_two_guards_of_one_name_are_told_apart_by_iin(desk: Any, stands: Assignment) -> None:
    twin = desk.guard(family_name="Бекова", given_name="Гүлнар", patronymic="")
    desk.stands(stands.post, guard=twin, first_day=date(2026, 11, 1))
    answer = send(desk, stands, do="paste", sheet="Бекова Гүлнар\t\t\t+")
    assert "several guards are called “Бекова Гүлнар”. Give the IIN." in answer.content.decode()
    assert marked(send(desk, stands, do="paste", sheet=f"{twin.iin}\t\t\t+")) == {3}


# The schools of a month


def tally(desk: Any, **query: str) -> Any:
    return desk.client.get(desk.url("attendance"), query).context["page"].rows[0].tally


def test_a_school_is_told_by_days_claimed_confirmed_and_in_dispute(desk: Any, stands: Assignment) -> None:
    said(stands, 9, "present")
    said(stands, 10, "absent")
    said(stands, 11, "")
    said(stands, 12, "present", agency_claim=False)
    said(stands, 14, "present")  # a Saturday: claimed, but no day that had to be
    found = tally(desk)
    assert (found.expected, found.covered) == (18, 3)
    assert (found.claimed, found.confirmed, found.refused, found.unanswered, found.differing) == (4, 2, 1, 1, 2)
    page = desk.get("attendance")
    assert "3 of 18" in page
    assert "confirmed 2 of 4" in page


def test_another_month_is_told_by_itself(desk: Any, stands: Assignment) -> None:
    said(stands, 9, "present")
    assert tally(desk, month="2026-10").claimed == 0


def test_schools_are_found_by_whether_the_words_differ(desk: Any, stands: Assignment) -> None:
    other = desk.stands(desk.post()).post.school
    said(stands, 10, "absent")

    def shown(**query: str) -> set[Any]:
        return set(desk.client.get(desk.url("attendance"), query).context["page"].rows)

    assert shown() == {stands.post.school, other}
    assert shown(words="differ") == {stands.post.school}
    assert shown(words="agree") == {other}
    assert shown(q="School 12") == {stands.post.school}


def test_the_list_alone_is_a_part_of_the_page(desk: Any, stands: Assignment) -> None:
    assert_fragment_equals_page(desk.client, desk.url("attendance"))
    said(stands, 10, "absent")
    assert_fragment_equals_page(desk.client, desk.url("disagreements"))


def test_twenty_schools_take_as_many_queries_as_one(desk: Any, stands: Assignment) -> None:
    said(stands, 10, "absent")
    few = desk.queries("attendance"), desk.queries("disagreements")
    for _one in range(19):
        more = desk.stands(desk.post(school__calendar=CalendarFactory()))
        said(more, 10, "absent")
    assert (desk.queries("attendance"), desk.queries("disagreements")) == few


def test_both_lists_are_given_as_files(desk: Any, stands: Assignment) -> None:
    said(stands, 10, "absent")
    for name, words in (("attendance", "School 12"), ("disagreements", "Claimed, the school says absent")):
        assert words in desk.client.get(desk.url(name), {"format": "csv"}).getvalue().decode()


# Disagreements


def shown(desk: Any, **query: str) -> set[Presence]:
    return set(desk.client.get(desk.url("disagreements"), query).context["page"].rows)


def test_disagreements_are_found_by_state_kind_and_school(desk: Any, stands: Assignment) -> None:
    absent, other = said(stands, 10, "absent"), said(stands, 11, "other_person")
    unclaimed = said(stands, 12, "present", agency_claim=False)
    settled = said(stands, 13, "present")
    settled.notes.create(role="agency_manager", author="A", text="Cleared up.")
    said(stands, 16, "present")
    said(stands, 1, "absent", on=DAY - timedelta(days=90))
    assert shown(desk) == {absent, other, unclaimed, settled}
    assert shown(desk, state="open") == {absent, other, unclaimed}
    assert shown(desk, state="settled") == {settled}
    assert shown(desk, kind="unclaimed") == {unclaimed}
    assert shown(desk, kind="absent") == {absent}
    assert shown(desk, school=str(stands.post.school.public_id)) == {absent, other, unclaimed, settled}
    assert "15 days ago" in desk.get("disagreements")


def test_another_agency_s_shifts_at_the_same_school_are_hidden(desk: Any, stands: Assignment) -> None:
    theirs = said(AssignmentFactory(post=stands.post), 10, "absent")
    assert shown(desk) == set()
    assert desk.client.get(shift_url(desk, theirs)).status_code == 404


def test_a_claim_is_taken_back_and_made_again(desk: Any, stands: Assignment) -> None:
    url = shift_url(desk, said(stands, 10, "absent"))
    page = desk.client.post(url, {"claim": "0"}, follow=True).content.decode()
    assert "You took your claim back." in page
    assert "The words agree again" in page
    desk.client.post(url, {"claim": "1"})
    assert Presence.objects.get().agency_claim


def test_a_word_is_said_and_stands_in_the_talk(desk: Any, stands: Assignment) -> None:
    one = said(stands, 10, "absent")
    page = desk.client.post(shift_url(desk, one), {"text": "He came at nine."}, follow=True).content.decode()
    assert "He came at nine." in page
    assert "The school reads your words." in page
    empty = desk.client.post(shift_url(desk, one), {"text": ""}).content.decode()
    assert "Write what you know of this shift." in empty
    assert one.notes.count() == 1


def test_an_address_without_a_day_is_not_found(desk: Any, stands: Assignment) -> None:
    url = shift_url(desk, said(stands, 10, "absent"))
    assert desk.client.get(url.replace("2026-11-10", "soon")).status_code == 404
