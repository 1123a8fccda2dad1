"""No sequence of actions fills a post beyond its places, puts a guard on two posts, or confirms an unlawful guard.

Whatever a manager, a director, a regulator or the calendar can do, in any order, by numbers that are drawn the same way
each time.
"""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import time_machine
from django.db import transaction
from django.utils import timezone

from agencies.models import Contract, LicenceEvent
from compliance.eligibility import obstacles
from exchange import importing
from exchange.models import Import
from guards.actions import dismiss
from guards.actions.requirements import require
from guards.models import Assignment, Credential, EndReason, Guard
from guards.refusals import Refused
from staffing import actions, causes
from staffing.holding import HANDOVER_DAYS, held
from staffing.reminding import remind
from staffing.replacing import replace
from staffing.taking_over import Placing, SomeRefused, end_what_outlived_its_contract, propose_all
from tests.compliance.registers import DAY, noon
from tests.exchange.sheets import GUARD_HEADS, csv_file, person
from tests.factories import (
    LAWFUL_PAPERS,
    ContractFactory,
    EmploymentFactory,
    LicenceEventFactory,
    MembershipFactory,
    ModuleFactory,
)
from tests.staffing.door import Door

SEEDS, STEPS = range(16), 60
LAST_LOOKED_AT = DAY + timedelta(days=150)
# Every reason at once: what policy asks for is signed, so that the law and the register alone refuse.
VERBS = {
    "propose": 7,
    "confirm": 7,
    "decline": 1,
    "withdraw": 1,
    "end": 3,
    "replace": 4,
    "take_over": 3,
    "remind": 1,
    "prove_cause": 3,
    "accept_cause": 3,
    "mark_presence": 2,
    "bring_in": 5,
    "undo_import": 3,
    "wait": 4,
    "paper_runs_out": 2,
    "paper_is_renewed": 2,
    "licence_is_suspended": 1,
    "licence_is_resumed": 1,
    "school_requires": 1,
    "contract_ends": 2,
    "dismiss": 1,
    "end_with_contracts": 3,
}


class Undo(Exception):
    """Leaves nothing of one sequence to the next."""


class Reasons(dict[int, str]):
    """A signed reason for whatever clause asks for one."""

    def get(self, key: int, default: Any = "") -> Any:
        return "Signed."

    def __bool__(self) -> bool:
        return True


class Town:
    """Two agencies with a contract each at both schools, a post of one place and one of two, and seven guards."""

    def __init__(self, door: Door, seed: int, clock: time_machine.Traveller) -> None:
        self.door, self.chance, self.clock = door, Random(seed), clock
        clock.move_to(noon(DAY))
        other = ContractFactory(school=door.school).agency
        self.posts = [door.post, door.another_post()]
        ContractFactory(agency=other, school=self.posts[1].school)
        for post, positions in zip(self.posts, (1, 2), strict=True):
            post.positions = positions
            post.save()
        self.managers = {door.agency: door.manager, other: MembershipFactory(agency=other)}
        for agency in [door.agency] * 3 + [other] * 2:
            EmploymentFactory(guard__papers=True, agency=agency)
        # One who works for both, and one of whom nothing is recorded.
        EmploymentFactory(guard=door.guard, agency=other)
        EmploymentFactory(agency=door.agency)
        self.licence = door.agency.contracts.get(school=door.school).licence
        self.brought_in = 0

    @property
    def guards(self) -> list[Guard]:
        """Everybody: a sheet brings some in, and undoing it takes them out."""
        return list(Guard.objects.order_by("pk"))

    # ---------------------------------------------------------------- draws

    def day(self) -> date:
        return timezone.localdate() + timedelta(days=self.chance.randrange(-2, 25))

    def one_of(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused("There is none.")
        return self.chance.choice(found)

    def act(self, verb: str) -> None:
        getattr(self, verb)()

    # ---------------------------------------------------------------- what people do

    def propose(self) -> None:
        guard, post, first_day = self.chance.choice(self.guards), self.chance.choice(self.posts), self.day()
        agency = self.chance.choice(list(self.managers))
        kind = self.chance.choice(["regular", "regular", "relief"])
        last_day = first_day + timedelta(days=self.chance.randrange(25)) if kind == "relief" else None
        made = actions.propose(
            guard=guard,
            post=post,
            agency=agency,
            first_day=first_day,
            last_day=last_day,
            kind=kind,
            reasons=Reasons(),
            by=self.managers[agency],
        )
        self.is_lawful(made, first_day)

    def confirm(self) -> None:
        chosen = self.one_of(Assignment.objects.all())
        done = actions.confirm(assignment=chosen, by=self.door.director)
        self.is_lawful(done, max(done.first_day, timezone.localdate()))

    def is_lawful(self, one: Assignment, day: date) -> None:
        found = obstacles([one.guard], one.post, one.agency, day)[one.guard_id]
        assert not [obstacle for obstacle in found if obstacle.is_law], "an unlawful guard got through"

    def decline(self) -> None:
        actions.decline(assignment=self.one_of(Assignment.objects.all()), reason="No.", by=self.door.director)

    def withdraw(self) -> None:
        chosen = self.one_of(Assignment.objects.all())
        actions.withdraw(assignment=chosen, by=self.managers[chosen.agency])

    def end(self) -> None:
        chosen = self.one_of(Assignment.objects.all())
        reason = self.chance.choice([EndReason.ILLNESS, EndReason.RETIRED, EndReason.RESIGNED])
        actions.end(assignment=chosen, last_day=self.day(), reason=reason, by=self.managers[chosen.agency])

    def replace(self) -> None:
        chosen = self.one_of(Assignment.objects.all())
        last_day = self.day()
        replace(
            assignment=chosen,
            reason=self.chance.choice(["resigned", "illness"]),
            last_day=last_day,
            successor=self.chance.choice(self.guards),
            first_day=last_day + timedelta(days=1 - self.chance.randrange(HANDOVER_DAYS + 2)),
            reasons=Reasons(),
            by=self.managers[chosen.agency],
        )

    def take_over(self) -> None:
        agency = self.chance.choice(list(self.managers))
        both = [Placing(self.chance.choice(self.guards), post) for post in (self.posts[0], self.posts[1])]
        manager = self.managers[agency]
        propose_all(placings=both, agency=agency, first_day=self.day(), reasons=Reasons(), by=manager)

    def remind(self) -> None:
        chosen = self.one_of(Assignment.objects.all())
        remind(assignment=chosen, by=self.managers[chosen.agency])

    def prove_cause(self) -> None:
        chosen = self.one_of(Assignment.objects.filter(status=Assignment.Status.ENDED))
        causes.submit(assignment=chosen, note="Sick list № 7.", evidence=None, by=self.managers[chosen.agency])

    def accept_cause(self) -> None:
        chosen = self.one_of(Assignment.objects.filter(causes__isnull=False).distinct())
        causes.accept(cause=chosen.causes.latest("pk"), by=self.door.director)

    def mark_presence(self) -> None:
        chosen = self.one_of(Assignment.objects.all())
        on = timezone.localdate()
        actions.mark_presence(guard=chosen.guard, post=chosen.post, on=on, answer="present", by=self.door.director)

    def bring_in(self) -> None:
        """A sheet of new guards, or of proposals: what was checked without a fault is loaded."""
        agency = self.chance.choice(list(self.managers))
        kind = self.chance.choice(["guards", *["assignments"] * 4])
        rows = [GUARD_HEADS, self._newcomer()] if kind == "guards" else self._proposals()
        one = importing.send(kind=kind, file=csv_file(*rows), by=self.managers[agency])
        importing.check(of=one)
        if not one.may_be_loaded:
            raise Refused("It is at fault.")
        importing.load_checked(of=one, by=self.managers[agency])
        assert one.state == Import.State.LOADED, "a sheet without a fault was not loaded"

    def _newcomer(self) -> list[str]:
        self.brought_in += 1
        return person(self.brought_in)

    def _proposals(self) -> list[list[str]]:
        """Some guards at some posts, of the first agency or the other: most sheets are at fault."""
        rows = [["iin", "post_id", "first_day", "last_day", "kind"]]
        for _ in range(self.chance.choice([1, 1, 2, 3])):
            first_day, kind = self.day(), self.chance.choice(["regular", "regular", "relief"])
            last_day = first_day + timedelta(days=self.chance.randrange(25)) if kind == "relief" else ""
            guard, post = self.chance.choice(self.guards), self.chance.choice(self.posts)
            rows.append([guard.iin, post.code, str(first_day), str(last_day), kind])
        return rows

    def undo_import(self) -> None:
        chosen = self.one_of(Import.objects.filter(state=Import.State.LOADED))
        importing.undo(of=chosen, by=self.managers[chosen.agency])
        if chosen.trouble:
            raise Refused(chosen.trouble)
        assert not chosen.additions.filter(model="guards.assignment", key__in=Assignment.objects.values("pk")).exists()

    def school_requires(self) -> None:
        school, module = self.chance.choice(self.posts).school, ModuleFactory()
        require(school=school, module=module, first_day=timezone.localdate() + timedelta(days=1), by=self.door.director)

    def dismiss(self) -> None:
        agency = self.chance.choice(list(self.managers))
        day = timezone.localdate() + timedelta(days=self.chance.randrange(10))
        chosen = self.chance.choice(self.guards)
        dismiss(guard=chosen, agency=agency, last_day=day, reason="resigned", by=self.managers[agency])

    # ---------------------------------------------------------------- what happens by itself or elsewhere

    def wait(self) -> None:
        """Days go by: papers run out, contracts end, first days come."""
        self.clock.move_to(noon(timezone.localdate() + timedelta(days=self.chance.randrange(1, 9))))

    def paper_runs_out(self) -> None:
        papers = Credential.objects.filter(
            guard=self.chance.choice(self.guards), kind=self.chance.choice(LAWFUL_PAPERS)
        )
        papers.update(valid_until=self.day())

    def paper_is_renewed(self) -> None:
        Credential.objects.filter(guard=self.chance.choice(self.guards)).update(valid_until=date(2035, 1, 1))

    def licence_is_suspended(self) -> None:
        self._licence(LicenceEvent.Kind.SUSPENDED)

    def licence_is_resumed(self) -> None:
        self._licence(LicenceEvent.Kind.RESUMED)

    def _licence(self, event: str) -> None:
        latest = LicenceEvent.objects.filter(licence=self.licence).order_by("-on").first()
        today = timezone.localdate()
        if (latest.event if latest else LicenceEvent.Kind.RESUMED) == event or (latest and latest.on >= today):
            raise Refused("It is that already.")
        LicenceEventFactory(licence=self.licence, on=today, event=event)

    def contract_ends(self) -> None:
        serves = self.one_of(Assignment.objects.filter(status=Assignment.Status.CONFIRMED, last_day=None))
        pair = {"agency": serves.agency, "school": serves.post.school}
        today = timezone.localdate()
        if not Contract.objects.filter(**pair, last_day=None).update(last_day=today + timedelta(days=1)):
            raise Refused("It ends already.")

    def end_with_contracts(self) -> None:
        if not end_what_outlived_its_contract():
            raise Refused("There is none.")

    # ---------------------------------------------------------------- what always holds

    def check(self) -> None:
        """On each day: nobody on two posts, and at a post as many as it has places and those who hand over."""
        rows = held(Assignment.objects.holding().select_related("post").order_by("pk"))
        day = DAY - timedelta(days=3)
        while day <= LAST_LOOKED_AT:
            there = [one.assignment for one in rows if one.assignment and one.covers(day)]
            assert len({(one.guard_id, one.post_id) for one in there}) == len({one.guard_id for one in there})
            for post in self.posts:
                for kind in Assignment.Kind.values:
                    self._check_post(post, kind, [one for one in rows if one.covers(day)], day)
            day += timedelta(days=1)

    def _check_post(self, post: Any, kind: str, there: list[Any], day: date) -> None:
        mine = [one for one in there if one.assignment.post_id == post.pk and one.assignment.kind == kind]
        leaves_by = day + timedelta(days=HANDOVER_DAYS)
        stay = {one.assignment.guard_id for one in mine if (one.last_day or date.max) >= leaves_by}
        assert len(stay) <= post.positions, "more stay than the post has places"
        most = post.positions if kind == Assignment.Kind.RELIEF else 2 * post.positions
        assert len({one.assignment.guard_id for one in mine}) <= most, "more stand there than could hand over"


def played(door: Door, seed: int, clock: time_machine.Traveller) -> Counter[str]:
    """One sequence, with everything checked after each step; which verbs were done and not refused."""
    done: Counter[str] = Counter()
    told = []
    try:
        with transaction.atomic():
            town = Town(door, seed, clock)
            for verb in town.chance.choices(list(VERBS), list(VERBS.values()), k=STEPS):
                try:
                    with transaction.atomic():
                        town.act(verb)
                except (Refused, SomeRefused):
                    continue
                done[verb] += 1
                told.append(verb)
                town.check()
            raise Undo
    except Undo:
        return done
    except AssertionError as fault:
        raise AssertionError(f"seed {seed}, after {', '.join(told)}: {fault}") from fault


def test_no_sequence_of_actions_breaks_the_register(door: Door, clock: time_machine.Traveller):
    done: Counter[str] = Counter()
    for seed in SEEDS:
        done += played(door, seed, clock)
    # What is always refused would prove nothing.
    assert {verb for verb in VERBS if not done[verb]} == set()
