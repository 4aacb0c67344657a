"""One run: the same files to every place of the plan, and what became of each.

Hashing goes on beside restic in threads of the lowest priority; when little has changed it is
done before, so that the manifest travels inside the snapshot it describes.
"""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from vigie.domain.evidence.backups import BackupFailed, BackupMade
from vigie.domain.finding import Finding, Gravity
from vigie.routines.backups.manifest import Inspect, Manifest, Row, copy, read
from vigie.routines.backups.plan import BackupPlan, Place
from vigie.routines.backups.room import Room
from vigie.routines.backups.survey import Survey, survey
from vigie.tools.restic import Progress, Restic, Saved
from vigie.tools.restic.failures import ResticFailed, Trouble

TAG = "vigie"
MANIFEST = "manifest.sqlite"
HELD_TAG = "vigie_held"  # seen by `retain`: documents were turning bad when this was saved
LOWEST = 19  # nice: hashing yields to restic, and both to the practice

Tell = Callable[[Place, Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of one place: the evidence, and what there is to say about it."""

    place: Place
    event: BackupMade | BackupFailed
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What became of one run. `findings` are about the practice's files, not about a place."""

    made: tuple[Made, ...]
    findings: tuple[Finding, ...]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes the backups of one machine. `inspect` looks at changed documents (None: nobody)."""

    plan: BackupPlan
    room: Room
    machine: str
    inspect: Inspect | None = None
    clock: Callable[[], datetime] = _now
    tell: Tell | None = None

    def run(self, places: Sequence[Place] | None = None) -> Run:
        """Back up to these places (all, if not told), one after the other.

        A place that fails never keeps the next from its backup. Raise RoomHeld if another
        backup, check or proof is under way.
        """
        with self.room.held():
            wanted = self.plan.places if places is None else tuple(places)
            previous = self._previous(wanted)
            try:
                surveyed = survey(self.plan, self.room, previous, self.inspect)
            finally:
                if previous:
                    previous.close()
            made, findings = self._to_all(wanted, surveyed), surveyed.findings
            self.room.tidy()
        return Run(made=made, findings=findings)

    def _previous(self, places: Sequence[Place]) -> Manifest | None:
        """Return the manifest of the latest snapshot at any of these places."""
        made = [(state.made, state.manifest) for p in places if (state := self.room.place(p)).made]
        latest = self.room.manifest(max(made)[1]) if made else None
        return Manifest(latest) if latest and latest.exists() else None

    def _to_all(self, places: Sequence[Place], surveyed: Survey) -> tuple[Made, ...]:
        if not surveyed.folders:
            return tuple(
                self._failed(place, ResticFailed(Trouble.NOTHING_TO_SAVE)) for place in places
            )
        name = f"{uuid4().hex}.sqlite"
        manifest = Manifest(self.room.manifest(name))
        try:
            manifest.write(surveyed.rows)
            waiting = [row for row in surveyed.changed if not row.sha256]
            hashing, made = _Hashing(waiting), []
            if not waiting:
                copy(manifest.path, self.room.staging / MANIFEST)
            for place in places:
                made.append(self._to_one(place, surveyed, name))
                if len(made) == 1:
                    manifest.write(hashing.finish())
                    manifest.settle()
                    copy(manifest.path, self.room.staging / MANIFEST)
            return tuple(made)
        finally:
            manifest.close()

    def _to_one(self, place: Place, surveyed: Survey, manifest: str) -> Made:
        begun = self.clock()
        try:
            restic = self.room.restic(place)
            if self.room.place(place).killed:
                recover(restic)
            self.room.note(place, begun=begun)
            saved = self._save(restic, place, surveyed)
        except ResticFailed as failure:
            return self._failed(place, failure)
        ended = self.clock()
        self.room.note(
            place,
            ended=ended,
            made=begun,
            seen=ended,
            snapshot=saved.snapshot,
            manifest=manifest,
            snapshots=self.room.place(place).snapshots + 1,
            troubled="",
            held=surveyed.held,
        )
        return self._done(place, surveyed, saved, begun, ended)

    def _save(self, restic: Restic, place: Place, surveyed: Survey) -> Saved:
        tell = self.tell
        paths = [*surveyed.folders, self.room.staging]

        def once() -> Saved:
            return restic.backup(
                paths,
                excludes=surveyed.excludes,
                tags=[TAG, *([HELD_TAG] if surveyed.held else [])],
                tell=(lambda progress: tell(place, progress)) if tell else None,
            )

        try:
            return once()
        except ResticFailed as failure:
            if failure.trouble is not Trouble.LOCKED:
                raise
        restic.unlock()  # a check or prune that was killed: its lock is stale, nobody holds it
        return once()

    def _done(
        self, place: Place, surveyed: Survey, saved: Saved, begun: datetime, ended: datetime
    ) -> Made:
        findings = []
        if saved.unread:
            findings.append(
                Finding(
                    gravity=Gravity.CONCERN,
                    fact="backup_incomplete",
                    numbers={"files": len(saved.unread)},
                    clues={"subject": place.name, "first": saved.unread[0]},
                )
            )
        event = BackupMade(
            at=ended,
            machine=self.machine,
            repository=place.pseudonym,
            kind=kind(place),
            snapshot=saved.snapshot,
            files=saved.files,
            changed=len(surveyed.changed),
            broken=surveyed.broken,
            unread=len(saved.unread),
            seconds=round((ended - begun).total_seconds()),
        )
        return Made(place=place, event=event, findings=tuple(findings))

    def _failed(self, place: Place, failure: ResticFailed) -> Made:
        at = self.clock()
        failure = unplugged(failure, used=self.room.place(place).made is not None)
        self.room.note(place, troubled=failure.trouble.value)  # not ended: the next run recovers
        event = BackupFailed(
            at=at,
            machine=self.machine,
            repository=place.pseudonym,
            kind=kind(place),
            trouble=failure.trouble.value,
            said=failure.said,
        )
        return Made(place=place, event=event, findings=(trouble(place, failure),))


def kind(place: Place) -> str:
    """Return the slug of a place for the wire: `offline`, or the kind of its repository."""
    scheme = place.location.partition(":")[0]
    if place.offline:
        return "offline"
    return scheme if scheme in {"sftp", "rest", "s3"} else "local"


def trouble(place: Place, failure: ResticFailed) -> Finding:
    """Return what there is to say when a place could not be used."""
    return Finding(
        gravity=Gravity.CONCERN if place.offline else Gravity.ALARM,
        fact=failure.trouble.value,
        clues={"subject": place.name, "place": place.name, "said": failure.said},
    )


def unplugged(failure: ResticFailed, *, used: bool) -> ResticFailed:
    """Return the failure; a place that was `used` before and is empty now lacks its disk."""
    if used and failure.trouble is Trouble.REPOSITORY_MISSING:
        return ResticFailed(Trouble.DISK_ABSENT, failure.said)
    return failure


def recover(restic: Restic) -> None:
    """After a killed run: its stale lock goes, and the packs it left behind are used again.

    An append-only repository refuses to drop its old index; the new one is there all the same.
    """
    restic.unlock()
    try:
        restic.rebuild_index()
    except ResticFailed as failure:
        if failure.trouble is not Trouble.REFUSED:
            raise


class _Hashing:
    """Reads files beside restic, in one thread of the lowest priority."""

    def __init__(self, waiting: Sequence[Row]) -> None:
        self._read: list[Row] = []
        self._thread = threading.Thread(
            target=self._work, args=(tuple(waiting),), name="hashing", daemon=True
        )
        self._thread.start()

    def finish(self) -> Sequence[Row]:
        """Wait for the last file, and return every row with its hash."""
        self._thread.join()
        return self._read

    def _work(self, waiting: Sequence[Row]) -> None:
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST)
        self._read.extend(read(row, None) for row in waiting)
