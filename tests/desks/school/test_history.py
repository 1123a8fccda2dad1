"""The history of the school: ribbon, figures, years, findings, timeline."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from compliance.models import ClauseVersion, Finding
from staffing import actions
from tests.desks.fragments import assert_fragment_equals_page
from tests.desks.school.conftest import queries_of
from tests.desks.school.test_door import text
from tests.factories import AgencyFactory, AssignmentFactory, PostFactory, SignedReasonFactory, days
from tests.languages.left_overs import left_overs

URL = reverse("school:history")
FINDINGS = reverse("school:findings")


@pytest.fixture
def waiting(post: Any, today: date) -> Any:
    """A guard who has stood at the post for long without an answer: a finding, once it is judged."""
    return AssignmentFactory(post=post, proposal=True, first_day=today - days(40))


def judge() -> None:
    call_command("evaluate", verbosity=0)


def test_the_ribbon_the_figures_and_the_years(desk: Client, post: Any, today: date) -> None:
    held = AssignmentFactory(post=post, first_day=today - days(500))
    page = text(desk.get(URL))
    assert held.guard.full_name in page
    assert "Turnover in 365 days" in page
    assert (
        f"{today:%d.%m.%Y} 1 0 of 0 in all {today - days(365):%d.%m.%Y} 1 0 of 0 in all {today - days(730):%d.%m.%Y}"
        in page
    )
    assert "Not measurable" in page


def test_an_empty_history_claims_nothing(desk: Client, post: Any) -> None:
    page = text(desk.get(URL))
    assert "Not measurable" in page and "No open finding" in page and "Nothing is written down yet" in page


def test_what_the_director_did_stands_in_the_timeline(desk: Client, director: Any, waiting: Any) -> None:
    actions.decline(assignment=waiting, reason="Not now", by=director)
    page = text(desk.get(URL))
    assert "The director declined the guard" in page and "Not now" in page


def test_a_leave_against_the_limit_stands_with_its_signed_reason(desk: Client, post: Any, today: date) -> None:
    """Beside the proposals for a month, in the history as long as the leave counts."""
    limits = ClauseVersion.objects.filter(rule="turnover_limit", draft=None).order_by("clause__number")
    for ago, text_of in ((3, "He moved to another city."), (90, "The agency needed him elsewhere.")):
        over = AssignmentFactory(post=post, last_day=today - days(ago), left=True, first_day=today - days(400))
        for version in limits:
            SignedReasonFactory(assignment=over, version=version, of_end=True, text=text_of, sentence="Breached.")
    page, beside = text(desk.get(URL)), text(desk.get(reverse("school:proposals")))
    assert "Leaves against the limit" in page and "Leaves against the limit" in beside
    assert page.count("«He moved to another city.»") == beside.count("«He moved to another city.»") == 1
    assert "«The agency needed him elsewhere.»" in page and "needed him elsewhere" not in beside
    assert "Signed by Айгерим Жүнісова" in beside
    assert all(f"clause {one.clause.number}" in beside for one in limits)


def test_a_leave_within_the_limit_needs_no_section(desk: Client, post: Any, today: date) -> None:
    AssignmentFactory(post=post, last_day=today, left=True)
    assert "Leaves against the limit" not in text(desk.get(URL))


def test_open_findings_stand_with_their_names_and_lead_to_their_proof(desk: Client, waiting: Any, school: Any) -> None:
    AssignmentFactory(post=PostFactory(), proposal=True)
    judge()
    finding = Finding.objects.get(school=school, version__rule="director_confirmation")
    page = desk.get(URL)
    assert waiting.guard.name in text(page)
    address = reverse("school:finding", args=[finding.public_id])
    assert address in page.content.decode()
    proof = text(desk.get(address))
    assert "open days, and the director had not confirmed this" in proof
    assert "Arithmetic" in proof and "Clause judged by" in proof


def test_the_finding_of_another_school_is_not_found(desk: Client, today: date) -> None:
    AssignmentFactory(proposal=True, first_day=today - days(40))
    judge()
    other = Finding.objects.filter(school__isnull=False).first()
    assert desk.get(reverse("school:finding", args=[other.public_id])).status_code == 404


def test_the_list_of_findings_holds_closed_ones_too(desk: Client, waiting: Any, director: Any, school: Any) -> None:
    judge()
    before = Finding.objects.filter(school=school).count()
    actions.decline(assignment=waiting, reason="No", by=director)
    closed = Finding.objects.get(school=school, version__rule="director_confirmation")
    assert closed.closed_on is not None and before
    assert reverse("school:finding", args=[closed.public_id]) in desk.get(FINDINGS).content.decode()
    assert reverse("school:finding", args=[closed.public_id]) not in desk.get(URL).content.decode()
    assert_fragment_equals_page(desk, FINDINGS)


def test_the_list_of_findings_is_filtered_and_becomes_a_file(desk: Client, waiting: Any, director: Any) -> None:
    judge()
    actions.decline(assignment=waiting, reason="No", by=director)
    closed = Finding.objects.get(version__rule="director_confirmation")
    assert list(desk.get(FINDINGS, {"state": "closed"}).context["page"].rows) == [closed]
    assert closed not in desk.get(FINDINGS, {"state": "open"}).context["page"].rows
    file = b"".join(desk.get(FINDINGS, {"state": "closed", "format": "csv"}).streaming_content).decode()
    assert len(file.splitlines()) == 2
    assert closed.number in file


def test_a_school_without_findings_says_so(desk: Client) -> None:
    assert "Nothing was found" in text(desk.get(FINDINGS))


@pytest.mark.parametrize("url", [URL, FINDINGS])
def test_as_many_queries_for_twenty_guards_as_for_one(desk: Client, post: Any, today: date, url: str) -> None:
    agency = AgencyFactory()

    def add() -> None:
        AssignmentFactory(post=post, agency=agency, first_day=today - days(300))
        AssignmentFactory(post=post, agency=agency, proposal=True, first_day=today - days(40))

    add()
    judge()
    for_one = queries_of(desk, url)
    for _ in range(19):
        add()
    judge()
    assert queries_of(desk, url) == for_one


def test_the_pages_are_all_kazakh(
    desk: Client, waiting: Any, director: Any, post: Any, school: Any, today: date
) -> None:
    post.name = "Бас кіреберіс"
    post.save()
    AssignmentFactory(post=post, first_day=today - days(300), last_day=today - days(100), left=True)
    judge()
    finding = Finding.objects.get(school=school, version__rule="director_confirmation")
    actions.confirm(assignment=waiting, by=director)
    desk.cookies["django_language"] = "kk"
    for url in (URL, FINDINGS, reverse("school:finding", args=[finding.public_id])):
        assert left_overs(desk.get(url).content.decode(), "kk") == [], url
