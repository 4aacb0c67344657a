"""The conductor: one update from its simulation to its end, each step written down before it.

PREPARING → READY → INSTALLING → CHECKING → KEPT, and from READY on always a way back. A kill or a
power cut at any step is found by the next start: what was only prepared is dropped, everything
else goes back.
"""

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.practice import Language
from vigie.routines.updates import bases, undoing
from vigie.routines.updates.application import SYSTEM, Application
from vigie.routines.updates.going_back import roots_of
from vigie.routines.updates.health import Care, Pulse, Unwell
from vigie.routines.updates.image import Image, Root
from vigie.routines.updates.offers import Offer
from vigie.routines.updates.register import BALLAST, UNDER_WAY, Made, Register, Run, State
from vigie.routines.updates.repository import OwnRepository
from vigie.tools.databases import companions
from vigie.tools.packages import Change, Footprint, Packages, PackagesFailed, Patience
from vigie.tools.packages.running import MARK
from vigie.tools.records import RecordsFailed
from vigie.tools.records.postgresql_copies import Copies
from vigie.tools.restic.failures import ResticFailed
from vigie.tools.snapshots import SnapshotFailed, Snapshots

log = logging.getLogger(__name__)

BALLAST_LEAST = 32_000_000  # bytes: room for the register, and for what is made before it can go
WORDS_KEPT = 2000  # characters of what went wrong
SPARE = 1.2  # times what going back needs, as much must be free
KEPT_FOR = timedelta(days=3)  # how long the way back stays open: over a weekend
PATIENCE = Patience(longest=2700.0, silent=120.0)


class NotDone(Exception):
    """An update was not begun, or does not hold. `reason` is a slug."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(said or reason)
        self.reason = reason
        self.said = said


def _nothing() -> None:
    """Do nothing: there is no other backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conductor:
    """Conducts the updates of one machine.

    `back_up` makes the practice's own backup, and raises NotDone where no place took it. `until`
    is when the next patient may come: what is not done by then goes back.
    """

    register: Register
    packages: Packages
    snapshots: Snapshots
    applications: Sequence[Application]
    home: Path
    back_up: Callable[[], None] = _nothing
    patience: Patience = PATIENCE
    kept_for: timedelta = KEPT_FOR
    language: Language = Language.FR
    until: Callable[[], datetime | None] = lambda: None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def of(self, unit: str) -> tuple[Application, ...]:
        """Return the applications a unit is about: the system may harm all of them."""
        return tuple(app for app in self.applications if unit in {SYSTEM, app.name})

    def run(self, offer: Offer) -> Run:
        """Carry one offer out; return how it ended: KEPT, REFUSED or ROLLED_BACK.

        Raise Busy when another is under way.
        """
        began = time.monotonic()
        with self.register.alone():
            run = self.register.begin(offer.unit)
            if offer.refused:
                return self.register.note(
                    run,
                    state=State.REFUSED,
                    reason=offer.refused,
                    said=offer.said,
                    ended=self.clock(),
                )
            changes = tuple(
                Made(package=c.package, before=c.before, after=c.after) for c in offer.changes
            )
            run = self.register.note(run, changes=changes)
            try:
                run, pulses = self._prepare(run, offer.changes)
            except (NotDone, Unwell, bases.Unsound) as trouble:
                return self._refuse(run, getattr(trouble, "reason", "database_unsound"), trouble)
            except (
                PackagesFailed,
                SnapshotFailed,
                ResticFailed,
                RecordsFailed,
                OSError,
            ) as trouble:
                reason = getattr(trouble, "trouble", "not_prepared")
                return self._refuse(run, str(reason), trouble)
            run = self._go(run, offer.changes, pulses)
            return self.register.note(run, seconds=round(time.monotonic() - began))

    def _go(self, run: Run, changes: Sequence[Change], pulses: dict[str, Pulse]) -> Run:
        """Install and check; keep it, or go back."""
        try:
            run = self._install(run, changes)
            run = self._check(run, changes, pulses)
        except (NotDone, Unwell, bases.Unsound, PackagesFailed) as trouble:
            reason = getattr(trouble, "reason", getattr(trouble, "trouble", "database_unsound"))
            run = self.register.note(self.register.run(run.id), reason=reason, said=_words(trouble))
            return undoing.undo(self, run)
        except OSError as trouble:  # a full disk, most likely
            run = self.register.run(run.id)
            run = self.register.note(run, reason="no_space", said=_words(trouble))
            return undoing.undo(self, run)
        return run

    def _refuse(self, run: Run, reason: str, trouble: Exception) -> Run:
        log.warning("the update of %s is not begun: %s %s", run.unit, reason, trouble)
        run = self.register.run(run.id)
        self._drop(run)
        self._up_again(run)
        return self.register.note(
            run, state=State.REFUSED, reason=reason, said=_words(trouble), ended=self.clock()
        )

    # ---- before

    def _prepare(self, run: Run, changes: Sequence[Change]) -> tuple[Run, dict[str, Pulse]]:
        """Make everything that going back needs. Raise what `run` expects."""
        folder = self.register.place(run)
        applications = self.of(run.unit)
        self.packages.download(changes)
        footprint = self.packages.footprint(changes)
        run, pulses = self._feel(run, applications)
        self.back_up()
        known = bases.bases(applications)
        run = self._still(run, applications)
        late = [base for base in known if run.bundled and base.kind == "postgresql"]
        (folder / "dumps").mkdir(mode=0o700, exist_ok=True)
        if late:  # their server stops with the application: they are counted while it runs
            self._start(run, applications)
            bases.count(late, folder, bases.BEFORE)
            self._copy(run, late)
            self._stop(run, applications)
        still = [base for base in known if base not in late]
        bases.count(still, folder, bases.BEFORE)
        self._copy(run, still)
        run = self._picture(run, footprint, applications)
        os.sync()
        return self.register.note(run, state=State.READY), pulses

    def _feel(self, run: Run, applications: Sequence[Application]) -> tuple[Run, dict[str, Pulse]]:
        """Take the pulse of each application. What is not well beforehand is not updated."""
        pulses: dict[str, Pulse] = {}
        up = all(Care(app, run.id).answers() for app in applications if app.port)
        run = self.register.note(run, was_up=up)
        for app in applications:
            care = Care(app, run.id)
            try:
                if app.port:
                    care.start()
                pulses[app.name] = care.pulse()
            except Unwell as trouble:
                raise NotDone("not_well_before", f"{app.name}: {trouble}") from trouble
        return run, pulses

    def _still(self, run: Run, applications: Sequence[Application]) -> Run:
        """Stop the applications, and see whether a database server stopped with them."""
        self._stop(run, applications)
        served = [conninfo for app in applications for conninfo in app.postgresql]
        bundled = bool(served) and not all(Copies(c, run.id).reachable() for c in served)
        return self.register.note(run, bundled=bundled)

    def _copy(self, run: Run, some: Sequence[bases.Base]) -> None:
        """Copy and dump the databases of servers."""
        folder = self.register.place(run)
        for base in some:
            if base.kind == "postgresql":
                copies = Copies(base.place, run.id)
                copies.dump(base.dump(folder))
                if not run.bundled:
                    copies.copy()

    def _picture(self, run: Run, footprint: Footprint, applications: Sequence[Application]) -> Run:
        """Take the image of before, its snapshots, and the backup that it can be read from."""
        folder = self.register.place(run)
        without = self.without(run)
        roots = self._roots(run, footprint, applications)
        image = Image(folder / "before.image", without=without)
        with contextlib.closing(image):
            volumes = image.take(roots, self.snapshots)
            self._make_room(run, image.size())
            for volume in volumes:  # each is written down: a kill must not leave one behind
                taken = self.snapshots.take(volume, run.id[:8])
                run = self.register.note(run, taken=(*run.taken, taken))
        there = [root.path for root in roots if root.kind != "absent"]
        backup = OwnRepository(self.register.folder).save(
            [*there, folder / "dumps"],
            excludes=[str(path) for path in without if path != folder / "dumps"],
        )
        return self.register.note(run, backup=backup)

    def _roots(
        self, run: Run, footprint: Footprint, applications: Sequence[Application]
    ) -> list[Root]:
        """Return what an update may touch: its packages' files, the system's books, the data."""
        data = [path for app in applications for path in (*app.data, *app.documents)]
        beside = [
            file
            for app in applications
            for path in app.sqlite
            for file in (path, *companions(path))
            if not any(folder in path.parents for folder in data)
        ]
        # The data of a system's own services is nobody's that we know: it is left alone.
        own = [p for p in footprint.folders if run.unit != SYSTEM or p.parts[1:2] != ("var",)]
        roots = [*roots_of([*data, *beside], data=True)]
        roots += roots_of([*own, *footprint.state, *footprint.files])
        roots += [Root(path=path, kind="absent") for path in footprint.absent]
        return roots

    def without(self, run: Run) -> tuple[Path, ...]:
        """Return what no image holds: our own folder, and the folder of a server that runs on."""
        served = [
            folder
            for app in self.of(run.unit)
            for conninfo in app.postgresql
            if not run.bundled and (folder := Copies(conninfo, run.id).folder())
        ]
        return (self.home, *served)

    def _make_room(self, run: Run, size: int) -> None:
        """Keep room for going back: a disk that fills up meanwhile must not be in the way."""
        need = max(BALLAST_LEAST, size)
        free = shutil.disk_usage(self.register.folder).free
        if free < need * (1 + SPARE):  # once for the backup, once for what comes back from it
            raise NotDone("no_space", f"{free} < {need}")
        if not hasattr(os, "posix_fallocate"):
            return
        with (self.register.place(run) / BALLAST).open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, need)

    # ---- while and after

    def _install(self, run: Run, changes: Sequence[Change]) -> Run:
        run = self.register.note(run, state=State.INSTALLING)
        if run.bundled:  # the package's own scripts may want its server
            self._start(run, self.of(run.unit))
        self.packages.install(changes, self._patience(), {MARK: run.id})
        if run.bundled:  # what runs now is the former version still
            self._stop(run, self.of(run.unit))
        return self.register.note(run, state=State.CHECKING)

    def _patience(self) -> Patience:
        """Return how long an installation may last: never into the morning."""
        until = self.until()
        if until is None:
            return self.patience
        left = (until - self.clock()).total_seconds() / 2  # the other half is for going back
        return Patience(longest=min(self.patience.longest, left), silent=self.patience.silent)

    def _check(self, run: Run, changes: Sequence[Change], pulses: dict[str, Pulse]) -> Run:
        """Check packages, applications and every record; keep what is needed to go back later."""
        folder, applications = self.register.place(run), self.of(run.unit)
        if defects := self.packages.defects(changes):
            raise NotDone("half_installed", "; ".join(defects))
        for app in applications:
            Care(app, run.id).check(pulses[app.name])
        known = bases.bases(applications)
        if not run.bundled:
            self._stop(run, applications)
        tally = bases.look(known, folder)
        run = self.register.note(run, records=tally.records, lost=tally.lost, changed=tally.changed)
        if not tally.whole:
            raise NotDone("records_lost" if tally.lost else "records_changed", tally.worst)
        bases.count(known, folder, bases.AFTER)
        self._after(folder)
        if run.was_up:
            self._start(run, applications)
        else:
            self._stop(run, applications)
        self.register.lighten(run)
        os.sync()
        return self.register.note(run, state=State.KEPT, ended=self.clock())

    def _after(self, folder: Path) -> None:
        """Write down what stands where now: what changes from here on is people's own."""
        with contextlib.closing(Image(folder / "before.image")) as before:
            roots = before.roots()
        with contextlib.closing(Image(folder / "after.image", without=(self.home,))) as after:
            after.take(roots, self.snapshots)

    def _start(self, run: Run, applications: Sequence[Application]) -> None:
        for app in applications:
            Care(app, run.id).start()

    def _stop(self, run: Run, applications: Sequence[Application]) -> None:
        for app in reversed(applications):
            Care(app, run.id).stop()

    def _up_again(self, run: Run) -> None:
        """Start what we had stopped; an application that does not start is said so elsewhere."""
        if run.was_up:
            with contextlib.suppress(Unwell):
                self._start(run, self.of(run.unit))

    # ---- afterwards

    def resume(self) -> tuple[Run, ...]:
        """Finish what a kill or a power cut left: go back, or drop what was only prepared.

        Raise Busy when another conductor is at work.
        """
        with self.register.alone():
            return tuple(
                self._finish(run)
                for run in self.register.runs()
                if run.state in UNDER_WAY or run.state is State.PREPARING
            )

    def _finish(self, run: Run) -> Run:
        if run.state is State.PREPARING:
            self._drop(run)
            self._up_again(run)
            return self.register.note(run, state=State.ABANDONED, ended=self.clock())
        if run.state is not State.ROLLING_BACK:
            run = self.register.note(run, interrupted=True, reason="interrupted")
        return undoing.undo(self, run)

    def roll_back(self, run: Run, *, reason: str) -> Run:
        """Go back from a version that was kept, with what was written since. Raise Busy."""
        with self.register.alone():
            run = self.register.note(run, carrying=True, reason=reason)
            return undoing.undo(self, run)

    def tidy(self) -> None:
        """Close the way back of what has been good for long enough, and forget what it needed."""
        with self.register.alone():
            now = self.clock()
            for run in self.register.runs():
                ended = run.state in {State.KEPT, State.ROLLED_BACK} and run.ended
                if ended and now - ended > self.kept_for and run.backup:
                    self._drop(run)
            with contextlib.suppress(ResticFailed):  # it is tried again after the next update
                needed = [run.backup for run in self.register.runs() if run.backup]
                OwnRepository(self.register.folder).forget_all_but(needed)

    def _drop(self, run: Run) -> None:
        """Remove snapshots, copies and our backup of a run."""
        for taken in run.taken:
            with contextlib.suppress(SnapshotFailed):
                self.snapshots.drop(taken)
        for app in self.of(run.unit):
            for conninfo in app.postgresql:
                with contextlib.suppress(RecordsFailed):
                    Copies(conninfo, run.id).drop()
        if run.backup:
            with contextlib.suppress(ResticFailed):
                OwnRepository(self.register.folder).forget([run.backup])
        self.register.forget(run)
        self.register.note(run, backup="", taken=())


def _words(trouble: Exception) -> str:
    return str(trouble)[:WORDS_KEPT]
