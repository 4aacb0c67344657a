"""MacOS: `osascript`'s "display notification" in the session in front (*not yet run*).

Written against launchctl(1) (`asuser`), sudo(8) and Apple's AppleScript Language Guide. Who is in
front, and whether the screen is locked, is what ioreg(8) lists as IOConsoleUsers. Whether a notice
stays until it is closed is that person's setting ("alerts" rather than "banners").
"""

import plistlib
import subprocess
from collections.abc import Callable, Sequence
from datetime import timedelta
from xml.parsers.expat import ExpatError

LIMIT = timedelta(seconds=5)
_CONSOLE = ("/usr/sbin/ioreg", "-n", "Root", "-d1", "-a")
# The text is an argument and never part of the script.
_SCRIPT = (
    *("-e", "on run texts"),
    *("-e", 'display notification (item 1 of texts) with title "Vigie"'),
    *("-e", "end run"),
)

Ask = Callable[[Sequence[str]], bytes | None]


def _ask(command: Sequence[str]) -> bytes | None:
    """Return what a program said; None where it failed or did not answer."""
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=LIMIT.total_seconds(),
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "en_US.UTF-8"},
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


class MacOs:
    """The notices of macOS; `ask` runs a program and returns its words."""

    def __init__(self, ask: Ask = _ask) -> None:
        self._ask = ask

    def show(self, text: str, *, grave: bool) -> bool:
        """Show it to whoever is in front; macOS knows no urgency."""
        del grave
        clean = text.encode("utf-8", "replace").decode().replace("\0", "")
        shown = [
            self._ask((*_as(number), "/usr/bin/osascript", *_SCRIPT, "--", clean)) is not None
            for number in in_front(self._ask(_CONSOLE) or b"")
        ]
        return any(shown)

    def lacks(self) -> str:
        """Return "": macOS has all that it needs."""
        return ""


def _as(number: int) -> Sequence[str]:
    """Return what runs a program as a person, and in that person's session."""
    return "/bin/launchctl", "asuser", str(number), "/usr/bin/sudo", "-n", "-u", f"#{number}"


def in_front(untrusted_list: bytes) -> Sequence[int]:
    """Given what ioreg lists, return the person in front of an unlocked screen, if any."""
    try:
        rows = plistlib.loads(untrusted_list)["IOConsoleUsers"]
        return sorted(
            {
                int(row["kCGSSessionUserIDKey"])
                for row in rows
                if row.get("kCGSSessionOnConsoleKey")
                and row.get("kCGSessionLoginDoneKey")
                and not row.get("CGSSessionScreenIsLocked")
                and int(row["kCGSSessionUserIDKey"])
            }
        )
    except (ExpatError, ValueError, KeyError, TypeError, AttributeError):
        return ()
