"""Ending an assignment: what it asks, what it shows before, and the end."""

from datetime import timedelta
from typing import Any

import pytest
from zeal import zeal_ignore

from audit.models import Event
from compliance.models import ClauseVersion
from staffing import actions
from staffing.models import SignedReason
from tests.factories import MembershipFactory

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


@pytest.fixture
def limit(db: None) -> ClauseVersion:
    found = ClauseVersion.objects.filter(rule="turnover_limit", draft=None, parameters__level="school")
    return found.latest("effective_from")


@pytest.fixture
def confetti(desk: Any, assignment: Any) -> None:
    """Two who stood there this spring and left: one more leave breaks the limit."""
    for days in (100, 150):
        desk.left(assignment.post, days_ago=days, first_day=desk.today - timedelta(days=160))


@pytest.mark.usefixtures("confetti")
def test_a_leave_that_breaks_the_limit_is_foretold(desk: Any, assignment: Any) -> None:
    page = desk.get("end", assignment, **asked(desk))
    assert "breached" in page
    assert "is not breached" not in page
    assert "Turnover of the agency at this school" in page and "Turnover of the whole agency" in page


@pytest.mark.usefixtures("confetti")
def test_a_breach_needs_a_signed_reason(desk: Any, assignment: Any, limit: ClauseVersion) -> None:
    assert "Why clauses 1, 2, 3 are set aside" in desk.get("end", assignment, **asked(desk))
    page = desk.client.post(desk.url("end", assignment), asked(desk)).content.decode()
    assert "Say why. The director reads this reason with your name." in page
    assignment.refresh_from_db()
    assert assignment.status == "confirmed"
    reason = {f"reason_{limit.pk}": "He moves to another city."}
    answer = desk.client.post(desk.url("end", assignment), asked(desk) | reason)
    assert answer.status_code == 302
    assignment.refresh_from_db()
    assert assignment.status == "ended"
    signed = SignedReason.objects.filter(assignment=assignment, of_end=True)
    assert {(one.text, one.signed_name) for one in signed} == {
        ("He moves to another city.", desk.membership.user.get_full_name())
    }
    assert {one.version.clause.code for one in signed} == {f"school-guards/{at}" for at in (1, 2, 3)}


@pytest.mark.usefixtures("confetti")
def test_the_reason_of_an_end_stands_beside_the_one_by_which_he_came(
    desk: Any, assignment: Any, limit: ClauseVersion
) -> None:
    """He was proposed against the limit himself, when he replaced another guard."""
    SignedReason.objects.create(assignment=assignment, version=limit, sentence="One more.", text="He came.")
    reason = {f"reason_{limit.pk}": "He goes."}
    assert desk.client.post(desk.url("end", assignment), asked(desk) | reason).status_code == 302
    assert set(SignedReason.objects.filter(version=limit).values_list("text", "of_end")) == {
        ("He came.", False),
        ("He goes.", True),
    }


def test_the_day_on_which_a_leave_is_given_back_says_how_long_that_is(desk: Any, assignment: Any) -> None:
    """A leave of a hundred days ago drops out of the window of 365 days 265 days from now."""
    desk.left(assignment.post, days_ago=100, first_day=desk.today - timedelta(days=160))
    left = "(265 days left)"
    page = desk.get("end", assignment, **asked(desk))
    assert left in page[page.index("Replacement budget") :]
    for one in (desk.get("school", assignment.post.school), desk.get("schools"), desk.get("today")):
        assert left in one


def test_an_end_within_the_limit_asks_no_reason(desk: Any, assignment: Any) -> None:
    assert 'name="reason_' not in desk.get("end", assignment, **asked(desk))
    assert desk.client.post(desk.url("end", assignment), asked(desk)).status_code == 302
    assert not SignedReason.objects.exists()


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
def test_a_day_after_the_planned_end_is_told_at_once(desk: Any, name: str) -> None:
    planned = desk.stands(desk.post(), last_day=desk.today + timedelta(days=10))
    late = f"{desk.today + timedelta(days=11):{DAY}}"
    page = desk.get(name, planned, reason="resigned", last_day=late, handover_days="0")
    assert "the last day is that day or earlier" in page
    assert "Replacement budget" not in page


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


def colleague(desk: Any) -> Any:
    """Another manager of the same agency."""
    return MembershipFactory(agency=desk.agency, user__full_name="Қайрат Әбенов")


def told_what_changed(desk: Any, page: str, last_day: Any) -> None:
    assert "Nothing was saved." in page
    assert f"This assignment is “Ended” by now. Last day {last_day:{DAY}}, reason: Retired." in page
    assert f"It was changed on {desk.today:{DAY}} by Қайрат Әбенов." in page


def test_the_second_of_two_who_end_is_told_what_the_first_did(desk: Any, assignment: Any) -> None:
    last_day = desk.today + timedelta(days=3)
    actions.end(assignment=assignment, last_day=last_day, reason="retired", by=colleague(desk))
    page = desk.client.post(desk.url("end", assignment), asked(desk)).content.decode()
    told_what_changed(desk, page, last_day)
    # What the second one typed is still there to be read.
    assert "<dt>Reason</dt><dd>Resigned</dd>" in page
    assert f"<dt>Last day</dt><dd>{desk.today:{DAY}}</dd>" in page
    assignment.refresh_from_db()
    assert (assignment.end_reason, assignment.last_day) == ("retired", last_day)
    assert Event.objects.filter(verb="assignment_ended").count() == 1


@pytest.mark.usefixtures("confetti")
def test_the_first_may_come_between_the_check_and_the_end(
    desk: Any, assignment: Any, limit: ClauseVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both pressed at once: the second one's request had read the assignment as still going on."""
    from desks.agency.views import ending

    second, first = ending.leave, colleague(desk)
    last_day = desk.today + timedelta(days=3)

    def overtaken(**asked_for: Any) -> Any:
        with zeal_ignore():  # two requests in one
            actions.end(assignment=asked_for["assignment"], last_day=last_day, reason="retired", by=first)
        return second(**asked_for)

    monkeypatch.setattr(ending, "leave", overtaken)
    data = asked(desk) | {f"reason_{limit.pk}": "He moves to another city."}
    page = desk.client.post(desk.url("end", assignment), data).content.decode()
    told_what_changed(desk, page, last_day)
    assert "<dd>Resigned</dd>" in page and "<dd>He moves to another city.</dd>" in page
    assert not SignedReason.objects.exists()


def test_what_ended_with_its_contract_was_changed_by_nobody(desk: Any, assignment: Any) -> None:
    actions.end(assignment=assignment, last_day=desk.today, reason="contract_ended", by=None)
    page = desk.client.post(desk.url("end", assignment), asked(desk)).content.decode()
    assert f"It was changed on {desk.today:{DAY}}, when the contract had ended." in page
