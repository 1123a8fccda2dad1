"""What pages of a region or the country show: stored when the country is judged, the same as counted anew by hand."""

import random
from collections.abc import Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from agencies.models import Agency, Contract
from compliance import countrywide
from compliance.countrywide import Marks
from compliance.findings import evaluate
from compliance.funnel import RANKS, funnel
from compliance.models import Compared, Comparison, Figure, SchoolCount
from compliance.tasks import evaluate_today
from schools.models import School
from tests.compliance.registers import DAY, confetti, leave, staffed_post
from tests.factories import AgencyFactory, ContractFactory, MembershipFactory, SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REGIONS = ("79", "35", "10")


def officer(region: str | None) -> Any:
    return MembershipFactory(role=Role.REGULATOR, region_id=region)


def counted_by_hand() -> dict[str, tuple[int, int]]:
    """School by school."""
    found: dict[str, tuple[int, int]] = {}
    for school in School.objects.all():
        if Contract.objects.in_force(DAY).filter(school=school).exists():
            contracted, measurable = found.get(school.region_id, (0, 0))
            told = Figure.objects.get(level="school", school=school).measurable
            found[school.region_id] = contracted + 1, measurable + told
    return found


def compared_by_hand(region: str | None) -> dict[int, tuple[Any, ...]]:
    """Agency by agency, of those that the officer may know of."""
    known = Agency.objects.visible_to(officer(region))
    figures = list(Figure.objects.filter(level="agency", agency__in=known, person_days__gt=0).order_by("agency"))
    days, leaves = [one.person_days for one in figures], [one.net_left - one.provisional_left for one in figures]
    line = funnel(days, leaves)
    ranks, by_chance = ([RANKS[one] for one in of.standings(days, leaves)] for of in (line, line.by_chance_alone))
    return {
        one.agency_id: (one.person_days, one.gross_left, one.net_left, left, rank, chance)
        for one, left, rank, chance in zip(figures, leaves, ranks, by_chance, strict=True)
    }


def compared(region: str | None) -> dict[int, tuple[Any, ...]]:
    names = ("person_days", "gross_left", "net_left", "settled_left", "standing", "standing_by_chance")
    rows = Compared.objects.filter(comparison__region=region)
    return {key: tuple(values) for key, *values in rows.values_list("agency", *names)}


def assert_as_by_hand() -> None:
    stored = {one.region_id: (one.contracted, one.measurable) for one in SchoolCount.objects.all()}
    assert stored == counted_by_hand()
    for region in (None, *REGIONS):
        assert compared(region) == compared_by_hand(region), region


def test_after_any_actions_and_a_judging_all_is_as_counted_by_hand():
    chance = random.Random(7)
    posts = [confetti(chance.randrange(9), school__region_id=chance.choice(REGIONS)) for _ in range(8)]
    for _ in range(3):
        for _ in range(3):
            leave(chance.choice(posts), after=chance.randrange(40))
        known = chance.choice(posts).assignments.first().agency
        ContractFactory(agency=known, school=SchoolFactory(region_id=chance.choice(REGIONS)))
        ended = chance.choice(Contract.objects.order_by("pk").values_list("pk", flat=True))
        Contract.objects.filter(pk=ended).update(last_day=DAY.replace(day=1))
        evaluate(DAY)
        assert_as_by_hand()
    assert Comparison.objects.filter(region=None).count() == 1


def test_a_rebuild_changes_nothing():
    confetti(8)
    staffed_post(3)
    evaluate(DAY)

    def told() -> list[Any]:
        comparisons = Comparison.objects.order_by("region").values_list("region", "as_of", "funnel", "marks")
        return [(region, day, line, bytes(marks)) for region, day, line, marks in comparisons]

    before = told(), compared(None)
    countrywide.store(DAY)
    assert (told(), compared(None)) == before


def test_the_marks_are_the_agencies_in_order_and_their_line_is_the_funnel_of_them():
    posts = [confetti(leaves) for leaves in (1, 4, 9)]
    evaluate(DAY)
    row = Comparison.objects.get(region=None)
    marks = Marks.kept(row)
    rows = list(Compared.objects.filter(comparison=row).order_by("agency"))
    assert len(rows) == len(posts)
    assert marks.person_days.tolist() == [one.person_days for one in rows]
    assert marks.settled_left.tolist() == [one.settled_left for one in rows]
    assert marks.standing.tolist() == [one.standing for one in rows]
    assert marks.standing_by_chance.tolist() == [one.standing_by_chance for one in rows]
    assert marks.rates.tolist() == pytest.approx([one.settled_rate for one in rows])
    assert row.line == funnel(marks.person_days, marks.settled_left)
    assert [one.expected for one in rows] == pytest.approx(row.line.expected(marks.guard_years).tolist())


def test_who_never_served_and_who_was_never_contracted_is_not_there():
    AgencyFactory()
    SchoolFactory()
    evaluate(DAY)
    assert not SchoolCount.objects.exists()
    assert not Compared.objects.exists()


@pytest.mark.parametrize("model", [Comparison, Compared, SchoolCount])
def test_an_officer_knows_what_is_of_his_region_and_nobody_else_does(model: Any):
    for region in REGIONS[:2]:
        confetti(3, school__region_id=region)
    evaluate(DAY)
    own = model.objects.visible_to(officer("79"))
    region = "comparison__region" if model is Compared else "region"
    assert set(own.values_list(region, flat=True)) == {"79"}
    assert model.objects.visible_to(officer(None)).count() == model.objects.count()
    for nobody in (None, MembershipFactory(role=Role.AGENCY_MANAGER)):
        assert not model.objects.visible_to(nobody).exists()


def counted_tables(captured: Iterable[dict[str, Any]]) -> set[str]:
    """The tables that the database was asked to count."""
    asked = (query["sql"] for query in captured if query["sql"].startswith("ANALYZE"))
    return {statement.removeprefix("ANALYZE").strip(' "') for statement in asked}


def test_a_judging_has_the_tables_counted_that_it_wrote():
    confetti(3)
    with CaptureQueriesContext(connection) as captured:
        evaluate(DAY)
    assert counted_tables(captured) == {"compliance_figure", "compliance_finding", "compliance_compared"}


def test_the_night_has_all_tables_counted_before_it_judges():
    tables = {model._meta.db_table for model in apps.get_models()}
    with CaptureQueriesContext(connection) as captured:
        evaluate_today.call()
    assert counted_tables(captured[: len(tables)]) == tables
