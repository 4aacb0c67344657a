"""macOS: shutdown, pmset and launchctl. Not yet run on macOS."""

import re
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta

from vigie.tools.power import PowerFailed

LIMIT = 60.0
_IDLE = re.compile(r'"HIDIdleTime"\s*=\s*(\d+)')
_HOLDS = re.compile(r"pid \d+\(([^)]+)\).*(PreventUserIdleSystemSleep|PreventSystemSleep)")


class MacPower:
    """The machine this runs on."""

    def stop_databases(self) -> Sequence[str]:
        """Return nothing: macOS ends every service with the signal it takes for it."""
        return ()

    def shut_down(self, *, polite: bool) -> None:
        """Shut down; a polite one asks the open programs."""
        ask = ["osascript", "-e", 'tell application "System Events" to shut down']
        _run(ask if polite else ["shutdown", "-h", "now"])

    def sleep(self) -> None:
        """Suspend."""
        _run(["pmset", "sleepnow"])

    def wake_at(self, moment: datetime) -> bool:
        """Set a wake-up."""
        try:
            _run(["pmset", "schedule", "wake", f"{moment.astimezone():%m/%d/%y %H:%M:%S}"])
        except PowerFailed:
            return False
        return True

    def inhibitors(self) -> Sequence[str]:
        """Return who asserts that the machine must not sleep."""
        raw = _run(["pmset", "-g", "assertions"])
        return [match[1] for match in map(_HOLDS.search, raw.splitlines()) if match]

    def idle(self) -> timedelta | None:
        """Return how long nobody has touched keyboard or mouse."""
        found = _IDLE.search(_run(["ioreg", "-c", "IOHIDSystem", "-d", "4"]))
        return timedelta(microseconds=int(found[1]) / 1000) if found else None

    def somebodys_desk(self) -> bool:
        """Return True: a Mac at a practice stands on a desk."""
        return True


def _run(argv: Sequence[str]) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PowerFailed("missing_program", str(failure)) from failure
    if done.returncode:
        raise PowerFailed("no_permission", (done.stderr or done.stdout).strip()[:300])
    return done.stdout
