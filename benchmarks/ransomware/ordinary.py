"""Ordinary loads with and without `vigie watch`: false alarms and slow-down.

    python benchmarks/ransomware/ordinary.py [--quick] [--runs 5] [--only TEXT …] [--unwatched]

See benchmarks/README.md for what each column means.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import family
from ground import PLACE, Ground, ground
from loads import LOADS, RENAMES, SAVES, TRANSACTIONS, Load
from table import show

from vigie.routines.rehearsals.blackbox import Watch

LATE = 2.0  # seconds after a load in which a verdict still counts as its own
LIMIT = 240.0  # seconds that one load may take
LONG = 0.1  # seconds: below, a ratio says more about the machine than about the watch
QUICK = (
    "unzip of 300 documents",
    "mogrify of 60 photos in place",
    "qpdf encrypts 30 PDF in place",
    "3,000 SQLite transactions",
    "gpg -c of five files, then deleted",
    "zip -m of 40 files",
    "40 saves that truncate, then write",
    "a folder moved away",
)


@dataclass(frozen=True, slots=True)
class Run:
    """How one load went once. `verdicts` counts what was found against ransomware."""

    load: str
    watched: bool
    seconds: float
    verdicts: int = 0
    frozen: bool = False
    asked: bool = False
    facts: str = ""
    trouble: str = ""


def run_once(place: Ground, name: str, watch_options: list[str] | None) -> Run:
    """Play one load on a fresh practice, watched unless `watch_options` is None."""
    place.reset()
    load = LOADS[name]
    world = _world(place, load)
    if load.before:
        subprocess.run(["bash", "-c", load.before], env=world, check=True)
    if watch_options is None:
        seconds, frozen, trouble = _timed(load, world, frozenset())
        family.end()
        return Run(name, False, seconds, frozen=frozen, trouble=trouble)
    with Watch(place.practice, place.beside / "watch", watch_options) as watch:
        seconds, frozen, trouble = _timed(load, world, frozenset({watch.pid}))
        time.sleep(LATE)
        if not watch.alive:
            trouble = f"the watch ended by itself: {watch.errors()}"
        family.end(frozenset({watch.pid}))
    verdicts = watch.verdicts
    deeds = frozenset[str]().union(*(said.deeds() for said in verdicts))
    return Run(
        name,
        True,
        seconds,
        verdicts=len(verdicts),
        frozen=frozen or "FREEZE" in deeds,
        asked="ASK" in deeds,
        facts=" ".join(dict.fromkeys(fact for said in verdicts for fact in said.facts)),
        trouble=trouble,
    )


def _world(place: Ground, load: Load) -> dict[str, str]:
    paths = sorted(
        path
        for path in place.manifest.documents
        if not load.kinds or path.rpartition(".")[2] in load.kinds
    )[: load.count]
    listed = "".join(f"{place.practice / path}\0" for path in paths)
    (place.beside / "list").write_text(listed)
    return os.environ | {
        "P": str(place.practice),
        "O": str(place.beside),
        "PY": sys.executable,
        "TRANSACTIONS": TRANSACTIONS,
        "RENAMES": RENAMES,
        "SAVES": SAVES,
    }


def _timed(load: Load, world: dict[str, str], ours: frozenset[int]) -> tuple[float, bool, str]:
    """Return seconds, whether somebody was stopped, and what went wrong."""
    started = time.monotonic()
    work = subprocess.Popen(["bash", "-c", load.script], env=world, start_new_session=True)
    ended: list[float] = []

    def wait() -> None:
        work.wait()
        ended.append(time.monotonic())

    waiter = threading.Thread(target=wait)
    waiter.start()
    frozen = False
    while waiter.is_alive() and not frozen and time.monotonic() - started < LIMIT:
        waiter.join(0.1)
        frozen = waiter.is_alive() and bool(family.STOPPED & set(family.living(ours).values()))
    if waiter.is_alive():
        family.end(ours | {work.pid})
        work.kill()
    waiter.join()
    family.reap(ours)
    trouble = "" if work.returncode == 0 or frozen else f"ended with {work.returncode}"
    return ended[0] - started, frozen, trouble


def summarised(runs: list[Run]) -> bool:
    """Print the table and what the issue's goals are about; return whether nothing was stopped."""
    rows = []
    ratios = []
    bare_total = watched_total = 0.0
    for name in dict.fromkeys(run.load for run in runs):
        bare = [run.seconds for run in runs if run.load == name and not run.watched]
        of = [run for run in runs if run.load == name and run.watched]
        plain, watched = median(bare), median([run.seconds for run in of]) if of else None
        if watched:
            ratios.append((watched / plain, name, plain))
            bare_total += plain
            watched_total += watched
        rows.append(
            (
                name,
                plain,
                watched,
                watched / plain if watched else None,
                sum(run.verdicts for run in of),
                sum(run.frozen for run in of),
                sum(run.asked for run in of),
                " ".join(dict.fromkeys(run.facts for run in of)),
                " ".join(dict.fromkeys(run.trouble for run in runs if run.load == name)),
            )
        )
    show(
        (
            "load",
            "alone s",
            "watched s",
            "ratio",
            "verdicts",
            "frozen",
            "asked",
            "facts",
            "trouble",
        ),
        rows,
    )
    if ratios:
        print(f"\nwhole suite: {watched_total / bare_total:.3f} ×")
        long = [(ratio, name, plain) for ratio, name, plain in ratios if plain >= LONG]
        for title, among in (("worst single", ratios), (f"worst single from {LONG} s on", long)):
            ratio, name, plain = max(among, default=(0.0, "none", 0.0))
            print(f"{title}: {ratio:.2f} × ({name}, {plain:.3f} s alone)")
    watched_runs = [run for run in runs if run.watched]
    wrong = sum(
        run.frozen or (run.verdicts and not LOADS[run.load].question) for run in watched_runs
    )
    print(f"loads: {len(rows)}, false alarms: {wrong} of {len(watched_runs)} watched runs")
    return not wrong


def main() -> int:
    """Play what was asked for; return 1 when something ordinary was stopped."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a few loads, once each")
    options.add_argument("--runs", type=int, default=5, help="how often, with and without")
    options.add_argument("--only", nargs="*", default=[], help="loads whose name holds a text")
    options.add_argument("--unwatched", action="store_true", help="without Vigie only")
    options.add_argument("--files", type=int, default=700)
    options.add_argument("--bytes", type=int, default=110_000_000)
    options.add_argument("--place", type=Path, default=PLACE, help="a folder on a real disk")
    options.add_argument("--json", type=Path, help="also write one JSON line for each run here")
    options.add_argument("--watch", action="append", default=[], help="an option for vigie watch")
    asked = options.parse_args()
    family.adopt_orphans()
    place = ground(asked.files, asked.bytes, asked.place)
    names = [n for n in LOADS if not asked.only or any(text in n for text in asked.only)]
    if asked.quick:
        names, asked.runs = [n for n in names if n in QUICK], 1
    print(f"{place.size()} in {place.practice}\n", flush=True)
    runs = []
    for name in names:
        for _ in range(asked.runs):
            for watch_options in (None,) if asked.unwatched else (None, asked.watch):
                run = run_once(place, name, watch_options)
                runs.append(run)
                line = json.dumps(asdict(run), ensure_ascii=False)
                print(line, file=sys.stderr, flush=True)
                if asked.json:
                    with asked.json.open("a") as out:
                        out.write(line + "\n")
    return 0 if summarised(runs) else 1


if __name__ == "__main__":
    sys.exit(main())
