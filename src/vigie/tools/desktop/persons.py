"""A program run for one person who sits here: as that person, on that person's bus, and bare.

It has nothing worth having: no variable, no open file and no right of ours. Its group is nobody's,
so that person's own programs can neither look into it nor steer it: the kernel asks that user *and*
group are the same (ptrace(2)).
"""

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOBODYS_GROUP = 65534
SYSTEMS_OWN = "/usr/bin:/bin"  # the only folders in which a program is looked for


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits here: the number of an account, and the socket of its session's bus."""

    number: int
    bus: Path


def reachable(number: int, runtime: Path) -> Person | None:
    """Return a person whom we may reach, given the folder of the run-time folders (/run/user).

    None for root (nothing is run as root for a session), for anybody but ourselves where we are
    not root, and where the folder or the bus is not what the system makes it.
    """
    if number == 0 or os.geteuid() not in {0, number}:
        return None
    folder = runtime / str(number)
    try:
        place, bus = folder.lstat(), (folder / "bus").lstat()
    except OSError:
        return None
    own = place.st_uid == bus.st_uid == number
    if own and stat.S_ISDIR(place.st_mode) and stat.S_ISSOCK(bus.st_mode):
        return Person(number, folder / "bus")
    return None


def found(program: str) -> str | None:
    """Return where a program of the system lies; nobody's PATH is asked."""
    return shutil.which(program, path=SYSTEMS_OWN)


def started(person: Person, *command: str, out: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """Start a program for a person. Raise OSError where that cannot be done."""
    as_person: dict[str, Any] = {}
    if os.geteuid() != person.number:
        as_person = {"user": person.number, "group": NOBODYS_GROUP, "extra_groups": []}
    return subprocess.Popen(
        command,
        env={
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={person.bus}",
            "LANG": "C.UTF-8",  # or it refuses an accent
            "PATH": SYSTEMS_OWN,
        },
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        **as_person,
    )


def ended_well(process: subprocess.Popen[str], seconds: float) -> bool:
    """Wait so long for a program; return whether it ended, and well. What still runs is killed."""
    try:
        return process.wait(max(seconds, 0)) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
