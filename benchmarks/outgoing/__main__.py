"""Simulated leaks over replayed sent folders.

`python benchmarks/outgoing [FOLDER …] [--practices N] [--seed N] [--show]`: each FOLDER is a
Maildir, a folder of .eml files or an mbox; besides, N made-up practices are replayed. Seeds under
100 were used while the rules were written; the quoted figures come from others.
"""

import argparse
import statistics
from collections import Counter
from pathlib import Path

from folder import from_disk
from leaks import LEAKS
from made_up import practice
from replay import Tally, replay


def main() -> None:
    """Print one table for each folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", nargs="*", type=Path)
    arguments.add_argument("--practices", type=int, default=3)
    arguments.add_argument("--seed", type=int, default=1000)
    arguments.add_argument("--show", action="store_true")
    wanted = arguments.parse_args()
    for path in wanted.folders:
        told = [
            replay(from_disk(path), wanted.seed + run, show=wanted.show and not run)
            for run in range(5)
        ]
        _print(f"{path.name} (5 rounds of leaks)", told, show=wanted.show)
    made = [practice(wanted.seed + run) for run in range(wanted.practices)]
    told = [
        replay(folder, wanted.seed, show=wanted.show and not i) for i, folder in enumerate(made)
    ]
    if told:
        _print(f"{len(told)} made-up practices", told, show=wanted.show)


def _print(title: str, told: list[Tally], *, show: bool) -> None:
    sends, asked = sum(t.sends for t in told), sum(t.questioned for t in told)
    why = sum((t.why for t in told), Counter())
    print(f"\n{title}: {sends} normal sends, {asked} questioned ({asked / sends:.1%})", dict(why))
    every: list[bool] = []
    for kind in LEAKS:
        held = [h for t in told for h in t.leaks[kind]]
        every += held
        if held:
            print(f"  {kind:30} {sum(held):6} of {len(held):6} held  {sum(held) / len(held):6.1%}")
        if show:
            for line in [line for t in told for line in t.missed[kind]][:12]:
                print("      missed:", line)
    print(
        f"  {'all leaks':30} {sum(every):6} of {len(every):6} held  {sum(every) / len(every):6.1%}"
    )
    seconds = sorted(s for t in told for s in t.seconds)
    slow = seconds[int(0.95 * len(seconds))]
    print(f"  judged in {statistics.median(seconds) * 1e3:.1f} ms, {slow * 1e3:.1f} ms at p95")


if __name__ == "__main__":
    main()
