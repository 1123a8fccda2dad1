"""No sequence of actions fills a post beyond its places, puts a guard on two posts, or confirms an unlawful guard."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.eligibility import obstacles
from guards.models import Assignment, Credential
from staffing import actions
from staffing.holding import HANDOVER_DAYS
from staffing.refusals import Refused
from staffing.replacing import replace
from staffing.taking_over import Placing, SomeRefused, propose_all
from tests.compliance.registers import DAY
from tests.factories import EmploymentFactory
from tests.staffing.door import MONDAY, Door

VERBS = ["propose", "propose", "confirm", "confirm", "end", "replace", "replace", "all", "decline", "expire", "renew"]
#: Which verb, which guard, post or assignment, the first day, and how long or with how many days of handover.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, 20),
        st.integers(0, 1),
        st.integers(0, 25),
        st.one_of(st.none(), st.integers(0, 20)),
    ),
    min_size=4,
    max_size=12,
)


class Undo(Exception):
    """Leaves nothing of an example to the next."""


class Town:
    """Two posts of one place each at two schools, and three guards."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.guards = [door.guard, *(EmploymentFactory(guard__papers=True, agency=door.agency).guard for _ in range(2))]
        self.posts = [door.post, door.another_post()]
        for post in self.posts:
            post.positions = 1
            post.save()

    def act(self, verb: str, which: int, where: int, first: int, length: int | None) -> Any:
        first_day = MONDAY + timedelta(days=first)
        last_day = None if length is None else first_day + timedelta(days=length)
        guard, post = self.guards[which % 3], self.posts[where]
        if verb == "propose":
            return self.door.propose(guard=guard, post=post, first_day=first_day, last_day=last_day)
        if verb == "all":
            both = [Placing(guard, self.posts[0]), Placing(self.guards[(which + 1) % 3], self.posts[1])]
            return propose_all(placings=both, agency=self.door.agency, first_day=first_day, by=self.door.manager)
        if verb in ("expire", "renew"):
            until = DAY - timedelta(days=1) if verb == "expire" else date(2035, 1, 1)
            return Credential.objects.filter(guard=guard).update(valid_until=until)
        assignments = list(Assignment.objects.order_by("pk"))
        if not assignments:
            return None
        return self.answer(verb, assignments[which % len(assignments)], guard, first_day, length or 0)

    def answer(self, verb: str, chosen: Assignment, guard: Any, first_day: date, length: int) -> Any:
        manager, director = self.door.manager, self.door.director
        verbs: dict[str, Callable[[], Any]] = {
            "confirm": lambda: self.confirm(chosen),
            "decline": lambda: actions.decline(assignment=chosen, reason="No.", by=director),
            "end": lambda: actions.end(assignment=chosen, last_day=first_day, reason="other", by=manager),
            "replace": lambda: replace(
                assignment=chosen,
                reason="resigned",
                last_day=first_day + timedelta(days=length),
                successor=guard,
                first_day=first_day,
                by=manager,
            ),
        }
        return verbs[verb]()

    def confirm(self, chosen: Assignment) -> None:
        actions.confirm(assignment=chosen, by=self.door.director)
        found = obstacles([chosen.guard], chosen.post, chosen.agency, max(chosen.first_day, DAY))
        assert not [one for one in found[chosen.guard_id] if one.is_law], "an unlawful guard was confirmed"

    def check(self) -> None:
        """On each day: nobody on two posts, and at a post one who stays and at most one who is handing over."""
        rows = list(Assignment.objects.holding())
        for number in range(80):
            day = MONDAY + timedelta(days=number)
            there = [one for one in rows if one.first_day <= day and (one.last_day or date.max) >= day]
            assert len({(one.guard_id, one.post_id) for one in there}) == len({one.guard_id for one in there})
            for post in self.posts:
                mine = [one for one in there if one.post_id == post.pk]
                leaves_by = day + timedelta(days=HANDOVER_DAYS)
                stay = {one.guard_id for one in mine if (one.last_day or date.max) >= leaves_by}
                assert len(stay) <= 1
                assert len({one.guard_id for one in mine}) <= 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_sequence_of_actions_breaks_the_register(door: Door, steps: list[Any]):
    try:
        with transaction.atomic():
            town = Town(door)
            for step in steps:
                try:
                    with transaction.atomic():
                        town.act(*step)
                except (Refused, SomeRefused):
                    continue
                town.check()
            raise Undo
    except Undo:
        pass
