"""Late failures: a version that was kept dies the next morning, after people have worked with it.

python -m benchmarks.updates.late [--runs 10] [--database sqlite|postgresql] [--layout none|btrfs]

What was entered since must be in the former version afterwards, or on the sheet.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.updates.inside import CONNINFO, furnish
from benchmarks.updates.kinds import GOOD
from vigie.routines.rehearsals.update_inside import BASE, DATA, VISITS, Inside
from vigie.routines.rehearsals.update_packages import FIRST, PROGRAM
from vigie.routines.rehearsals.update_room import Room, say

PROJECT = Path(__file__).parents[2]
KINDS = ("added_column", "renamed_column", "table_made_anew")


def morning(room: Inside, kind: str, chance: random.Random) -> dict[str, Any]:
    """Work with the new version for a morning; return what was entered."""
    first = "prenoms" if kind == "renamed_column" else "prenom"
    mark = "?" if room.where == BASE else "%s"
    new, changed, scans = chance.randint(5, 60), chance.randint(1, 20), chance.randint(0, 3)
    entered: dict[str, Any] = {"new": {}, "changed": {}, "patients": {}, "scans": {}, "homeless": 0}
    with closing(room.connect()) as base:
        for number in range(1, new // 5 + 1):
            row = (10_000 + number, f"Nouvelle-Éloïse {number}", "Anaïs", "1980-02-02")
            base.execute(
                f"INSERT INTO patient (id, nom, {first}, ne) VALUES ({', '.join([mark] * 4)})",
                row,
            )
            entered["patients"][row[0]] = row
            if kind == "added_column" and number % 2:
                base.execute(f"UPDATE patient SET courriel = 'a@b.example' WHERE id = {row[0]}")
                entered["homeless"] += 1
        for number in range(VISITS + 1, VISITS + 1 + new):
            row = (number, 10_001, "2026-11-25", "Urgence", f"Saisie du matin n° {number}", number)
            base.execute(f"INSERT INTO consultation VALUES ({', '.join([mark] * 6)})", row)
            entered["new"][number] = row
        for number in chance.sample(range(1, VISITS), changed):
            text = f"Complété ce matin : {number} — évolution favorable"
            base.execute(
                f"UPDATE consultation SET texte = {mark} WHERE id = {mark}", (text, number)
            )
            entered["changed"][number] = text
        base.commit()
    for number in range(scans):
        name = f"matin-{number}.txt"
        (Path(DATA) / "scans" / name).write_text(f"Courrier reçu {number}")
        entered["scans"][name] = f"Courrier reçu {number}"
    return entered


def carried(room: Inside, entered: dict[str, Any]) -> tuple[int, int]:
    """Return how many of the morning's entries are in the former version, and of how many."""
    truth = room.truth()
    visits, people, scans = truth["consultation"], truth["patient"], truth["scan"]
    there = sum(visits.get(number) == tuple(row) for number, row in entered["new"].items())
    there += sum(people.get(number) == tuple(row) for number, row in entered["patients"].items())
    there += sum(visits[number][4] == text for number, text in entered["changed"].items())
    there += sum(scans.get(n) == (text.encode(),) for n, text in entered["scans"].items())
    return there, sum(len(entered[kind]) for kind in ("new", "patients", "changed", "scans"))


def play(folder: str, database: str, layout: str, seed: str, runs: str) -> None:
    """Play inside a room."""
    where = BASE if database == "sqlite" else CONNINFO
    room = Inside(folder=Path(folder), where=where, watched=1, silent=6)
    os.environ["VIGIE_HOME"] = str(room.home)
    furnish(room, database, layout)
    chance = random.Random(int(seed))
    for number in range(int(runs)):
        kind = chance.choice(KINDS)
        before = room.truth()
        version = f"3.{number}"
        room.repository.publish(GOOD[kind].numbered(version))
        room.vigie("update", "run")
        kept = room.version() == version
        entered = morning(room, kind, chance)
        Path(PROGRAM, "application").write_text("dies at ten\n")
        _, answers = room.vigie("update", "rollback")
        now = room.truth()
        old = sum(
            now[table].get(key) != row
            for table, rows in before.items()
            for key, row in rows.items()
            if not (table == "consultation" and key in entered["changed"])
        )
        there, of = carried(room, entered)
        told = answers[-1]
        say(kind=kind, kept=kept, back=room.version() == FIRST, lost=old, carried=there, of=of,
            homeless=entered["homeless"], reenter=told["reenter"], sheet=bool(told["sheet"]),
            seconds=told["seconds"], database=database, layout=layout)  # fmt: skip
        room.repository.withdraw(version)
        room.apt("update")
        room.renew()


def table(runs: Sequence[dict[str, Any]]) -> bool:
    """Print what became of all mornings; return whether every goal is met."""
    there, of = sum(r["carried"] for r in runs), sum(r["of"] for r in runs)
    homeless = sum(run["homeless"] for run in runs)
    on_sheet = sum(run["reenter"] for run in runs)
    print(f"late failures {len(runs)}, back at the former version {sum(r['back'] for r in runs)}")
    print(f"records of before lost or changed: {sum(run['lost'] for run in runs)}")
    print(f"entries of the morning: {of}, carried back {there} ({there / of:.1%})")
    print(f"values without a place: {homeless}, rows on the sheets {on_sheet}")
    print(f"seconds: longest {max(run['seconds'] for run in runs)}")
    good = all(r["back"] and r["kept"] and not r["lost"] for r in runs)
    return good and there >= 0.95 * of and on_sheet >= homeless


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--layout", choices=("none", "btrfs", "btrfs_mounted"), default="none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--place", type=Path, default=Path("/var/tmp/vigie-bench"))
    asked = parser.parse_args()
    asked.place.mkdir(parents=True, exist_ok=True)
    runs = []
    with tempfile.TemporaryDirectory(dir=asked.place) as scratch:
        room = Room(scratch=Path(scratch), megabytes=900)
        arguments = (scratch, asked.database, asked.layout, str(asked.seed), str(asked.runs))
        more = {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'src'}"}
        for line in room.lines("benchmarks.updates.late", "inside", *arguments, more=more):
            runs.append(json.loads(line))
            print(line.strip(), file=sys.stderr, flush=True)
        (asked.place / "said-late.txt").write_text(
            Path(scratch, "said").read_text("utf-8", "replace")
        )
    return 0 if table(runs) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        play(*sys.argv[2:7])
        sys.exit(0)
    sys.exit(main())
