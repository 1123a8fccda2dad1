"""The early warning on the pages of the three desks, and the stored budget that lists are narrowed and sorted by."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from agencies.models import Agency
from compliance.models import Clause, ClauseVersion, Figure
from compliance.reports import report
from desks.early_warning import stored_budget, warning
from tests.desks.country import OTHER, OWN, TODAY, Country, before, country, today
from tests.factories import AssignmentFactory, MembershipFactory
from tests.languages.left_overs import left_overs

__all__ = ["country", "today"]
NB = "\N{NO-BREAK SPACE}"


@pytest.fixture
def school(country: Country) -> Any:
    """Four serve, one left and counts, one left and is excused."""
    found = country.school(OWN, leaves=0, positions=5)
    post = found.posts.get()
    stands = {"post": post, "agency": post.assignments.get().agency}
    for _ in range(3):
        AssignmentFactory(**stands, first_day=before(700))
    AssignmentFactory(**stands, left=True, first_day=before(600), last_day=before(200))
    AssignmentFactory(
        **stands, left=True, first_day=before(600), last_day=before(300), end_reason="retired", cause_accepted=True
    )
    country.judge()
    return found


def manager(client: Client, school: Any, language: str = "en") -> Client:
    client.force_login(MembershipFactory(role=Role.AGENCY_MANAGER, agency=agency_of(school)).user)
    client.cookies["django_language"] = language
    return client


def director(client: Client, school: Any, language: str = "en") -> Client:
    client.force_login(MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=school).user)
    client.cookies["django_language"] = language
    return client


def agency_of(school: Any) -> Agency:
    return school.contracts.get().agency  # type: ignore[no-any-return]


def rows_of(found: Any) -> dict[str, tuple[str, str, str]]:
    return {row.name: (row.before, row.after, row.note) for row in found.change.rows}


def test_each_figure_stands_before_and_after(country: Country, school: Any) -> None:
    country.enter()
    found = country.client.get(f"/regulator/schools/{school.public_id}/").context["warning"]
    rows = rows_of(found)
    assert rows["Leaves that count"] == ("1", "2", "all leaves: 2, then 3")
    assert rows["Turnover, % a year"][:2] == ("22", "43")
    assert rows["Turnover, % a year"][2].startswith("interval 1–120, then 5–")
    assert rows["Replacement budget"][:2] == ("1", "0")
    assert rows["Faces at the doors in 365 days"] == ("6", "7", "if somebody new follows")
    assert rows["Constancy"][2] == "on 22.02.2027, if somebody new follows"
    assert {"Median service, days", "Stability"} <= set(rows)
    assert "no further leave is left until" in found.change.verdict
    assert (found.limit, found.mark) == (f"limit 50{NB}% a year", "policy")


def test_the_agency_sees_its_school_its_own_share_of_it_and_itself_as_a_whole(
    client: Client, country: Country, school: Any
) -> None:
    text = manager(client, school).get(f"/agency/schools/{school.public_id}/").content.decode()
    assert "What one more leave today would do" in text
    assert "What your agency has at this school" in text
    page = client.get("/agency/")
    assert "Your agency as a whole" in page.content.decode()
    assert rows_of(page.context["overview"].whole)["Leaves that count"] == ("1", "2", "all leaves: 2, then 3")
    assert f"with one more leave today 43{NB}% a year" in page.content.decode()


def test_the_director_sees_it_in_the_history(client: Client, country: Country, school: Any) -> None:
    page = director(client, school).get("/school/history/")
    assert "What one more leave today would do" in page.content.decode()
    assert rows_of(page.context["warning"])["Replacement budget"][:2] == ("1", "0")


def test_an_agency_is_told_by_the_clause_of_its_level(country: Country, school: Any) -> None:
    clause = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="agency").clause
    ClauseVersion.objects.create(
        clause=clause,
        effective_from=TODAY,
        rule="turnover_limit",
        parameters={"level": "agency", "threshold_percent": 25.0},
        mark="reported",
    )
    country.enter()
    page = country.client.get(f"/regulator/agencies/{agency_of(school).public_id}/")
    found = page.context["warning"]
    assert (found.limit, found.mark) == (f"limit 25{NB}% a year", "reported")
    assert "will be breached" in found.change.verdict


def test_without_a_clause_or_anybody_to_leave_the_warning_says_so(country: Country, school: Any) -> None:
    silent = country.silent_school()
    member = MembershipFactory(role=Role.REGULATOR)
    nobody = warning(report("school", TODAY, school=silent.pk, warn=True), member)
    assert (nobody.change, nobody.sentence) == (None, "Nobody serves here who could leave.")
    for limited in Clause.objects.filter(versions__rule="turnover_limit").distinct():
        # A repeal: an empty version.
        ClauseVersion.objects.create(clause=limited, effective_from=TODAY)
    lawless = warning(report("school", TODAY, school=school.pk, warn=True), member)
    assert (lawless.budget, lawless.sentence) == (None, "No clause in force limits turnover here.")


@pytest.mark.parametrize("owner", ["schools", "agencies"])
def test_the_lists_are_narrowed_and_sorted_by_the_stored_budget(country: Country, school: Any, owner: str) -> None:
    over, calm = country.school(OWN, leaves=8), country.school(OTHER, leaves=0)
    country.judge()
    named = {one: one if owner == "schools" else agency_of(one) for one in (school, over, calm)}
    country.enter()

    def found(query: str) -> list[Any]:
        return list(country.client.get(f"/regulator/{owner}/?{query}").context["page"].rows)

    assert set(found("limit=near")) == {named[school], named[over]}
    assert found("limit=over") == [named[over]]
    assert found("sort=margin")[0] == named[over]
    row = next(row for row in found("") if row == named[school])
    assert (row.allowed, row.net_left, row.budget.used) == (2, 1, "1 of 2")
    assert row.budget.detail == f"one more makes 43{NB}% a year"


def test_the_lists_measure_nothing(country: Country, school: Any) -> None:
    country.enter()
    with CaptureQueriesContext(connection) as captured:
        country.client.get("/regulator/schools/?limit=near&sort=margin")
    assert not [one for one in captured if "end_reason" in one["sql"]]


def test_a_large_budget_is_said_in_words(country: Country, school: Any) -> None:
    figure = Figure.objects.get(level="school", school=school)
    figure.allowed = 40
    found = stored_budget(figure)
    assert found is not None
    assert (found.picture, found.words, found.used) == (None, "39 may leave", "1 of 40")
    figure.allowed = 1
    found = stored_budget(figure)
    assert found is not None and found.picture is not None
    assert found.words == "none may leave any more"
    figure.allowed = None
    assert stored_budget(figure) is None


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_nothing_is_left_in_another_language(client: Client, country: Country, school: Any, language: str) -> None:
    pages = [
        manager(client, school, language).get("/agency/"),
        client.get(f"/agency/schools/{school.public_id}/"),
        director(client, school, language).get("/school/history/"),
    ]
    country.enter(language=language)
    pages += [
        country.client.get(f"/regulator/schools/{school.public_id}/"),
        country.client.get(f"/regulator/agencies/{agency_of(school).public_id}/"),
        country.client.get("/regulator/schools/?limit=near"),
        country.client.get("/regulator/agencies/?limit=near"),
    ]
    for page in pages:
        assert left_overs(page.content.decode(), language) == []
