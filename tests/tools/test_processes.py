import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from vigie.tools import processes
from vigie.tools.processes import Families

RELAY = """
import os, sys, time
for _ in range(3):
    if os.fork():
        os._exit(0)
    os.setsid()
print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def families() -> Iterator[Families]:
    found = Families()
    yield found
    found.close()


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    # A shell that runs a script belongs to the family of what it runs.
    running = subprocess.Popen(["sh", "-c", "sleep 60 & echo; wait"], stdout=subprocess.PIPE)
    assert running.stdout
    running.stdout.readline()
    yield running
    for process in (p for p in processes.everyone() if p.parent == running.pid):
        os.kill(process.pid, signal.SIGKILL)
    running.kill()
    running.wait()
    running.stdout.close()


def test_a_script_and_what_it_starts_are_one_family(
    sleeper: subprocess.Popen[bytes], families: Families
) -> None:
    families.own = -1  # as if somebody else had started them
    (child,) = (p for p in processes.everyone() if p.parent == sleeper.pid)
    assert families.of(child.pid) == families.of(sleeper.pid)
    members = {p.pid for p in families.members(families.of(child.pid))}
    assert members == {sleeper.pid, child.pid}


def test_vigie_and_whoever_started_it_are_never_halted(families: Families) -> None:
    spared = {p.pid for p in processes.everyone() if families.spared(p)}
    assert {1, os.getpid(), os.getppid()} <= spared


def test_a_halted_process_stops_and_goes_on(sleeper: subprocess.Popen[bytes]) -> None:
    process = processes.look_up(sleeper.pid)
    assert process
    assert processes.halt(process)
    os.waitid(os.P_PID, sleeper.pid, os.WSTOPPED | os.WNOWAIT)
    stopped = processes.look_up(sleeper.pid)
    assert stopped
    assert stopped.stopped
    assert processes.let_go_on(stopped)


def test_a_process_with_a_recycled_number_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    process = processes.look_up(sleeper.pid)
    assert process
    earlier = processes.Process(
        pid=process.pid, name="", parent=1, group=1, session=1, began=process.began - 1
    )
    assert not processes.halt(earlier)


@pytest.mark.kernel
def test_a_relay_of_processes_is_one_family_when_its_parents_have_ended(families: Families) -> None:
    families.own = -1
    first = subprocess.Popen([sys.executable, "-c", RELAY], stdout=subprocess.PIPE, text=True)
    assert first.stdout
    family = families.of(first.pid)
    last = int(first.stdout.readline())
    first.wait()
    try:
        assert families.of(last).split("-")[0] == family.split("-")[0] == str(first.pid)
    finally:
        os.kill(last, signal.SIGKILL)
        first.stdout.close()
