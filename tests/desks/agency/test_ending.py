"""Ending an assignment: what it asks, what it shows before, and the end."""

from datetime import timedelta
from typing import Any

import pytest

DAY = "%d.%m.%Y"


def asked(desk: Any, **change: str) -> dict[str, str]:
    return {"reason": "resigned", "last_day": f"{desk.today:{DAY}}"} | change


@pytest.fixture
def assignment(desk: Any) -> Any:
    return desk.stands(desk.post(positions=2), first_day=desk.today - timedelta(days=400))


def test_the_page_asks_for_reason_and_day_and_ends_nothing(desk: Any, assignment: Any) -> None:
    page = desk.get("end", assignment)
    assert assignment.guard.full_name in page
    assert "Choose a reason" in page
    assert "End the service" not in page


def test_the_effect_on_the_school_is_shown_before(desk: Any, assignment: Any) -> None:
    page = desk.get("end", assignment, **asked(desk))
    assert "Faces at the doors" in page
    assert "Replacement budget" in page
    assert "The limit of 50\N{NO-BREAK SPACE}% a year is not breached" in page
    assert f"End the service of {assignment.guard.name} here?" in page
    assert "This reason counts towards the limit." in page
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"


def test_a_leave_that_breaks_the_limit_is_foretold(desk: Any, assignment: Any) -> None:
    for days in (100, 150):
        desk.left(assignment.post, days_ago=days, first_day=desk.today - timedelta(days=160))
    page = desk.get("end", assignment, **asked(desk))
    assert "breached" in page
    assert "is not breached" not in page


def test_a_reason_that_may_be_excused_is_named_so(desk: Any, assignment: Any) -> None:
    page = desk.get("end", assignment, **asked(desk, reason="illness"))
    assert "This reason does not count once its cause is accepted." in page


def test_relief_changes_no_figure(desk: Any) -> None:
    relief = desk.stands(desk.post(), kind="relief", first_day=desk.today - timedelta(days=5))
    assert "A relief guard counts in no figure of turnover." in desk.get("end", relief, **asked(desk))


def test_the_end_is_recorded_with_day_and_reason(desk: Any, assignment: Any) -> None:
    answer = desk.client.post(desk.url("end", assignment), asked(desk), follow=True)
    assignment.refresh_from_db()
    assert (assignment.status, assignment.last_day, assignment.end_reason) == ("ended", desk.today, "resigned")
    assert answer.redirect_chain == [(desk.url("school", assignment.post.school), 302)]
    page = answer.content.decode()
    assert f"The last day of {assignment.guard.name} at {assignment.post.school.name} is {desk.today:{DAY}}." in page


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": ""}, "Choose the reason from the list."),
        ({"reason": "weather"}, "Choose the reason from the list."),
        ({"last_day": ""}, "Type the last day."),
        ({"last_day": "yesterday"}, "Type a day as day, month and year: 30.11.2026."),
        ({"last_day": "01.01.2019"}, "the last day is that day or later"),
    ],
)
def test_a_fault_comes_back_filled_and_ends_nothing(
    desk: Any, assignment: Any, change: dict[str, str], error: str
) -> None:
    answer = desk.client.post(desk.url("end", assignment), asked(desk, **change))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert error in page
    for name, value in asked(desk, **change).items():
        if value not in ("", "weather"):
            assert f'value="{value}"' in page, name
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"


@pytest.mark.parametrize("name", ["end", "replace"])
def test_a_day_before_the_first_is_told_at_once(desk: Any, assignment: Any, name: str) -> None:
    page = desk.get(name, assignment, reason="resigned", last_day="01.01.2019", handover_days="0")
    assert "the last day is that day or later" in page
    assert "Replacement budget" not in page


def test_an_assignment_that_ended_cannot_be_ended_again(desk: Any) -> None:
    over = desk.left(desk.post(), days_ago=3)
    assert "This assignment cannot be ended" in desk.get("end", over)
    answer = desk.client.post(desk.url("end", over), asked(desk, reason="retired"))
    assert answer.status_code == 200
    over.refresh_from_db()
    assert over.end_reason == "resigned"
