"""A pane of its own for each test: a real one, beside an agent that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pane_room import Room, room


@pytest.fixture
def pane(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as opened:
        yield opened
