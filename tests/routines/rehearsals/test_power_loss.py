from pathlib import Path
from random import Random

import pytest

from vigie.domain.danger import Danger
from vigie.routines.rehearsals.damages import HARMS, damaged
from vigie.routines.rehearsals.power_loss import play
from vigie.routines.rehearsals.rehearsal import Stage, playable
from vigie.tools import dummy_ups


def test_the_power_cut_can_be_played() -> None:
    assert Danger.POWER_LOSS in playable()


@pytest.mark.kernel
def test_documents_damaged_on_a_sample_are_found_and_back(tmp_path: Path) -> None:
    trials = {trial.name: trial for trial in play(Stage(scratch=tmp_path, files=40))}
    repaired = trials["documents_repaired"]
    assert repaired.held
    assert repaired.numbers["found"] == repaired.numbers["restored"] == repaired.numbers["damaged"]
    assert repaired.numbers["damaged"] >= len(HARMS)
    assert repaired.numbers["false_alarms"] == 0
    assert ("battery_told" in trials) == dummy_ups.installed()
    assert all(trial.held for trial in trials.values())


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_changes_something(harm: str) -> None:
    for seed in range(50):
        chance = Random(seed)  # noqa: S311
        content = chance.randbytes(chance.choice([1, 400, 5_000, 70_000]))
        assert damaged(content, harm, chance) != content
    assert damaged(bytes(9_000), harm, Random(1)) != bytes(9_000)  # noqa: S311
