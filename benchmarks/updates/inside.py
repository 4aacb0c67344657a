"""Inside the room: one update of each kind asked for, some of them killed, each judged afterwards.

python -m benchmarks.updates.inside FOLDER DATABASE LAYOUT SEED RUNS KILLED
"""

import contextlib
import hashlib
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.updates.kinds import KINDS, Kind
from vigie.routines.rehearsals.update_inside import BASE, DATA, NAME, PROGRAM, Inside, missing
from vigie.routines.rehearsals.update_packages import FIRST, PORT
from vigie.routines.rehearsals.update_room import say
from vigie.routines.updates.register import Register, State
from vigie.tools.databases import program

CLUSTER = Path("/var/tmp/cluster")
CONNINFO = "host=/var/tmp user=postgres dbname=cabinet"
FIRST_PATIENT = f"http://127.0.0.1:{PORT}/patient/1"
CARD_READER = "vigie-essai-carte"
SERVER = (
    *("runuser", "-u", "postgres", "--", program("pg_ctl"), "-D", str(CLUSTER), "-w"),
    *("-o", "-c listen_addresses='' -c unix_socket_directories=/var/tmp -c fsync=off"),
    *("-l", str(CLUSTER / "log"), "start"),
)
PG_CTL = f"runuser -u postgres -- {program('pg_ctl')} -D {CLUSTER}"
BUNDLE = Path("/usr/local/bin/vigie-essai-bundle")
BUNDLED = """#!/bin/sh
if [ "$1" = start ]; then
  {pg} status >/dev/null || {server} >/dev/null 2>&1
  exec {program}/application start
fi
{program}/application stop
{pg} -m fast stop >/dev/null 2>&1
exit 0
"""
LONGEST = 12.0  # seconds after which a kill comes at the latest
LIMIT = 600.0
IMAGE_MEGABYTES = int(os.environ.get("VIGIE_BENCH_IMAGE", "700"))


def furnish(room: Inside, database: str, layout: str) -> None:
    """Make the database's server and the file system, and put the first version into them."""
    Path("/var/tmp").chmod(0o1777)
    if database == "postgresql":
        shutil.rmtree(CLUSTER, ignore_errors=True)
        CLUSTER.mkdir(exist_ok=True)
        shutil.chown(CLUSTER, "postgres", "postgres")
        _as_postgres(program("initdb"), "-A", "trust", "-D", str(CLUSTER), "-E", "UTF8",
                     "--locale=C.UTF-8", "-N")  # fmt: skip
        _run(*SERVER)
        _as_postgres(program("createdb"), "-h", "/var/tmp", "cabinet")
    if layout.startswith("btrfs"):
        _btrfs(room.folder / f"{database}.btrfs", layout)
    room.repository.publish_empty(CARD_READER)
    room.open()
    room.apt("install", CARD_READER)


def _btrfs(image: Path, layout: str) -> None:
    with image.open("wb") as file:
        file.truncate(IMAGE_MEGABYTES << 20)
    _run("mkfs.btrfs", "-q", str(image))
    place = Path(DATA) if layout == "btrfs_mounted" else Path("/srv")
    place.mkdir(parents=True, exist_ok=True)
    _run("mount", "-o", "loop", str(image), str(place))
    if layout == "btrfs":
        _run("btrfs", "-q", "subvolume", "create", DATA)
    # A subvolume inside: a snapshot of the outer one leaves it out, silently.
    _run("btrfs", "-q", "subvolume", "create", f"{DATA}/scans")


def trees() -> dict[str, str]:
    """Return what the system is made of where updates write, file by file."""
    found = {}
    for top in (PROGRAM, "/etc", "/usr/share"):
        for place, _, names in os.walk(top):
            for name in names:
                file = Path(place, name)
                if file.is_file() and not file.is_symlink() and NAME in str(file):
                    content = file.read_bytes()
                    found[str(file)] = (
                        f"{hashlib.sha256(content).hexdigest()} {file.stat().st_mode}"
                    )
    return found


def one(
    room: Inside, name: str, kind: Kind, number: str, kill: str, chance: random.Random
) -> dict[str, Any]:
    """Play one update and judge it by what is there afterwards."""
    version = kind.numbered(number)
    before, files = room.truth(), trees()
    room.repository.publish(version)
    killed_after = 0.0
    began = time.monotonic()
    if kill:
        killed_after = _killed(room, kill, chance.uniform(0.2, LONGEST))
    status, answers = room.vigie("update", "run")
    if answers and answers[0].get("state") == "abandoned":
        status, answers = room.vigie("update", "run")
    took = time.monotonic() - began
    there = Path(PROGRAM, "VERSION").read_text() if Path(PROGRAM, "VERSION").exists() else ""
    names = kind.names if there == number else "id, nom, prenom, ne"
    lost, said = 10**6, ""
    with contextlib.suppress(Exception):  # whatever cannot be read is lost
        lost = missing(before, room.truth(names))
    # Only what was let through counts as unnoticed: what was taken back is compared as well.
    back = there == FIRST
    whole = back and trees() == files
    state = str(answers[-1].get("state", "")) if answers else ""
    reason = str(answers[-1].get("reason", "")) if answers else ""
    seconds = rollback_seconds(room)
    audit = subprocess.run(["dpkg", "--audit"], capture_output=True, text=True, check=False).stdout
    return {
        "name": name, "good": kind.good, "refused": kind.refused, "kill": kill,
        "killed_after": round(killed_after, 1), "state": state, "reason": reason,
        "status": status, "version": there, "back": back, "whole": whole or not back,
        "kept": there == number, "lost": lost, "answers": _answers(), "audit": audit,
        "seconds": round(took, 1), "rollback": seconds, "said": said,
        "snapshots": answers[-1].get("snapshots", 0) if answers else 0,
    }  # fmt: skip


def rollback_seconds(room: Inside) -> float:
    """Return how long the last way back took, if the latest run had one; else 0."""
    runs = Register(room.home / "updates").runs()
    return runs[-1].back_seconds if runs and runs[-1].state is State.ROLLED_BACK else 0.0


def _killed(room: Inside, kill: str, after: float) -> float:
    """Start an update and kill it after a while: the conductor alone, or everything at once."""
    process = subprocess.Popen(
        room.command("update", "run"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    began = time.monotonic()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
        return 0.0
    process.kill()
    if kill == "cut":
        for pid in _everybody():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # The machine starts again, and the application with it, before anybody has looked.
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            room.start()
    process.wait()
    return time.monotonic() - began


def _everybody() -> Iterator[int]:
    """Yield everybody in the room but us and the database server, whose own cuts are its own."""
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes()
            if pid not in {1, os.getpid(), os.getppid()} and b"postgres" not in words and words:
                yield pid


def _answers() -> bool:

    with contextlib.suppress(OSError):
        return (
            b"Essai"
            in urllib.request.urlopen("http://127.0.0.1:18042/patient/1", timeout=20).read()
        )
    return False


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdout=sys.stderr, stderr=sys.stderr, timeout=LIMIT)


def _as_postgres(*argv: str) -> None:
    _run("runuser", "-u", "postgres", "--", *argv)


def main() -> None:
    """Play the runs asked for, in an order that chance chose."""
    folder, database, layout, seed, runs, killed, only = sys.argv[1:8]
    where = BASE if database == "sqlite" else CONNINFO
    server = SERVER if database == "postgresql" else ()
    if layout == "bundled":  # the server starts and stops with the application, from its own folder
        BUNDLE.write_text(BUNDLED.format(server=shlex.join(SERVER), program=PROGRAM, pg=PG_CTL))
        BUNDLE.chmod(0o755)
    room = Inside(folder=Path(folder), where=where, watched=3, silent=6, server=server)
    if layout == "bundled":
        room = replace(room, by=str(BUNDLE), folders=(DATA, str(CLUSTER)), server=())
    os.environ["VIGIE_HOME"] = str(room.home)
    furnish(room, database, layout)
    chance = random.Random(int(seed))
    fit = {
        n: k
        for n, k in KINDS.items()
        if k.only in {"", database} and (not only or n in only.split(","))
    }
    names: list[str] = []
    while len(names) < int(runs):
        again = list(fit)
        chance.shuffle(again)
        names += again
    for number, name in enumerate(names[: int(runs)]):
        kill = ""
        if killed == "1":
            kill = chance.choice(("conductor", "cut"))
        version = f"2.{number}"
        result = one(room, name, fit[name], version, kill, chance)
        say(**result, database=database, layout=layout, seed=int(seed))
        room.repository.withdraw(version)
        if result["kept"] or not result["back"] or not result["answers"]:
            room.apt("update")
            room.renew()


if __name__ == "__main__":
    main()
