import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from vigie.agent.single import AlreadyRunning, Single


def test_two_agents_never_look_after_the_same_machine(tmp_path: Path) -> None:
    first = Single(tmp_path / "lock")
    with pytest.raises(AlreadyRunning):
        Single(tmp_path / "lock")
    first.release()
    Single(tmp_path / "lock").release()


def test_someone_who_only_looks_keeps_no_agent_from_starting(tmp_path: Path) -> None:
    looking = Single(tmp_path / "lock")
    threading.Timer(0.2, looking.release).start()
    Single(tmp_path / "lock", timedelta(seconds=60)).release()
    assert (tmp_path / "lock").exists()


def test_a_kill_leaves_no_lock_behind(tmp_path: Path) -> None:
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            held = Single(tmp_path / "lock")
            os.write(mouth, b"held")
            signal.pause()
            held.release()
        finally:
            os._exit(1)
    assert os.read(ear, 4) == b"held"
    with pytest.raises(AlreadyRunning):
        Single(tmp_path / "lock")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ear)
    os.close(mouth)
    Single(tmp_path / "lock").release()
