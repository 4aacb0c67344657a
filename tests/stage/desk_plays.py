"""Plays at the screens of a machine: `python desk_plays.py PLAY FOLDER`, as root, JSON out.

In namespaces of mounts and processes (`unshare --mount --pid --fork --mount-proc`).
"""

import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desk_room import Desk, Room, room, until

from vigie.agent.composition import parts
from vigie.agent.loop import Agent
from vigie.agent.settings import parse
from vigie.tools.desktop.linux import Linux
from vigie.tools.notices import Notices
from vigie.tools.screens import Logind

MARIE, LUC, PAUL, ANNE = 54321, 54322, 54323, 54324
NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)  # nobody is in a consultation
TEXT = r"Nous avons isolé ce poste. « a & b <a href='x'>c</a> » C:\new, 8 h ; laissez-le allumé."


def as_root_sees(pid: int) -> dict[str, Any]:
    """Return what a program has that runs for a person."""
    place = Path(f"/proc/{pid}")
    rows = (place / "status").read_text().splitlines()
    status = dict(row.split(":\t", 1) for row in rows if ":\t" in row)
    return {
        "environ": (place / "environ").read_bytes().decode().split("\0")[:-1],
        "user": status["Uid"].split(),
        "group": status["Gid"].split(),
        "groups": status["Groups"].split(),
        "rights": [status[name] for name in ("CapPrm", "CapEff", "CapAmb")],
        "files": sorted(str(file.readlink()) for file in (place / "fd").iterdir()),
        "folder": str((place / "cwd").readlink()),
        "program": str((place / "exe").readlink()),
    }


def seen(at: Room) -> dict[str, Any]:
    """One person with two sessions, looked into while the notice is being shown."""
    os.environ["VIGIE_KEY"] = "root's own"
    secret = (at.folder / "secret").open("w")
    secret.write("root's own")
    at.account(MARIE)
    marie = at.desk(MARIE)
    at.session(MARIE)
    at.session(MARIE, TYPE="x11")
    at.sign_in()
    marie.set("wait")
    answers: list[bool] = []
    showing = threading.Thread(target=lambda: answers.append(Linux().show(TEXT, grave=True)))
    showing.start()
    until(marie.said)
    looked = as_root_sees(marie.said()[0]["pid"])
    marie.set("wait", to=False)
    showing.join()
    Linux().show("-- Un autre.", grave=False)
    return {"shown": answers, "said": marie.said(), "looked": looked}


def who(at: Room) -> dict[str, Any]:
    """People who look at a screen, and people who do not."""
    at.account(MARIE, LUC, PAUL, ANNE)
    desks = {n: at.desk(n) for n in (MARIE, LUC, PAUL, ANNE)}
    at.session(MARIE)
    at.session(LUC, TYPE="x11")
    at.session(PAUL, REMOTE="1")
    at.session(ANNE, CLASS="greeter")
    at.session(PAUL, TYPE="tty")
    at.sign_in()

    def shown() -> dict[str, Any]:
        before = {n: len(d.said()) for n, d in desks.items()}
        answer = Linux().show(TEXT, grave=False)
        return {"shown": answer, "to": [n for n, d in desks.items() if len(d.said()) > before[n]]}

    said: dict[str, Any] = {"someone": Logind().open(), "open": shown()}
    at.lock(2, locked=True)
    said["luc_locked"] = shown()
    at.lock(1, locked=True)
    said["both_locked"] = shown()
    at.lock(1, locked=False)
    said["marie_back"] = shown()
    said["to_lock"] = Logind().lock()
    for session in (1, 3, 5):
        at.lock(session, locked=True)
    said["nobody"] = Logind().open()
    return said


def behind(at: Room) -> dict[str, Any]:
    """A session of the seat that is not the one in front, as the kernel says it."""
    at.account(MARIE, LUC)
    desks = {n: at.desk(n) for n in (MARIE, LUC)}
    front = int(Path("/sys/class/tty/tty0/active").read_text().removeprefix("tty"))
    at.session(MARIE, SEAT="seat0", VTNR=str(front))
    at.session(LUC, SEAT="seat0", VTNR=str(front + 1), ACTIVE="0", STATE="online")
    at.sign_in()
    shown = Linux().show(TEXT, grave=False)
    return {"shown": shown, "said": [len(desk.said()) for desk in desks.values()]}


def mute(at: Room) -> dict[str, Any]:
    """A desktop that never answers, alone and beside one that does."""
    at.account(MARIE, LUC)
    marie, luc = at.desk(MARIE), at.desk(LUC)
    at.session(MARIE)
    at.session(LUC)
    at.sign_in()
    marie.set("mute")
    said = {"beside": _timed()}
    luc.set("mute")
    said["alone"] = _timed()
    pids = [row["pid"] for desk in (marie, luc) for row in desk.said()]
    said["left"] = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    return said


def planted(at: Room) -> dict[str, Any]:
    """A bus that is only a link, and a folder that belongs to somebody else; each would answer."""
    at.account(MARIE, LUC, PAUL)
    luc, paul = at.desk(LUC), at.desk(PAUL)
    for number in (LUC, PAUL):
        at.session(number)
    bus = Path(f"/run/user/{LUC}/bus")
    bus.rename(bus.with_name("another"))
    bus.symlink_to("another")
    os.lchown(bus, LUC, LUC)
    folder = Path(f"/run/user/{PAUL}")
    os.chown(folder, MARIE, MARIE)
    folder.chmod(0o755)
    at.sign_in()
    return {"shown": Linux().show(TEXT, grave=True), "said": luc.said() + paul.said()}


def without_logind(at: Room) -> dict[str, Any]:
    """Nobody knows sessions: two buses, one screen locked, then both, then nobody."""
    at.account(MARIE, LUC)
    marie, luc = at.desk(MARIE), at.desk(LUC)
    luc.set("locked")
    said = {"one_locked": [Linux().show(TEXT, grave=True), *_counts(marie, luc)]}
    marie.set("locked")
    said["both_locked"] = [Linux().show(TEXT, grave=True), *_counts(marie, luc)]
    empty = at.folder / "empty"
    empty.mkdir()
    said["nobody"] = [Linux(empty).show(TEXT, grave=True)]
    return said


def without_program(at: Room) -> dict[str, Any]:
    """Notices cannot be shown at all: said where somebody sits here, and there alone."""
    at.account(MARIE)
    marie = at.desk(MARIE)
    at.session(MARIE)
    before = Linux().lacks()
    nothing = at.folder / "nothing"
    nothing.touch(mode=0o644)
    subprocess.run(["mount", "--bind", nothing, "/usr/bin/notify-send"], check=True)
    empty = Linux(at.folder).lacks()
    at.sign_in()
    return {
        "before": before,
        "empty": empty,
        "lacks": Linux().lacks(),
        "shown": Linux().show(TEXT, grave=True),
        "said": marie.said(),
    }


def week(at: Room) -> dict[str, Any]:
    """The agent's own minutes, before two people: two calm notices and one grave one."""
    at.account(MARIE, LUC)
    desks = at.desk(MARIE), at.desk(LUC)
    at.session(MARIE)
    at.session(MARIE, TYPE="x11")
    at.session(LUC)
    at.sign_in()
    agent = Agent(parse('[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'), at.folder / "home")
    chosen = parts(agent)
    notices = Notices(agent.folder / "notices.db")

    def keep(text: str, *, grave: bool = False) -> None:
        notices.keep(report=text, deed="TELL", text=text, button="", grave=grave, at=NIGHT)

    def minutes(day: int) -> list[list[str]]:
        for minute in range(3):
            for call in chosen.each_minute:
                call(NIGHT + timedelta(days=day, minutes=minute))
        return [[row["text"] for row in desk.said()] for desk in desks]

    keep("Un.")
    keep("Deux.")
    said: dict[str, Any] = {"first": minutes(0), "same_week": minutes(5)}
    keep("Grave.", grave=True)
    said["grave"] = minutes(6)
    said["later"] = minutes(14)
    said["counted"] = notices.interruptions(NIGHT, NIGHT + timedelta(days=30))
    said["blind"] = agent.blind()
    return said


def _timed() -> list[float]:
    begun = time.monotonic()
    shown = Linux().show(TEXT, grave=True)
    return [shown, time.monotonic() - begun]


def _counts(*desks: Desk) -> list[int]:
    return [len(desk.said()) for desk in desks]


PLAYS = {
    play.__name__: play
    for play in (seen, who, behind, mute, planted, without_logind, without_program, week)
}

if __name__ == "__main__":
    with room(Path(sys.argv[2])) as made:
        sys.stdout.write(json.dumps(PLAYS[sys.argv[1]](made)))
