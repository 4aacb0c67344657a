"""The screens of this machine: whether somebody works at one, and how to lock them all."""

import sys
from typing import Protocol

from vigie.tools.logind import said, sessions


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
            said("loginctl", "lock-session", session)
        return len(sessions)

    def _unlocked(self) -> list[str]:
        return [
            session["Id"]
            for session in sessions("Class", "LockedHint")
            if session.get("Class") == "user" and session.get("LockedHint") != "yes"
        ]


class Windows:
    """Windows, by `LockWorkStation`. Not yet run."""

    def open(self) -> bool:
        """Return True: only the session itself can tell."""
        return True

    def lock(self) -> int:
        """Lock the workstation."""
        said("rundll32.exe", "user32.dll,LockWorkStation")
        return 1


class MacOs:
    """MacOS, by putting the display to sleep, which asks for the password. Not yet run."""

    def open(self) -> bool:
        """Return True: only the session itself can tell."""
        return True

    def lock(self) -> int:
        """Put the display to sleep."""
        said("pmset", "displaysleepnow")
        return 1


def screens() -> Screens:
    """Return this system's screens."""
    if sys.platform == "win32":
        return Windows()
    if sys.platform == "darwin":
        return MacOs()
    return Logind()
