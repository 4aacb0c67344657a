"""The watch at rest: its share of one core and its memory, the whole process tree.

    python benchmarks/ransomware/rest.py [--seconds 60]

See benchmarks/README.md for what each figure means.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import family
from ground import PLACE, ground

from vigie.routines.rehearsals.blackbox import Watch

SETTLING = 15.0  # seconds after the start before anything is measured
TICKS = os.sysconf("SC_CLK_TCK")
MOST_CPU, MOST_MEMORY = 1.0, 120.0  # percent of a core, MB: the goals


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and of its ended children, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def memory(pid: int) -> float:
    """Return the proportional set size of a process in MB: shared pages are divided up."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def main() -> int:
    """Measure, print, and return 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--files", type=int, default=2000)
    options.add_argument("--bytes", type=int, default=370_000_000)
    options.add_argument("--place", type=Path, default=PLACE, help="a folder on a real disk")
    options.add_argument("--watch", action="append", default=[], help="an option for vigie watch")
    asked = options.parse_args()
    family.adopt_orphans()
    place = ground(asked.files, asked.bytes, asked.place)
    place.reset()
    started = time.monotonic()
    with Watch(place.practice, place.beside / "watch", asked.watch) as watch:
        ready = time.monotonic() - started
        time.sleep(SETTLING)
        tree = sorted(family.living())
        before, at = sum(map(processor_seconds, tree)), time.monotonic()
        time.sleep(asked.seconds)
        spent = sum(map(processor_seconds, tree)) - before
        share = 100 * spent / (time.monotonic() - at)
        held = sum(map(memory, tree))
        verdicts = len(watch.verdicts)
        died = not watch.alive or sorted(family.living()) != tree
    print(f"{place.size()}; ready after {ready:.1f} s; {len(tree)} processes")
    print(f"processor: {share:.2f} % of one core over {asked.seconds:.0f} s")
    print(f"memory: {held:.0f} MB (PSS); verdicts: {verdicts}")
    if died:
        print("the processes changed meanwhile: the figures are not of the watch at rest")
    return 1 if died or share > MOST_CPU or held > MOST_MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
