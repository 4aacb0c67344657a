"""A machine with people at its screens: to be used as root in a mount namespace of its own.

The real systemd-logind knows the sessions, which are written where it looks for them at its start;
each person has a real session bus in `/run/user`, and a desktop on it (`desk_service`).
"""

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOGIND = Path("/lib/systemd/systemd-logind")
SERVICE = Path(__file__).with_name("desk_service.py")
_PATIENCE = 20.0
_RUN = Path("/run/systemd")
_QUIET = (
    "[Login]\nNAutoVTs=0\nHandlePowerKey=ignore\nHandleLidSwitch=ignore\nHandleSuspendKey=ignore\n"
)
_USUAL = {"TYPE": "wayland", "CLASS": "user", "REMOTE": "0", "LOCKED_HINT": "0"}
_BARE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def until(asked: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + _PATIENCE
    while not asked():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@dataclass
class Desk:
    """One person's session bus and desktop."""

    number: int
    folder: Path

    def said(self) -> list[dict[str, Any]]:
        """Return the notices that this desktop was given."""
        file = self.folder / "said"
        return [json.loads(row) for row in file.read_text().splitlines()] if file.exists() else []

    def set(self, word: str, *, to: bool = True) -> None:
        """Steer the desktop: `mute`, `wait` or `locked`."""
        if to:
            (self.folder / word).touch()
        else:
            (self.folder / word).unlink()


@dataclass
class Room:
    """The machine; `folder` is one in which everybody may look."""

    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    numbers: int = 0

    def __post_init__(self) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", "/run"], check=True)
        for name in ("sessions", "users", "seats", "system", "logind.conf.d"):
            (_RUN / name).mkdir(parents=True)
        for name in ("/run/dbus", "/run/user"):
            Path(name).mkdir()
        (_RUN / "logind.conf.d" / "quiet.conf").write_text(_QUIET)

    def account(self, *numbers: int) -> None:
        """Let the system know accounts by these numbers, in this namespace alone."""
        file = self.folder / "passwd"
        rows = [f"desk{n}:x:{n}:{n}::/nonexistent:/bin/sh\n" for n in numbers]
        file.write_text(Path("/etc/passwd").read_text() + "".join(rows))
        subprocess.run(["mount", "--bind", file, "/etc/passwd"], check=True)

    def desk(self, number: int) -> Desk:
        """Start a person's bus and desktop, by that person."""
        runtime, folder = Path(f"/run/user/{number}"), self.folder / str(number)
        for place in (runtime, folder):
            place.mkdir(mode=0o700)
            os.chown(place, number, number)
        address = f"unix:path={runtime}/bus"
        self._by(number, "/usr/bin/dbus-daemon", "--session", "--nofork", f"--address={address}")
        until((runtime / "bus").exists)
        self._by(number, "/usr/bin/python3", str(SERVICE), str(folder), bus=address)
        until((folder / "ready").exists)
        return Desk(number, folder)

    def session(self, number: int, **said: str) -> None:
        """Write down one session for logind to find at its start; names as in its own files."""
        self.numbers += 1
        name = str(self.numbers)
        alive = _RUN / "sessions" / f"{name}.ref"
        os.mkfifo(alive, 0o600)
        self.held.append(os.open(alive, os.O_RDWR))
        words = {"UID": number, "USER": f"desk{number}", "LEADER": os.getpid(), "FIFO": alive}
        words |= {"ACTIVE": 1, "STATE": "active", "SCOPE": f"session-{name}.scope"}
        rows = [f"{key}={value}" for key, value in {**words, **_USUAL, **said}.items()]
        (_RUN / "sessions" / name).write_text("\n".join(rows) + "\n")
        (_RUN / "users" / str(number)).write_text(f"NAME=desk{number}\nSTATE=active\n")

    def sign_in(self) -> None:
        """Start the system's bus and logind, which find the sessions."""
        self._by(0, "/usr/bin/dbus-daemon", "--system", "--nofork", "--nopidfile")
        until(Path("/run/dbus/system_bus_socket").exists)
        self._by(0, str(LOGIND))
        asked = ["loginctl", "list-sessions", "--no-legend"]
        until(
            lambda: (
                len(subprocess.run(asked, capture_output=True, check=False).stdout.splitlines())
                == self.numbers
            )
        )

    @staticmethod
    def lock(session: int, *, locked: bool) -> None:
        """Tell logind that a session's screen is locked, or not, as its desktop does."""
        path = f"/org/freedesktop/login1/session/_3{session}"
        where = ("org.freedesktop.login1", path, "org.freedesktop.login1.Session")
        command = ["busctl", "call", *where, "SetLockedHint", "b", str(locked).lower()]
        subprocess.run(command, check=True, capture_output=True)

    def close(self) -> None:
        """End everything that was started."""
        for process in reversed(self.running):
            process.kill()
            process.wait()
        for descriptor in self.held:
            os.close(descriptor)

    def _by(self, number: int, *command: str, bus: str = "") -> None:
        env = _BARE | ({"DBUS_SESSION_BUS_ADDRESS": bus} if bus else {})
        log = (self.folder / "log").open("ab")
        self.running.append(
            subprocess.Popen(
                command, user=number, group=number, extra_groups=[], env=env, stdout=log, stderr=log
            )
        )


@contextlib.contextmanager
def room(folder: Path) -> Iterator[Room]:
    """Lend a machine, and end what runs on it."""
    folder.chmod(0o755)
    made = Room(folder)
    try:
        yield made
    finally:
        made.close()
