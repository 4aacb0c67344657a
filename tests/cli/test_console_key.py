"""A caretaker's key is made where they say, once, and only its public half is shown."""

import stat
from pathlib import Path

from click.testing import CliRunner

from vigie.cli.console import command


def test_the_key_is_made_once_and_only_its_public_half_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "orders.key"
    first, second = (CliRunner().invoke(command, ["caretaker", "key", str(file)]) for _ in "ab")
    assert first.exit_code == second.exit_code == 0
    assert first.output == second.output
    assert len(first.output.splitlines()[-1]) == 43
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    refused = CliRunner().invoke(command, ["caretaker", "key", str(tmp_path / "no" / "key")])
    assert refused.exit_code == 1
    assert "Choisissez un dossier" in refused.output
