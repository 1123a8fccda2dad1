"""The world that the matrix is tried in."""

import pytest

from tests.access.world import World, make_world


@pytest.fixture
def world(db: None, capsys: pytest.CaptureFixture[str]) -> World:
    """Two sides that must not see each other."""
    return make_world()
