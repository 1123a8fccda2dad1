"""It is 25 November 2026 at the door, and sentences are compared in English."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from tests.compliance.registers import DAY, noon
from tests.staffing.door import Door, make_door


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller, translation.override("en"):
        yield traveller


@pytest.fixture
def door(db: None) -> Door:
    return make_door()
