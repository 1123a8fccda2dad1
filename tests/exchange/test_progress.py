"""How far a task is, from the first byte that is read to the last row that is stored."""

from typing import Any

import pytest

from exchange import importing, progress
from exchange.models import Import
from tests.exchange.sheets import GUARD_HEADS, Sender, csv_file, person, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch: Any) -> list[int]:
    """What was said, in order."""
    found: list[int] = []
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(progress, "_write", lambda _of, percent: found.append(percent))
    return found


@pytest.mark.parametrize("make", [xlsx, csv_file])
def test_it_moves_while_the_sheet_is_read_understood_and_loaded(said: list[int], make: Any) -> None:
    sender = Sender()
    one = sender.sends("guards", make(GUARD_HEADS, *(person(number) for number in range(1, 6))))
    of_check = list(said)
    assert of_check == sorted(of_check) and of_check[0] == 0 and of_check[-1] >= 90
    assert {0, importing.UNDERSTOOD, importing.ASKED} <= set(of_check)
    assert any(importing.READ < one < importing.UNDERSTOOD for one in of_check)
    said.clear()
    assert sender.works(one, "load").state == Import.State.LOADED
    assert said == sorted(said) and said[-1] >= 90
    said.clear()
    assert sender.works(one, "undo").state == Import.State.UNDONE
    assert said == sorted(said) and said[-1] >= 90


def test_a_workbook_says_so_before_its_cells_are_there(said: list[int]) -> None:
    Sender().sends("guards", xlsx(GUARD_HEADS, person(1)))
    assert any(0 < percent < importing.READ for percent in said)
