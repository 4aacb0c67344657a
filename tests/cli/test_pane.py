"""`vigie pane`: an address that opens once, and a place in the menu."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from pane_room import room

from vigie.agent.pane.way_in import Place, WayIn
from vigie.cli.pane import command


def test_the_printed_address_opens_the_pane_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path))
    with room(tmp_path) as opened:
        said = CliRunner().invoke(command, ["open", "--print"])
        assert said.exit_code == 0, said.output
        path = urlsplit(said.output.strip()).path
        assert opened.ask(path, Cookie=None).status == 200
        assert opened.ask(path, Cookie=None).status == 401


def test_nobody_is_sent_to_a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as ear:
        Place(folder=tmp_path).write(WayIn(port=ear.getsockname()[1], secret="ab" * 32))
        said = CliRunner().invoke(command, ["open", "--print"])
    assert said.exit_code != 0
    assert "Ce n’est pas Vigie qui répond" in said.output
    assert "http://" not in said.output


def test_the_menu_gets_an_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    said = CliRunner().invoke(command, ["shortcut"])
    assert said.exit_code == 0, said.output
    entry = (tmp_path / "applications" / "vigie.desktop").read_text("utf-8")
    assert "pane open" in entry
    assert "Name=Vigie" in entry
