"""The exposed password is played with the real sensor, the real look-up and the real program."""

import shutil
from pathlib import Path

import pytest

from vigie.domain.danger import Danger
from vigie.routines.rehearsals import exposed_password
from vigie.routines.rehearsals.rehearsal import Stage, rehearse


@pytest.mark.skipif(not shutil.which("keepassxc-cli"), reason="KeePassXC is not installed")
def test_the_note_is_found_the_leak_recognised_and_the_strongbox_reopened(tmp_path: Path) -> None:
    (played,) = rehearse([Danger.EXPOSED_PASSWORD], Stage(scratch=tmp_path, files=8))
    assert played.held
    assert [trial.name for trial in played.trials] == [
        "scenes_held",
        "note_found",
        "leak_recognised",
        "strongbox_reopened",
    ]
    assert {t.name: dict(t.numbers) for t in played.trials}["note_found"]["notes"] == 2


def test_without_the_program_the_play_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposed_password.making.keepassxc, "_ELSEWHERE", ())
    monkeypatch.setattr(exposed_password.making.keepassxc, "_NAMES", ())
    (played,) = rehearse([Danger.EXPOSED_PASSWORD], Stage(scratch=tmp_path, files=8))
    assert not played.held
    assert (played.trials[-1].name, played.trials[-1].reason) == ("not_played", "missing_program")


def test_a_note_that_is_missed_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposed_password, "NOTE", "Cher confrère, à lundi.")
    trials = {}
    for trial in exposed_password.play(Stage(scratch=tmp_path, files=8)):
        trials[trial.name] = trial.held
        if trial.name == "leak_recognised":
            break
    assert trials == {"note_found": False, "leak_recognised": True}
