"""The life of a licence: every transition is walked."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.licensing import ANNULLED, ISSUED, MAY_FOLLOW, RESUMED, REVOKED, SUSPENDED, fault_in_order
from agencies.models import LicenceEvent

ISSUED_ON = date(2020, 1, 1)
EVENTS = (SUSPENDED, RESUMED, REVOKED, ANNULLED)
#: Everything that may happen next; whatever is not here may not.
LAWFUL = {
    (ISSUED, SUSPENDED),
    (ISSUED, REVOKED),
    (ISSUED, ANNULLED),
    (SUSPENDED, RESUMED),
    (SUSPENDED, REVOKED),
    (SUSPENDED, ANNULLED),
    (RESUMED, SUSPENDED),
    (RESUMED, REVOKED),
    (RESUMED, ANNULLED),
}
#: How a licence comes to be in a state.
STORY = {ISSUED: [], SUSPENDED: [SUSPENDED], RESUMED: [SUSPENDED, RESUMED], REVOKED: [REVOKED], ANNULLED: [ANNULLED]}


def on_days(events: list[str]) -> list[tuple[date, str]]:
    return [(ISSUED_ON + timedelta(days=30 * place), event) for place, event in enumerate(events, 1)]


@pytest.mark.parametrize(("before", "event"), list(product(STORY, EVENTS)))
def test_an_event_follows_only_what_it_may(before: str, event: str):
    fault = fault_in_order(ISSUED_ON, on_days([*STORY[before], event]))
    if (before, event) in LAWFUL:
        assert fault is None
    else:
        assert fault == (len(STORY[before]), f"A licence that was {before} cannot be {event}.")


def test_the_table_of_transitions_knows_every_event():
    assert set(MAY_FOLLOW) == {ISSUED, *EVENTS}
    assert set(EVENTS) == set(LicenceEvent.Kind.values)


def test_an_event_may_fall_on_the_day_of_issue_and_no_two_on_one_day():
    assert fault_in_order(ISSUED_ON, [(ISSUED_ON, SUSPENDED)]) is None
    day = date(2021, 1, 1)
    assert fault_in_order(ISSUED_ON, [(day, SUSPENDED), (day, RESUMED)]) == (
        1,
        "2021-01-01 is not after 2021-01-01, the day of the event before it.",
    )


def test_an_event_before_the_licence_was_issued_is_a_fault():
    fault = fault_in_order(ISSUED_ON, [(date(2019, 12, 31), SUSPENDED)])
    assert fault == (0, "2019-12-31 is not after 2020-01-01, the day of the event before it.")


@given(st.lists(st.sampled_from(EVENTS), max_size=6))
def test_the_first_fault_is_named_and_what_stands_before_it_is_lawful(events: list[str]):
    fault = fault_in_order(ISSUED_ON, on_days(events))
    if fault is None:
        assert all(pair in LAWFUL for pair in zip([ISSUED, *events], events, strict=False))
    else:
        assert fault_in_order(ISSUED_ON, on_days(events)[: fault[0]]) is None
