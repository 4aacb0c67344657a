"""Going back: everything that was started ends, files and databases return, the version is held.

Each step may be taken twice. What a kill interrupts here is begun again from the top.
"""

import contextlib
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.routines.updates import bases, carrying
from vigie.routines.updates.going_back import Sources, go_back, touched_by_update
from vigie.routines.updates.health import Care, Unwell
from vigie.routines.updates.image import Image
from vigie.routines.updates.register import Run, State
from vigie.routines.updates.repository import OwnRepository
from vigie.tools.packages import Change, PackagesFailed
from vigie.tools.packages.apt import DPKG
from vigie.tools.packages.running import end_marked
from vigie.tools.records import RecordsFailed
from vigie.tools.records.postgresql_copies import Copies
from vigie.tools.restic.failures import ResticFailed

if TYPE_CHECKING:
    from vigie.routines.updates.conducting import Conductor

log = logging.getLogger(__name__)

BLAMELESS = frozenset({"manager_busy"})  # says nothing against a version
SERVER_WITHIN = 30.0  # seconds for a database server to come back
TRIES = 3  # of going back in one go; after that, at the next start


def undo(conductor: "Conductor", run: Run) -> Run:
    """Take a run back, data included; return it ROLLED_BACK, or still ROLLING_BACK if it fails."""
    began = time.monotonic()
    run = conductor.register.note(run, state=State.ROLLING_BACK)
    end_marked(run.id)
    for app in reversed(conductor.of(run.unit)):
        with contextlib.suppress(Unwell):
            Care(app, run.id).stop()
    if run.carrying:
        carrying.put_aside(conductor, run)
    trouble = ""
    for attempt in range(TRIES):
        try:
            _return(conductor, run, from_backup=attempt > 0)
            back = time.monotonic()
            _verify(conductor, run)
        except (OSError, ResticFailed, RecordsFailed, PackagesFailed, bases.Unsound) as failure:
            log.exception("going back did not end well")
            trouble = str(failure)[:2000]
            conductor.register.lighten(run)
            continue
        break
    else:
        return conductor.register.note(run, tries=run.tries + 1, said=trouble)
    compared = time.monotonic() - back
    run = conductor.register.note(
        run, back_seconds=round(back - began, 3), compared_seconds=round(compared, 3)
    )
    return _settle(conductor, run)


def _settle(conductor: "Conductor", run: Run) -> Run:
    """Carry the morning back, hold the version, start the application: it is over."""
    if run.carrying:
        run = carrying.carry(conductor, run)
    if run.was_up:
        for app in conductor.of(run.unit):
            try:
                Care(app, run.id).start()
            except Unwell as trouble:
                log.warning("%s does not start after its return: %s", app.name, trouble)
    run = _hold(conductor, run)
    conductor.register.lighten(run)
    os.sync()
    return conductor.register.note(run, state=State.ROLLED_BACK, ended=conductor.clock())


def _return(conductor: "Conductor", run: Run, *, from_backup: bool) -> None:
    folder = conductor.register.place(run)
    sources = Sources(
        snapshots=conductor.snapshots,
        taken=() if from_backup else run.taken,
        repository=OwnRepository(conductor.register.folder),
        backup=run.backup,
        scratch=folder / "scratch",
        lighten=lambda: conductor.register.lighten(run),
    )
    with closing(Image(folder / "before.image", without=conductor.without(run))) as before:
        go_back(before, sources, _chosen(folder, before, run))
    # Files first: what filled the disk is gone, and a server can work again.
    if not run.bundled:
        _swap(conductor, run, from_backup=from_backup)
    if run.carrying:
        _books(conductor, run, sources, folder)
    if Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "daemon-reload"], check=False, timeout=60)


def _swap(conductor: "Conductor", run: Run, *, from_backup: bool) -> None:
    """Put the databases of servers back. A server that has ended is waited for, and started."""
    for base in bases.bases(conductor.of(run.unit)):
        if base.kind != "postgresql":
            continue
        copies, dump = Copies(base.place, run.id), base.dump(conductor.register.place(run))
        deadline = time.monotonic() + SERVER_WITHIN
        while not copies.alive() and time.monotonic() < deadline:
            if command := base.application.server:
                with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                    _start_server(command)
            time.sleep(1.0)
        copies.refill(dump) if from_backup else copies.swap(dump)


def _start_server(command: Sequence[str]) -> None:
    """Start a server; what it says goes nowhere, or we would wait for it as long as it runs."""
    subprocess.run(
        command,
        check=False,
        timeout=SERVER_WITHIN,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _chosen(folder: Path, before: Image, run: Run) -> Callable[[Path], bool]:
    """Return what goes back: at night all of it; later the data, and what the update touched.

    The system's books have moved on by then: only the entries of these packages go back.
    """
    if not run.carrying:
        return lambda _: True
    with closing(Image(folder / "after.image")) as after:
        touched = touched_by_update(before, after)
    data = [root.path for root in before.roots() if root.data]

    def chosen(path: Path) -> bool:
        if any(root in {path, *path.parents} for root in data):
            return True
        return path in touched and DPKG not in {path, *path.parents}

    return chosen


def _books(conductor: "Conductor", run: Run, sources: Sources, folder: Path) -> None:
    """Put the entries of these packages back into the system's books."""
    state = folder / "books"
    shutil.rmtree(state, ignore_errors=True)
    sources.repository.restore(run.backup, state, [str(DPKG)])
    conductor.packages.books_kept(changes(run), state)
    shutil.rmtree(state, ignore_errors=True)


def _verify(conductor: "Conductor", run: Run) -> None:
    """See that every record is there as it was. Raise Unsound."""
    applications = conductor.of(run.unit)
    if run.bundled:
        for app in applications:
            with contextlib.suppress(Unwell):
                Care(app, run.id).start()
    tally = bases.look_again(bases.bases(applications), conductor.register.place(run))
    if not tally.whole:
        raise bases.Unsound(f"{tally.worst}: {tally.lost} {tally.changed}")


def _hold(conductor: "Conductor", run: Run) -> Run:
    """Keep the former versions where the new ones failed, or were cut off time and again."""
    same = [
        other
        for other in conductor.register.runs()
        if other.interrupted and other.changes == run.changes and other.id != run.id
    ]
    if (run.interrupted and not same) or run.reason in BLAMELESS:
        return run
    # What the application needs besides may be needed by its next version as well.
    own = {name for app in conductor.applications if app.name == run.unit for name in app.packages}
    new = {
        change.package: change.after
        for change in run.changes
        if change.before and (not own or change.package in own)
    }
    try:
        conductor.packages.hold(list(new))
    except PackagesFailed as trouble:
        log.warning("the former versions are not held: %s", trouble)
        return run
    conductor.register.hold(versions={**conductor.register.held().versions, **new})
    return conductor.register.note(run, held=True)


def changes(run: Run) -> tuple[Change, ...]:
    """Return a run's changes as the package manager knows them."""
    return tuple(Change(package=c.package, before=c.before, after=c.after) for c in run.changes)
