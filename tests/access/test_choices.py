"""The choices in the header: for whom one acts, the theme; back to where one was, and nowhere else."""

import pytest
from django.test import Client

from tests.factories import AgencyFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def test_one_acts_for_the_chosen_organisation_from_then_on(client: Client) -> None:
    first = MembershipFactory()
    second = MembershipFactory(user=first.user, agency=AgencyFactory())
    client.force_login(first.user)
    assert client.get("/no/such/page/").wsgi_request.membership == first
    client.post("/choose/membership/", {"membership": str(second.public_id)})
    assert client.get("/no/such/page/").wsgi_request.membership == second


@pytest.mark.parametrize("whose", ["a stranger's", "an ended", "no"])
def test_a_membership_that_is_not_ones_own_or_ended_is_not_there(client: Client, whose: str) -> None:
    mine = MembershipFactory()
    other = MembershipFactory(ended_on="2026-01-01", user=mine.user) if whose == "an ended" else MembershipFactory()
    client.force_login(mine.user)
    wanted = "nonsense" if whose == "no" else str(other.public_id)
    assert client.post("/choose/membership/", {"membership": wanted}).status_code == 404
    assert client.get("/no/such/page/").wsgi_request.membership == mine


def test_a_membership_that_ends_while_one_works_closes_its_desk(client: Client) -> None:
    membership = MembershipFactory()
    client.force_login(membership.user)
    assert client.get("/agency/").status_code == 200
    membership.ended_on = "2026-01-01"
    membership.save()
    assert client.get("/agency/").status_code == 403


def test_the_theme_is_kept_and_a_made_up_one_is_not(client: Client) -> None:
    client.post("/choose/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/choose/theme/", {"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("back", "location"),
    [("/styleguide/?sort=name", "/styleguide/?sort=name"), ("https://evil.example/", "/"), ("//evil.example", "/")],
)
def test_a_choice_leads_back_and_never_to_another_site(client: Client, back: str, location: str) -> None:
    assert client.post("/choose/theme/", {"theme": "dark", "next": back})["Location"] == location


def test_choices_are_made_by_a_form_alone(client: Client) -> None:
    client.force_login(MembershipFactory().user)
    assert client.get("/choose/theme/").status_code == client.get("/choose/membership/").status_code == 405
