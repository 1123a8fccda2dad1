"""The stored figures: a row for every owner, brought up to date without touching what did not change."""

from datetime import timedelta
from typing import Any

import pytest

from agencies.models import Agency
from compliance import figures
from compliance.engine import base_terms, versions_judged
from compliance.findings import evaluate, rejudge
from compliance.models import Clause, ClauseVersion, Figure
from compliance.register import Scope
from compliance.turnover import KEYS_OF_LEVEL
from guards.models import Presence
from tests.compliance import oracle, worlds
from tests.compliance.oracle import OracleTerms
from tests.compliance.registers import DAY, confetti, leave, noon, rows_of, staffed_post
from tests.compliance.test_trends import random_registers
from tests.factories import AgencyFactory, AssignmentFactory, ContractFactory, PresenceFactory, SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Answer = Presence.Answer
# The figures of an owner of whom nothing can be measured.
NOTHING: dict[str, Any] = {
    **dict.fromkeys(figures.STORED, 0),
    **dict.fromkeys(("rate", "rate_low", "rate_high", "settled_rate", "settled_low")),
    **dict.fromkeys(("continuity", "median_tenure_days", "stability")),
    "measurable": False,
    "average_headcount": 0.0,
}


def figure(level: str, **owner: Any) -> Figure:
    return Figure.objects.get(level=level, **owner)


def test_every_owner_has_its_figures():
    post = confetti(2)
    agency = post.assignments.first().agency
    evaluate(DAY)
    days = 2 * 365 + 29 + 30
    for owner in (
        figure("school", school=post.school),
        figure("agency_school", school=post.school, agency=agency),
        figure("agency", agency=agency, school=None),
        figure("region", region=post.school.region, school=None, agency=None),
    ):
        assert (owner.measurable, owner.person_days, owner.net_left, owner.as_of) == (True, days, 2, DAY)
        assert owner.rate == pytest.approx(100 * 2 / (days / 365))


def test_owners_with_nothing_to_measure_have_a_row_that_says_so():
    school, contract, agency = SchoolFactory(), ContractFactory(), AgencyFactory()
    evaluate(DAY)
    rows = [
        figure("school", school=school),
        figure("school", school=contract.school),
        figure("agency_school", school=contract.school, agency=contract.agency),
        figure("agency", agency=agency),
        figure("region", region=school.region, school=None, agency=None),
    ]
    assert len(rows) == 5
    for row in rows:
        assert (row.measurable, row.person_days, row.gross_left, row.rate, row.continuity) == (False, 0, 0, None, None)


def test_a_region_adds_up_its_schools():
    posts = [confetti(2), confetti(8), staffed_post(3)]
    evaluate(DAY)
    schools = [figure("school", school=post.school) for post in posts]
    region = figure("region", region=posts[0].school.region, school=None, agency=None)
    for name in ("person_days", "gross_left", "net_left", "excused_left", "provisional_left", "distinct_guards"):
        assert getattr(region, name) == sum(getattr(school, name) for school in schools)


def test_what_is_stored_of_random_registers_is_a_rebuild_and_what_the_oracle_counts():
    counted = {}
    for world, keys in random_registers():
        for level, terms in base_terms(versions_judged(DAY)).items():
            by_terms = OracleTerms(*vars(terms).values())
            for key, row in oracle.figures(world, DAY.toordinal(), level, by_terms).items():
                owner = (keys[name][number] for name, number in zip(KEYS_OF_LEVEL[level], key, strict=True))
                counted[level, *owner] = row
    evaluate(DAY)
    before = stored_by_owner()
    assert len(counted) > 50 and counted.keys() <= before.keys()
    assert any(row["provisional_left"] for row in counted.values())
    assert any(row["excused_left"] for row in counted.values())
    for owner, held in before.items():
        # Whoever had a contract and no guard has figures too: nothing to measure.
        wanted = counted.get(owner, NOTHING)
        for name in figures.STORED:
            assert worlds.same(wanted[name], held[name]), (owner, name)
    Figure.objects.all().delete()
    evaluate(DAY)
    assert stored_by_owner() == before


def stored_by_owner() -> dict[tuple[Any, ...], dict[str, Any]]:
    found = {}
    for row in Figure.objects.values("level", "school", "agency", "region", *figures.STORED):
        row["region"] = int(row["region"])
        owner = (row[name] for name in KEYS_OF_LEVEL[row["level"]])
        found[row["level"], *owner] = {name: row[name] for name in figures.STORED}
    return found


def test_only_figures_that_changed_are_written_anew():
    calm, changed = staffed_post(3), staffed_post(3)
    evaluate(DAY)
    before = {row["id"]: row for row in rows_of(Figure)}
    leave(changed)
    evaluate(DAY)
    after = {row["id"]: row for row in rows_of(Figure)}
    kept = [after[key] for key in before if key in after]
    assert kept == [before[row["id"]] for row in kept]
    assert {row["school_id"] for row in kept} >= {calm.school_id}
    assert figure("school", school=changed.school).gross_left == 1
    assert len(after) == len(before)


def test_figures_of_a_later_day_replace_those_of_the_day_before(clock: Any):
    post = staffed_post(3)
    evaluate(DAY)
    count = Figure.objects.count()
    clock.move_to(noon(DAY + timedelta(days=1)))
    evaluate(DAY + timedelta(days=1))
    assert Figure.objects.count() == count
    assert figure("school", school=post.school).as_of == DAY + timedelta(days=1)


def test_owners_that_are_gone_lose_their_row():
    evaluate(DAY)
    agency = AgencyFactory()
    evaluate(DAY)
    assert Figure.objects.filter(agency=agency).exists()
    Agency.objects.filter(pk=agency.pk).delete()
    evaluate(DAY)
    assert not Figure.objects.filter(level="agency").exists()


def test_rejudging_a_scope_writes_its_owners_only():
    one, other = staffed_post(3), staffed_post(3)
    agency = one.assignments.first().agency
    evaluate(DAY)
    leave(one, agency=agency)
    leave(other)
    rejudge(Scope.of([one.school_id], [agency.pk]), DAY)
    assert figure("school", school=one.school).gross_left == 1
    assert figure("agency", agency=agency).gross_left == 1
    assert figure("school", school=other.school).gross_left == 0


def test_shifts_are_counted_for_each_owner():
    assignment = AssignmentFactory()
    other = AssignmentFactory(agency=assignment.agency)
    answers = [(True, Answer.PRESENT), (True, Answer.PRESENT), (True, ""), (True, Answer.ABSENT), (False, "absent")]
    for number, (claim, answer) in enumerate(answers):
        PresenceFactory(
            guard=assignment.guard,
            post=assignment.post,
            on=DAY - timedelta(days=number),
            agency_claim=claim,
            school_confirmation=answer,
        )
    PresenceFactory(guard=other.guard, post=other.post, on=DAY, school_confirmation=Answer.OTHER_PERSON)
    PresenceFactory(guard=other.guard, post=other.post, on=DAY - timedelta(days=365))
    evaluate(DAY)

    def shifts(row: Figure) -> tuple[int, int, int]:
        return row.claimed, row.present, row.refused

    assert shifts(figure("school", school=assignment.post.school)) == (4, 2, 2)
    assert shifts(figure("agency_school", school=other.post.school, agency=other.agency)) == (1, 0, 1)
    assert shifts(figure("agency", agency=assignment.agency)) == (5, 2, 3)
    assert shifts(figure("region", region=assignment.post.school.region, school=None, agency=None)) == (5, 2, 3)
    before = rows_of(Figure)
    rejudge(Scope.of([assignment.post.school_id], [assignment.agency_id]), DAY)
    assert rows_of(Figure) == before


def test_a_shift_that_nobodys_guard_held_is_counted_once_at_the_school():
    school = staffed_post(1).school
    PresenceFactory(post=school.posts.get(), on=DAY, agency_claim=True, school_confirmation=Answer.ABSENT)
    evaluate(DAY)
    for owner in (figure("school", school=school), figure("region", region=school.region, school=None, agency=None)):
        assert (owner.claimed, owner.refused) == (1, 1)
    assert [row.claimed for row in Figure.objects.filter(level__in=("agency", "agency_school"))] == [0, 0]


def test_each_level_keeps_how_many_leaves_its_clause_allows():
    post = staffed_post(8)
    agency = post.assignments.first().agency
    evaluate(DAY)
    # Eight guards all year: four leaves a year are 50 %.
    for owner in (
        figure("school", school=post.school),
        figure("agency_school", school=post.school, agency=agency),
        figure("agency", agency=agency, school=None),
    ):
        assert owner.allowed == 4
    # No clause limits a region.
    assert figure("region", region=post.school.region, school=None, agency=None).allowed is None


def test_what_a_limit_allows_stays_when_only_clauses_about_contracts_are_judged_again():
    post = staffed_post(4)
    evaluate(DAY)
    rejudge(Scope.of([post.school_id]), DAY, frozenset({"contract"}))
    assert figure("school", school=post.school).allowed == 2


def test_what_a_limit_allows_follows_the_version_of_the_day():
    post = staffed_post(4)
    clause = Clause.objects.get(paragraph__code="school-guards", number="1")
    ClauseVersion.objects.create(
        clause=clause,
        effective_from=DAY,
        rule="turnover_limit",
        parameters={"level": "school", "threshold_percent": 75.0},
    )
    evaluate(DAY)
    assert figure("school", school=post.school).allowed == 3


def test_a_country_stored_a_school_at_a_time_is_the_same(monkeypatch: pytest.MonkeyPatch):
    """Agencies and regions reach over the parts."""
    posts = [confetti(2), staffed_post(3), confetti(8)]
    agency = posts[0].assignments.first().agency
    left = leave(posts[1], agency=agency)
    PresenceFactory(post=posts[0], guard=posts[0].assignments.first().guard, agency_claim=True)
    PresenceFactory(post=posts[1], guard=left.guard, on=left.first_day, agency_claim=True)

    def stored() -> list[dict[str, Any]]:
        evaluate(DAY)
        return sorted(({**row, "id": None} for row in rows_of(Figure)), key=str)

    whole = stored()
    for name in ("SCHOOLS_AT_ONCE", "AGENCIES_AT_ONCE"):
        monkeypatch.setattr(figures, name, 1)
    assert stored() == whole
    Figure.objects.all().delete()
    assert stored() == whole
    assert figure("agency", agency=agency, school=None).claimed == sum(
        row.claimed for row in Figure.objects.filter(level="agency_school", agency=agency)
    )
