"""Where a sane version may come from: our own kept bytes, the vault, the backups."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from vigie.routines.backups.manifest import Manifest
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import Room as BackupRoom
from vigie.routines.integrity.room import Room
from vigie.tools.databases import SQLITE_NAMES
from vigie.tools.restic import Restic, Snapshot
from vigie.tools.restic.failures import ResticFailed
from vigie.tools.vault.reading import copies

MOST_SNAPSHOTS = 30  # asked for one document: a month of nights
STAGED = "databases"  # below a snapshot's staging folder, databases lie under their own paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version that may be put back. `mtime` in nanoseconds; `sha256` empty if not known."""

    place: Path
    mtime: int
    mode: int
    uid: int
    gid: int
    origin: str
    sha256: str = ""


class Source(Protocol):
    """A place that keeps versions."""

    def versions(self, path: Path, newer_than: int) -> Iterator[Version]:
        """Yield versions of the document at this path, the newest first.

        A slow source is asked only for what is newer than a time (0: for everything).
        """


@dataclass(frozen=True, slots=True)
class OwnCopies:
    """What the baseline kept."""

    room: Room

    def versions(self, path: Path, newer_than: int) -> Iterator[Version]:
        """Yield what the register knows of this path."""
        del newer_than
        for known in self.room.register.versions(path):
            if place := self.room.kept(known.object):
                yield Version(
                    place=place,
                    mtime=known.mtime,
                    mode=known.mode,
                    uid=known.uid,
                    gid=known.gid,
                    origin="kept",
                    sha256=known.object,
                )


@dataclass(frozen=True, slots=True)
class FromVault:
    """What the ransomware watch kept before somebody wrote."""

    folder: Path

    def versions(self, path: Path, newer_than: int) -> Iterator[Version]:
        """Yield what the vault knows of this path."""
        del newer_than
        for copy in copies(self.folder, path):
            yield Version(
                place=copy.place,
                mtime=copy.mtime,
                mode=copy.mode,
                uid=copy.uid,
                gid=copy.gid,
                origin="vault",
                sha256=copy.sha256,
            )


@dataclass(slots=True)
class FromBackups:
    """What restic has. Each snapshot is asked once for all the documents in `wanted`.

    `troubles` collects what places said that could not be used.
    """

    backups: BackupRoom
    places: Sequence[Place]
    scratch: Path
    wanted: Sequence[Path] = ()
    troubles: list[ResticFailed] = field(default_factory=list)
    _restored: dict[str, Path] = field(default_factory=dict)
    _listed: dict[str, tuple[Snapshot, ...]] = field(default_factory=dict)

    def versions(self, path: Path, newer_than: int) -> Iterator[Version]:
        """Yield what the backups of this machine hold of this path."""
        for place in self.places:
            try:
                restic = self.backups.restic(place)
                yield from self._at(place, restic, path, newer_than)
            except ResticFailed as failure:
                self.troubles.append(failure)

    def _at(self, place: Place, restic: Restic, path: Path, newer: int) -> Iterator[Version]:
        state = self.backups.place(place)
        if newer and self._nothing_newer(state.manifest, path, newer):
            return
        if place.location not in self._listed:
            self._listed[place.location] = restic.snapshots()
        for snapshot in list(reversed(self._listed[place.location]))[:MOST_SNAPSHOTS]:
            if newer and snapshot.time.timestamp() * 1e9 < newer:
                return
            found = self._in(restic, snapshot, path)
            if found and (not newer or found.stat().st_mtime_ns > newer):
                there = found.stat()
                yield Version(
                    place=found,
                    mtime=there.st_mtime_ns,
                    mode=there.st_mode & 0o7777,
                    uid=there.st_uid,
                    gid=there.st_gid,
                    origin="backup",
                )

    def _nothing_newer(self, manifest: str, path: Path, newer: int) -> bool:
        """Return whether the last snapshot's manifest says that it holds nothing newer."""
        file = self.backups.manifest(manifest) if manifest else None
        if file is None or not file.is_file():
            return False
        listed = Manifest(file)
        try:
            rows = [row for each in self._names(path) if (row := listed.row(each))]
        finally:
            listed.close()
        return not any(row.mtime > newer for row in rows)

    def _names(self, path: Path) -> tuple[Path, ...]:
        staged = self.backups.databases / path.relative_to(path.anchor)
        return (path, staged) if path.suffix.lower() in SQLITE_NAMES else (path,)

    def _in(self, restic: Restic, snapshot: Snapshot, path: Path) -> Path | None:
        """Return the document as one snapshot holds it, or None."""
        target = self._restored.get(snapshot.id)
        if target is None:
            target = self.scratch / f"snapshot-{uuid4().hex}"
            target.mkdir(mode=0o700)
            self._restored[snapshot.id] = target
            asked = {*self.wanted, path}
            only = [str(name) for each in asked for name in self._all_names(snapshot, each)]
            restic.restore(snapshot.id, target, only=only)
        for name in self._all_names(snapshot, path):
            found = target / name.relative_to(name.anchor)
            if found.is_file() and not found.is_symlink():
                return found
        return None

    @staticmethod
    def _all_names(snapshot: Snapshot, path: Path) -> Iterator[Path]:
        yield path
        for saved in snapshot.paths:
            if Path(saved).name == "staging" and path.suffix.lower() in SQLITE_NAMES:
                yield Path(saved) / STAGED / path.relative_to(path.anchor)

    def close(self) -> None:
        """Remove what was restored to be looked at."""
        for folder in self._restored.values():
            shutil.rmtree(folder, ignore_errors=True)
        self._restored.clear()
