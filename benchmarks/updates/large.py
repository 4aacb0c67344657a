"""A large practice: how long going back takes, with a snapshot and without one.

python -m benchmarks.updates.large [--megabytes 1000] [--layout none|btrfs] [--database sqlite]

Data and Vigie's home lie on the disk below --place, and not in memory.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.updates.inside import CONNINFO, furnish
from benchmarks.updates.kinds import BAD
from vigie.routines.rehearsals.update_inside import BASE, DATA, VISITS, Inside, missing
from vigie.routines.rehearsals.update_packages import FIRST
from vigie.routines.rehearsals.update_room import Room, say
from vigie.routines.updates.register import Register

PROJECT = Path(__file__).parents[2]
LINE = "Tension à l’équilibre, traitement inchangé, revoir dans trois mois. "
A_ROW = 4_000  # bytes
SMALL = 300  # megabytes: what is compared record by record here as well


def grow(room: Inside, megabytes: int) -> int:
    """Add consultations until the database is so large; return how many there are."""
    rows = megabytes * 1_000_000 // A_ROW
    mark = "?" if room.where == BASE else "%s"
    six = ", ".join([mark] * 6)
    with closing(room.connect()) as base:
        cursor = base.cursor()
        for begin in range(0, rows, 5_000):
            some = [
                (VISITS + 1 + n, n % 400, "2026-11-25", "Suivi", f"{n} {LINE * 55}"[:A_ROW], n)
                for n in range(begin, min(begin + 5_000, rows))
            ]
            cursor.executemany(f"INSERT INTO consultation VALUES ({six})", some)
        base.commit()
    return rows


def play(folder: str, database: str, layout: str, megabytes: str) -> None:
    """Play inside a room whose data is on a disk."""
    where = BASE if database == "sqlite" else CONNINFO
    room = Inside(folder=Path(folder), where=where, watched=1, silent=6)
    os.environ["VIGIE_HOME"] = str(room.home)
    places = {"home": str(room.home), "cluster": "/var/tmp/cluster"}
    if layout == "none":
        places["data"] = DATA
    for name, place in places.items():
        disk = Path(folder, name)
        disk.mkdir()
        Path(place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", str(disk), place], check=True)
    furnish(room, database, layout)
    rows = grow(room, int(megabytes))
    before = room.truth() if int(megabytes) < SMALL else {}
    room.repository.publish(BAD["one_dose_ten_times"].numbered("2.0"))
    began = time.monotonic()
    _, answers = room.vigie("update", "run")
    took = time.monotonic() - began
    run = Register(room.home / "updates").runs()[-1]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say(database=database, layout=layout, megabytes=int(megabytes), rows=rows, state=run.state,
        reason=run.reason,
        records=run.records, snapshots=len(run.taken),
        back=run.back_seconds, compared=run.compared_seconds,
        whole=round(took, 1), memory=round(memory), version=room.version() == FIRST,
        lost=missing(before, room.truth()) if before else answers[-1]["lost"])  # fmt: skip


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--layout", choices=("none", "btrfs"), default="none")
    parser.add_argument("--place", type=Path, default=Path("/var/tmp/vigie-bench"))
    asked = parser.parse_args()
    asked.place.mkdir(parents=True, exist_ok=True)
    met = False
    with tempfile.TemporaryDirectory(dir=asked.place) as scratch:
        room = Room(scratch=Path(scratch), megabytes=900)
        more = {
            "PYTHONPATH": f"{PROJECT}:{PROJECT / 'src'}",
            "VIGIE_BENCH_IMAGE": str(3 * asked.megabytes + 700),
        }
        arguments = ("inside", scratch, asked.database, asked.layout, str(asked.megabytes))
        for line in room.lines("benchmarks.updates.large", *arguments, more=more):
            print(line.strip(), flush=True)
            run = json.loads(line)
            met = run["version"] and run["back"] <= (5 if asked.layout == "btrfs" else 120)
        if not met:
            print(Path(scratch, "said").read_text("utf-8", "replace")[-3000:], file=sys.stderr)
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        play(*sys.argv[2:6])
        sys.exit(0)
    sys.exit(main())
