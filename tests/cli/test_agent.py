import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_console import Console, small_console

from vigie.cli.agent import command
from vigie.domain.response import Deed
from vigie.tools.undo import UndoBook

CODE = "ABCD-EFGH-JKLM-NPQR"
LEAST = '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("VIGIE_HOME", str(home))
    (home / "agent.toml").write_text(LEAST)
    return home


def ask(*words: str) -> Result:
    return CliRunner().invoke(command, words, standalone_mode=True)


def joined(console: Console, *words: str) -> Result:
    console.caretakers = ("c" * 43,)
    where = ("--console", console.address, "--ca", str(console.authority))
    return ask("enrol", CODE, *where, *words)


def test_a_machine_is_enrolled_and_shows_what_to_compare(home: Path, tmp_path: Path) -> None:
    del home
    with small_console(tmp_path) as console:
        done = joined(console)
    assert done.exit_code == 0
    assert "Comparez cette empreinte" in done.output
    state = json.loads(ask("status", "--json").output)
    assert state["approved"] is True
    assert state["fingerprint"] in done.output
    assert state["caretakers"][0] in done.output


def test_enrolment_need_not_wait_for_the_approval(home: Path, tmp_path: Path) -> None:
    del home
    with small_console(tmp_path) as console:
        console.approved = False
        done = joined(console, "--no-wait")
    assert done.exit_code == 0
    assert "plus tard" in done.output
    assert ask("status").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("enrol", "1234", "--console", "https://127.0.0.1:9"),
        ("enrol", CODE, "--console", "https://127.0.0.1:9"),
        ("enrol", CODE, "--console", "http://vigie.example"),
        ("enrol", CODE),
        ("run", "--settings", "/nowhere/agent.toml"),
        ("install", "--dry-run", "--settings", "/nowhere/agent.toml"),
    ],
)
def test_every_trouble_is_one_sentence_and_never_a_traceback(
    home: Path, words: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from vigie.cli import main; main()", "agent", *words],
        env={**os.environ, "VIGIE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_key_is_named_in_one_sentence(home: Path) -> None:
    (home / "agent.toml").write_text(LEAST + "colour = 3\n")
    done = ask("run")
    assert done.exit_code != 0
    assert "practice.colour" in done.output


def test_the_status_of_a_machine_nobody_looks_after_is_not_calm(home: Path) -> None:
    del home
    done = ask("status")
    assert done.exit_code == 1
    assert "ne tourne pas" in done.output
    assert "aucun cabinet" in done.output


def test_a_dry_run_prints_the_service_and_writes_nothing(home: Path) -> None:
    done = ask("install", "--dry-run")
    assert done.exit_code == 0
    assert f"VIGIE_HOME={home}" in done.output
    assert f"--settings {home}/agent.toml" in done.output
    assert "MemoryMax=2000000000" in done.output
    assert not (home / "agent" / "service.before").exists()


def test_the_agent_ends_cleanly_when_the_system_asks(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from vigie.cli import main; main()", "agent", "run"],
        env={**os.environ, "VIGIE_HOME": str(home), "NOTIFY_SOCKET": ""},
        stderr=subprocess.DEVNULL,
    ) as child:
        while not (home / "agent" / "duties.db").exists() or not _running():
            assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0
    assert not _running()


def _running() -> bool:
    return bool(json.loads(ask("status", "--json").output)["running"])


def test_where_nothing_stands_there_is_nothing_to_undo(home: Path) -> None:
    del home
    done = ask("undo")
    assert (done.exit_code, done.output) == (0, "Rien n’est suspendu ni bloqué sur ce poste.\n")
    assert ask("undo", "3f9a").exit_code != 0


def test_what_stands_is_said_with_the_command_that_lifts_it(home: Path) -> None:
    (home / "agent").mkdir()
    book = UndoBook(home / "agent" / "undo.db")
    for report, folder in (("a" * 32, "/srv/documents"), ("b" * 32, "/srv/images")):
        book.register(report=report, deed=Deed.BLOCK, target=folder)
    book.close()
    said = ask("status")
    assert said.exit_code == 1
    assert "/srv/documents" in said.output
    assert "vigie agent undo aaaaaaaa" in said.output
    lifted = ask("undo", "aaaa")
    assert lifted.exit_code == 0
    state = json.loads(ask("status", "--json").output)
    assert [row["folders"] for row in state["in_force"]] == [["/srv/images"]]
    assert state["waiting"] == 1  # the console will be told
    assert ask("undo").exit_code == 0
    assert json.loads(ask("status", "--json").output)["in_force"] == []
