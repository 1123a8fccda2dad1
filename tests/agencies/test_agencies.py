"""Agencies, licences and contracts: constraints, days, and what a membership sees."""

from datetime import date
from typing import Any

import pytest
from django.db.models import F, OuterRef, Value
from django.db.models.fields import DateField

from access.roles import Role
from agencies.models import Agency, Contract, Licence
from schools.models import Region
from tests.claims import constraint_holds
from tests.factories import (
    AgencyFactory,
    ContractFactory,
    LicenceEventFactory,
    LicenceFactory,
    MembershipFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("build", "broken", "sentence"),
    [
        (LicenceFactory, {"subtype": "some"}, "A licence's subtype is “all” or “except_vulnerable”."),
        (LicenceEventFactory, {"event": "lost"}, "A licence is suspended, resumed, revoked or annulled."),
        (
            ContractFactory,
            {"first_day": date(2026, 2, 2), "last_day": date(2026, 2, 1)},
            "A contract ends on or after its first day.",
        ),
    ],
)
def test_a_constraint_says_its_sentence_and_holds_in_the_database(build: Any, broken: dict[str, Any], sentence: str):
    constraint_holds(build(), sentence, **broken)


def test_a_licence_has_one_event_a_day():
    event = LicenceEventFactory()
    twin = LicenceEventFactory.build(licence=event.licence, on=event.on, event="revoked")
    constraint_holds(twin, "A licence has one event a day at most.")


LIFE = [("suspended", date(2026, 3, 10)), ("resumed", date(2026, 3, 20)), ("revoked", date(2026, 9, 1))]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), ""),
        (date(2026, 3, 9), ""),
        (date(2026, 3, 10), "suspended"),
        (date(2026, 3, 19), "suspended"),
        (date(2026, 3, 20), "resumed"),
        (date(2026, 8, 31), "resumed"),
        (date(2026, 9, 1), "revoked"),
        (date(2030, 1, 1), "revoked"),
    ],
)
def test_a_licence_is_in_force_by_what_happened_last(day: date, state: str | None):
    licence = LicenceFactory(issued_on=date(2020, 1, 1))
    for event, on in LIFE:
        LicenceEventFactory(licence=licence, event=event, on=on)
    assert Licence.objects.in_force(day).exists() == (state in ("", "resumed"))
    if state is not None:
        assert (Licence.objects.with_state(day).get().state or "") == state


def test_the_day_may_be_a_column_of_an_outer_query():
    licence = LicenceFactory()
    LicenceEventFactory(licence=licence, on=date(2026, 3, 10))
    contract = ContractFactory(agency=licence.agency, licence=licence)
    for day, expected in ((date(2026, 3, 9), True), (date(2026, 3, 10), False)):
        contracts = Contract.objects.annotate(on=Value(day, output_field=DateField())).filter(pk=contract.pk)
        in_force = Licence.objects.in_force(OuterRef("on")).filter(pk=OuterRef("licence"))
        assert contracts.filter(licence__in=in_force.values("pk")).exists() == expected
        assert contracts.in_force(F("on")).exists()


def test_a_contract_is_in_force_from_its_first_day_to_its_last():
    ContractFactory(first_day=date(2026, 2, 1), last_day=date(2026, 2, 3))
    ContractFactory(first_day=date(2026, 2, 3))
    counts = [Contract.objects.in_force(date(2026, *day)).count() for day in ((1, 31), (2, 1), (2, 3), (2, 4))]
    assert counts == [0, 1, 2, 1]


def test_who_sees_which_agencies_and_contracts():
    """An agency is of a region when it is registered there or has had a contract with a school there."""
    almaty = Region.objects.get(code="75")
    contract = ContractFactory()
    own, school = contract.agency, contract.school
    idle, abroad = AgencyFactory(), ContractFactory(agency__region=almaty, school__region=almaty)
    visiting = ContractFactory(agency__region=almaty)
    everyone = {own, idle, abroad.agency, visiting.agency}
    sees: dict[str, tuple[Any, set[Agency], set[Contract]]] = {
        "manager": (MembershipFactory(agency=own), {own}, {contract}),
        "director": (MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=school), {own}, {contract}),
        "other director": (MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=SchoolFactory()), set(), set()),
        "officer": (
            MembershipFactory(role=Role.REGULATOR, region=school.region),
            {own, idle, visiting.agency},
            {contract, visiting},
        ),
        "other officer": (
            MembershipFactory(role=Role.REGULATOR, region=almaty),
            {abroad.agency, visiting.agency},
            {abroad},
        ),
        "national officer": (MembershipFactory(role=Role.REGULATOR), everyone, {contract, abroad, visiting}),
    }
    for who, (membership, agencies, contracts) in sees.items():
        # A manager's factory makes no further agency: only those above are compared.
        assert set(Agency.objects.visible_to(membership)) & everyone == agencies, who
        assert set(Contract.objects.visible_to(membership)) == contracts, who
    assert not Agency.objects.visible_to(None).exists() and not Contract.objects.visible_to(None).exists()
