"""A draft becomes law by two people, for a day to come, and until that day two people can revoke it."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.actions import end_membership
from accounts.models import Membership
from audit.models import Event
from compliance import drafting, publishing
from compliance.engine import judge
from compliance.findings import evaluate
from compliance.lawbook import load_law
from compliance.models import ClauseVersion, Draft, Evaluation, Finding
from compliance.statement import statement
from guards.refusals import Refused
from tests.compliance.editions import (
    EFFECTIVE,
    LOWER,
    SAYS,
    begin,
    clause,
    handed_over,
    lower,
    published,
    regulator,
    rehearse,
)
from tests.compliance.registers import DAY, confetti, noon, rows_of, turnover_findings
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller, translation.override("en"):
        yield traveller


@pytest.fixture
def author() -> Any:
    return regulator()


@pytest.fixture
def second() -> Any:
    return regulator()


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)


def limit_on(day: date) -> float:
    version = ClauseVersion.objects.in_force(day).get(clause=clause())
    return float(version.parameters["threshold_percent"])


# Handing over


def test_a_draft_is_handed_over_once_it_was_rehearsed_as_it_now_reads(author: Any) -> None:
    draft = begin(author)
    lower(draft, author)
    says = "Rehearse the whole country by the draft as it now reads, then hand it over."
    refused(lambda: publishing.hand_over(draft=draft, by=author), says)
    rehearse(draft, author)
    lower(draft, author, parameters=LOWER | {"min_left": 3})
    refused(lambda: publishing.hand_over(draft=draft, by=author), says)
    rehearse(draft, author)
    draft = publishing.hand_over(draft=draft, by=author)
    assert (draft.state, draft.handed_over_by) == ("handed_over", author.user)


@pytest.mark.parametrize("short", [{"region_id": "35"}, {"state": "running"}, {"state": "failed"}])
def test_a_rehearsal_of_a_region_or_one_that_was_not_finished_is_not_enough(author: Any, short: dict[str, str]) -> None:
    draft = begin(author)
    lower(draft, author)
    rehearse(draft, author)
    draft.rehearsals.update(**short)
    says = "Rehearse the whole country by the draft as it now reads, then hand it over."
    refused(lambda: publishing.hand_over(draft=draft, by=author), says)


def test_two_clauses_do_not_limit_the_same_turnover(author: Any) -> None:
    draft = begin(author)
    lower(draft, author, number="90", is_new=True)
    rehearse(draft, author)
    hand_over = partial(publishing.hand_over, draft=draft, by=author)
    refused(hand_over, "Clause 90 limits the same turnover as clause 1: keep one of them.")
    repealed = {name: SAYS[name] for name in drafting.CITATIONS}
    drafting.repeal_clause(draft=draft, number="1", words=repealed, by=author)
    rehearse(draft, author)
    assert hand_over().state == Draft.State.HANDED_OVER


def test_a_draft_that_changes_nothing_is_not_handed_over(author: Any) -> None:
    draft = begin(author)
    refused(lambda: publishing.hand_over(draft=draft, by=author), "The draft changes no clause yet.")
    stands = clause().versions.get(draft=None)
    lower(draft, author, parameters=stands.parameters, words={name: getattr(stands, name) for name in drafting.WORDS})
    refused(
        lambda: publishing.hand_over(draft=draft, by=author),
        "Clause 1 reads as before: change it, or take it out.",
    )


def test_a_draft_whose_day_has_come_is_not_handed_over(author: Any, clock: time_machine.Traveller) -> None:
    draft = begin(author)
    lower(draft, author)
    clock.move_to(noon(EFFECTIVE))
    refused(lambda: publishing.hand_over(draft=draft, by=author), "26.11.2026 has come: give the draft a later day.")


def test_what_waits_is_not_written_in(author: Any) -> None:
    draft = handed_over(author)
    refused(
        lambda: lower(draft, author), "This draft is no longer being drafted: open it again to see what became of it."
    )


def test_a_second_person_gives_a_draft_back_with_a_reason(author: Any, second: Any) -> None:
    draft = handed_over(author)
    refused(
        lambda: publishing.return_draft(draft=draft, reason=" ", by=second),
        "Say what is to be changed: those who drafted it read it.",
        "reason",
    )
    draft = publishing.return_draft(draft=draft, reason="Too low", by=second)
    assert (draft.state, draft.returned_because) == ("drafting", "Too low")
    assert second.user not in draft.hands.all()
    draft = publishing.hand_over(draft=draft, by=author)
    assert draft.returned_because == ""
    assert publishing.publish(draft=draft, by=second).state == "published"


# Publishing


def test_what_is_published_comes_into_force_on_its_day(author: Any, second: Any) -> None:
    draft = publishing.publish(draft=handed_over(author), by=second)
    assert (limit_on(DAY), limit_on(EFFECTIVE)) == (50.0, 10.0)
    law = ClauseVersion.objects.get(published_from=draft)
    assert (law.draft, law.ordinal, law.text_en) == (None, 2, SAYS["text_en"])
    assert (draft.published_by, draft.drafted_by) == (second.user, author.user)
    assert draft.versions.get() != law
    event = Event.objects.about(draft)[0]
    assert (event.verb, event.actor, event.details["on"]) == ("draft_published", second.user.email, "2026-11-26")


def test_whoever_had_a_hand_in_it_does_not_publish(author: Any) -> None:
    says = "You had a hand in this draft: another person publishes it, or gives it back."
    draft, editor = begin(author), regulator()
    lower(draft, editor)
    rehearse(draft, author)
    handed = regulator()
    publishing.hand_over(draft=draft, by=handed)
    # The same person in another seat is the same person.
    for by in (author, editor, handed):
        refused(partial(publishing.publish, draft=draft, by=by), says)
    assert limit_on(EFFECTIVE) == 50.0


def test_the_database_itself_wants_two_people(author: Any) -> None:
    draft = handed_over(author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(published_by=author.user)


def test_only_the_national_office_publishes(author: Any) -> None:
    draft = handed_over(author)
    for by in (regulator(region_id="35"), MembershipFactory()):
        refused(
            partial(publishing.publish, draft=draft, by=by),
            "The law is one for the whole country: national officers draft and publish it.",
        )


def test_whoever_no_longer_acts_for_the_office_publishes_nothing(author: Any, second: Any) -> None:
    draft = handed_over(author)
    end_membership(membership=Membership.objects.get(pk=second.pk), on=DAY, by=None)
    # As he was read before his membership ended.
    assert second.ended_on is None
    refused(lambda: publishing.publish(draft=draft, by=second), "You no longer act for the authorised body.")
    assert limit_on(EFFECTIVE) == 50.0


def test_of_two_who_publish_at_once_the_second_is_refused(author: Any, second: Any) -> None:
    draft = handed_over(author)
    publishing.publish(draft=draft, by=second)
    says = "This draft does not wait for anybody: open it again to see what became of it."
    refused(lambda: publishing.publish(draft=draft, by=regulator()), says)
    refused(lambda: publishing.return_draft(draft=draft, reason="No", by=regulator()), says)
    assert ClauseVersion.objects.filter(published_from=draft).count() == 1


def test_a_day_that_passed_while_the_draft_waited_is_not_published(
    author: Any, second: Any, clock: time_machine.Traveller
) -> None:
    draft = handed_over(author)
    clock.move_to(noon(EFFECTIVE))
    refused(lambda: publishing.publish(draft=draft, by=second), "26.11.2026 has come: give the draft a later day.")
    assert limit_on(EFFECTIVE) == 50.0


def test_a_clause_that_another_publication_changed_is_looked_at_again(author: Any, second: Any) -> None:
    draft = handed_over(author, EFFECTIVE + timedelta(days=30))
    published(EFFECTIVE)
    says = "Clause 1 was changed by another publication since it was drafted: look at it again."
    refused(lambda: publishing.publish(draft=draft, by=second), says)
    publishing.return_draft(draft=draft, reason="Look again", by=second)
    refused(lambda: publishing.hand_over(draft=draft, by=author), says)
    lower(draft, author, parameters=LOWER | {"threshold_percent": 5.0})
    rehearse(draft, author)
    publishing.publish(draft=publishing.hand_over(draft=draft, by=author), by=second)
    assert [limit_on(DAY + timedelta(days=days)) for days in (0, 1, 31)] == [50.0, 10.0, 5.0]


def test_whoever_has_looked_may_leave_the_draft_as_it_is(author: Any, second: Any) -> None:
    draft = begin(author, EFFECTIVE + timedelta(days=30))
    lower(draft, author, parameters=LOWER | {"threshold_percent": 5.0})
    published(EFFECTIVE)
    drafting.look_again(draft=draft, number="1", by=author)
    rehearse(draft, author)
    assert publishing.hand_over(draft=draft, by=author).state == "handed_over"


def test_a_clause_has_one_version_for_a_day(author: Any, second: Any) -> None:
    draft = handed_over(author)
    published(EFFECTIVE)
    says = "Clause 1 already has a version from 26.11.2026: give the draft another day."
    refused(lambda: publishing.publish(draft=draft, by=second), says)


def test_a_repeal_ends_the_clause_on_its_day(author: Any, second: Any) -> None:
    draft = begin(author)
    drafting.repeal_clause(draft=draft, number="1", words=SAYS, by=author)
    rehearse(draft, author)
    publishing.publish(draft=publishing.hand_over(draft=draft, by=author), by=second)
    assert ClauseVersion.objects.in_force(DAY).filter(clause=clause()).exists()
    assert not ClauseVersion.objects.in_force(EFFECTIVE).filter(clause=clause()).exists()
    # What is left is another edition of the paragraph.
    assert {"code": "school-guards", "effective_from": "2026-11-26"} in statement(judge(EFFECTIVE))["paragraphs"]


# Revoking


def test_two_people_revoke_before_the_day_and_the_version_never_counts(author: Any, second: Any) -> None:
    draft = publishing.publish(draft=handed_over(author), by=second)
    refused(lambda: publishing.revoke(draft=draft, by=second), "Nobody asked for it to be revoked.")
    publishing.ask_to_revoke(draft=draft, reason="A wrong number", by=author)
    refused(lambda: publishing.revoke(draft=draft, by=author), "You asked for it: another person revokes.")
    assert limit_on(EFFECTIVE) == 10.0
    publishing.revoke(draft=draft, by=second)
    assert limit_on(EFFECTIVE) == 50.0
    # The day is free again.
    published(EFFECTIVE)
    assert limit_on(EFFECTIVE) == 10.0


def test_a_reason_is_needed_and_one_asks(author: Any) -> None:
    draft = published()
    refused(
        lambda: publishing.ask_to_revoke(draft=draft, reason="", by=author),
        "Say why it is not to come into force.",
        "reason",
    )
    publishing.ask_to_revoke(draft=draft, reason="A wrong number", by=author)
    refused(
        lambda: publishing.ask_to_revoke(draft=draft, reason="Me too", by=regulator()),
        "Somebody has asked for this already: another person revokes it.",
    )


def test_it_may_come_into_force_after_all(author: Any) -> None:
    draft = published()
    publishing.ask_to_revoke(draft=draft, reason="A wrong number", by=author)
    publishing.drop_revocation(draft=draft, by=regulator())
    refused(lambda: publishing.revoke(draft=draft, by=regulator()), "Nobody asked for it to be revoked.")


def test_what_is_in_force_stands(author: Any, clock: time_machine.Traveller) -> None:
    draft = published()
    clock.move_to(noon(EFFECTIVE))
    refused(
        lambda: publishing.ask_to_revoke(draft=draft, reason="Late", by=author),
        "It is in force: it stands, and is changed by a later version.",
    )
    refused(
        lambda: publishing.ask_to_revoke(draft=begin(author, DAY + timedelta(days=9)), reason="Early", by=author),
        "Only a publication that is still to come into force is revoked.",
    )


# What it does to the rest


def test_publishing_judges_nobody_today(author: Any) -> None:
    confetti(1)
    evaluate(DAY)
    before = rows_of(Finding), rows_of(Evaluation)
    published()
    evaluate(DAY)
    assert rows_of(Finding) == before[0]
    assert Evaluation.objects.latest("pk").missed == 0


def test_the_files_say_nothing_against_what_was_published_on_screen() -> None:
    published()
    assert load_law() == 0
    assert limit_on(EFFECTIVE) == 10.0


def test_the_whole_story(clock: time_machine.Traveller, tmp_path: Path, author: Any, second: Any) -> None:
    """Found under the old limit; a lower one drafted, rehearsed, published by another; from its day on it judges, and
    what was found before still shows what it was found by."""
    old, calm = confetti(2).school, confetti(1).school
    evaluate(DAY)
    (found,) = turnover_findings(old)
    assert not turnover_findings(calm)

    draft = begin(author)
    lower(draft, author, parameters=LOWER | {"min_left": 1})
    rehearse(draft, author)
    publishing.publish(draft=publishing.hand_over(draft=draft, by=author), by=second)

    clock.move_to(noon(EFFECTIVE))
    call_command("evaluate", json=str(tmp_path / "next.json"), verbosity=0)
    first, again = turnover_findings(old)
    (opened,) = turnover_findings(calm)
    assert (first.pk, first.closed_on) == (found.pk, EFFECTIVE)
    assert first.version.build_rule().threshold_percent == 50.0  # type: ignore[attr-defined]
    assert (again.previous, again.version.published_from, opened.version) == (first, draft, again.version)
    assert opened.evidence["threshold_percent"] == 10.0
    said = json.loads((tmp_path / "next.json").read_text())
    assert {"code": "school-guards", "effective_from": "2026-11-26"} in said["paragraphs"]
