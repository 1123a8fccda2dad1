"""A draft judged beside the law in force: whom it would mark and why, by hand; and that it leaves no trace."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from background.schedules import registered
from compliance import rehearsals, tasks
from compliance.asking import ask_for_rehearsal
from compliance.engine import judge
from compliance.findings import evaluate
from compliance.models import ClauseVersion, Evaluation, Figure, Finding, Rehearsal, RehearsedMark
from compliance.models.rehearsals import PATIENCE
from compliance.predicates import Subject
from guards.models import Assignment
from guards.refusals import Refused
from schools.models import Region
from tests.compliance.drafts import adding, draft_of, drafted, officer, rehearsed, repealing
from tests.compliance.registers import DAY, confetti, leave, noon, rows_of, staffed_post
from tests.factories import ContractFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OWN, OTHER = "79", "35"


def place(code: str) -> Region:
    return Region.objects.get(code=code)


def of_clause(rehearsal: Rehearsal, number: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in rehearsal.summary["clauses"] if one["number"] == number)
    return found


def between_the_limits(**post: Any) -> Any:
    """Four guards stay and two left: 2 leaves on 4.16 guards are 48 % a year."""
    found = staffed_post(4, **post)
    for number in range(2):
        leave(found, after=number)
    return found


def test_a_lower_limit_marks_who_lies_between_the_two_and_nobody_else():
    between, beyond = between_the_limits(), confetti(2)
    one_left = staffed_post(2)
    leave(one_left)
    staffed_post(3)
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    assert rehearsal.state == Rehearsal.State.DONE
    mark = rehearsal.marks.get()
    assert (mark.school, mark.change, mark.before, mark.after) == (between.school, "newly", "none", "indicated")
    assert (mark.left, round(mark.headcount or 0, 2), round(mark.value or 0)) == (2, 4.16, 48)
    assert mark.low is not None and mark.high is not None and mark.low < 40 < mark.high
    told = of_clause(rehearsal, "1")
    assert told["total"] == {
        "measured": 4,
        "now": 1,
        "now_established": 0,
        "then": 2,
        "then_established": 0,
        "newly": 1,
        "newly_established": 0,
        "gone": 0,
    }
    assert told["school_sizes"]["5"]["newly"] == 1
    assert told["regions"][between.school.region_id]["newly"] == 1
    assert beyond.school_id not in rehearsal.marks.values_list("school", flat=True)
    # Above 40 % lie three, of whom one lost a single guard: 1 leave on 2.08 guards is 48 % a year.
    assert told["distribution"]["beyond"] == 3


def test_at_the_limit_itself_nobody_is_marked():
    """Two guards a year and one who left are 50 % a year of exactly two guards."""
    post = staffed_post(1)
    leave(post, first_day=DAY - timedelta(days=364), last_day=DAY - timedelta(days=200))
    leave(post, first_day=DAY - timedelta(days=199), last_day=DAY - timedelta(days=120))
    days = 365 + 165 + 80
    exactly = 200 * 365 / days
    at, under = (drafted("1", threshold_percent=exactly), exactly)
    assert rehearsed(at).marks.get().change == "gone"
    ClauseVersion.objects.filter(draft=at).update(
        parameters={"level": "school", "threshold_percent": under - 1e-6, "min_left": 2, "confidence": 0.95}
    )
    assert not rehearsed(at).marks.exists()


def test_a_higher_limit_marks_fewer_and_a_stronger_proof_less():
    confetti(2)
    established = confetti(8)
    rehearsal = rehearsed(drafted("1", threshold_percent=200.0))
    changes = dict(rehearsal.marks.values_list("change", "school"))
    assert changes.keys() == {"gone", "weaker"}
    assert changes["weaker"] == established.school_id


def test_both_readings_say_what_the_engine_says_of_the_day():
    for number in (1, 2, 3, 8):
        confetti(number, school__region=place(OWN if number % 2 else OTHER))
    between_the_limits()
    for changes in (("1", {"threshold_percent": 40.0}), ("3", {"threshold_percent": 10.0, "min_left": 1})):
        draft = drafted(changes[0], **changes[1])
    drafted("7", floor=0.95)
    drafted("4", grace_open_days=0)
    now = {(one.version.clause_id, one.breach.subject.key): one.breach.strength for one in judge(DAY).breaches}
    then = {
        (one.version.clause_id, one.breach.subject.key): one.breach.strength for one in judge(DAY, draft=draft).breaches
    }
    words = {"": "records", None: "none"}
    wanted = {
        (key, words.get(now.get(key), now.get(key)), words.get(then.get(key), then.get(key)))
        for key in {*now, *then}
        if now.get(key) != then.get(key)
    }
    rows = rehearsed(draft).marks.values_list("clause", "subject", "before", "after")
    assert {((clause, subject), before, after) for clause, subject, before, after in rows} == wanted
    assert wanted


def test_a_reason_that_counts_by_the_draft_is_told_from_a_lower_limit():
    post = staffed_post(2)
    for number in range(2):
        leave(post, after=number, end_reason="school_request", cause_accepted=True)
    rehearsal = rehearsed(drafted("1", excused=["illness", "died"]))
    assert rehearsal.marks.get().school == post.school
    assert of_clause(rehearsal, "1")["distribution"]["otherwise"] == 1
    assert [one["number"] for one in rehearsal.summary["clauses"]] == ["1"]


def test_what_is_repealed_marks_nobody_any_longer():
    posts = [confetti(2), confetti(8)]
    rehearsal = rehearsed(repealing("1"))
    told = of_clause(rehearsal, "1")
    assert (told["kind"], told["total"]["now"], told["total"]["then"], told["total"]["gone"]) == ("repealed", 2, 0, 2)
    assert set(rehearsal.marks.values_list("school", "change")) == {(post.school_id, "gone") for post in posts}


def test_a_new_clause_marks_all_for_the_first_time():
    post = confetti(2)
    rehearsal = rehearsed(adding("90", "turnover_limit", level="agency", threshold_percent=10.0))
    told = of_clause(rehearsal, "90")
    agency = Assignment.objects.filter(post=post).earliest("pk").agency
    assert (told["kind"], told["total"]["newly"], told["total"]["now"]) == ("new", 1, 0)
    assert rehearsal.marks.get().agency == agency
    assert told["school_sizes"] == {}


def test_a_clause_that_measures_nothing_is_counted_by_region():
    waits = confetti(1, school__region=place(OWN))
    proposed = Assignment.objects.filter(post=waits).earliest("pk")
    Assignment.objects.filter(pk=proposed.pk).update(status=Assignment.Status.PROPOSED, confirmed_on=None)
    Assignment.objects.filter(pk=proposed.pk).update(first_day=DAY - timedelta(days=3))
    rehearsal = rehearsed(drafted("4", grace_open_days=1))
    told = of_clause(rehearsal, "4")
    assert told["distribution"] is None
    assert told["regions"][OWN]["newly"] == 1
    mark = rehearsal.marks.get()
    assert (mark.after, mark.value, mark.guard_id) == ("records", None, proposed.guard_id)


def test_what_cannot_be_measured_goes_along_where_the_window_changes():
    """Somebody served ten months ago: within a window of a year, not within one of half a year."""
    post = staffed_post(0)
    contract = ContractFactory(school=post.school)
    leave(post, agency=contract.agency, first_day=DAY - timedelta(days=330), last_day=DAY - timedelta(days=300))
    rehearsal = rehearsed(drafted("1", window_days=180))
    assert [one["number"] for one in rehearsal.summary["clauses"]] == ["1", "5"]
    assert of_clause(rehearsal, "5")["total"]["newly"] == 1


def test_a_school_counts_with_the_agency_that_served_there_most():
    post = between_the_limits()
    most = Assignment.objects.filter(post=post).earliest("pk").agency
    leave(post, agency=ContractFactory(school=post.school).agency, end_reason="illness", cause_accepted=True)
    evaluate(DAY)
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    assert rehearsal.marks.get().agency == most
    assert of_clause(rehearsal, "1")["agency_sizes"]["5"]["newly"] == 1


def test_a_region_is_judged_alone_by_its_officer():
    own, other = (between_the_limits(school__region=place(code)) for code in (OWN, OTHER))
    draft = drafted("1", threshold_percent=40.0)
    mine, whole = rehearsed(draft, officer(OWN)), rehearsed(draft)
    assert set(mine.marks.values_list("school", flat=True)) == {own.school_id}
    assert set(whole.marks.values_list("school", flat=True)) == {own.school_id, other.school_id}
    assert set(Rehearsal.objects.visible_to(officer(OWN))) == {mine}
    assert set(RehearsedMark.objects.visible_to(officer(OTHER))) == set()
    assert set(Rehearsal.objects.visible_to(officer())) == {mine, whole}


def test_nothing_is_found_measured_or_sent():
    between_the_limits()
    evaluate(DAY)
    before = [rows_of(model) for model in (Finding, Figure, Evaluation)]
    rehearsed(drafted("1", threshold_percent=1.0, min_left=1))
    assert [rows_of(model) for model in (Finding, Figure, Evaluation)] == before
    assert mail.outbox == []


# How it is done


def test_it_asks_the_database_as_often_for_many_schools_as_for_one():
    draft, by = drafted("1", threshold_percent=40.0), officer(OWN)
    counts = []
    for schools in (1, 5):
        for _ in range(schools):
            between_the_limits(school__region=place(OWN))
        with CaptureQueriesContext(connection) as queries:
            rehearsed(draft, by)
        counts.append(len(queries))
    # The first time the officer's region and the kinds of record are looked up besides.
    assert counts[1] <= counts[0]


def test_done_again_it_stays_as_it_is():
    between_the_limits()
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    before = rows_of(Rehearsal), rows_of(RehearsedMark)
    tasks.rehearse.enqueue(str(rehearsal.public_id))
    assert (rows_of(Rehearsal), rows_of(RehearsedMark)) == before


def half_done(rehearsal: Rehearsal) -> None:
    """As a killed worker leaves it: some regions written, not at its end."""
    Rehearsal.objects.filter(pk=rehearsal.pk).update(state=Rehearsal.State.RUNNING, done=1, summary={})


def test_what_a_killed_worker_left_is_begun_anew_without_a_trace_of_it():
    between_the_limits()
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    whole = {name: value for name, value in rows_of(RehearsedMark)[0].items() if name != "id"}
    half_done(rehearsal)
    RehearsedMark.objects.update(change="gone")
    tasks.rehearse.enqueue(str(rehearsal.public_id))
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.done, rehearsal.attempt) == ("done", rehearsal.total, 2)
    assert {name: value for name, value in rows_of(RehearsedMark)[0].items() if name != "id"} == whole


def test_a_worker_taken_for_dead_writes_nothing_once_another_one_began(monkeypatch: pytest.MonkeyPatch):
    between_the_limits()
    compare = rehearsals.Block.compare

    def overtaken(self: Any, *rest: Any) -> Any:
        Rehearsal.objects.update(attempt=9)
        return compare(self, *rest)

    monkeypatch.setattr(rehearsals.Block, "compare", overtaken)
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    assert (rehearsal.state, rehearsal.done, rehearsal.marks.count()) == ("running", 0, 0)


def test_each_region_moves_it_on():
    for code in (OWN, OTHER):
        between_the_limits(school__region=place(code))
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    # The agencies of the factories may have regions of their own.
    assert rehearsal.done == rehearsal.total >= 2


def test_what_breaks_it_off_is_kept_for_whoever_asked(monkeypatch: pytest.MonkeyPatch):
    def fails(self: Any, *rest: Any) -> Any:
        raise ValueError("no such calendar")

    between_the_limits()
    monkeypatch.setattr(rehearsals.Block, "compare", fails)
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    assert (rehearsal.state, rehearsal.reason) == ("failed", "ValueError: no such calendar")
    assert not Rehearsal.objects.of(rehearsal.draft).finished().exists()


def test_one_that_no_worker_ends_is_broken_off_by_the_clock():
    between_the_limits()
    draft = drafted("1", threshold_percent=40.0)
    left, moving = (rehearsed(draft, officer(code)) for code in (OWN, None))
    half_done(left)
    half_done(moving)
    Rehearsal.objects.filter(pk=left.pk).update(moved_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    registered["rehearsals left behind"].start()
    assert [Rehearsal.objects.get(pk=one.pk).state for one in (left, moving)] == ["failed", "running"]


# Asking for it


def test_asking_is_an_event_of_the_draft():
    by = officer(OWN)
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0), by)
    event = Event.objects.about(rehearsal.draft).get(verb="draft_rehearsed")
    assert (event.actor, event.details["region"]) == (by.user.email, OWN)


def test_the_same_is_not_begun_twice():
    draft, by = drafted("1", threshold_percent=40.0), officer()
    first = rehearsed(draft, by)
    half_done(first)
    assert ask_for_rehearsal(draft=draft, by=by) == first
    assert ask_for_rehearsal(draft=draft, region=place(OWN), by=by) != first


@pytest.mark.parametrize("region", [None, OTHER])
def test_an_officer_of_a_region_rehearses_for_no_other(region: str | None):
    with pytest.raises(Refused):
        ask_for_rehearsal(
            draft=drafted("1", threshold_percent=40.0), region=place(region) if region else None, by=officer(OWN)
        )
    assert not Rehearsal.objects.exists()


def test_a_draft_without_a_clause_is_not_rehearsed():
    with pytest.raises(Refused):
        ask_for_rehearsal(draft=draft_of(), by=officer())


def test_a_draft_of_other_words_alone_marks_nobody_otherwise():
    confetti(2)
    rehearsal = rehearsed(drafted("1"))
    assert (rehearsal.state, rehearsal.summary) == ("done", {"clauses": []})


def test_a_clause_that_cannot_be_judged_is_named():
    with pytest.raises(Refused, match="threshold_percent"):
        ask_for_rehearsal(draft=drafted("1", threshold_percent=-1.0), by=officer())


def test_a_rehearsal_is_of_the_draft_as_it_read():
    draft = drafted("1", threshold_percent=40.0)
    rehearsal = rehearsed(draft)
    assert list(Rehearsal.objects.of(draft).finished().of_country()) == [rehearsal]
    assert not rehearsal.is_outdated(DAY)
    drafted("7", floor=0.7)
    assert not Rehearsal.objects.of(draft_of()).finished().exists()
    assert Rehearsal.objects.get().is_outdated(DAY)


def test_the_next_day_it_is_outdated(clock: Any):
    rehearsal = rehearsed(drafted("1", threshold_percent=40.0))
    clock.move_to(noon(DAY + timedelta(days=1)))
    assert rehearsal.is_outdated(timezone.localdate())


def test_a_subject_is_named_as_a_finding_names_it():
    post = between_the_limits()
    assert rehearsed(drafted("1", threshold_percent=40.0)).marks.get().subject == Subject(school=post.school_id).key
