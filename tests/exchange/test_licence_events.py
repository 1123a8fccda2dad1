"""The events of a licence come in an order that may be, with those that the register holds already."""

import pytest

from tests.exchange.packages import loaded, places, said

pytestmark = pytest.mark.django_db

HEADER = "number,on,event,basis\n"


@pytest.fixture
def tried(folder, lawful):
    """Loads the lawful package with these events of its licence instead of its own."""

    def load(*events: str):
        return loaded(folder({**lawful, "licence_events.csv": HEADER + "".join(f"L1,{event},\n" for event in events)}))

    return load


@pytest.mark.parametrize(
    ("events", "place"),
    [
        (["2025-03-01,resumed"], "2: event"),
        (["2025-03-01,suspended", "2025-04-01,suspended"], "3: event"),
        (["2025-03-01,revoked", "2025-04-01,resumed"], "3: event"),
        (["2025-04-01,resumed", "2025-03-01,revoked"], "2: event"),
        (["2019-03-01,suspended"], "2: on"),
    ],
)
def test_an_event_that_cannot_follow_is_blamed(tried, events, place):
    assert places(tried(*events)) == [f"licence_events.csv:{place}"]


def test_events_may_stand_in_any_order_of_lines(tried):
    assert said(tried("2025-04-01,resumed", "2025-03-01,suspended", "2025-05-01,revoked")) == []


def test_two_events_on_one_day_are_the_same_row_twice(tried):
    assert places(tried("2025-03-01,suspended", "2025-03-01,revoked")) == ["licence_events.csv:3: number"]


def test_an_event_of_the_register_counts_before_it(tried, folder):
    tried("2025-03-01,suspended")
    assert places(loaded(folder({"licence_events.csv": HEADER + "L1,2025-04-01,suspended,\n"}))) == [
        "licence_events.csv:2: event"
    ]


def test_an_event_of_the_register_after_it_is_named(tried, folder):
    tried("2025-03-01,suspended", "2025-04-01,resumed")
    outcome = loaded(folder({"licence_events.csv": HEADER + "L1,2025-03-01,revoked,\n"}))
    assert said(outcome) == [
        "licence_events.csv:2: event: A licence that was revoked cannot be resumed. In the register the licence is "
        "resumed on 2025-04-01."
    ]


def test_a_day_of_issue_after_the_events_of_the_register_is_blamed(tried, folder, lawful):
    tried("2025-03-01,suspended")
    later = lawful["licences.csv"].replace("2020-01-01", "2025-03-02")
    assert places(loaded(folder({"licences.csv": later}))) == ["licences.csv:2: issued_on"]


def test_events_are_not_judged_beside_one_that_cannot_be_read(tried):
    """Whether the second may follow depends on the first."""
    assert places(tried("2025-13-01,suspended", "2025-04-01,resumed")) == ["licence_events.csv:2: on"]
