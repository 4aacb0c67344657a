"""`vigie start --once`, from nothing: documents, backup, attack, proof, and the console knows."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600), pytest.mark.xdist_group("start")]


def vigie(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", *arguments],
        env=os.environ | {"VIGIE_HOME": str(home), "COLUMNS": "120", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("premises")
    done = vigie(home, "start", "--once", "--only", "ransomware", "--port", str(free_port()))
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done.stdout


def proofs_at_the_console(home: Path) -> list[tuple[Any, ...]]:
    base = sqlite3.connect(home / "console" / "console.sqlite3")
    try:
        return base.execute("SELECT trial, held FROM intake_proof ORDER BY trial").fetchall()
    finally:
        base.close()


def test_the_first_promise_is_kept_and_the_console_has_the_proofs(
    premises: tuple[Path, str],
) -> None:
    home, said = premises
    assert "prouvé" in said
    assert "http://127.0.0.1:" in said
    assert proofs_at_the_console(home) == [
        ("encryptor_stopped", 1),
        ("restore_proven", 1),
        ("scenes_held", 1),
    ]


def test_the_journal_of_the_machine_holds(premises: tuple[Path, str]) -> None:
    home, _ = premises
    verified = vigie(home, "journal", "verify", "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)


def test_nothing_is_left_running_or_mounted(premises: tuple[Path, str]) -> None:
    home, _ = premises
    commands = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            commands.append((entry / "cmdline").read_bytes())
    assert [command for command in commands if str(home).encode() in command] == []
    assert str(home) not in Path("/proc/self/mountinfo").read_text()


def test_no_secret_of_the_practice_is_in_what_the_console_keeps(
    premises: tuple[Path, str],
) -> None:
    home, _ = premises
    names = {path.stem for path in (home / "practice" / "Documents").rglob("*") if path.is_file()}
    kept = b"".join(path.read_bytes() for path in (home / "console").glob("console.sqlite3*"))
    assert [name for name in names if len(name) > 8 and name.encode() in kept] == []


def test_chosen_incidents_are_played_and_nothing_else(premises: tuple[Path, str]) -> None:
    home, _ = premises
    played = vigie(home, "rehearse", "photo_leak", "open_printer", "--json")
    assert played.returncode == 0
    lines = [json.loads(line) for line in played.stdout.splitlines()]
    assert [(line["danger"], line["held"]) for line in lines] == [
        ("photo_leak", True),
        ("open_printer", True),
    ]
