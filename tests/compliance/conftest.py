"""The day on which the register of these tests is judged."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.compliance.registers import DAY, noon


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is noon of DAY; `clock.move_to(noon(day))` lets days go by."""
    with time_machine.travel(noon(DAY), tick=False) as traveller:
        yield traveller
