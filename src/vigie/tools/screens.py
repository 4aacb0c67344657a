"""The screens of this machine: whether somebody works at one, and how to lock them all."""

import shutil
import subprocess
import sys
from datetime import timedelta
from typing import Protocol

LIMIT = timedelta(seconds=2)


class Screens(Protocol):
    """The sessions people have open here."""

    def open(self) -> bool:
        """Return whether somebody is signed in and the screen is not locked; True if unknown."""

    def lock(self) -> int:
        """Lock every screen; return how many. Raise OSError where the system refuses."""


class Logind:
    """Linux, by systemd-logind."""

    def open(self) -> bool:
        """Return whether a person's session is active and not locked."""
        try:
            return bool(self._unlocked())
        except OSError:
            return True  # nobody can tell: then somebody may be there

    def lock(self) -> int:
        """Lock every session of a person."""
        sessions = self._unlocked()
        for session in sessions:
            _said("loginctl", "lock-session", session)
        return len(sessions)

    def _unlocked(self) -> list[str]:
        rows = _said("loginctl", "list-sessions", "--no-legend").splitlines()
        found = []
        for session in (row.split()[0] for row in rows if row.split()):
            wanted = ("-p", "Class", "-p", "Type", "-p", "LockedHint", "-p", "State")
            state = _said("loginctl", "show-session", session, *wanted)
            said = dict(row.split("=", 1) for row in state.splitlines() if "=" in row)
            if said.get("Class") == "user" and said.get("LockedHint") != "yes":
                found.append(session)
        return found


class Windows:
    """Windows, by `LockWorkStation`. Not yet run."""

    def open(self) -> bool:
        """Return True: only the session itself can tell."""
        return True

    def lock(self) -> int:
        """Lock the workstation."""
        _said("rundll32.exe", "user32.dll,LockWorkStation")
        return 1


class MacOs:
    """MacOS, by putting the display to sleep, which asks for the password. Not yet run."""

    def open(self) -> bool:
        """Return True: only the session itself can tell."""
        return True

    def lock(self) -> int:
        """Put the display to sleep."""
        _said("pmset", "displaysleepnow")
        return 1


def screens() -> Screens:
    """Return this system's screens."""
    if sys.platform == "win32":
        return Windows()
    if sys.platform == "darwin":
        return MacOs()
    return Logind()


def _said(*command: str) -> str:
    """Return what a program said. Raise OSError where it is missing or fails."""
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(command[0])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LIMIT.total_seconds()
        )
    except subprocess.TimeoutExpired as trouble:
        raise TimeoutError(command[0]) from trouble
    if done.returncode:
        raise OSError(done.stderr.strip() or f"{command[0]} failed")
    return done.stdout
