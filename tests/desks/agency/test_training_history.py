"""What is told of training: to the agency that held it and the school it was for, and not to a guard's next agency."""

from decimal import Decimal
from typing import Any

from guards.actions import training
from tests.factories import EmploymentFactory, ModuleFactory


def held(desk: Any, post: Any, *guards: Any) -> Any:
    session = training.plan(
        agency=desk.agency, module=ModuleFactory(), school=post.school, on=desk.today, trainer="Абай",
        hours=Decimal(2), guards=guards, by=desk.membership,
    )  # fmt: skip
    training.hold(session=session, came=guards, by=desk.membership)
    return session


def test_a_session_stands_in_the_history_of_school_and_guard(desk: Any) -> None:
    post = desk.post()
    guard = desk.stands(post).guard
    held(desk, post, guard)
    words = f"The agency held a training session on {desk.today:%d.%m.%Y}: Evacuation"
    assert words in desk.get("school", post.school)
    assert words in desk.get("guard", guard)


def test_one_who_left_hides_the_session_from_nobody(desk: Any) -> None:
    post = desk.post()
    guard, leaver = desk.stands(post).guard, desk.guard()
    held(desk, post, guard, leaver)
    leaver.employments.update(last_day=desk.today.replace(year=2021))
    assert "The agency held a training session" in desk.get("guard", guard)


def test_the_next_agency_is_not_told(desk: Any, other: Any) -> None:
    post = desk.post()
    guard = desk.guard()
    held(desk, post, guard)
    EmploymentFactory(guard=guard, agency=other.agency)
    assert "The agency held a training session" not in other.get("guard", guard)
