"""Repair: the newest sane version takes the place of a damaged document, which is kept.

Each step can be cut short by a kill or a power cut and begun again: the damaged bytes are on the
disk under their hash before anything is replaced, the sane version is whole and on the disk under
a passing name before it is renamed, and a rename happens or does not.
"""

import errno
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from vigie.domain.evidence.structure import Soundness
from vigie.routines.integrity.bases import in_use
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.looking import hashed, opened
from vigie.routines.integrity.shapes import Hand
from vigie.routines.integrity.sources import FromBackups, Source, Version
from vigie.routines.integrity.verifying import WELL, Seen, Verifier
from vigie.tools.databases import companions
from vigie.tools.kept_file import sync_folder
from vigie.tools.vault.objects import copy

PASSING = ".vigie-repair-"  # a half-put file of ours; nobody takes it for a document
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Ending(StrEnum):
    """How the repair of one document ended."""

    RESTORED = "restored"
    NO_VERSION = "no_version"
    NO_SPACE = "no_space"
    IN_USE = "in_use"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """How it went for one document. `aside`: the SHA-256 under which the damaged bytes are kept.

    `exact`: the version put back is that of the last verification, nothing is older than it was.
    """

    seen: Seen
    ending: Ending
    version: Version | None = None
    aside: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairer:
    """Repairs what a verifier found. `quick` sources are near, `backups` are slow and asked last.

    `missing`: also bring back what is no longer there. `doubtful`: also put back what may be a
    person's own change. `letters`: also put back a text in which one letter alone has turned, which
    only somebody who has read its name may ask for.
    """

    verifier: Verifier
    quick: Sequence[Source]
    backups: FromBackups | None = None
    missing: bool = True
    doubtful: bool = False
    letters: bool = False

    def run(self, found: Sequence[Seen]) -> Iterator[Repaired]:
        """Repair each document that is not well, and yield how it went."""
        todo = [seen for seen in found if self._wanted(seen)]
        for folder in {seen.path.parent for seen in todo}:
            _sweep(folder)
        if self.backups:
            self.backups.wanted = [seen.known.path for seen in todo if seen.known]
        try:
            for seen in todo:
                yield self._repair(seen)
        finally:
            if self.backups:
                self.backups.close()

    def _wanted(self, seen: Seen) -> bool:
        states = {State.DAMAGED}
        states |= {State.MISSING} if self.missing else set()
        states |= {State.DOUBTFUL} if self.doubtful else set()
        alone = self.letters and seen.defect == Hand.LETTER.value
        return seen.state in states or alone

    def _repair(self, seen: Seen) -> Repaired:
        if seen.known and seen.known.database and in_use(seen.path):
            return Repaired(seen=seen, ending=Ending.IN_USE)
        version = self._newest_sane(seen)
        if version is None:
            return Repaired(seen=seen, ending=Ending.NO_VERSION)
        try:
            aside = self._put(seen, version)
        except OSError as failure:
            full = failure.errno in _FULL
            return Repaired(seen=seen, ending=Ending.NO_SPACE if full else Ending.FAILED)
        except sqlite3.OperationalError:  # the register finds no room: nothing was replaced
            return Repaired(seen=seen, ending=Ending.NO_SPACE)
        exact = bool(version.sha256 and seen.known and version.sha256 == seen.known.object)
        return Repaired(
            seen=seen, ending=Ending.RESTORED, version=version, aside=aside, exact=exact
        )

    def _newest_sane(self, seen: Seen) -> Version | None:
        """Return the newest version that holds; the backups are asked only for a newer one."""
        path = seen.known.path if seen.known else seen.path
        near = sorted(
            (each for source in self.quick for each in source.versions(path, 0)),
            key=lambda version: version.mtime,
            reverse=True,
        )
        best = next((each for each in near if self._sane(seen, each)), None)
        if self.backups is None or (best and self._nothing_newer(seen, best)):
            return best
        newer_than = best.mtime if best else 0
        for each in self.backups.versions(path, newer_than):
            if self._sane(seen, each):
                return each
        return best

    @staticmethod
    def _nothing_newer(seen: Seen, best: Version) -> bool:
        """Return whether the damaged document itself claims to be no newer than this version."""
        present = seen.present.found.st_mtime_ns if seen.present else 0
        return present <= best.mtime

    def _sane(self, seen: Seen, version: Version) -> bool:
        """Return whether a version holds: it is what it was, or a change that is legal."""
        present = next(hashed([version.place]), None)
        if present is None or present.trouble:
            return False
        if version.sha256 and present.sha256 != version.sha256:
            return False  # the disk under our own copy has changed
        if seen.present and present.sha256 == seen.present.sha256:
            return False
        if seen.known is None:
            return self._reads(version.place, seen.path.name)
        if present.sha256 in (seen.known.sha256, seen.known.object):
            return True
        return self.verifier.look(seen.known, present).state in WELL

    def _reads(self, path: Path, name: str) -> bool:
        """Return whether a version nobody recorded reads as what its name says."""
        descriptor = opened(path)
        try:
            read = self.verifier.judge.inspect(descriptor, name)
        finally:
            os.close(descriptor)
        return read.soundness is not Soundness.BROKEN

    def _put(self, seen: Seen, version: Version) -> str:
        """Keep the damaged bytes, then put the version there. Raise OSError, with nothing done."""
        place = seen.path
        aside = self._keep_aside(place, seen.defect or seen.state.value)
        for log in companions(place) if seen.known and seen.known.database else ():
            self._keep_aside(log, "log_of_damaged")
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{PASSING}{uuid.uuid4().hex}")
        try:
            source = opened(version.place)
            try:
                copy(source, fresh)
            finally:
                os.close(source)
            with suppress(PermissionError, AttributeError):  # not root; Windows has no owners
                os.chown(fresh, version.uid, version.gid)
            fresh.chmod(version.mode)
            os.utime(fresh, ns=(time.time_ns(), version.mtime))
            _flush(fresh)
            for log in companions(place) if seen.known and seen.known.database else ():
                log.unlink(missing_ok=True)  # it belonged to the damaged one
            fresh.replace(place)
            sync_folder(place.parent)
        finally:
            fresh.unlink(missing_ok=True)
        self._remember(seen, place, version)
        return aside

    def _keep_aside(self, place: Path, why: str) -> str:
        """Keep what stands there, on the disk; return its digest, empty where nothing does."""
        room = self.verifier.room
        try:
            descriptor = opened(place)
        except OSError:
            return ""
        try:
            found = os.fstat(descriptor)
            digest, _, _ = room.objects.put(descriptor)
        except OSError as failure:
            if failure.errno in _FULL:
                raise
            return ""  # the disk cannot read it: nothing of it can be kept
        finally:
            os.close(descriptor)
        room.objects.sync()
        room.register.set_aside(place, digest, found, why)
        return digest

    def _remember(self, seen: Seen, place: Path, version: Version) -> None:
        """Record what now stands there: the next look finds it intact."""
        present = next(hashed([place]), None)
        if seen.known is None or present is None:
            return
        found = present.found
        known = replace(
            seen.known,
            path=place,
            size=found.st_size,
            mtime=found.st_mtime_ns,
            device=found.st_dev,
            inode=found.st_ino,
            sha256=present.sha256,
        )
        if version.sha256 != known.object:
            known = replace(known, object=self._own(place))
        gone = [seen.known.path] if seen.known.path != place else []
        self.verifier.room.register.write([known], gone=gone)

    def _own(self, place: Path) -> str:
        """Keep our own copy of what came from elsewhere; empty where there is no room."""
        room = self.verifier.room
        if not room.has_room_for(place.stat().st_size):
            return ""
        descriptor = opened(place)
        try:
            digest, _, _ = room.objects.put(descriptor)
        finally:
            os.close(descriptor)
        room.objects.sync()
        return digest


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove half-put files that a killed repair left."""
    for left in folder.glob(f"{PASSING}{'[0-9a-f]' * 32}"):
        if left.is_file() and not left.is_symlink():
            left.unlink()
