"""No sequence of actions leaves a guard on two posts on one day."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guards.models import Assignment
from staffing import actions
from staffing.refusals import Refused
from tests.factories import EmploymentFactory
from tests.staffing.door import MONDAY, Door

#: Which verb, which guard, post or assignment, and the days it is about.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "propose", "confirm", "confirm", "decline", "withdraw", "end"]),
        st.integers(0, 20),
        st.integers(0, 2),
        st.integers(0, 6),
        st.one_of(st.none(), st.integers(0, 4)),
    ),
    min_size=4,
    max_size=14,
)


class Undo(Exception):
    """Leaves nothing of an example to the next."""


def act(door: Door, guards: list[Any], posts: list[Any], step: tuple[str, int, int, int, int | None]) -> None:
    verb, which, where, first, length = step
    first_day = MONDAY + timedelta(days=first)
    last_day = None if length is None else first_day + timedelta(days=length)
    if verb == "propose":
        door.propose(guard=guards[which % 2], post=posts[where], first_day=first_day, last_day=last_day)
        return
    assignments = list(Assignment.objects.order_by("pk"))
    if not assignments:
        return
    chosen = assignments[which % len(assignments)]
    verbs: dict[str, Callable[[], Any]] = {
        "confirm": lambda: actions.confirm(assignment=chosen, by=door.director),
        "decline": lambda: actions.decline(assignment=chosen, reason="No.", by=door.director),
        "withdraw": lambda: actions.withdraw(assignment=chosen, by=door.manager),
        "end": lambda: actions.end(assignment=chosen, last_day=last_day or first_day, reason="other", by=door.manager),
    }
    verbs[verb]()


def posts_of_each_day() -> Counter[tuple[int, int]]:
    """For each guard and day how many different posts he holds."""
    held = set()
    for one in Assignment.objects.holding():
        last = one.last_day or MONDAY + timedelta(days=20)
        for number in range(one.first_day.toordinal(), last.toordinal() + 1):
            held.add((one.guard_id, number, one.post_id))
    return Counter((guard, day) for guard, day, _ in held)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_sequence_of_actions_puts_a_guard_on_two_posts_on_one_day(door: Door, steps: list[Any]):
    try:
        with transaction.atomic():
            guards = [door.guard, EmploymentFactory(guard__papers=True, agency=door.agency).guard]
            posts = [door.post, door.another_post(), door.another_post()]
            for step in steps:
                try:
                    act(door, guards, posts, step)
                except Refused:
                    continue
                assert max(posts_of_each_day().values(), default=0) <= 1, step
            raise Undo
    except Undo:
        pass
