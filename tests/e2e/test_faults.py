"""Faults while the whole agent is at work: kills, hangs, lost folders, full vaults, lost consoles.

Real fanotify, real encryptors, the real console on SQLite; each test with a practice of its own.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from whole_practice import FILES, WholePractice, make_template, network, opens, stopped, until

from vigie.agent.spool import Spool
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.wire.reports import FactWord, ReportWord

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template") / "home"
    home.mkdir(mode=0o700)
    with network() as name:
        make_template(home, name)
    return home


@pytest.fixture
def practice(tmp_path: Path, template: Path) -> Iterator[WholePractice]:
    with network() as name, WholePractice(tmp_path / "home", template, name) as whole:
        yield whole


def any_document(practice: WholePractice) -> Path:
    return next(path for path in sorted(practice.documents.rglob("*.docx")) if path.name[0] != ".")


# Who writes into a document while nobody watches writes into its one kept version as well, where
# the file system cannot clone: that attacker waits here. Who replaces documents goes on.
@pytest.mark.parametrize(
    ("behaviour", "waits"), [("in_place", True), ("new_then_deleted", False), ("replaced", False)]
)
def test_an_agent_killed_during_an_attack_goes_on_where_it_was(
    practice: WholePractice, behaviour: str, *, waits: bool
) -> None:
    practice.agent()
    with practice.attack(behaviour, "--rate", "2") as (attacker, progress):
        assert until(progress.harmed)
        if waits:
            attacker.send_signal(signal.SIGSTOP)  # between two documents, or within one
        assert practice.end("agent", signal.SIGKILL) == -signal.SIGKILL
        assert opens(any_document(practice)) == 0
        assert opens(any_document(practice), writing=True) == 0
        practice.agent(FILES // 2)
        if waits:
            attacker.send_signal(signal.SIGCONT)
        frozen = until(lambda: stopped(attacker.pid) or attacker.poll() is not None)
        assert frozen
        assert attacker.poll() is None, practice.log()
        assert until(lambda: not practice.lost()), practice.lost()
        assert opens(any_document(practice)) == 0
        booked = {int(pair.split("-")[0]) for d, _, n in practice.to_undo() if d == "FREEZE"
                  for pair in n.split()}  # fmt: skip
        assert attacker.pid in booked
        assert {pid for pid in _everyone() if stopped(pid) and _ours(pid, practice)} <= booked
    assert practice.end("agent") == 0


def _everyone() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _ours(pid: int, practice: WholePractice) -> bool:
    try:
        return str(practice.home).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_stopped_agent_keeps_nobody_waiting_and_can_begin_again(practice: WholePractice) -> None:
    agent = practice.agent()
    agent.send_signal(signal.SIGSTOP)
    assert opens(any_document(practice), writing=True) == 0
    assert opens(any_document(practice)) == 0
    assert agent.wait(60) == -signal.SIGKILL
    practice.agent()
    assert opens(any_document(practice)) == 0
    assert practice.end("agent") == 0


def test_a_folder_that_is_unmounted_is_blindness_and_its_return_is_sight(
    practice: WholePractice, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    practice.documents.rename(practice.documents.with_name("made"))
    practice.documents.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    try:
        made = practice.documents.with_name("made")
        subprocess.run(["cp", "-a", f"{made}/.", str(disk)], check=True)
        bind = ["mount", "--bind", str(disk), str(practice.documents)]
        subprocess.run(bind, check=True)
        practice.console()
        agent = practice.agent()
        assert _unmounted(practice.documents)
        assert until(lambda: practice.facts("sensor_blind")), practice.log()
        assert not practice.facts("sensor_sees_again")
        assert not any(practice.documents.iterdir())
        subprocess.run(bind, check=True)
        assert until(lambda: practice.facts("sensor_sees_again")), practice.log()
        assert practice.watched() >= FILES
        assert agent.poll() is None
        assert practice.end("agent") == 0
    finally:
        _unmounted(practice.documents)
        _unmounted(disk)


def _unmounted(place: Path) -> bool:
    def gone() -> bool:
        done = subprocess.run(["umount", str(place)], stderr=subprocess.PIPE, check=False)
        return done.returncode == 0 or not os.path.ismount(place)

    return until(gone, 30)


def test_everything_is_undone_by_one_order_and_that_order_is_obeyed_once(
    practice: WholePractice,
) -> None:
    practice.console()
    practice.agent()
    with practice.attack("in_place") as (attacker, _):
        assert until(lambda: stopped(attacker.pid)), practice.log()
        assert until(lambda: practice.facts("files_scrambled")), practice.log()
        assert not practice.lost()
        (told,) = practice.facts("files_scrambled")
        assert {told["deeds"][deed]["result"] for deed in ("FREEZE", "BLOCK", "ISOLATE")} == {
            "DONE"
        }
        # What has just come back is guarded a moment later.
        assert until(lambda: opens(any_document(practice), writing=True) != 0)
        os.kill(attacker.pid, signal.SIGKILL)
        attacker.wait()
        (machine,) = practice.rows("SELECT pseudonym FROM practices_machine")
        key = ("--key", str(practice.home / "caretaker.key"))
        words = ("console", "order", machine[0], "undo", told["report"][:8])
        ordered = practice.vigie(*words, *key)
        assert ordered.returncode == 0, ordered.stderr
        assert until(lambda: practice.facts("order_done")), practice.log()
        (done,) = practice.facts("order_done")
        assert {"FREEZE", "BLOCK", "ISOLATE"} <= set(done["deeds"])
        assert practice.to_undo() == []
        assert opens(any_document(practice), writing=True) == 0
        tables = ["nsenter", f"--net=/run/netns/{practice.network}", "nft", "list", "tables"]
        assert subprocess.run(tables, check=True, capture_output=True).stdout == b""
    practice.end("agent")
    practice.change("UPDATE practices_machine SET taken = 0")  # a console that forgot, or lies
    practice.agent()
    assert until(lambda: practice.facts("order_refused")), practice.log()
    (refused,) = practice.facts("order_refused")
    assert refused["numbers"]["replayed"] == 1
    assert len(practice.facts("order_done")) == 1


_SAVE = """
import sys
for path in sys.argv[1:]:
    with open(path, "r+b") as file:
        whole = file.read()
        file.seek(0)
        file.write(whole)
"""


def test_a_full_vault_is_blindness_and_work_goes_on(practice: WholePractice) -> None:
    practice.settle(vault_megabytes=1)
    practice.agent()
    names = [str(path) for path in sorted(practice.documents.rglob("*.*")) if path.name[0] != "."]
    saved = subprocess.run([sys.executable, "-c", _SAVE, *names], check=False, timeout=120)
    assert saved.returncode == 0
    assert practice.lost() == ()
    practice.console()
    assert until(lambda: practice.facts("sensor_blind")), practice.log()
    assert not practice.facts("sensor_sees_again")  # it stays full when nobody writes any more
    assert practice.end("agent") == 0


def test_what_waited_while_the_console_was_away_arrives_once_each(
    practice: WholePractice,
) -> None:
    at = datetime.now(UTC)
    said = (FactWord(fact="sensor_blind", gravity=Gravity.CONCERN, numbers={}),)
    ids = [f"{number:032x}" for number in range(2_000)]
    spool = Spool(practice.home / "agent" / "spool.db")
    for name in ids:
        spool.add(ReportWord(id=name, danger=Danger.RANSOMWARE, at=at, facts=said))
    spool.close()
    practice.agent()
    practice.console()

    def arrived() -> int:
        return int(practice.rows("SELECT count(*) FROM intake_report")[0][0])

    assert until(lambda: arrived() >= 200), practice.log()
    practice.end("console", signal.SIGKILL)
    practice.console()
    kept = "SELECT item FROM intake_report WHERE item < '0001' ORDER BY item"
    assert until(lambda: len(practice.rows(kept)) >= len(ids)), practice.log()
    assert [row[0] for row in practice.rows(kept)] == ids
    waiting = "SELECT waiting FROM practices_machine"
    assert practice.end("agent") == 0
    assert practice.rows(waiting)


def test_what_stands_is_said_in_plain_words_and_can_be_undone_at_the_machine(
    practice: WholePractice,
) -> None:
    practice.agent()
    with practice.attack("in_place", "--rate", "4") as (attacker, _):
        assert until(lambda: stopped(attacker.pid)), practice.log()
        assert until(lambda: {"FREEZE", "BLOCK", "ISOLATE"} <= _deeds(practice)), practice.log()
        said = practice.vigie("agent", "status")
        assert said.returncode == 1
        assert f"({attacker.pid})" in said.stdout
        assert str(practice.documents) in said.stdout
        assert "coupé du réseau" in said.stdout
        assert practice.end("agent") == 0
        alone = practice.vigie("agent", "undo")
        assert (alone.returncode, alone.stderr) == (0, "")
        assert not stopped(attacker.pid)
        attacker.kill()
        attacker.wait()
    assert practice.to_undo() == []
    practice.agent()
    with practice.attack("in_place") as (attacker, _):
        assert until(lambda: stopped(attacker.pid)), practice.log()
        assert until(lambda: {"FREEZE", "BLOCK", "ISOLATE"} <= _deeds(practice)), practice.log()
        attacker.kill()
        attacker.wait()
        (report,) = {row["report"] for row in _in_force(practice)}
        done = practice.vigie("agent", "undo", report[:8])
        assert (done.returncode, done.stderr) == (0, ""), practice.log()
        assert opens(any_document(practice), writing=True) == 0
    assert practice.to_undo() == []
    again = practice.vigie("agent", "undo")
    assert (again.returncode, again.stdout[:4]) == (0, "Rien")


def _in_force(practice: WholePractice) -> list[dict[str, Any]]:
    state = json.loads(practice.vigie("agent", "status", "--json").stdout)
    return list(state["in_force"])


def _deeds(practice: WholePractice) -> set[str]:
    return {deed for deed, _, _ in practice.to_undo()}
