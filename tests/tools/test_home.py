"""The state folder is where the practice says, and private."""

import stat
from pathlib import Path

import pytest

from vigie.tools.home import home


def test_the_state_folder_is_the_named_one_and_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path / "a" / "vigie"))
    assert home() == tmp_path / "a" / "vigie"
    assert stat.S_IMODE(home().stat().st_mode) == 0o700


def test_without_a_name_a_person_has_a_place_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIGIE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert home() == tmp_path / ".local" / "state" / "vigie"
