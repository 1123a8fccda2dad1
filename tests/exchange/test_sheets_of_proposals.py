"""A sheet of proposals: the law is asked about every row, and no post is given to more than it has room for."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.models import Import
from exchange.sheets import warning
from guards.models import Assignment, Credential
from schools.models import Post
from staffing.obstacles import of_clauses
from tests.exchange.sheets import Sender, csv_file, faults, sentences
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    LicenceEventFactory,
    ModuleFactory,
    PostFactory,
    RequirementFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)
HEADS = ["iin", "post_id", "first_day", "last_day", "kind"]


@pytest.fixture
def sender(db: None) -> Sender:
    return Sender()


def guard(sender: Sender, **said: Any) -> Any:
    found = GuardFactory(**said)
    EmploymentFactory(guard=found, agency=sender.agency)
    return found


def at(guard: Any, post: Any, first_day: date = MONDAY, last_day: Any = "", kind: str = "") -> list[str]:
    return [guard.iin, post.code, str(first_day), str(last_day), kind]


def proposals(sender: Sender, *rows: list[str]) -> Import:
    return sender.sends("assignments", csv_file(HEADS, *rows))


def warned(one: Import) -> dict[int, str]:
    return dict(one.faults.filter(is_warning=True).values_list("row", "sentence"))


class TestLaw:
    @pytest.fixture
    def posts(self, sender: Sender) -> list[Any]:
        """Posts of two schools, of which one asks for a module; that is policy."""
        other = PostFactory(positions=20)
        ContractFactory(agency=sender.agency, school=other.school)
        RequirementFactory(school=other.school, module=ModuleFactory())
        Post.objects.filter(pk=sender.post.pk).update(positions=20)
        return [sender.post, other]

    def test_every_row_is_asked_about_however_many_at_once(
        self, sender: Sender, posts: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(warning, "AT_ONCE", 2)
        lawful = [guard(sender, papers=True) for _ in range(3)]
        barred = [guard(sender) for _ in range(6)]
        day = MONDAY + timedelta(days=9)
        rows = [at(one, posts[0]) for one in lawful]
        rows += [at(one, posts[place % 2], (MONDAY, day)[place % 3 == 0]) for place, one in enumerate(barred)]
        one = proposals(sender, *rows)
        assert one.may_be_loaded and one.rows_warned == 6
        assert sorted(warned(one)) == [5, 6, 7, 8, 9, 10]
        # It stored nothing, for all that it asked about.
        assert not Assignment.objects.exists()

    def test_it_says_what_the_page_of_placing_says(self, sender: Sender, posts: list[Any]) -> None:
        some, expiring = guard(sender), guard(sender, papers=True)
        Credential.objects.filter(guard=expiring, kind="medical_certificate").update(valid_until=MONDAY)
        day = MONDAY + timedelta(days=1)
        one = proposals(sender, at(some, posts[1], day), at(expiring, posts[1], day))
        against = of_clauses([some, expiring], posts[1], sender.agency, day)
        assert warned(one) == {
            row: " ".join(found.whole for found in against[who.pk] if found.blocks)
            for row, who in ((2, some), (3, expiring))
        }
        assert "Medical certificate" in warned(one)[3]
        # The module that the school asks for is policy: the manager signs for it when he proposes on the page.
        assert not any("Module" in sentence for sentence in warned(one).values())

    def test_a_paper_is_asked_for_on_the_first_day_of_its_row(self, sender: Sender, posts: list[Any]) -> None:
        expiring = guard(sender, papers=True)
        Credential.objects.filter(guard=expiring, kind="medical_certificate").update(valid_until=MONDAY)
        in_time = at(expiring, posts[0], MONDAY, MONDAY, "relief")
        too_late = at(expiring, posts[0], MONDAY + timedelta(days=1), MONDAY + timedelta(days=1), "relief")
        assert list(warned(proposals(sender, in_time, too_late))) == [3]

    def test_a_contract_without_a_licence_in_force_bars_everybody_there(self, sender: Sender, posts: list[Any]) -> None:
        licence = sender.agency.contracts.get(school=posts[1].school).licence
        LicenceEventFactory(licence=licence, on=MONDAY - timedelta(days=3), event="revoked")
        rows = [at(guard(sender, papers=True), post) for post in (*posts, posts[1])]
        assert sorted(warned(proposals(sender, *rows))) == [3, 4]

    def test_more_rows_take_no_more_queries(self, sender: Sender, posts: list[Any]) -> None:
        def queries(number: int) -> int:
            rows = [at(guard(sender), posts[place % 2]) for place in range(number)]
            with CaptureQueriesContext(connection) as caught:
                assert proposals(sender, *rows).rows_warned == number
            return len(caught)

        queries(2)
        assert queries(2) == queries(20)


class TestRoom:
    @pytest.fixture
    def narrow(self, sender: Sender) -> Any:
        """A post of one place."""
        Post.objects.filter(pk=sender.post.pk).update(positions=1)
        return Post.objects.get(pk=sender.post.pk)

    def test_the_row_above_takes_the_place(self, sender: Sender, narrow: Any) -> None:
        one = proposals(sender, at(guard(sender), narrow), at(guard(sender), narrow))
        assert faults(one) == ["3 post_id"]
        assert "has 1 place, held on 30.11.2026: row 2." in sentences(one)

    def test_who_holds_the_place_in_the_register_is_named(self, sender: Sender, narrow: Any) -> None:
        held = AssignmentFactory(post=narrow, agency=sender.agency)
        one = proposals(sender, at(guard(sender), narrow))
        assert faults(one) == ["2 post_id"] and held.guard.name in sentences(one)

    def test_a_guard_of_another_agency_is_not_named(self, sender: Sender, narrow: Any) -> None:
        held = AssignmentFactory(post=narrow)
        one = proposals(sender, at(guard(sender), narrow))
        assert "a guard of another agency" in sentences(one) and held.guard.name not in sentences(one)

    def test_who_follows_one_that_leaves_finds_room(self, sender: Sender, narrow: Any) -> None:
        AssignmentFactory(post=narrow, agency=sender.agency, last_day=MONDAY + timedelta(days=3), left=True)
        assert proposals(sender, at(guard(sender), narrow)).may_be_loaded

    def test_relief_stands_beside_whoever_holds_the_place(self, sender: Sender, narrow: Any) -> None:
        AssignmentFactory(post=narrow, agency=sender.agency)
        relief = [at(guard(sender), narrow, MONDAY, MONDAY, "relief") for _ in range(2)]
        assert faults(proposals(sender, *relief)) == ["3 post_id"]

    def test_one_after_the_other_is_not_together(self, sender: Sender, narrow: Any) -> None:
        days = [MONDAY + timedelta(days=at_day) for at_day in range(3)]
        rows = [at(guard(sender), narrow, day, day, "relief") for day in days]
        assert proposals(sender, *rows).may_be_loaded

    def test_the_same_file_may_be_sent_again(self, sender: Sender, narrow: Any) -> None:
        rows = [at(guard(sender), narrow)]
        sender.loads("assignments", csv_file(HEADS, *rows))
        again = proposals(sender, *rows)
        assert again.rows_at_fault == again.rows_new == 0

    def test_what_took_the_place_since_the_check_holds_the_file_back(self, sender: Sender, narrow: Any) -> None:
        one = proposals(sender, at(guard(sender), narrow))
        AssignmentFactory(post=narrow, agency=sender.agency, first_day=MONDAY)
        one = sender.works(one, "load")
        assert (one.state, faults(one)) == (Import.State.CHECKED, ["2 post_id"])
        assert Assignment.objects.count() == 1

    def test_more_rows_take_no_more_queries(self, sender: Sender) -> None:
        def queries(number: int) -> int:
            posts = [PostFactory(school=sender.post.school, positions=1) for _ in range(number)]
            rows = [at(guard(sender, papers=True), post) for post in posts]
            with CaptureQueriesContext(connection) as caught:
                assert proposals(sender, *rows).may_be_loaded
            return len(caught)

        queries(2)
        assert queries(2) == queries(20)
