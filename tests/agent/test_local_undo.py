import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vigie.agent import local_undo
from vigie.agent.local_undo import LocalUndo
from vigie.domain.response import Deed, Outcome, Result
from vigie.tools import processes
from vigie.tools.undo import UndoBook

if TYPE_CHECKING:
    from vigie.wire.reports import ReportWord

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FIRST, SECOND = "a" * 32, "b" * 32


class Agent:
    """Who is asked to undo, and who is told."""

    def __init__(self) -> None:
        self.undone: list[str] = []
        self.told: list[ReportWord] = []

    def undo(self, report: str) -> tuple[Outcome, ...]:
        self.undone.append(report)
        return (Outcome(deed=Deed.BLOCK, result=Result.UNDONE, at=NOW),)


def test_a_request_is_fulfilled_once_and_told(tmp_path: Path) -> None:
    agent = Agent()
    look = LocalUndo(tmp_path, agent.undo, agent.told.append).look
    look(NOW)
    local_undo.ask(tmp_path, [FIRST, SECOND])
    assert local_undo.asked(tmp_path)
    look(NOW)
    look(NOW)
    assert agent.undone == [FIRST, SECOND]
    assert not local_undo.asked(tmp_path)
    assert [word.facts[0].fact for word in agent.told] == ["undone_here"] * 2
    assert agent.told[0].facts[0].numbers == {"deeds": 1}


@pytest.mark.parametrize(
    "untrusted", [b"", b"{", b"[1, null]", b'["../../etc"]', b"\xff", b"7", b"[" * 200_000]
)
def test_what_is_no_request_undoes_nothing_and_stays_no_request(
    tmp_path: Path, untrusted: bytes
) -> None:
    agent = Agent()
    (tmp_path / local_undo.REQUEST).write_bytes(untrusted)
    LocalUndo(tmp_path, agent.undo, agent.told.append).look(NOW)
    assert agent.undone == []
    assert not local_undo.asked(tmp_path)


def test_a_request_that_nobody_answers_can_be_withdrawn(tmp_path: Path) -> None:
    local_undo.ask(tmp_path, [FIRST])
    local_undo.withdraw(tmp_path)
    local_undo.withdraw(tmp_path)
    assert not local_undo.asked(tmp_path)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as child:
        yield child
        child.kill()


@pytest.mark.kernel
def test_without_an_agent_a_frozen_program_goes_on_and_nothing_else_is_touched(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    os.kill(sleeper.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, sleeper.pid, os.WSTOPPED | os.WNOWAIT)
    process = processes.look_up(sleeper.pid)
    assert process is not None
    assert process.stopped
    (tmp_path / "frozen").mkdir()
    (tmp_path / "frozen" / f"{FIRST}.json").write_text(
        f'{{"at": "{NOW.isoformat()}", "processes": [{{"name": "python3", "pid": {process.pid}}}]}}'
    )
    book = UndoBook(tmp_path / "undo.db")
    name = f"{process.pid}-{process.began}"
    book.register(report=FIRST, deed=Deed.BLOCK, target="/srv/documents")
    book.register(report=FIRST, deed=Deed.FREEZE, target=name, note=name)
    book.register(report=SECOND, deed=Deed.BLOCK, target="/srv/images")
    book.close()
    standing = {one.report: one for one in local_undo.in_force(tmp_path)}
    assert standing[FIRST].programs == (f"python3 ({process.pid})",)
    assert (standing[FIRST].since, standing[SECOND].since) == (NOW, None)
    told: list[ReportWord] = []
    local_undo.alone(tmp_path, [FIRST], told.append)
    assert [one.report for one in local_undo.in_force(tmp_path)] == [SECOND]
    after = processes.look_up(sleeper.pid)
    assert after is not None
    assert not after.stopped
    assert [word.facts[0].numbers for word in told] == [{"deeds": 2}]
