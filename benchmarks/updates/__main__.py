"""Bad updates and good ones, with real apt, killed and not: what is lost, taken back, kept.

python -m benchmarks.updates [--runs 300] [--database sqlite|postgresql] [--layout none|btrfs|…]
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from vigie.routines.rehearsals.update_room import Room

DATABASES = ("sqlite", "postgresql")
LAYOUTS = ("none", "btrfs", "btrfs_mounted")
PROJECT = Path(__file__).parents[2]
MEGABYTES = 900  # of each room


def batch(
    place: Path, database: str, layout: str, seed: int, runs: int, killed: bool, only: str
) -> Iterator[dict[str, Any]]:
    """Play some runs in a room of their own, and yield each as it ends."""
    with tempfile.TemporaryDirectory(dir=place, prefix=f"{database}-{layout}-") as scratch:
        room = Room(scratch=Path(scratch), megabytes=MEGABYTES)
        path = f"{PROJECT}:{PROJECT / 'src'}"
        arguments = (scratch, database, layout, str(seed), str(runs), "1" if killed else "0", only)
        for line in room.lines("benchmarks.updates.inside", *arguments, more={"PYTHONPATH": path}):
            yield json.loads(line)
        said = Path(scratch, "said").read_text("utf-8", "replace")
        (place / f"said-{database}-{layout}-{seed}.txt").write_text(said)


def fine(run: dict[str, Any]) -> bool:
    """Return whether a run ended as it must."""
    if run["lost"] or not run["answers"] or run["audit"].strip() or not run["whole"]:
        return False
    if run["good"] and not run["killed_after"]:
        return bool(run["kept"])
    return bool(run["back"] or (run["good"] and run["kept"]))


def table(runs: Sequence[dict[str, Any]]) -> bool:
    """Print what became of all runs; return whether every goal is met."""
    by_name = defaultdict(list)
    for run in runs:
        by_name[run["name"]].append(run)
    print(f"{'kind':34} {'runs':>5} {'as it must':>10} {'lost':>6}  how it was seen")
    for name, some in sorted(by_name.items()):
        why = Counter(run["reason"] or run["state"] for run in some)
        told = ", ".join(f"{reason} {count}" for reason, count in why.most_common(4))
        lost = sum(run["lost"] for run in some)
        print(f"{name:34} {len(some):5} {sum(map(fine, some)):10} {lost:6}  {told}")
    bad = [run for run in runs if not run["good"]]
    good = [run for run in runs if run["good"]]
    calm = [run for run in good if not run["killed_after"]]
    false = [run for run in calm if not run["kept"]]
    lost = sum(run["lost"] for run in runs)
    back = [run["rollback"] for run in runs if run["rollback"]]
    print(f"runs {len(runs)}, of which killed {sum(bool(r['killed_after']) for r in runs)}")
    print(f"records lost or changed in the end: {lost}")
    print(f"bad: {sum(run['back'] for run in bad)} of {len(bad)} back at the former version")
    print(f"good: {sum(run['kept'] for run in good)} of {len(good)} kept; not cut off: "
          f"{len(calm) - len(false)} of {len(calm)}; false rollbacks {len(false)}")  # fmt: skip
    if back:
        print(f"going back: median {median(back):.2f} s, longest {max(back):.2f} s")
    for run in runs:
        if not fine(run):
            print("NOT AS IT MUST:", json.dumps(run, ensure_ascii=False))
    return all(map(fine, runs))


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=34, help="in each combination")
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--layout", choices=(*LAYOUTS, "bundled"))
    parser.add_argument("--kill", choices=("yes", "no", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--rooms", type=int, default=1, help="at once")
    parser.add_argument("--place", type=Path, default=Path("/var/tmp/vigie-bench"))
    parser.add_argument("--json", type=Path, help="keep each run as a line")
    asked = parser.parse_args()
    asked.place.mkdir(parents=True, exist_ok=True)
    kills = {"yes": [True], "no": [False], "both": [False, True]}[asked.kill]
    some = list(product(
        [asked.database] if asked.database else DATABASES,
        [asked.layout] if asked.layout else LAYOUTS,
        kills,
    ))  # fmt: skip
    runs: list[dict[str, Any]] = []

    def play(number: int) -> None:
        database, layout, killed = some[number]
        seed = asked.seed * 1000 + number
        for run in batch(asked.place, database, layout, seed, asked.runs, killed, asked.only):
            runs.append(run)
            if asked.json:
                with asked.json.open("a") as file:
                    file.write(json.dumps(run, ensure_ascii=False) + "\n")
            told = (
                run[key] for key in ("name", "kill", "killed_after", "state", "reason", "seconds")
            )
            mark = "ok" if fine(run) else "NOT AS IT MUST"
            print(database, layout, *told, run["rollback"], mark, file=sys.stderr, flush=True)

    with ThreadPoolExecutor(asked.rooms) as rooms:
        list(rooms.map(play, range(len(some))))
    return 0 if table(runs) else 1


if __name__ == "__main__":
    sys.exit(main())
