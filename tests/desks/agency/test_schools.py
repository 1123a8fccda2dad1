"""The list of schools and the page of one."""

from datetime import timedelta
from typing import Any

from django.core.management import call_command

from audit.models import Event
from staffing import actions
from tests.desks.fragments import assert_fragment_equals_page
from tests.factories import AssignmentFactory, ContractFactory, PostFactory, RequirementFactory


def names(desk: Any, **query: str) -> list[str]:
    return [school.name_ru for school in desk.client.get(desk.url("schools"), query).context["page"].rows]


def test_a_school_stands_with_its_places_its_budget_and_its_contract(desk: Any) -> None:
    post = desk.post(positions=2)
    desk.stands(post)
    desk.left(post, days_ago=100)
    page = desk.get("schools")
    assert post.school.name in page
    assert "1 of 2" in page
    assert "1 more until" in page or "none left until" in page
    assert "In force" in page


def test_an_agency_without_contracts_sees_when_a_school_will_appear(desk: Any) -> None:
    assert "You have no contract with a school yet" in desk.get("schools")


def test_a_filter_that_no_school_fits_offers_to_be_reset(desk: Any) -> None:
    desk.post()
    assert "No school fits these filters" in desk.get("schools", q="Nowhere")


def test_schools_are_found_by_name_place_and_contract(desk: Any) -> None:
    desk.post(school__name_ru="Лицей № 8", school__locality="Сарань")
    over = PostFactory(school__name_ru="Школа № 41")
    ContractFactory(agency=desk.agency, school=over.school, last_day=desk.today - timedelta(days=1))
    assert names(desk, q="лицей") == ["Лицей № 8"]
    assert names(desk, q="сарань") == ["Лицей № 8"]
    assert names(desk, contract="in_force") == ["Лицей № 8"]
    assert names(desk, contract="over") == ["Школа № 41"]


def test_schools_are_sorted_by_turnover(desk: Any) -> None:
    calm, restless = desk.post(school__name_ru="А"), desk.post(school__name_ru="Б")
    desk.stands(calm)
    desk.stands(restless)
    desk.left(restless, days_ago=100)
    call_command("evaluate", verbosity=0)
    assert names(desk, sort="turnover") == ["Б", "А"]
    assert names(desk, sort="-turnover") == ["А", "Б"]


def test_the_export_names_every_school(desk: Any) -> None:
    post = desk.post()
    text = desk.client.get(desk.url("schools"), {"format": "csv"}).getvalue().decode()
    assert post.school.name in text


def test_the_list_alone_is_a_part_of_the_page(desk: Any) -> None:
    desk.post()
    assert_fragment_equals_page(desk.client, desk.url("schools"))


def test_twenty_schools_take_as_many_queries_as_one(desk: Any) -> None:
    desk.stands(desk.post())
    few = desk.queries("schools")
    for _ in range(19):
        desk.stands(desk.post())
    assert desk.queries("schools") == few


def test_a_schools_page_shows_figures_ribbon_budget_places_and_contract(desk: Any) -> None:
    post = desk.post(positions=2)
    one = desk.stands(post, first_day=desk.today - timedelta(days=400))
    desk.left(post, days_ago=100, first_day=desk.today - timedelta(days=500))
    requirement = RequirementFactory(school=post.school)
    page = desk.get("school", post.school)
    assert "Turnover in 365" in page
    assert "ribbon-time" in page
    assert "Replacement budget" in page
    assert "1 of 2 places are filled" in page
    assert desk.url("guard", one.guard) in page
    assert desk.url("end", one) in page
    assert requirement.module.title in page
    assert f"№\N{NO-BREAK SPACE}{desk.agency.contracts.get().number}" in page


def test_a_school_where_nobody_stood_is_not_measurable(desk: Any) -> None:
    page = desk.get("school", desk.post().school)
    assert "Not measurable" in page
    assert "Empty today" in page


def test_an_empty_place_of_a_school_leads_to_placing_somebody_there(desk: Any) -> None:
    post = desk.post()
    assert f"{desk.url('place', post.school)}?post={post.public_id}" in desk.get("school", post.school)


def test_an_empty_place_for_which_somebody_is_proposed_leads_to_the_proposal(desk: Any) -> None:
    post = desk.post()
    desk.proposal(post)
    page = desk.get("school", post.school)
    assert 'href="#proposals"' in page
    assert f"{desk.url('place', post.school)}?post={post.public_id}" not in page


def test_proposals_and_the_reasons_of_the_school_stand_on_the_page(desk: Any) -> None:
    post = desk.post()
    waiting = desk.proposal(post)
    desk.proposal(post, status="declined", decline_reason="Мы его не знаем")
    page = desk.get("school", post.school)
    assert desk.url("withdraw", waiting) in page
    assert "Мы его не знаем" in page


def test_what_was_done_stands_in_the_history(desk: Any) -> None:
    proposal = desk.proposal(desk.post())
    actions.withdraw(assignment=proposal, by=desk.membership)
    assert Event.objects.count() == 1
    assert "The agency withdrew its proposal" in desk.get("school", proposal.post.school)


def test_the_guards_of_another_agency_at_the_school_are_not_named(desk: Any) -> None:
    post = desk.post()
    theirs = AssignmentFactory(post=post)
    page = desk.get("school", post.school)
    assert theirs.guard.family_name not in page
    assert "1 of 1 places are filled" in page


def test_no_button_places_a_guard_where_the_contract_is_over(desk: Any) -> None:
    post = PostFactory()
    ContractFactory(agency=desk.agency, school=post.school, last_day=desk.today - timedelta(days=1))
    page = desk.get("school", post.school)
    assert "You have no places to fill here" in page
    assert desk.url("place", post.school) not in page


def test_twenty_guards_take_as_many_queries_as_one(desk: Any) -> None:
    post = desk.post(positions=20)

    def stand(count: int) -> None:
        for _ in range(count):
            desk.stands(post)
            desk.left(post, days_ago=200)
            desk.proposal(post)

    stand(1)
    few = desk.queries("school", post.school)
    stand(19)
    assert desk.queries("school", post.school) == few
