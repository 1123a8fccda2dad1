"""A finding is judged again: as known on its day, and as the register knows that day now."""

import dataclasses
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from access.roles import Role
from agencies.models import Licence
from compliance.digests import digest_of
from compliance.findings import evaluate
from compliance.models import ClauseVersion, Finding
from compliance.records import IDENTITY, KINDS
from compliance.replay import Difference, RecordDifference, Replay, recorded_since, replay
from desks.proof import replayed
from guards.models import Assignment
from schools.models import Closure
from staffing.actions import confirm
from tests.compliance.registers import DAY, confetti, leave, noon, turnover_findings
from tests.desks.proof.evidence import KEPT
from tests.factories import (
    AssignmentFactory,
    CalendarFactory,
    ContractFactory,
    LicenceEventFactory,
    LicenceFactory,
    MembershipFactory,
    ModuleFactory,
    PostFactory,
    RequirementFactory,
    TrainingRecordFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def finding() -> Finding:
    """Two of four guards left a school."""
    school = confetti(2).school
    evaluate(DAY)
    return Finding.objects.get(pk=turnover_findings(school)[0].pk)


def said(finding: Any) -> str:
    output = StringIO()
    call_command("replay", finding, stdout=output)
    return output.getvalue()


def told(found: Replay) -> list[tuple[str, str, Any, Any]]:
    """Which assignments read otherwise, and how."""
    return [(one.record["assignment_id"], one.name, one.was, one.now) for one in found.records if one.kind == "rows"]


def test_every_finding_of_a_day_is_proved_and_unchanged():
    confetti(8)
    AssignmentFactory(first_day=DAY - timedelta(days=60), proposal=True)
    evaluate(DAY)
    for one in Finding.objects.all():
        found = replay(one)
        assert (found.proved, found.unchanged) == (True, True), (one.version.rule, found)


def test_each_level_follows_from_its_own_rows():
    confetti(3)
    evaluate(DAY)
    levels = {}
    for one in Finding.objects.filter(version__rule="turnover_limit"):
        levels[one.evidence["level"]] = replay(one).then
    assert levels == {"school": [], "agency_school": [], "agency": []}


def test_what_cannot_be_measured_is_told_by_the_window_that_was_in_force():
    limiting = ClauseVersion.objects.get(rule="turnover_limit", parameters__level="school")
    ClauseVersion.objects.create(
        clause=limiting.clause,
        effective_from=DAY,
        rule=limiting.rule,
        parameters=limiting.parameters | {"window_days": 60},
        mark=limiting.mark,
    )
    # The last service ended before the 60 days, and within the 365 that the rule counts by default.
    AssignmentFactory(last_day=DAY - timedelta(days=100), left=True)
    evaluate(DAY)
    found = replay(Finding.objects.get(version__rule="measurable"))
    assert (found.proved, found.unchanged) == (True, True)


def test_a_row_that_reads_otherwise_now_is_named(finding: Finding):
    row = finding.evidence["rows"][-1]
    Assignment.objects.filter(code=row["assignment_id"]).update(last_day=date(2026, 4, 1))
    found = replay(finding)
    assert found.proved and not found.unchanged and found.still_found
    assert told(found) == [(row["assignment_id"], "last_day", row["last_day"], "2026-04-01")]
    assert "person_days" in {one.name for one in found.values or ()}


def test_a_breach_that_the_register_no_longer_knows(finding: Finding):
    row = next(row for row in finding.evidence["rows"] if row["last_day"])
    Assignment.objects.filter(code=row["assignment_id"]).update(status=Assignment.Status.DECLINED)
    found = replay(finding)
    assert found.proved and not found.still_found
    assert told(found) == [(row["assignment_id"], "", True, False)]
    assert Difference("settled_left", 2, 1) in (found.values or [])


def test_a_closure_that_was_entered_later_does_not_change_what_was_known(finding: Finding):
    """Enough closed days, and the second leave is not settled any more; on the day it was."""
    calendar = finding.school.calendar
    Closure.objects.create(calendar=calendar, first_day=date(2026, 3, 3), last_day=DAY)
    found = replay(finding)
    assert found.proved and not found.still_found


def test_what_changed_in_a_calendar_is_named(finding: Finding):
    calendar = finding.school.calendar
    Closure.objects.create(calendar=calendar, first_day=date(2026, 3, 3), last_day=DAY)
    assert replay(finding).calendars == [
        Difference(f"{calendar.code} closure", None, ["2026-03-03", DAY.isoformat()]),
    ]
    Closure.objects.all().delete()
    type(calendar).objects.filter(pk=calendar.pk).update(weekdays="123456")
    assert replay(finding).calendars == [Difference(f"{calendar.code} weekdays", "12345", "123456")]


def test_a_licence_issued_after_the_day_is_nothing_that_changed():
    contract = ContractFactory(first_day=DAY - timedelta(days=200), licence=None)
    Licence.objects.all().delete()
    evaluate(DAY)
    unlicensed = Finding.objects.get(version__rule="licence_in_force")
    LicenceFactory(agency=contract.agency, issued_on=DAY + timedelta(days=5))
    assert replay(unlicensed).unchanged


def test_a_contract_prolonged_after_the_day_is_nothing_that_changed():
    contract = ContractFactory(first_day=DAY - timedelta(days=200), last_day=DAY + timedelta(days=30))
    LicenceEventFactory(licence=contract.licence, on=DAY - timedelta(days=9), event="suspended")
    evaluate(DAY)
    suspended = Finding.objects.get(version__rule="licence_in_force")
    type(contract).objects.filter(pk=contract.pk).update(last_day=DAY + timedelta(days=300))
    assert replay(suspended).unchanged
    type(contract).objects.filter(pk=contract.pk).update(last_day=DAY)
    assert Difference("contract_last_day", None, DAY.isoformat()) in (replay(suspended).values or [])


def test_what_happens_after_the_day_is_nothing_that_changed(finding: Finding):
    """Who leaves later was still there on that day, and who comes later was not."""
    standing = next(row for row in finding.evidence["rows"] if not row["last_day"])
    later = DAY + timedelta(days=5)
    ended = {"status": "ended", "last_day": later, "end_reason": "illness", "cause_accepted": True}
    Assignment.objects.filter(code=standing["assignment_id"]).update(**ended)
    AssignmentFactory(post=finding.school.posts.get(), first_day=later)
    found = replay(finding)
    assert found.proved and found.unchanged
    Assignment.objects.filter(code=standing["assignment_id"]).update(last_day=DAY)
    assert (standing["assignment_id"], "last_day", None, DAY.isoformat()) in told(replay(finding))


def test_where_nobody_is_left_every_row_is_told_as_gone(finding: Finding):
    AssignmentFactory(
        post=finding.school.posts.get(), left=True, first_day=DAY - timedelta(900), last_day=DAY - timedelta(800)
    )
    codes = {row["assignment_id"] for row in finding.evidence["rows"]}
    Assignment.objects.filter(code__in=codes).update(status=Assignment.Status.DECLINED)
    found = replay(finding)
    assert found.proved and not found.still_found and found.values is None
    assert told(found) == [(code, "", True, False) for code in sorted(codes)]


@pytest.fixture
def unconfirmed() -> Finding:
    """A guard whom the director had not confirmed when the day was judged, and confirmed on that day after all."""
    standing = AssignmentFactory(first_day=DAY - timedelta(days=60), proposal=True)
    evaluate(DAY)
    found: Finding = Finding.objects.get(version__rule="director_confirmation")
    director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=standing.post.school)
    confirm(assignment=standing, by=director)
    return found


def test_a_clause_without_rows_tells_what_was_recorded_since(unconfirmed: Finding):
    found = replay(unconfirmed)
    assert found.proved and not found.still_found and not found.told
    assert [event.verb for event in recorded_since(unconfirmed)] == ["assignment_confirmed"]
    assert "assignment_confirmed" in said(unconfirmed.number)


def test_what_was_written_past_the_actions_leaves_no_trace_and_that_is_said():
    standing = AssignmentFactory(first_day=DAY - timedelta(days=60), proposal=True)
    evaluate(DAY)
    found = Finding.objects.get(version__rule="director_confirmation")
    Assignment.objects.filter(pk=standing.pk).update(status="confirmed", confirmed_on=DAY - timedelta(days=59))
    assert "nothing that was recorded of its subject" in said(found.number)


@pytest.fixture
def vacant() -> Finding:
    """Of a post that nobody held."""
    post = PostFactory(positions=1)
    ContractFactory(school=post.school, first_day=DAY - timedelta(days=200))
    evaluate(DAY)
    found: Finding = Finding.objects.get(version__rule="post_covered")
    return found


def test_what_was_counted_is_proved_whatever_the_register_says_by_now(vacant: Finding):
    standing = AssignmentFactory(post=vacant.school.posts.get(), first_day=DAY - timedelta(days=200))
    found = replay(vacant)
    assert found.then == [] and found.proved and not found.still_found
    assert told(found) == [(standing.code, "", False, True)]
    assert Difference("vacant_days", vacant.evidence["vacant_days"], 0) in (found.values or [])
    assert f"{standing.code}: – → counted" in said(vacant.number)


@pytest.fixture
def totals_alone(vacant: Finding) -> Finding:
    """A finding from before findings kept what they counted."""
    evidence = {name: value for name, value in vacant.evidence.items() if name not in KINDS}
    vacant.evidence, vacant.digest = evidence, digest_of(vacant.version, vacant.engine, evidence)
    vacant.save()
    return vacant


def test_totals_without_records_are_proved_while_the_register_gives_the_same(totals_alone: Finding):
    found = replay(totals_alone)
    assert found.keeps_totals and found.then is None and found.proved and not found.outdated
    assert "counted again the register gives the same" in said(totals_alone.number)


def test_a_guard_declined_since_leaves_a_finding_without_records_proved(unconfirmed: Finding):
    """The total of the register is still the same; only the breach is gone."""
    evidence = {name: value for name, value in unconfirmed.evidence.items() if name not in KINDS}
    unconfirmed.evidence, unconfirmed.digest = evidence, digest_of(unconfirmed.version, unconfirmed.engine, evidence)
    unconfirmed.save()
    found = replay(unconfirmed)
    assert found.keeps_totals and not found.still_found and found.proved


def test_totals_without_records_are_not_called_proved_once_the_register_reads_otherwise(totals_alone: Finding):
    AssignmentFactory(post=totals_alone.school.posts.get(), first_day=DAY - timedelta(days=200))
    found = replay(totals_alone)
    assert found.untouched and found.outdated and not found.proved
    with pytest.raises(CommandError, match="can no longer be proved"):
        said(totals_alone.number)


def test_a_record_that_was_changed_is_not_proved(finding: Finding):
    finding.evidence["settled_left"] = 3
    finding.save()
    found = replay(finding)
    assert not found.untouched and found.then == [Difference("settled_left", 3, 2)]
    with pytest.raises(CommandError, match="not proved"):
        said(finding.number)


BROKEN = [None, 5, 10**30, 1e300, "text", "2026-99-99", [None], [{}], [{"x": 1}], [{"iin": 5}], [], {}]


@pytest.mark.parametrize("name", ["rows", "calendars", "contracts", "posts", "day", "window", "post", "positions"])
@pytest.mark.parametrize("lawful", [False, True])
def test_evidence_that_somebody_wrote_over_proves_nothing_and_breaks_nothing(vacant: Finding, name: str, lawful: bool):
    if lawful:
        AssignmentFactory(post=vacant.school.posts.get(), first_day=DAY - timedelta(days=200))
    whole = vacant.evidence
    kept = [whole | {name: value} for value in BROKEN if value != whole[name]]
    for evidence in [*kept, {key: value for key, value in whole.items() if key != name}]:
        Finding.objects.filter(pk=vacant.pk).update(evidence=evidence)
        output = StringIO()
        with pytest.raises(CommandError, match="not proved"):
            call_command("replay", vacant.number, stdout=output)
        assert "The record is NOT as it was written" in output.getvalue()
        replayed.told(replay(Finding.objects.get(pk=vacant.pk)))


def test_of_records_that_cannot_be_read_nothing_else_is_said(finding: Finding):
    finding.evidence["rows"] = [None]
    finding.save()
    found = replay(finding)
    assert (found.readable, found.then, found.values) == (False, None, None)
    with pytest.raises(CommandError, match="not proved"):
        said(finding.number)


def test_figures_and_spells_are_proved_alike(finding: Finding):
    finding.evidence["settled_high"] = 1.0
    finding.evidence["spells"][0]["days_in_window"] = 0
    finding.digest = digest_of(finding.version, finding.engine, finding.evidence)
    finding.save()
    found = replay(finding)
    assert found.untouched and not found.proved
    assert [one.name for one in found.then or ()] == ["settled_high"]
    assert [(one.kind, one.name, one.was) for one in found.spells] == [("spells", "days_in_window", 0)]
    output = StringIO()
    with pytest.raises(CommandError, match="not proved"):
        call_command("replay", finding.number, stdout=output)
    assert "days_in_window: 0 → " in output.getvalue()
    assert not [row["iin"] for row in finding.evidence["rows"] if row["iin"] in output.getvalue()]


def test_the_strength_follows_too(finding: Finding):
    assert finding.strength == "indicated"
    finding.strength = "established"
    finding.save()
    found = replay(finding)
    assert found.untouched and found.then == [Difference("strength", "established", "indicated")] and not found.proved


def test_figures_that_follow_and_break_nothing_prove_nothing(finding: Finding):
    """As if somebody had a finding opened that is none: everything in it is in order, but the limit is kept."""
    row = next(row for row in finding.evidence["rows"] if row["last_day"])
    row.update(last_day=None, end_reason="")
    rule = finding.version.build_rule()
    finding.evidence |= rule.recounted(finding.evidence)
    finding.digest = digest_of(finding.version, finding.engine, finding.evidence)
    finding.save()
    found = replay(finding)
    assert found.untouched and found.then == [] and not found.breaks and not found.proved
    output = StringIO()
    with pytest.raises(CommandError, match="not proved"):
        call_command("replay", finding.number, stdout=output)
    assert "by what it states the clause is NOT breached" in output.getvalue()


def test_a_school_that_keeps_another_calendar_is_named(finding: Finding):
    other = CalendarFactory(code="every-day", weekdays="1234567")
    before = finding.school.calendar.code
    type(finding.school).objects.filter(pk=finding.school_id).update(calendar=other)
    assert replay(finding).calendars == [Difference(f"{finding.school.code} calendar", before, other.code)]


def test_the_contracts_under_which_nobody_was_confirmed_are_compared():
    contract = ContractFactory(first_day=DAY - timedelta(days=200))
    evaluate(DAY)
    silent = Finding.objects.get(version__rule="measurable")
    assert replay(silent).unchanged
    type(contract).objects.filter(pk=contract.pk).update(number="another")
    (changed,) = replay(silent).records
    assert (changed.kind, changed.name, changed.now) == ("contracts", "contract_number", "another")


def test_a_module_that_lasts_longer_by_now_is_named():
    standing = AssignmentFactory(first_day=DAY - timedelta(days=60))
    module = ModuleFactory(valid_months=12)
    RequirementFactory(school=standing.post.school, module=module, first_day=DAY - timedelta(days=900))
    TrainingRecordFactory(
        guard=standing.guard, module=module, school=standing.post.school, completed_on=DAY - timedelta(days=400)
    )
    evaluate(DAY)
    untrained = Finding.objects.get(version__rule="school_training")
    assert replay(untrained).unchanged and untrained.evidence["valid_months"] == 12
    type(module).objects.filter(pk=module.pk).update(valid_months=24)
    found = replay(untrained)
    assert found.proved and not found.still_found
    assert Difference("valid_months", 12, 24) in (found.values or [])
    assert [(one.kind, one.name, one.now) for one in found.records] == [("modules", "valid_months", 24)]


@pytest.mark.parametrize("field", ["parameters", "engine"])
def test_the_digest_speaks_for_clause_and_engine_too(finding: Finding, field: str):
    if field == "engine":
        finding.engine = "0"
    else:
        # As if somebody had got round the database, which lets no enacted version be changed.
        finding.version.parameters["threshold_percent"] = 49.0
    assert not replay(finding).untouched


def test_the_command_says_so(finding: Finding):
    for name in (finding.number, str(finding.public_id)):
        assert "The record is as it was written." in said(name)
        assert f"As known on {DAY}: the same figures follow from what it keeps (rows: 4, calendars: 1)." in said(name)
        assert "As known now: the register says the same of that day." in said(name)


def test_the_command_names_what_changed(finding: Finding):
    row = finding.evidence["rows"][-1]
    Assignment.objects.filter(code=row["assignment_id"]).update(last_day=date(2026, 4, 1))
    assert f"{row['assignment_id']} last_day: {row['last_day']} → 2026-04-01" in said(finding.number)


@pytest.mark.parametrize("name", ["2026-999999", "nothing", "1999-0001"])
def test_an_unknown_finding_is_refused(name: str):
    with pytest.raises(CommandError, match="There is no finding"):
        said(name)


def test_a_finding_that_opens_again_links_to_the_one_before(clock: Any):
    post = confetti(2)
    evaluate(DAY)
    clock.move_to(noon(date(2027, 3, 4)))
    evaluate(date(2027, 3, 4))
    for number in range(3):
        leave(post, first_day=date(2027, 3, 1), last_day=date(2027, 3, 10 + number))
    clock.move_to(noon(date(2027, 6, 1)))
    evaluate(date(2027, 6, 1))
    first, second = turnover_findings(post.school)
    assert (first.previous, second.previous) == (None, first)


def test_another_strength_continues_the_finding_before():
    post = confetti(2)
    evaluate(DAY)
    for number in range(6):
        leave(post, after=2 + number)
    evaluate(DAY)
    first, second = turnover_findings(post.school)
    assert second.previous == first


def test_findings_of_other_schools_are_not_continued():
    confetti(2)
    evaluate(DAY)
    Finding.objects.update(closed_on=DAY)
    other = confetti(2)
    evaluate(DAY)
    assert turnover_findings(other.school)[0].previous is None


@pytest.mark.parametrize("kind", [*IDENTITY, "spells"])
@pytest.mark.parametrize("empty", [False, True])
def test_a_record_of_each_kind_is_told_by_the_command_and_on_the_page(
    finding: Finding, kind: str, empty: bool, monkeypatch: pytest.MonkeyPatch
):
    """Whatever names it: numbers, days, and what is not known of it."""
    record = dict(KEPT[kind][0])
    if empty:
        record |= {name: None for name in IDENTITY.get(kind, ()) if name not in ("iin", "assignment_id")}
    gone = RecordDifference(kind, record, "", True, False)
    other = RecordDifference(kind, record, "last_day", None, "2026-01-01")
    known = dataclasses.replace(replay(finding), records=[gone, other], still_found=False)
    monkeypatch.setattr("compliance.management.commands.replay.replay", lambda _finding: known)
    text = said(finding.number)
    assert text.count("counted → –") == 1 and "last_day: – → 2026-01-01" in text
    assert "990101300011" not in text
    with translation.override("en"):
        (first, second) = replayed.told(known).records
    assert (first.was, first.now) == ("counted", "not counted") and first.of and first.what
    assert second.now == "01.01.2026" and "990101300011" not in first.of + second.of
