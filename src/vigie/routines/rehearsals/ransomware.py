"""The first incident, played for real: encryptors let loose on a sample that Vigie watches.

The sample is generated, the encryptor refuses anything else, and the watch is the very program
that guards the practice. What is proven is what happened: who was stopped, what came back.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from vigie.routines.rehearsals import encryptors
from vigie.routines.rehearsals.blackbox import Said, Watch
from vigie.routines.rehearsals.manifest import Manifest
from vigie.routines.rehearsals.progress import Progress
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.routines.rehearsals.sample import make_practice

# The plain one, the one that writes beside and replaces, and the one without a process to blame.
ATTACKS = ("in_place", "replaced", "one_process_each")
PATIENCE = 90.0  # seconds for stopping and giving back, on a busy machine
SETTLED = ("DONE", "NOT_NEEDED")


@dataclass(frozen=True, slots=True)
class Bout:
    """How one attack went: documents harmed at first, missing in the end, and how soon it froze."""

    stopped: bool
    harmed: int
    lost: int
    milliseconds: int


def play(stage: Stage) -> Iterator[Trial]:
    """Let each encryptor loose on a sample of its own, and yield one trial for all of them."""
    if not sys.platform.startswith("linux"):
        raise CannotPlay("not_supported")
    if os.geteuid() != 0:
        raise CannotPlay("no_permission")
    sample = stage.scratch / "sample"
    manifest = make_practice(sample, files=stage.files)
    bouts = [_bout(sample, manifest, stage.scratch / attack, attack) for attack in ATTACKS]
    yield Trial(
        name="encryptor_stopped",
        held=all(bout.stopped and not bout.lost for bout in bouts),
        numbers={
            "attacks": len(bouts),
            "files": stage.files * len(bouts),
            "damaged": sum(bout.harmed for bout in bouts),
            "lost": sum(bout.lost for bout in bouts),
            "milliseconds": max(bout.milliseconds for bout in bouts),
        },
    )


def _bout(sample: Path, manifest: Manifest, place: Path, attack: str) -> Bout:
    folder = place / "cabinet"
    shutil.copytree(sample, folder)
    progress = Progress(place / "progress", len(manifest.documents))
    try:
        with Watch(folder, place / "watch") as watch:
            began = time.time() - time.monotonic()  # from the monotonic clock to the calendar
            _let_loose(folder, attack, place)
            said = watch.wait(_given_back, PATIENCE)
            _end_encryptors(folder)
        frozen_at = _frozen_at(said) if said else None
        first = progress.begun()[0] / 1e9 + began if progress.begun() else 0.0
        return Bout(
            stopped=frozen_at is not None,
            harmed=len(progress.harmed()),
            lost=len(manifest.lost(folder)),
            milliseconds=max(0, round((frozen_at - first) * 1000)) if frozen_at else 0,
        )
    except RuntimeError as trouble:
        raise CannotPlay("died") from trouble
    finally:
        _end_encryptors(folder)
        progress.close()


def _let_loose(folder: Path, attack: str, place: Path) -> None:
    subprocess.Popen(
        [
            *(sys.executable, "-m", encryptors.__name__, str(folder), attack),
            *("--progress", str(place / "progress"), "--elsewhere", str(place / "elsewhere")),
        ],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _given_back(said: Said) -> bool:
    return said.kind == "verdict" and "RESTORE" in said.deeds(*SETTLED)


def _frozen_at(said: Said) -> float | None:
    """Return when the first freeze was done (seconds since 1970), or None."""
    times = [
        datetime.fromisoformat(outcome["at"]).timestamp()
        for outcome in said.event["outcomes"]
        if outcome["deed"] in {"FREEZE", "BLOCK"} and outcome["result"] in SETTLED
    ]
    return min(times, default=None)


def _end_encryptors(folder: Path) -> None:
    """Kill every encryptor of this sample, detached ones included: by pid, never by name alone."""
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if encryptors.__name__ in command and str(folder) in command:
            try:
                process.kill()
                process.wait(10)
            except (psutil.NoSuchProcess, psutil.TimeoutExpired):
                continue
