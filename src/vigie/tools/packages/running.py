"""Run a package manager to its end, or end all that it started: hung scripts, orphans, daemons.

Everything a manager starts inherits a mark in its environment, also across sessions and after a
kill of its parents: that is how it is found again.
"""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from vigie.tools.packages import PackagesFailed, Patience

POLL = 0.2  # seconds between two looks
ENDED_WITHIN = 10.0  # seconds a killed process may take to go
PACE = 0.02  # seconds of work a second: below it, somebody only waits
BYTES_A_SECOND = 10_000_000  # what a disk does in a second of work
WORDS_KEPT = 4_000  # characters of what it said at last
MARK = "VIGIE_UPDATE"


def run(argv: Sequence[str], environment: Mapping[str, str], patience: Patience, mark: str) -> str:
    """Run a program and all it starts; return what it said.

    Raise PackagesFailed (`timed_out`, `hung`, `not_installed`) once all of it has ended.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**environment, MARK: mark},
            start_new_session=True,
        )
        try:
            trouble = _watch(process, patience)
        except BaseException:
            end_marked(mark)
            raise
        if trouble:
            end_marked(mark)
        process.wait()
        said.seek(max(0, said.seek(0, os.SEEK_END) - WORDS_KEPT))
        words = said.read().decode("utf-8", "replace").strip()
    if trouble or process.returncode:
        raise PackagesFailed(trouble or "not_installed", words)
    return words


def _watch(process: "subprocess.Popen[bytes]", patience: Patience) -> str:
    """Wait for a process; return a slug when it lasts too long or does nothing for too long.

    A loop that sleeps does next to nothing: only a pace counts as work.
    """
    begun = since = time.monotonic()
    done = 0.0
    while process.poll() is None:
        now = time.monotonic()
        work = _work_done(process.pid)
        if work - done >= PACE * (now - since) and work > done:
            done, since = work, now
        if now - begun > patience.longest:
            return "timed_out"
        if now - since > patience.silent:
            return "hung"
        time.sleep(POLL)
    return ""


def _work_done(pid: int) -> float:
    """Return the work of a process and all its descendants, those that have ended included.

    In seconds of processor time; what is read from or written to a disk counts as well.
    """
    total = 0.0
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        for one in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.Error, AttributeError):
                times, disk = one.cpu_times(), one.io_counters()
                total += times.user + times.system + times.children_user + times.children_system
                total += (disk.read_bytes + disk.write_bytes) / BYTES_A_SECOND
    return total


def marked(mark: str) -> list[psutil.Process]:
    """Return the processes that carry a mark, ourselves never."""
    found = []
    wanted = f"{MARK}={mark}".encode()
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            environment = Path(f"/proc/{process.pid}/environ").read_bytes()
            if wanted in environment.split(b"\0") and process.pid != os.getpid():
                found.append(process)
    return found


def end_marked(mark: str) -> int:
    """Kill every process that carries a mark, until there is none; return how many there were."""
    ended = 0
    deadline = time.monotonic() + ENDED_WITHIN
    while processes := marked(mark):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                ended += 1
        _, alive = psutil.wait_procs(processes, timeout=1)
        if time.monotonic() > deadline:
            break
        if alive:
            time.sleep(POLL)
    return ended
