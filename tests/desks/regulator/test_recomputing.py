"""A finding recomputed on the page: what replay says, in the reader's language."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.roles import Role
from agencies.models import Contract
from compliance.digests import digest_of
from compliance.models import Finding
from compliance.records import KINDS
from compliance.replay import replay
from guards.models import Assignment
from schools.models import Closure, Post
from staffing.actions import confirm
from tests.desks.country import OTHER, OWN, TODAY, Country
from tests.factories import AgencyFactory, AssignmentFactory, ContractFactory, MembershipFactory, PostFactory
from tests.languages.left_overs import left_overs


@pytest.fixture
def finding(country: Country) -> Finding:
    country.school(OWN, leaves=8)
    country.judge()
    return country.finding("turnover_limit", agency=None)


def url(finding: Finding, what: str = "recompute/") -> str:
    return f"/regulator/findings/{finding.public_id}/{what}"


def page(country: Country, finding: Finding) -> Any:
    return country.enter().get(url(finding))


def statuses(response: Any) -> list[str]:
    return [answer.status[0] for answer in response.context["replayed"].answers]


def test_the_proof_leads_to_it(country: Country, finding: Finding) -> None:
    text = country.enter().get(url(finding, "")).content.decode()
    assert "Recompute now" in text and url(finding) in text


def test_every_kind_of_finding_is_reproduced(country: Country, finding: Finding) -> None:
    country.silent_school()
    country.suspend(Finding.objects.filter(school__isnull=False)[0].school)
    country.judge()
    country.enter()
    assert Finding.objects.values("version__rule").distinct().count() > 2
    for one in Finding.objects.open():
        response = country.client.get(url(one))
        assert statuses(response) == ["ok", "ok", "ok"], one.version.rule
        assert "The finding is reproduced" in response.content.decode()


def test_what_changed_in_the_register_since_is_named_as_it_was_and_as_it_is(country: Country, finding: Finding) -> None:
    row = next(row for row in finding.evidence["rows"] if row["last_day"])
    one = Assignment.objects.get(code=row["assignment_id"])
    Assignment.objects.filter(pk=one.pk).update(last_day=date(2026, 11, 20), end_reason="retired")
    response = page(country, finding)
    assert statuses(response) == ["ok", "ok", "provisional"]
    told = response.context["replayed"]
    changed = {(change.what, change.was, change.now) for change in told.records}
    assert ("Last day", f"{date.fromisoformat(row['last_day']):%d.%m.%Y}", "20.11.2026") in changed
    assert "Reason of the end" in {what for what, _was, _now in changed}
    assert all(change.of == f"{one.guard.full_name}, {one.post.name} · {one.code}" for change in told.records)
    figures = {change.what for change in told.figures}
    assert {"Days of service", "Average headcount", "Turnover, % a year"} <= figures
    text = response.content.decode()
    assert "The finding is reproduced" in text
    assert "As known on 24.11.2026" in text and "As known now" in text


def test_a_calendar_that_reads_otherwise_is_named(country: Country, finding: Finding) -> None:
    calendar = finding.school.calendar
    Closure.objects.create(calendar=calendar, first_day=date(2026, 3, 3), last_day=date(2026, 3, 9))
    type(calendar).objects.filter(pk=calendar.pk).update(weekdays="123456")
    response = page(country, finding)
    (closed, weekdays) = response.context["replayed"].calendars
    assert (closed.what, closed.was) == (f"{calendar.code}: closed", "—")
    assert closed.now.replace(" ", " ") == "03.03.2026 – 09.03.2026"
    assert (weekdays.was, weekdays.now) == ("Mo Tu We Th Fr", "Mo Tu We Th Fr Sa")
    assert "Open days: what changed in the calendar since" in response.content.decode()


def test_where_no_row_is_kept_it_says_what_was_recorded_since(country: Country) -> None:
    post = country.school(OWN, leaves=0).posts.get()
    standing = AssignmentFactory(post=post, first_day=TODAY - timedelta(days=60), proposal=True)
    country.judge()
    found = country.finding("director_confirmation")
    assert "What was recorded since" not in page(country, found).content.decode()
    Assignment.objects.filter(pk=standing.pk).update(status="confirmed", confirmed_on=TODAY - timedelta(days=59))
    text = page(country, found).content.decode()
    assert "As known now that breach is not found on that day." in text and "Nothing was recorded of it" in text
    Assignment.objects.filter(pk=standing.pk).update(status="proposed", confirmed_on=None)
    standing.refresh_from_db()
    confirm(assignment=standing, by=MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=post.school))
    assert "The director confirmed the guard" in page(country, found).content.decode()


def test_an_assignment_that_is_gone_counts_no_more(country: Country, finding: Finding) -> None:
    row = next(row for row in finding.evidence["rows"] if row["last_day"])
    Assignment.objects.filter(code=row["assignment_id"]).update(status="declined", confirmed_on=None)
    told = page(country, finding).context["replayed"]
    assert ("The assignment", "counted", "not counted") in {(one.what, one.was, one.now) for one in told.records}


def test_a_record_that_was_touched_is_not_proved(country: Country, finding: Finding) -> None:
    evidence = finding.evidence | {"settled_left": 99}
    Finding.objects.filter(pk=finding.pk).update(evidence=evidence)
    response = page(country, finding)
    assert statuses(response)[:2] == ["blocked", "blocked"]
    assert "The finding is not proved" in response.content.decode()
    assert ("Left for good", "99", "8") in {(one.what, one.was, one.now) for one in response.context["replayed"].broken}


def test_it_says_what_the_command_says(country: Country, finding: Finding) -> None:
    found = replay(finding)
    assert page(country, finding).context["replayed"].is_proved == found.proved


@pytest.fixture
def vacant(country: Country) -> Finding:
    """Of a post that nobody held."""
    post = PostFactory(school=country.school(OWN, leaves=0), name="Артқы қақпа", positions=1)
    ContractFactory(school=post.school, first_day=TODAY - timedelta(days=200))
    country.judge()
    return country.finding("post_covered", evidence__post=post.code)


def hold(finding: Finding) -> Assignment:
    """Have somebody have held the post after all."""
    post = Post.objects.get(code=finding.evidence["post"])
    one: Assignment = AssignmentFactory(post=post, agency=finding.agency, first_day=TODAY - timedelta(days=200))
    return one


def test_what_was_counted_is_proved_by_its_records_and_what_is_new_is_named(country: Country, vacant: Finding) -> None:
    one = hold(vacant)
    response = page(country, vacant)
    assert statuses(response) == ["ok", "ok", "provisional"]
    assert "The finding is reproduced" in response.content.decode()
    told = response.context["replayed"]
    of = f"{one.guard.full_name}, Артқы қақпа · {one.code}"
    assert [(new.of, new.what, new.was, new.now) for new in told.records] == [
        (of, "The assignment", "not counted", "counted")
    ]
    assert ("Days of vacant positions", "0") in {(figure.what, figure.now) for figure in told.figures}
    assert not told.trail


def test_a_record_of_each_kind_that_is_gone_is_named_in_words(country: Country, vacant: Finding) -> None:
    Contract.objects.filter(school=vacant.school, agency=vacant.agency).update(last_day=TODAY - timedelta(days=1))
    Post.objects.filter(code=vacant.evidence["post"]).update(last_day=TODAY - timedelta(days=2))
    told = page(country, vacant).context["replayed"]
    assert {(gone.what, gone.was, gone.now) for gone in told.records} == {
        ("Last day", "—", "23.11.2026"),
        ("The post", "counted", "not counted"),
    }


@pytest.mark.parametrize("lost", [False, True])
def test_totals_without_records_are_no_longer_shown_once_the_register_reads_otherwise(
    country: Country, vacant: Finding, lost: bool
) -> None:
    """A finding from before findings kept what they counted."""
    evidence = {name: value for name, value in vacant.evidence.items() if name not in KINDS}
    digest = digest_of(vacant.version, vacant.engine, evidence)
    Finding.objects.filter(pk=vacant.pk).update(evidence=evidence, digest=digest)
    if lost:
        hold(vacant)
    response = page(country, vacant)
    assert statuses(response)[1] == ("provisional" if lost else "ok")
    said = "The finding can no longer be recomputed" if lost else "The finding is reproduced"
    assert said in response.content.decode()


def test_a_guard_of_another_agency_stays_unnamed_in_a_finding_against_an_agency(
    country: Country, vacant: Finding
) -> None:
    one = hold(vacant)
    Assignment.objects.filter(pk=one.pk).update(agency=AgencyFactory())
    (new,) = page(country, vacant).context["replayed"].records
    assert new.of == f"a guard of another agency, Артқы қақпа · {one.code}"


def test_no_iin_stands_on_the_page(country: Country, finding: Finding) -> None:
    for row in finding.evidence["rows"]:
        Assignment.objects.filter(code=row["assignment_id"]).update(first_day=date(2023, 1, 1))
    text = page(country, finding).content.decode()
    for row in finding.evidence["rows"]:
        assert row["iin"] not in text


def test_a_finding_of_another_region_cannot_be_recomputed(country: Country, finding: Finding) -> None:
    country.enter(region=OTHER)
    assert country.client.get(url(finding)).status_code == 404
    assert country.enter().post(url(finding)).status_code == 405


def test_the_same_number_of_queries_however_much_changed(country: Country, finding: Finding) -> None:
    codes = [row["assignment_id"] for row in finding.evidence["rows"] if row["last_day"]]
    country.enter()

    def queries(changed: list[str]) -> int:
        Assignment.objects.filter(code__in=changed).update(end_reason="other")
        with CaptureQueriesContext(connection) as captured:
            country.client.get(url(finding))
        return len(captured)

    assert queries(codes[:1]) == queries(codes)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_nothing_is_left_in_another_language(country: Country, finding: Finding, language: str) -> None:
    row = next(row for row in finding.evidence["rows"] if row["last_day"])
    Assignment.objects.filter(code=row["assignment_id"]).update(end_reason="retired")
    text = country.enter(language=language).get(url(finding)).content.decode()
    assert left_overs(text, language) == []
