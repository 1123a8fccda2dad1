"""The ribbon shows what its reader may know and claims no empty place beyond that; figures carry their parts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from access.roles import Role
from compliance.models import Figure
from compliance.predicates.turnover import TurnoverLimit
from compliance.reports import BudgetLine, report
from desks import school_file
from desks.pictures.ribbon import EndMark
from guards.models import Assignment
from tests.factories import AssignmentFactory, ContractFactory, GuardFactory, MembershipFactory, PostFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def manager() -> Any:
    return MembershipFactory(role=Role.AGENCY_MANAGER)


@pytest.fixture
def post() -> Any:
    return PostFactory(positions=1)


def drawn(post: Any, membership: Any) -> Any:
    return school_file.school_ribbon(post.school, membership, TODAY)


def test_two_years_end_with_this_month() -> None:
    assert school_file.two_years_before(date(2026, 11, 24)) == date(2024, 12, 1)
    assert school_file.two_years_before(date(2026, 12, 1)) == date(2025, 1, 1)


def test_rows_of_a_guard_that_touch_are_one_bar(post: Any, manager: Any) -> None:
    guard = GuardFactory()
    common = {"guard": guard, "post": post, "agency": manager.agency}
    AssignmentFactory(
        **common, first_day=date(2025, 1, 1), last_day=date(2025, 6, 30), left=True, end_reason="contract_ended"
    )
    AssignmentFactory(**common, first_day=date(2025, 7, 1))
    (bar,) = drawn(post, manager).bars
    assert (bar.bar.first_day, bar.bar.last_day) == (date(2025, 1, 1), None)


def test_a_leave_is_marked_as_it_counts(post: Any, manager: Any) -> None:
    common = {"post": post, "agency": manager.agency, "left": True}
    AssignmentFactory(**common, first_day=date(2025, 1, 1), last_day=date(2026, 3, 1))
    AssignmentFactory(
        **common, first_day=date(2026, 3, 2), last_day=date(2026, 6, 1), end_reason="illness", cause_accepted=True
    )
    AssignmentFactory(**common, first_day=date(2026, 6, 2), last_day=date(2026, 11, 20))
    marks = [mark.kind for mark in drawn(post, manager).marks]
    assert sorted(marks) == sorted([EndMark.LEFT, EndMark.EXCUSED, EndMark.PROVISIONAL])


def test_an_agency_sees_its_own_guards_and_no_gap_where_another_stood(post: Any, manager: Any) -> None:
    AssignmentFactory(post=post, first_day=date(2024, 1, 1), last_day=date(2025, 12, 31), left=True)
    theirs = Assignment.objects.get()
    theirs.agency.contracts.update(last_day=date(2025, 12, 31))
    ContractFactory(agency=manager.agency, school=post.school, first_day=date(2026, 1, 1))
    AssignmentFactory(post=post, agency=manager.agency, first_day=date(2026, 2, 1))
    ribbon = drawn(post, manager)
    assert [bar.bar.first_day for bar in ribbon.bars] == [date(2026, 2, 1)]
    (gap,) = ribbon.gaps
    assert "01.01.2026" in gap.title


def test_the_regulator_sees_everybody(post: Any) -> None:
    AssignmentFactory(post=post, first_day=date(2024, 1, 1), last_day=date(2025, 12, 31), left=True)
    AssignmentFactory(post=post, first_day=date(2026, 2, 1))
    regulator = MembershipFactory(role=Role.REGULATOR)
    assert len(drawn(post, regulator).bars) == 2


def test_unconfirmed_guards_are_not_drawn(post: Any, manager: Any) -> None:
    AssignmentFactory(post=post, agency=manager.agency, proposal=True, first_day=date(2026, 2, 1))
    assert drawn(post, manager).bars == []


def blocks(post: Any) -> list[school_file.FigureBlock]:
    return school_file.figure_blocks(report("school", TODAY, school=post.school.pk))


def test_turnover_carries_its_interval_its_limit_and_its_mark(post: Any) -> None:
    AssignmentFactory(post=post, first_day=date(2024, 1, 1), last_day=date(2026, 3, 1), left=True)
    AssignmentFactory(post=post, first_day=date(2026, 3, 2))
    turnover = blocks(post)[0]
    assert turnover.value == "100"
    assert "1 leave of 1 counts, at a headcount of 1.00" in turnover.made_of
    assert turnover.interval is not None
    assert turnover.mark == "policy"


@pytest.mark.parametrize(("used", "words"), [(1, "1 leave of 2 in 365 days"), (9, "9 leaves in 365 days, 2 allowed")])
def test_leaves_beyond_the_allowed_are_not_a_part_of_them(used: int, words: str) -> None:
    line = BudgetLine(allowed=2, used=used, provisional=0, left=max(0, 2 - used), next_back=None)
    rule = TurnoverLimit(level="school", threshold_percent=50.0)
    assert school_file.small_budget(line, rule).detail.replace("\u00a0", " ") == words


def test_a_school_where_nobody_was_confirmed_is_not_measurable(post: Any) -> None:
    turnover = blocks(post)[0]
    assert turnover.status == ("not_measurable", "Not measurable")
    assert turnover.value == ""


def test_the_confirmed_share_is_that_of_the_stored_figures(post: Any) -> None:
    Figure.objects.create(
        level="school", school=post.school, region=post.school.region, as_of=TODAY, measurable=True, person_days=1,
        average_headcount=1, gross_left=0, excused_left=0, net_left=0, provisional_left=0, distinct_guards=1,
        claimed=200, present=150, refused=1,
    )  # fmt: skip
    confirmed = blocks(post)[-1]
    assert (confirmed.value, confirmed.unit) == ("75.0", "%")
    assert confirmed.made_of == "150 of 200 claimed days; the school said no 1 time"


def test_the_blocks_are_drawn_in_every_language(post: Any) -> None:
    AssignmentFactory(post=post, first_day=date(2024, 1, 1))
    for language in ("kk", "ru", "en"):
        with translation.override(language):
            page = render_to_string("components/figure_blocks.html", {"blocks": blocks(post)})
        assert page.count('class="figure') >= 5
