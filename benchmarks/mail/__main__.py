"""Vigie, SpamAssassin and rspamd side by side on a corpus of mail.

    python -m benchmarks.mail CORPUS [--engines vigie rspamd …] [--runs N] [--sample N] [--json OUT]

CORPUS holds `ham/PILE/…` and `phish/PILE/…`, one message a file. The recall of each engine is read
at the same share of false alarms; Vigie's tiers are shown besides, as they are shipped. Needed
besides Vigie: Debian's `spamassassin` and `rspamd`. Status 1 where a goal of Vigie's is missed.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.mail.corpus import Case, cases
from benchmarks.mail.engines import ENGINES, Played

CAREFUL = ("enron", "ml_")  # ordinary work: lists and an office's letters
LIMITS = (0.005, 0.001, 0.0005)
GOALS = {"warned": 0.75, "held": 0.35, "false": 0.005, "careful": 0.001, "false_held": 0.0005}
SPEED, MEMORY = 100.0, 200.0  # messages a second and core; megabytes


def recall_at(limit: float, asked: Sequence[Case], scores: Sequence[float]) -> float:
    """Return the share of phishing above the lowest mark with at most `limit` false alarms."""
    ham = sorted((s for s, c in zip(scores, asked, strict=True) if not c.phish), reverse=True)
    phish = [s for s, c in zip(scores, asked, strict=True) if c.phish]
    allowed = int(limit * len(ham))
    mark = ham[allowed] if allowed < len(ham) else float("-inf")
    return sum(s > mark for s in phish) / len(phish)


def share(asked: Sequence[Case], hits: Sequence[bool], *, phish: bool, piles: Sequence[str] = ()) -> float:
    """Return the share of hits among phishing or ham, of some piles where they are named."""
    inside = [
        hit
        for hit, case in zip(hits, asked, strict=True)
        if case.phish == phish and (not piles or case.pile.startswith(tuple(piles)))
    ]
    return sum(inside) / len(inside) if inside else 0.0


def show(asked: Sequence[Case], played: Sequence[Played], cores: int) -> bool:
    """Print the table; return whether Vigie reaches its goals."""
    print(f"{'':14}" + "".join(f"{f'recall at {100 * x:g} %':>18}" for x in LIMITS) + f"{'msg/s':>9}{'MB':>7}")
    for one in played:
        marks = "".join(f"{100 * recall_at(x, asked, one.scores):17.1f}%" for x in LIMITS)
        print(f"{one.name:14}{marks}{len(asked) / one.seconds:9.1f}{one.megabytes:7.0f}")
    mine = next((one for one in played if one.decisions), None)
    if mine is None:
        return True
    warned = [decision != "allow" for decision in mine.decisions]
    held = [decision in {"hold", "block"} for decision in mine.decisions]
    figures = {
        "warned": share(asked, warned, phish=True),
        "held": share(asked, held, phish=True),
        "false": share(asked, warned, phish=False),
        "careful": share(asked, warned, phish=False, piles=CAREFUL),
        "false_held": share(asked, held, phish=False),
    }
    speed = len(asked) / mine.seconds / cores
    print("\nVigie as shipped: " + ", ".join(f"{k} {100 * v:.2f} %" for k, v in figures.items()))
    print(f"{speed:.0f} messages a second and core, {mine.megabytes:.0f} MB")
    for pile in dict.fromkeys(case.pile for case in asked):
        rows = [(w, h) for w, h, c in zip(warned, held, asked, strict=True) if c.pile == pile]
        print(f"  {pile:16}{len(rows):6} warned {sum(w for w, _ in rows):5} held {sum(h for _, h in rows):5}")
    met = [figures[k] >= GOALS[k] if k in {"warned", "held"} else figures[k] <= GOALS[k] for k in GOALS]
    return all(met) and speed >= SPEED and mine.megabytes <= MEMORY


def main() -> None:
    """Play, print, end with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--runs", type=int, default=1, help="median speed of so many runs")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every Nth message")
    parser.add_argument("--json", type=Path, metavar="OUT", help="each message's scores")
    asked_for = parser.parse_args()
    asked = list(cases(asked_for.corpus))[:: asked_for.sample]
    played = []
    for name in asked_for.engines:
        runs = [ENGINES[name](asked) for _ in range(asked_for.runs)]
        runs[0].seconds = statistics.median(run.seconds for run in runs)
        played.append(runs[0])
    if asked_for.json:
        with asked_for.json.open("w") as out:
            for number, case in enumerate(asked):
                row = {one.name: one.scores[number] for one in played}
                out.write(json.dumps({"file": case.path.name, "pile": case.pile, **row}) + "\n")
    sys.exit(0 if show(asked, played, cores=2) else 1)


if __name__ == "__main__":
    main()
