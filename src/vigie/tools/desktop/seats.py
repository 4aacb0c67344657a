"""Who sits at this machine: signed in at a screen of its own that is in front and not locked."""

import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from vigie.tools.desktop.persons import Person, ended_well, found, reachable, started
from vigie.tools.logind import sessions

_WANTED = ("User", "Class", "Type", "Active", "Remote", "LockedHint")
_AT_A_SCREEN = {"x11", "wayland", "mir"}
# Who may keep the screen locked, where logind cannot be asked.
_KEEPERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.xfce.ScreenSaver")
_LIMIT = timedelta(seconds=1)


def seated(runtime: Path) -> tuple[Person, ...]:
    """Return each person once, however many sessions; `runtime` holds their folders (/run/user).

    Without logind it is whoever has a bus there and no locked screen.
    """
    try:
        here = {int(s["User"]) for s in sessions(*_WANTED) if at_the_screen(s)}
    except OSError:
        return tuple(p for p in _with_a_bus(runtime) if not _locked(p))
    return _reachable(here, runtime)


def at_the_screen(session: Mapping[str, str]) -> bool:
    """Given a session as loginctl shows it, return whether somebody looks at it at this machine.

    A session from afar does not count: it stays "active" when its line has gone.
    """
    return (
        session.get("Class") == "user"
        and session.get("Type") in _AT_A_SCREEN
        and session.get("Active") == "yes"
        and session.get("Remote") == "no"
        and session.get("LockedHint") == "no"
        and session.get("User", "").isdigit()
    )


def _with_a_bus(runtime: Path) -> tuple[Person, ...]:
    try:
        names = {int(folder.name) for folder in runtime.iterdir() if folder.name.isdigit()}
    except OSError:
        return ()
    return _reachable(names, runtime)


def _reachable(numbers: set[int], runtime: Path) -> tuple[Person, ...]:
    return tuple(p for number in sorted(numbers) if (p := reachable(number, runtime)))


def _locked(person: Person) -> bool:
    """Return whether a screen saver says that it is on; nobody there to say so: nothing locks."""
    program = found("dbus-send")
    if program is None:
        return True  # it cannot be known, and only what was checked is claimed
    return any(_says_on(person, program, name) for name in _KEEPERS)


def _says_on(person: Person, program: str, name: str) -> bool:
    words = (
        "--session",
        "--print-reply=literal",
        f"--dest={name}",
        f"--reply-timeout={_LIMIT // timedelta(milliseconds=1)}",
        "/" + name.replace(".", "/"),
        f"{name}.GetActive",
    )
    try:
        process = started(person, program, *words, out=subprocess.PIPE)
    except OSError:
        return True
    with process:
        ended = ended_well(process, _LIMIT.total_seconds())
        return ended and process.stdout is not None and "true" in process.stdout.read(64)
