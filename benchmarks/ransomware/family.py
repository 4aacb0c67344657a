"""Every process that a benchmark starts, detached ones included, found and ended by its id."""

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
STOPPED = frozenset("Tt")
GONE = frozenset("ZX")
LOOKS = 50  # without anybody found, before everybody is believed gone


def adopt_orphans() -> None:
    """Make this process the parent of every detached descendant, so that none gets away."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def living(but: frozenset[int] = frozenset()) -> dict[int, str]:
    """Return the living descendants of this process and their states, without `but` and theirs."""
    found: dict[int, str] = {}
    waiting = [os.getpid()]
    while waiting:
        for child in _children(waiting.pop()):
            state = _state(child)
            if child in but or child in found or not state:
                continue
            if state not in GONE:
                found[child] = state
            waiting.append(child)
    return found


def stopped(family: dict[int, str]) -> bool:
    """Return whether there is somebody and nobody of them can do anything."""
    return bool(family) and all(state in STOPPED for state in family.values())


def end(but: frozenset[int] = frozenset()) -> None:
    """Kill every living descendant by its id, and take note of every death.

    One look is not enough: in a relay each process lives for a few milliseconds.
    """
    limit, empty = time.monotonic() + 20, 0
    while empty < LOOKS and time.monotonic() < limit:
        family = living(but)
        empty = 0 if family else empty + 1
        for member in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        time.sleep(0.002)
    reap(but)


def reap(but: frozenset[int] = frozenset()) -> None:
    """Take note of the death of the orphans that were left to us."""
    for child in _children(os.getpid()):
        if child not in but and _state(child) in GONE:
            os.waitpid(child, 0)


def _children(process: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        return [
            int(child) for thread in threads for child in (thread / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _state(process: int) -> str:
    try:
        text = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return text.rpartition(") ")[2][:1]
