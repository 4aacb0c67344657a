"""The open printer: found, falsely accused, printed, locked out, and how long it takes.

    python -m benchmarks.network --seeds 1000-1019
    python -m benchmarks.network --seeds 1000-1000 --crowd 0 --nmap       (rival on the same bed)
    python -m benchmarks.network --seeds 1000-1002 --crowd 39 --droppers 61

Needs root, and the programs that ./test installs. Each bed is made in network namespaces.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "stage"))

import practice_lan  # noqa: E402

from vigie.guards.open_printer.guard import FACTS  # noqa: E402

DOOR_OF = {fact: door.value for door, (fact, _) in FACTS.items()}
DOOR_OF |= {"settings_to_check": "settings", "open_to_internet": "mapping"}


def main() -> None:
    """Measure every seed and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1000-1004")
    parser.add_argument("--crowd", type=int, default=0, help="devices that refuse every port")
    parser.add_argument("--droppers", type=int, default=1, help="devices that drop everything")
    parser.add_argument("--nmap", action="store_true", help="time nmap -sV on the same bed")
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))
    rows = [measured(seed, options) for seed in range(first, last + 1)]
    total = {key: sum(row[key] for row in rows) for key in rows[0] if key != "seconds"}
    seconds = [row["seconds"] for row in rows]
    print(f"beds {len(rows)}  found {total['found']} of {total['planted']}  false {total['false']}")
    print(f"decoys {total['decoys']}  raw bytes {total['raw']}  pages {total['pages']}")
    print(f"wrong passwords, most at one device: {max(row['passwords'] for row in rows)}")
    print(f"settings changed: {total['changes']}")
    print(f"seconds: median {statistics.median(seconds):.1f}, worst {max(seconds):.1f}")
    print(f"of the processor: {total['processor'] / len(rows):.1f} s a scan")
    if options.nmap:
        print(f"nmap -sV: {total['nmap']:.0f} s for {len(rows)} beds")


def measured(seed: int, options: argparse.Namespace) -> dict[str, float]:
    """Build one bed, scan it, and compare."""
    with tempfile.TemporaryDirectory(prefix="vg-") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "bed"
        folder.mkdir()
        # nmap would ask each of a trap's ports for minutes: the rival is spared it.
        bed = practice_lan.build(
            folder, seed, crowd=options.crowd, droppers=options.droppers, trap=not options.nmap
        )
        try:
            row = scanned(bed, Path(name) / "home")
            row["nmap"] = rival(bed) if options.nmap else 0.0
        finally:
            bed.lan.close()
    words = (f"{key} {value:g}" for key, value in row.items())
    print(f"seed {seed}: {', '.join(words)}", flush=True)
    return row


def scanned(bed: practice_lan.Bed, home: Path) -> dict[str, float]:
    """Run the command as a caretaker does."""
    began, spent = time.monotonic(), sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    ran = subprocess.run(
        ["ip", "netns", "exec", bed.agent, sys.executable, "-m", "vigie.cli", "scan", "network",
         bed.network, "--json", "--try-default-passwords"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "VIGIE_HOME": str(home)},
    )  # fmt: skip
    took = time.monotonic() - began
    spent = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - spent
    found = Counter(
        (row["input"], DOOR_OF[finding["fact"]])
        for row in map(json.loads, ran.stdout.splitlines())
        for finding in row["findings"]
        if finding["fact"] in DOOR_OF
    )
    planted = Counter(bed.planted)
    missed, false = planted - found, found - planted
    for place, count in [*missed.items(), *false.items()]:
        print(f"   {'missed' if place in missed else 'false'} {place} ×{count}")
    raw, pages = bed.printed()
    return {
        "planted": planted.total(),
        "found": (planted & found).total(),
        "false": false.total(),
        "decoys": len(bed.decoys),
        "raw": raw,
        "pages": pages,
        "changes": bed.counted.changes.total(),
        "passwords": max(bed.counted.passwords.values(), default=0),
        "seconds": took,
        "processor": spent,
    }


def rival(bed: practice_lan.Bed) -> float:
    """Return how long nmap's own look at versions takes; what it prints is not counted."""
    began = time.monotonic()
    subprocess.run(
        ["ip", "netns", "exec", bed.agent, "nmap", "-sV", "-T4", "-n", bed.network],
        capture_output=True, check=False,
    )  # fmt: skip
    return time.monotonic() - began


if __name__ == "__main__":
    main()
