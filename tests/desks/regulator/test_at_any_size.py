"""The database does about as much for a page of a small country as for that of one ten times as large."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from access.roles import Role
from agencies.models import Agency, Contract
from compliance import countrywide
from compliance.models import ClauseVersion, Evaluation, Figure, Finding
from compliance.register import take_statistics
from desks import lists
from schools.models import Region, School
from tests.desks.country import OWN, Country, before
from tests.factories import AgencyFactory, CalendarFactory, ContractFactory, MembershipFactory, SchoolFactory

FEW, MANY = 100, 1000
# Open findings are counted by an index for the header: so many steps for each. The overview counts them by kind too.
COUNTED, COUNTED_BY_KIND = 3, 12
PAGES = (
    "/regulator/",
    "/regulator/agencies/",
    "/regulator/agencies/compare/",
    "/regulator/agencies/compare/?limits=chance",
    "/regulator/schools/",
    "/regulator/findings/",
)

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite counts its steps")


def grow(count: int) -> None:
    """So many more agencies, each with a school under contract, the figures of both, and a finding against each."""
    region, calendar = Region.objects.get(code=OWN), CalendarFactory()
    agencies = Agency.objects.bulk_create(AgencyFactory.build_batch(count, region=region))
    schools = School.objects.bulk_create(SchoolFactory.build_batch(count, region=region, calendar=calendar))
    contracts = [
        ContractFactory.build(agency=agency, school=school, licence=None)
        for agency, school in zip(agencies, schools, strict=True)
    ]
    Contract.objects.bulk_create(contracts)
    owners = [*({"agency": one} for one in agencies), *({"school": one} for one in schools)]
    Figure.objects.bulk_create(figure(number, owner) for number, owner in enumerate(owners))
    version = ClauseVersion.objects.enacted().filter(rule="turnover_limit").first()
    assert version
    opened = {"version": version, "region_id": OWN, "strength": Finding.Strength.INDICATED}
    Finding.objects.bulk_create(
        Finding(subject=str(one), opened_on=before(number % 90), **opened, **one) for number, one in enumerate(owners)
    )
    countrywide.store(before(0))
    take_statistics()


def figure(number: int, owner: dict[str, Any]) -> Figure:
    years, leaves = 10 + number % 60, number % 30
    served = {"measurable": True, "person_days": 365 * years, "average_headcount": years, "distinct_guards": 5}
    left = {"gross_left": leaves, "excused_left": 0, "net_left": leaves, "provisional_left": 0, "allowed": years // 2}
    rate = 100 * leaves / years
    rates = {"rate": rate, "rate_low": rate / 2, "rate_high": 2 * rate, "settled_rate": rate, "settled_low": rate / 2}
    (level,) = owner
    return Figure(level=level, region_id=OWN, as_of=before(0), **owner, **served, **left, **rates)


def steps(client: Client, addresses: Iterable[str]) -> dict[str, int]:
    """How many steps of its machine the database takes for each page."""
    found = {}
    for address in addresses:
        taken: list[None] = []
        connection.ensure_connection()
        connection.connection.set_progress_handler(lambda taken=taken: taken.append(None), 1)
        assert client.get(address).status_code == 200
        connection.connection.set_progress_handler(None, 0)
        found[address] = len(taken)
    return found


def test_a_page_of_the_regulator_costs_the_same(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNT_CAP", FEW // 2)
    Evaluation.objects.create(as_of=before(0), engine="1")
    grow(FEW)
    country.enter()
    steps(country.client, PAGES)
    few = steps(country.client, PAGES)
    grow(MANY - FEW)
    many = steps(country.client, PAGES)
    for page in PAGES:
        counted = 2 * (MANY - FEW) * (COUNTED + (COUNTED_BY_KIND if page == "/regulator/" else 0))
        assert many[page] < 1.5 * few[page] + counted, page


def test_the_history_of_a_school_costs_the_same(country: Country) -> None:
    Evaluation.objects.create(as_of=before(0), engine="1")
    grow(FEW)
    school = School.objects.latest("pk")
    country.client.force_login(MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=school).user)
    address = "/school/history/"
    steps(country.client, [address])
    few = steps(country.client, [address])
    grow(MANY - FEW)
    assert steps(country.client, [address])[address] < 1.1 * few[address]
