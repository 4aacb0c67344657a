"""The whole conductor with real apt, in a room of its own: as `vigie update` is used."""

import os
import shutil
from pathlib import Path

import pytest

from vigie.routines.rehearsals.failed_update import play
from vigie.routines.rehearsals.rehearsal import Stage
from vigie.routines.rehearsals.update_room import NEEDED

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(os.geteuid() != 0, reason="a room needs root"),
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason="a program is missing"),
]


def test_the_rehearsal_takes_bad_versions_back_and_keeps_the_good_one(tmp_path: Path) -> None:
    (trial,) = play(Stage(scratch=tmp_path))
    assert trial.held, (tmp_path / "said").read_text()
    assert trial.numbers["updates"] == 3
    assert trial.numbers["lost"] == 0
