"""Encryptors against `vigie watch`: what was lost for good, what was harmed, how fast it ended.

    python benchmarks/ransomware/attacks.py [--quick] [--runs 5] [--rate 417] [--unprotected]

See benchmarks/README.md for what each column means.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import family
from ground import PLACE, Ground, ground, still_mounted
from table import show, spread

from vigie.routines.rehearsals.blackbox import Said, Watch
from vigie.routines.rehearsals.encryptors import BEHAVIOURS, ORDERS, listed
from vigie.routines.rehearsals.progress import Progress

FASTEST_KNOWN = 417.0  # documents a second, the fastest LockBit (Splunk SURGe, 2022)
STILL = 1.0  # seconds without a living, moving attacker after which it counts as stopped
WAITING = (
    5.0  # the same when somebody is stopped and the others do nothing more: a slow one strikes
)
# once a second
LIMIT = 180.0  # seconds that one attack may take
LATE = 1.5  # seconds of silence after which the watch has said everything
RESTORED = 60.0  # seconds that the restoration may take
UNPROTECTED_RATE = 200.0  # documents a second, so that the slow ones end
QUICK = (
    ("in_place", "sorted"),
    ("new_then_deleted", "random"),
    ("tail_only", "newest_first"),
    ("moved_out", "random"),
    ("archived_then_deleted", "canaries_avoided"),
    ("eight_processes", "random"),
    ("in_relay", "random"),
    ("slow_one_process_each", "canaries_avoided"),
)
# A person may want this, so Vigie asks; what it is worth is measured after the person's answer.
ASKED_ABOUT = frozenset({"archived_then_deleted"})
ANSWER = ("--when-asked", "restore")
STOPPED = frozenset({"frozen", "blocked"})
SETTLED = frozenset({"DONE", "NOT_NEEDED", "FAILED"})


@dataclass(frozen=True, slots=True)
class Run:
    """How one attack went."""

    behaviour: str
    order: str
    harmed: int  # documents changed, moved or removed before the end
    lost: int  # documents whose content is at no place of its own at the end
    milliseconds: float | None  # from the first harm to the moment when nobody could harm
    ended_by: str  # frozen, blocked, finished or never
    facts: str
    restored: bool  # the watch said that the restoration is done
    trouble: str = ""


def attack(place: Ground, behaviour: str, order: str, options: argparse.Namespace) -> Run:
    """Play one attack on a fresh practice."""
    place.reset()
    if options.unprotected:
        return _played(place, behaviour, order, options, None)
    try:
        answer = ANSWER if behaviour in ASKED_ABOUT else ()
        with Watch(place.practice, place.beside / "watch", [*options.watch, *answer]) as watch:
            run = _played(place, behaviour, order, options, watch)
    except RuntimeError as trouble:
        family.end()
        run = Run(behaviour, order, 0, -1, None, ended_by="never", facts="", restored=False,
                  trouble=str(trouble))  # fmt: skip
    left = still_mounted(place.practice)
    lost = len(place.manifest.lost(place.practice))
    note = "a mount was left behind" if left else run.trouble
    return dataclasses.replace(run, lost=lost, trouble=note)


def _played(
    place: Ground, behaviour: str, order: str, options: argparse.Namespace, watch: Watch | None
) -> Run:
    seed = options.seed
    paths = listed(place.practice, order, seed)
    progress = Progress(place.beside / "progress", len(paths))
    ours = frozenset({watch.pid} if watch else ())
    started = time.monotonic()
    _start(place, behaviour, order, options)
    stopped_at, ended_by = _until_still(watch, progress, started + LIMIT)
    restored, trouble = _answered(watch, progress) if watch else (False, "")
    begun = progress.begun()
    harmed = [slot for slot in progress.harmed() if paths[slot] in place.manifest.documents]
    progress.close()
    family.end(ours)
    verdicts = watch.verdicts if watch else []
    return Run(
        behaviour,
        order,
        harmed=len(harmed),
        lost=len(place.manifest.lost(place.practice)) if not watch else -1,
        milliseconds=(stopped_at - begun[0]) / 1e6 if begun and ended_by in STOPPED else None,
        ended_by=ended_by,
        facts=" ".join(dict.fromkeys(fact for said in verdicts for fact in said.facts)),
        restored=restored,
        trouble=trouble,
    )


def _start(place: Ground, behaviour: str, order: str, options: argparse.Namespace) -> None:
    rate = options.rate
    if options.unprotected and BEHAVIOURS[behaviour].rate:
        rate = UNPROTECTED_RATE
    elif options.rate and BEHAVIOURS[behaviour].rate:
        rate = None  # a patient attacker stays patient
    subprocess.Popen(
        [
            *(sys.executable, "-m", "vigie.routines.rehearsals.encryptors"),
            *(str(place.practice), behaviour, "--order", order, "--seed", str(options.seed)),
            *("--progress", str(place.beside / "progress")),
            *("--elsewhere", str(place.beside / "elsewhere")),
            *(["--rate", str(rate)] if rate else []),
        ],
        start_new_session=True,
    )


def _until_still(watch: Watch | None, progress: Progress, limit: float) -> tuple[int, str]:
    """Return when the attackers came to a standstill (ns, monotonic), and what ended them.

    `frozen`: nobody is left who moves, or the others wait for somebody stopped. `blocked`: they
    go on and harm nothing any more, since the watch closed the folder. `finished`: nobody is left.
    """
    ours = frozenset({watch.pid} if watch else ())
    since = time.monotonic_ns()
    before: tuple[bool, bool, int] | None = None
    while time.monotonic() < limit:
        members = family.living(ours)
        frozen = family.stopped(members)
        waiting = bool(family.STOPPED & set(members.values()))
        closed = watch is not None and any("BLOCK" in said.deeds("DONE") for said in watch.verdicts)
        now = (frozen, waiting, 0 if frozen else len(progress.harmed()))
        if now != before:
            before, since = now, time.monotonic_ns()
        calm = (time.monotonic_ns() - since) / 1e9
        if calm > STILL and frozen:
            return since, "frozen"
        if calm > STILL and not members:
            return progress.last(), "blocked" if closed else "finished"
        if calm > WAITING and (waiting or closed):
            return (since, "frozen") if waiting else (progress.last(), "blocked")
        family.reap(ours)
        time.sleep(0.001)
    return progress.last(), "never"


def _answered(watch: Watch, progress: Progress) -> tuple[bool, str]:
    """Wait for what the watch does about the harm; return whether it restored, and any trouble."""
    if not progress.begun():
        return False, "nothing was harmed"
    said = watch.wait(_concluded, RESTORED)
    if said is None:
        return False, "" if watch.alive else f"the watch ended by itself: {watch.errors()}"
    _last_word(watch)
    results = [said.deeds("DONE", "NOT_NEEDED") for said in watch.verdicts if _concluded(said)]
    return all("RESTORE" in result for result in results), ""


def _concluded(said: Said) -> bool:
    return said.kind == "verdict" and "RESTORE" in said.deeds(*SETTLED)


def _last_word(watch: Watch) -> None:
    """Wait until the watch has nothing more to say: a second verdict restores once more."""
    heard = -1
    while heard != len(watch.said):
        heard = len(watch.said)
        time.sleep(LATE)


def summarised(runs: Sequence[Run]) -> None:
    """Print one row for each behaviour and order, then what the issue's goals are about."""
    rows = []
    for behaviour, order in dict.fromkeys((run.behaviour, run.order) for run in runs):
        of = [run for run in runs if (run.behaviour, run.order) == (behaviour, order)]
        times = [run.milliseconds for run in of if run.milliseconds is not None]
        rows.append(
            (
                behaviour,
                order,
                max(run.lost for run in of),
                median(run.harmed for run in of),
                max(run.harmed for run in of),
                median(times) if times else None,
                " ".join(dict.fromkeys(run.ended_by for run in of)),
                f"{sum(run.restored for run in of)}/{len(of)}",
                " ".join(dict.fromkeys(run.facts for run in of)),
                " ".join(dict.fromkeys(run.trouble for run in of)),
            )
        )
    show(("behaviour", "order", "lost", "harmed", "harmed max", "ms", "ended", "restored", "facts",
          "trouble"), rows)  # fmt: skip
    times = [run.milliseconds for run in runs if run.milliseconds is not None]
    print(f"\nattacks: {len(runs)}, without any loss: {sum(run.lost == 0 for run in runs)}")
    print("lost for good:", spread([run.lost for run in runs]))
    print("harmed before the end:", spread([run.harmed for run in runs]))
    print("first harm to the end of harm:", spread(times, " ms"))


def parser() -> argparse.ArgumentParser:
    """Return the options that all attack tables share."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a few attacks on 300 documents")
    options.add_argument("--runs", type=int, default=1, help="how often each is played")
    options.add_argument("--rate", type=float, help="documents a second, e.g. 417")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--files", type=int, default=2000)
    options.add_argument("--bytes", type=int, default=370_000_000)
    options.add_argument("--only", nargs="*", help="behaviours", choices=BEHAVIOURS)
    options.add_argument("--orders", nargs="*", choices=ORDERS, default=ORDERS)
    options.add_argument("--unprotected", action="store_true", help="without Vigie")
    options.add_argument("--place", type=Path, default=PLACE, help="a folder on a real disk")
    options.add_argument("--json", type=Path, help="also write one JSON line for each attack here")
    options.add_argument("--watch", action="append", default=[], help="an option for vigie watch")
    return options


def play(options: argparse.Namespace, one: Callable[..., Run] = attack) -> list[Run]:
    """Play every attack asked for, and print the tables."""
    family.adopt_orphans()
    if options.quick:
        options.files, options.bytes = 300, 40_000_000
    place = ground(options.files, options.bytes, options.place)
    pairs = [(b, o) for b in options.only or BEHAVIOURS for o in options.orders]
    if options.quick and not options.only:
        pairs = list(QUICK)
    print(f"{place.size()} in {place.practice}\n", flush=True)
    runs = []
    for _ in range(options.runs):
        options.seed += 1
        for behaviour, order in pairs:
            run = one(place, behaviour, order, options)
            runs.append(run)
            line = json.dumps(dataclasses.asdict(run))
            print(line, file=sys.stderr, flush=True)
            if options.json:
                with options.json.open("a") as out:
                    out.write(line + "\n")
    summarised(runs)
    return runs


if __name__ == "__main__":
    asked = parser().parse_args()
    played = play(asked)
    sys.exit(0 if asked.unprotected or all(run.lost == 0 for run in played) else 1)
