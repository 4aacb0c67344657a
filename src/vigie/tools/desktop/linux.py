"""Linux: `notify-send`, run for each person who sits here as that person."""

import html
import time
from datetime import timedelta
from pathlib import Path

from vigie.tools.desktop.persons import Person, ended_well, found, started
from vigie.tools.desktop.seats import seated

PROGRAM = "notify-send"
LIMIT = timedelta(seconds=5)  # for all: a desktop that does not answer must not hold up a deed


class Linux:
    """The notices of org.freedesktop.Notifications; `runtime` holds people's run-time folders."""

    def __init__(self, runtime: Path = Path("/run/user")) -> None:
        self._runtime = runtime

    def show(self, text: str, *, grave: bool) -> bool:
        """Show it to everybody at once, and wait for all of them."""
        program = found(PROGRAM)
        if program is None:
            return False
        urgency = "critical" if grave else "normal"
        words = ("--app-name=Vigie", f"--urgency={urgency}", "--expire-time=0", "--", "Vigie")
        return sent(seated(self._runtime), program, *words, written(text))

    def lacks(self) -> str:
        """Return `notify-send` where it is missing and somebody sits here."""
        return PROGRAM if found(PROGRAM) is None and seated(self._runtime) else ""


def sent(people: tuple[Person, ...], *command: str) -> bool:
    """Run a command for each person; return whether it ended well for at least one."""
    until = time.monotonic() + LIMIT.total_seconds()
    running = []
    for person in people:
        try:
            running.append(started(person, *command))
        except OSError:
            continue
    # A list: each is waited for, also when the first could see it.
    well = [ended_well(process, until - time.monotonic()) for process in running]
    return any(well)


def written(text: str) -> str:
    """Return a text as notify-send wants it: the desktop reads markup, the program backslashes.

    A file's name may be in it, and nobody's file name may put a link under our name.
    """
    clean = text.encode("utf-8", "replace").decode().replace("\0", "")
    return html.escape(clean, quote=False).replace("\\", "\\\\")
