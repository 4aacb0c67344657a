"""A rehearsal proves what was tried, and says of the rest that it was not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from vigie.domain.danger import Danger
from vigie.domain.practice import ConsultationHours
from vigie.routines.rehearsals import rehearsal as stage_module
from vigie.routines.rehearsals.duty import RehearsalDuty
from vigie.routines.rehearsals.rehearsal import (
    LASTS,
    CannotPlay,
    Rehearsal,
    Stage,
    Trial,
    playable,
    rehearse,
)

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


def ended(*trials: Trial) -> Rehearsal:
    return Rehearsal(danger=Danger.RANSOMWARE, trials=trials, seconds=1.0)


def test_every_incident_can_be_played() -> None:
    assert set(playable()) == set(Danger)


def test_nothing_tried_never_holds() -> None:
    assert not ended().held


def test_one_trial_that_failed_is_enough() -> None:
    good, bad = Trial(name="scenes_held", held=True), Trial(name="encryptor_stopped", held=False)
    assert ended(good).held
    assert not ended(good, bad).held


def test_a_proof_carries_the_numbers_and_expires() -> None:
    trial = Trial(name="encryptor_stopped", held=True, numbers={"files": 720})
    (proof,) = ended(trial).proofs(machine="m", at=NOW)
    assert (proof.trial, proof.held, proof.numbers) == ("encryptor_stopped", True, {"files": 720})
    assert proof.expires == NOW + LASTS


def test_a_play_that_cannot_take_place_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def play(_: Stage) -> Iterator[Trial]:
        raise CannotPlay("no_permission")
        yield

    monkeypatch.setattr(
        stage_module,
        "importlib",
        SimpleNamespace(import_module=lambda _: SimpleNamespace(play=play)),
    )
    (played,) = rehearse([Danger.RANSOMWARE], Stage(scratch=tmp_path))
    assert not played.held
    assert played.trials[0].name == "scenes_held"
    assert played.trials[0].held
    assert (played.trials[1].name, played.trials[1].reason) == ("not_played", "no_permission")


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 12, 6, 10, tzinfo=UTC)),
        (datetime(2026, 12, 6, 9, 59, tzinfo=UTC), datetime(2026, 12, 6, 10, tzinfo=UTC)),
        (datetime(2026, 12, 6, 10, tzinfo=UTC), datetime(2027, 1, 3, 10, tzinfo=UTC)),
    ],
)
def test_the_rehearsal_is_on_the_first_sunday_of_the_month(
    tmp_path: Path, moment: datetime, due: datetime
) -> None:
    duty = RehearsalDuty(home=tmp_path, machine="m", consultations=ConsultationHours())
    assert duty.due_after(moment) == due
