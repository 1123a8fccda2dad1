"""Who may be placed: the same rules, as if the guard stood at the post."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.eligibility import Obstacle, obstacles, obstacles_at
from compliance.engine import judge
from compliance.models import ClauseVersion
from guards.models import Guard
from tests import factories

DAY = date(2026, 11, 25)
PAPERS = (
    "training_certificate",
    "refresher_certificate",
    "medical_certificate",
    "no_criminal_record",
    "identity_document",
)

pytestmark = pytest.mark.django_db


class Place:
    """A post at a school that asks for a module, and an agency with a contract there that keeps its guards' papers."""

    def __init__(self) -> None:
        self.post = factories.PostFactory()
        self.contract = factories.ContractFactory(school=self.post.school)
        self.agency = self.contract.agency
        self.module = factories.RequirementFactory(school=self.post.school).module
        self.ready = self.guard()
        for kind in PAPERS:
            factories.CredentialFactory(guard=self.ready, kind=kind, issued_on=date(2026, 9, 1))
        self.train(self.ready)

    def guard(self, **said: Any) -> Guard:
        guard: Guard = factories.EmploymentFactory(agency=self.agency, **said).guard
        return guard

    def train(self, guard: Guard) -> None:
        factories.TrainingRecordFactory(
            guard=guard, module=self.module, school=self.post.school, completed_on=date(2026, 9, 1)
        )

    def obstacles(self, *guards: Guard, day: date = DAY) -> dict[int, list[Obstacle]]:
        return obstacles(guards, self.post, self.agency, day)


@pytest.fixture
def place() -> Place:
    return Place()


def clauses(found: list[Obstacle]) -> set[str]:
    return {one.version.clause.code for one in found}


def test_a_guard_with_all_papers_and_the_training_has_no_obstacle(place: Place) -> None:
    assert place.obstacles(place.ready) == {place.ready.pk: []}


def test_each_missing_paper_and_module_is_an_obstacle_of_its_clause(place: Place) -> None:
    newcomer = place.guard()
    found = place.obstacles(newcomer)[newcomer.pk]
    assert clauses(found) == {
        "security-guards/2",
        "security-guards/3",
        "security-guards/4",
        "security-guards/6",
        "special-training/1",
        "school-guards/6",
    }
    assert {one.mark for one in found if one.is_law} == {"law"}
    assert [one.version.clause.code for one in found if one.mark == "policy"] == ["school-guards/6"]
    assert all(str(one.sentence) and str(one.cure) for one in found)


def test_where_no_paper_was_ever_recorded_nobody_is_found_guilty_and_nobody_may_be_placed(place: Place) -> None:
    """Missing evidence is not measurable when the day is judged, and never fine when somebody is to be placed."""
    place.ready.credentials.all().delete()
    factories.AssignmentFactory(guard=place.ready, post=place.post, agency=place.agency, first_day=DAY)
    assert not [one for one in judge(DAY).breaches if one.breach.subject.guard]
    assert clauses(place.obstacles(place.ready)[place.ready.pk]) == {
        "security-guards/2",
        "security-guards/3",
        "security-guards/4",
        "security-guards/6",
        "special-training/1",
    }


def test_a_guard_in_his_first_year_needs_no_refresher(place: Place) -> None:
    newcomer = place.guard(first_day=date(2026, 1, 1))
    assert "special-training/1" not in clauses(place.obstacles(newcomer)[newcomer.pk])


def test_a_licence_that_is_suspended_stands_in_the_way_of_everyone(place: Place) -> None:
    other = place.guard()
    factories.LicenceEventFactory(licence=place.contract.licence, on=date(2026, 11, 1))
    found = place.obstacles(place.ready, other)
    assert clauses(found[place.ready.pk]) == {"security-activity/1"}
    assert "security-activity/1" in clauses(found[other.pk])


def test_without_a_contract_nobody_may_be_placed_and_each_is_told_once(place: Place) -> None:
    other = place.guard()
    place.contract.last_day = date(2026, 10, 31)
    place.contract.save()
    found = place.obstacles(place.ready, other)
    assert [one.version.clause.code for one in found[place.ready.pk]] == ["security-guards/7"]
    assert [one.version.clause.code for one in found[other.pk]].count("security-guards/7") == 1


def test_the_day_is_the_day_of_the_shift_not_today(place: Place) -> None:
    factories.CredentialFactory(
        guard=place.ready, kind="medical_certificate", issued_on=date(2026, 9, 1), valid_until=date(2026, 12, 31)
    )
    place.ready.credentials.filter(kind="medical_certificate").exclude(valid_until=date(2026, 12, 31)).delete()
    assert place.obstacles(place.ready, day=date(2026, 12, 31))[place.ready.pk] == []
    found = place.obstacles(place.ready, day=date(2027, 1, 1))[place.ready.pk]
    assert clauses(found) == {"security-guards/3"}


def test_what_stands_in_the_way_is_what_is_found_once_he_stands_there(place: Place) -> None:
    newcomer = place.guard()
    said = clauses(place.obstacles(newcomer)[newcomer.pk])
    factories.AssignmentFactory(guard=newcomer, post=place.post, agency=place.agency, first_day=DAY)
    found = {one.version.clause.code for one in judge(DAY).breaches if one.breach.subject.guard == newcomer.pk}
    assert found == said


def test_a_repealed_clause_stands_in_nobodys_way(place: Place) -> None:
    newcomer = place.guard()
    clause = ClauseVersion.objects.get(rule="school_training").clause
    ClauseVersion.objects.create(clause=clause, effective_from=DAY)
    assert "school-guards/6" not in clauses(place.obstacles(newcomer)[newcomer.pk])


def test_no_guard_no_obstacle(place: Place) -> None:
    assert obstacles(Guard.objects.none(), place.post, place.agency, DAY) == {}


def test_it_takes_the_same_number_of_queries_for_one_guard_and_for_twenty(place: Place) -> None:
    def cost(guards: list[Guard]) -> int:
        with CaptureQueriesContext(connection) as queries:
            place.obstacles(*guards)
        return len(queries)

    guards = [place.guard() for _ in range(20)]
    one = cost(guards[:1])
    assert cost(guards) == one


def test_a_guard_is_asked_of_many_schools_as_each_of_them_asks_of_him(place: Place) -> None:
    other = factories.ContractFactory(agency=place.agency).school
    factories.RequirementFactory(school=other)
    found = obstacles_at(place.ready, [place.post.school, other], place.agency, DAY)
    assert found[place.post.school.pk] == []
    assert clauses(found[other.pk]) == {"school-guards/6"}


def test_what_is_wrong_with_the_guard_is_wrong_at_every_school(place: Place) -> None:
    other = factories.ContractFactory(agency=place.agency).school
    place.ready.credentials.filter(kind="medical_certificate").update(valid_until=date(2026, 11, 1))
    found = obstacles_at(place.ready, [place.post.school, other], place.agency, DAY)
    at_one = place.obstacles(place.ready)[place.ready.pk]
    assert clauses(at_one) == clauses(found[place.post.school.pk]) == clauses(found[other.pk])
    assert clauses(at_one) != set()


def test_twenty_schools_take_as_many_queries_as_one(place: Place) -> None:
    schools = [place.post.school, *(factories.ContractFactory(agency=place.agency).school for _ in range(20))]

    def queries(asked: list[Any]) -> int:
        with CaptureQueriesContext(connection) as caught:
            obstacles_at(place.ready, asked, place.agency, DAY)
        return len(caught)

    assert queries(schools[:1]) == queries(schools)
