"""After any action what is stored is what judging everything anew would store: every open finding, every figure.

Whatever managers and directors do, in any order, by numbers that are drawn the same way each time; days go by, and
each is judged as the night does.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from compliance.figures import OWNER, VALUES
from compliance.findings import evaluate
from compliance.models import Evaluation, Figure, Finding
from guards.actions import add_paper
from guards.actions.requirements import end_requirement, log_briefing
from guards.models import Assignment, Briefing, Credential, Presence, Requirement
from guards.refusals import Refused
from staffing import attendance
from staffing.actions import mark_presence
from staffing.taking_over import SomeRefused
from tests.compliance.registers import DAY, SPRING, leave
from tests.staffing.door import make_door
from tests.staffing.test_lawful_always import Town, Undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SEEDS, STEPS = range(6), 40
VERBS = {
    "propose": 8,
    "confirm": 6,
    "decline": 2,
    "withdraw": 4,
    "end": 3,
    "replace": 6,
    "take_over": 4,
    "prove_cause": 3,
    "accept_cause": 3,
    "mark_presence": 3,
    "claim_month": 3,
    "add_paper": 2,
    "school_requires": 1,
    "school_requires_no_more": 2,
    "log_briefing": 1,
    "dismiss": 2,
    "wait": 4,
}

# Refused more often than not: the guards drawn are to be free, lawful and on the staff.
SELDOM = {"replace", "take_over", "prove_cause", "accept_cause", "dismiss"}
# In which state an assignment is when somebody does this to it.
MEANT_FOR = {
    "confirm": Assignment.Status.PROPOSED,
    "decline": Assignment.Status.PROPOSED,
    "withdraw": Assignment.Status.PROPOSED,
    "end": Assignment.Status.CONFIRMED,
    "replace": Assignment.Status.CONFIRMED,
}


class History(Town):
    """The town with a past: guards have come and gone at both posts, at one of them a leave short of the limit."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        for post, number in ((self.posts[0], 1), (self.posts[1], 3)):
            for after in range(number):
                leave(post, agency=self.door.agency, after=after)
            post.first_day = SPRING
            post.save()
        for guard, post in zip(self.guards, self.posts, strict=False):
            self.door.confirmed(guard=guard, post=post, first_day=DAY)
        evaluate(DAY)

    def act(self, verb: str) -> None:
        self.verb = verb
        super().act(verb)

    def one_of(self, rows: Any) -> Any:
        """Of assignments one of those that the action is for: so more is done, and less refused."""
        if status := MEANT_FOR.get(self.verb):
            rows = rows.filter(status=status)
        return super().one_of(rows)

    def mark_presence(self) -> None:
        standing = self.one_of(Assignment.objects.holding().on(self.today))
        answer = self.chance.choice(Presence.Answer.values)
        mark_presence(guard=standing.guard, post=standing.post, on=self.today, answer=answer, by=self.door.director)

    def wait(self) -> None:
        super().wait()
        evaluate(timezone.localdate())

    def claim_month(self) -> None:
        """The agency claims each shift up to today that somebody stood, and no other."""
        agency, post, today = self.chance.choice(list(self.managers)), self.chance.choice(self.posts), self.today
        first, last = attendance.month_days(today)
        rows = Presence.objects.filter(post__school=post.school, on__range=(first, last), agency_claim=True)
        allowed = attendance.shifts(attendance.held_in(agency, post.school, first, last), first, today)
        seen = {attendance.Shift(*row) for row in rows.values_list("post", "guard", "on")}
        attendance.claim_month(
            agency=agency, school=post.school, month=first, claims=allowed, seen=seen, by=self.managers[agency]
        )

    def add_paper(self) -> None:
        kind = self.chance.choice(Credential.Kind.values)
        number, until = f"P-{self.chance.randrange(10**9)}", self.today + timedelta(days=self.chance.randrange(400))
        guard = self.chance.choice(self.guards)
        add_paper(guard=guard, kind=kind, number=number, valid_until=until, by=self.door.manager)

    def school_requires_no_more(self) -> None:
        end_requirement(requirement=self.one_of(Requirement.objects.all()), last_day=self.today, by=self.door.director)

    def log_briefing(self) -> None:
        log_briefing(
            agency=self.door.agency,
            school=self.door.school,
            kind=self.chance.choice(Briefing.Kind.values),
            held_on=self.today - timedelta(days=self.chance.randrange(3)),
            topic="Keys",
            led_by="Ерлан Мұқашев",
            attended=[self.door.guard],
            by=self.door.manager,
        )

    @property
    def today(self) -> Any:
        return timezone.localdate()

    def check(self) -> None:
        before, anew = stored(), stored_anew()
        for held, judged in zip(before, anew, strict=True):
            assert (held - judged, judged - held) == (set(), set())


def stored() -> tuple[set[Any], set[Any]]:
    """The open findings, and the figures with their owners; those of regions wait for the night."""
    findings = Finding.objects.open().values_list("version", "subject", "strength")
    figures = Figure.objects.exclude(level=Figure.Level.REGION)
    return set(findings), set(figures.values_list(*OWNER, *VALUES))


def stored_anew() -> tuple[set[Any], set[Any]]:
    """The same after everything was judged as if never before."""
    try:
        with transaction.atomic():
            for model in (Finding, Figure, Evaluation):
                model._default_manager.all()._raw_delete("default")
            evaluate(timezone.localdate())
            found = stored()
            raise Undo
    except Undo:
        return found


def test_no_sequence_of_actions_leaves_anything_stored_behind(clock: time_machine.Traveller):
    done: Counter[str] = Counter()
    seen: set[str] = set()
    for seed in SEEDS:
        done += played(seed, clock, seen)
    # What is always refused would prove nothing, nor would a town without a finding.
    assert {verb for verb in VERBS if not done[verb]} <= SELDOM
    assert {"turnover_limit", "school_training", "post_covered"} <= seen


def played(seed: int, clock: time_machine.Traveller, seen: set[str]) -> Counter[str]:
    done: Counter[str] = Counter()
    told = []
    try:
        with transaction.atomic():
            town = History(make_door(), seed, clock)
            for verb in town.chance.choices(list(VERBS), list(VERBS.values()), k=STEPS):
                try:
                    with transaction.atomic():
                        town.act(verb)
                except (Refused, SomeRefused, attendance.Overtaken):
                    continue
                done[verb] += 1
                told.append(verb)
                town.check()
                seen |= set(Finding.objects.values_list("version__rule", flat=True))
            assert not Evaluation.objects.filter(missed__gt=0).exists()
            raise Undo
    except Undo:
        return done
    except AssertionError as fault:
        raise AssertionError(f"seed {seed}, after {', '.join(told)}: {fault}") from fault
