"""Processes: who opens a file and how, which family it belongs to, and how to halt that family.

Read from /proc, because a question of the kernel waits for the answer.
"""

import contextlib
import os
import platform
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vigie.tools.births import Births

# Parents that start other people's programs: a family begins below them, and they are never
# halted. The caretaker's way in and the way out of trouble stay open.
_STARTERS: Final = frozenset(
    [
        "systemd",
        "init",
        "launchd",
        "sshd",
        "sshd-session",
        "login",
        "su",
        "sudo",
        "doas",
        "agetty",
        "getty",
        "cron",
        "crond",
        "atd",
        "tmux",
        "screen",
        "dbus-daemon",
        "gdm",
        "lightdm",
        "sddm",
        "gnome-shell",
        "gnome-session-b",
        "plasmashell",
        "kwin_x11",
        "kwin_wayland",
        "xfce4-session",
        "xfdesktop",
        "nautilus",
        "thunar",
        "dolphin",
        "containerd-shim",
        "runc",
        "conmon",
        "dockerd",
        "docker-init",
        "tini",
        "supervisord",
        "polkitd",
        "Xorg",
    ]
)
_SHELLS: Final = frozenset(["sh", "bash", "dash", "zsh", "fish", "ksh", "mksh", "ash", "busybox"])

_X86 = {2: 1, 85: -1, 257: 2, 304: 2, 5: 1, 8: -1, 295: 2}  # also 32-bit open, creat, openat
_ARM = {56: 2, 265: 2}
_FLAGS_AT = _ARM if platform.machine() == "aarch64" else _X86
_EXEC = {221, 281} if platform.machine() == "aarch64" else {59, 322, 11, 358}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC
_MOST_ANCESTORS = 10_000  # a relay of thousands is one family still; a ring of numbers ends
_LOOKS = 20  # at a thread on its way to sleep: a busy machine takes that long
_GLANCE = 0.00005  # seconds between two of them
_TRUSTED_FOR = 1.0  # seconds a pid's family is believed without looking again: no pid comes
# round within a second, and a reader of many files asks thousands of times a second


@dataclass(frozen=True, slots=True)
class Process:
    """One process as /proc shows it. `began` is in clock ticks since the machine started."""

    pid: int
    name: str
    parent: int
    group: int
    session: int
    began: int
    state: str = "R"

    @property
    def stopped(self) -> bool:
        """Return whether it is stopped by a signal."""
        return self.state == "T"


def look_up(pid: int) -> Process | None:
    """Return a process (or thread) by its number, or None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes().decode(errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    parts = rest.split()
    return Process(
        pid=pid,
        name=name,
        parent=int(parts[1]),
        group=int(parts[2]),
        session=int(parts[3]),
        began=int(parts[19]),
        state=parts[0],
    )


def everyone() -> Iterator[Process]:
    """Return the processes that run now."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := look_up(int(entry.name))):
            yield process


def command(pid: int) -> list[str]:
    """Return the command line of a process, empty for one that ended or is the kernel's."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(part) for part in raw.split(b"\0")[:-1]]


def leader(tid: int) -> int:
    """Return the process that a thread belongs to (the number itself when it has ended)."""
    try:
        with open(f"/proc/{tid}/status", "rb") as file:  # noqa: PTH123  (asked at each open)
            for line in file:
                if line.startswith(b"Tgid:"):
                    return int(line[5:])
    except OSError:
        pass
    return tid


def opens_to_write(tid: int) -> bool:
    """Return whether the open that a waiting thread asks for can change the file.

    Where that cannot be told (io_uring, openat2, an unknown call) it is taken to write: the cost
    is one kept copy.
    """
    parts = _asks(tid)
    if not parts or not parts[0].isdigit():
        return True
    call = int(parts[0])
    if call in _EXEC:
        return False
    at = _FLAGS_AT.get(call)
    if at is None or at < 0:
        return True
    return bool(int(parts[1 + at], 16) & _WRITES)


def _asks(tid: int) -> list[bytes]:
    """Return the call a waiting thread is in, and its arguments; empty when it has ended.

    The question may reach us before its thread has gone to sleep: then the kernel shows it as
    `running`, and shows the call a moment later.
    """
    for _ in range(_LOOKS):
        try:
            with open(f"/proc/{tid}/syscall", "rb") as file:  # noqa: PTH123  (asked at each open)
                parts = file.read().split()
        except OSError:
            return []
        if parts[:1] != [b"running"]:
            return parts
        time.sleep(_GLANCE)
    return []


def _interactive(process: Process) -> bool:
    words = command(process.pid)
    plain = all(word.startswith("-") and "c" not in word.lstrip("-")[:3] for word in words[1:])
    return plain or (bool(words) and words[0].startswith("-"))


class Families:
    """Which processes belong together, so that stopping one means stopping all of it.

    A family is named after its oldest member that is not a starter, an interactive shell, or an
    ancestor of Vigie: "4711-93012", pid and start. It includes what that member started.
    """

    def __init__(self) -> None:
        self.own = os.getpid()
        self._spared = frozenset(self._ancestors(self.own))
        self._known: dict[int, tuple[float, str]] = {}
        self._tops: dict[tuple[int, int], str] = {}
        self._ended: dict[int, str] = {}
        self._births: Births | None = None
        with contextlib.suppress(OSError):  # then a family ends where a parent has ended
            self._births = Births()

    @staticmethod
    def _ancestors(pid: int) -> Iterator[int]:
        while pid > 1 and (process := look_up(pid)):
            yield pid
            pid = process.parent

    def of(self, pid: int) -> str:
        """Return the family of a process or thread, also of one that has just ended."""
        now = time.monotonic()
        known = self._known.get(pid)
        if known and now - known[0] < _TRUSTED_FOR:
            return known[1]
        if len(self._known) > 10_000:  # noqa: PLR2004  (a bound on memory, no meaning)
            self._known.clear()
            self._tops.clear()
            self._ended.clear()
        process = look_up(pid)
        if process is None:
            return known[1] if known else self._climb(pid, 0, f"{pid}-0")
        key = (process.pid, process.began)
        if key not in self._tops:
            self._tops[key] = self._top(process)
        self._known[pid] = (now, self._tops[key])
        return self._tops[key]

    def _top(self, process: Process) -> str:
        tgid = leader(process.pid)
        if tgid != process.pid and (whole := look_up(tgid)):
            process = whole
        return self._climb(process.pid, process.parent, self._name(process))

    def _climb(self, pid: int, seen: int, top: str) -> str:
        """Given who started the process at the top so far, return the name of the last one up."""
        pid = self._parent(pid, seen)
        for _ in range(_MOST_ANCESTORS):
            if not pid:
                break
            parent = look_up(pid)
            if parent is None:  # it has ended: only its birth tells where it came from
                top, pid = self._ended.get(pid, f"{pid}-0"), self._parent(pid, 0)
            elif self.spared(parent):
                break
            else:
                top, pid = self._name(parent), self._parent(pid, parent.parent)
        return top

    def _name(self, process: Process) -> str:
        name = f"{process.pid}-{process.began}"
        self._ended[process.pid] = name  # to be found by when it has ended
        return name

    def close(self) -> None:
        """Stop listening for births."""
        if self._births:
            self._births.close()
            self._births = None

    def _parent(self, pid: int, seen: int) -> int:
        born_of = self._births.parent(pid) if self._births else None
        return seen if born_of is None else born_of

    def catch_up(self) -> None:
        """Take in who was born since the last call."""
        if self._births:
            self._births.take_in()

    def spared(self, process: Process) -> bool:
        """Return whether a process is never halted, and starts no family."""
        return (
            process.pid <= 2  # noqa: PLR2004  (init and the kernel's own)
            or process.pid in self._spared
            or process.parent == self.own
            or process.name in _STARTERS
            or (process.name in _SHELLS and _interactive(process))
        )

    def members(self, family: str) -> list[Process]:
        """Return who belongs to a family now, and may be halted."""
        return [p for p in everyone() if not self.spared(p) and self.of(p.pid) == family]


def halt(process: Process) -> bool:
    """Stop a process (SIGSTOP) if it still is the one that was looked up."""
    return _signal(process, signal.SIGSTOP)


def let_go_on(process: Process) -> bool:
    """Let a stopped process go on (SIGCONT) if it still is the one that was looked up."""
    return _signal(process, signal.SIGCONT)


def _signal(process: Process, number: signal.Signals) -> bool:
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return False
    try:
        now = look_up(process.pid)  # the descriptor pins the number: what we see now is what we hit
        if now is None or now.began != process.began:
            return False
        signal.pidfd_send_signal(descriptor, number)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
