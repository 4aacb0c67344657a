import json
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.domain.response import Deed, Response, Result
from vigie.responders.block import Block
from vigie.responders.freeze import Freeze
from vigie.responders.restore import Restore
from vigie.tools import processes
from vigie.tools.barrier import Barrier
from vigie.tools.processes import Families
from vigie.tools.undo import UndoBook
from vigie.tools.vault import Vault

pytestmark = pytest.mark.kernel
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(["sleep", "300"])
    yield running
    running.kill()
    running.wait()


@pytest.fixture
def families() -> Iterator[Families]:
    found = Families()
    found.own = -1  # so that a child of the test counts as a stranger
    yield found
    found.close()


@pytest.fixture
def undo(tmp_path: Path) -> Iterator[UndoBook]:
    book = UndoBook(tmp_path / "undo.db")
    yield book
    book.close()


def stopped(pid: int) -> bool:
    process = processes.look_up(pid)
    return process is not None and process.stopped


def until(what: object, seconds: float = 30) -> bool:
    limit = time.monotonic() + seconds
    while not what() and time.monotonic() < limit:  # type: ignore[operator]
        time.sleep(0.01)
    return bool(what())  # type: ignore[operator]


def test_a_family_is_stopped_remembered_and_let_go(
    stranger: subprocess.Popen[bytes], families: Families, undo: UndoBook, tmp_path: Path
) -> None:
    barrier, folder = Barrier(), tmp_path / "frozen"
    freeze, family = Freeze(families, barrier, folder), families.of(stranger.pid)
    response = Response(deed=Deed.FREEZE, target=family)
    outcome = freeze.carry_out(response, report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.numbers["processes"]) == (Result.DONE, 1)
    assert until(lambda: stopped(stranger.pid))
    assert barrier.refuses(family, "/anything", write=False)
    assert until(lambda: (folder / "r.json").exists() and (folder / "r.json").read_text())
    known = json.loads((folder / "r.json").read_text())["processes"][0]
    assert known["command"] == ["sleep", "300"]
    assert len(known["sha256"]) == 64
    (entry,) = undo.pending()
    assert Freeze(families, Barrier(), folder).resume(entry.target, entry.note)
    assert freeze.take_back(entry.target, entry.note, at=NOW).result is Result.UNDONE
    assert until(lambda: not stopped(stranger.pid))
    assert not freeze.resume(entry.target, entry.note)
    assert not barrier.frozen or family not in barrier.frozen


def test_a_folder_is_blocked_once_and_opened_again(undo: UndoBook) -> None:
    barrier = Barrier()
    block, response = Block(barrier), Response(deed=Deed.BLOCK, target="/srv/docs")
    assert block.carry_out(response, report="r", at=NOW, undo=undo).result is Result.DONE
    assert block.carry_out(response, report="r", at=NOW, undo=undo).result is Result.NOT_NEEDED
    (entry,) = undo.pending()
    block.take_back(entry.target, entry.note, at=NOW)
    assert barrier.blocked == ()


def test_a_restore_says_what_it_could_not_find(undo: UndoBook, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    letter = tmp_path / "docs" / "letter"
    letter.write_bytes(b"good")
    vault = Vault(tmp_path / "vault")
    descriptor = os.open(letter, os.O_RDONLY)
    vault.keep(descriptor, "known", str(letter))
    os.close(descriptor)
    letter.write_bytes(b"noise")
    response = Response(deed=Deed.RESTORE, target="1-1")
    known = Restore(vault, lambda _: [("known", str(letter))])
    outcome = known.carry_out(response, report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.numbers["restored"]) == (Result.DONE, 1)
    assert letter.read_bytes() == b"good"
    unknown = Restore(vault, lambda _: [("unknown", str(letter))])
    outcome = unknown.carry_out(response, report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.reason) == (Result.FAILED, "nothing_kept")
    vault.close()
