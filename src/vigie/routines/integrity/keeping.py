"""Baseline: record every document as it is, and keep its bytes for the day it is damaged."""

import errno
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from vigie.domain.evidence.structure import Kind, Soundness
from vigie.routines.integrity import bases
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.looking import opened
from vigie.routines.integrity.register import Known
from vigie.routines.integrity.verifying import Seen, Verifier
from vigie.tools.databases import DatabaseFailed, save_sqlite
from vigie.tools.vault import digest

MOST_BYTES = 20_000_000_000  # kept bytes of one machine, versions and damaged copies included
MANY = 500  # documents written to the register at once: a killed baseline loses as many at most
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(slots=True, kw_only=True)
class Recorded:
    """What a baseline did: documents recorded, those whose bytes are kept, those without room."""

    files: int = 0
    kept: int = 0
    without_copy: int = 0
    refused: int = 0
    gone: int = 0
    room_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Records what a verifier finds well.

    `copies` False keeps no bytes; never more than `most_bytes` of all versions are kept.
    `accept`: record also what looks damaged, as it is; `forget`: what is missing was deleted on
    purpose. Without them a damaged or missing document keeps its last good state in the register.
    `takes_doubtful`: what may be a correction is taken for one.
    """

    verifier: Verifier
    copies: bool = True
    most_bytes: int = MOST_BYTES
    accept: bool = False
    forget: bool = True
    takes_doubtful: bool = False

    def run(self, place: Path, counts: Recorded) -> Iterator[Seen]:
        """Record the documents at or below one place; yield those that are not well."""
        yield from self.take(self.verifier.run([place]), counts)
        self.verifier.room.register.write((), root=place)

    def take(self, found: Iterable[Seen], counts: Recorded) -> Iterator[Seen]:
        """Record documents as they were found just now; yield those that are not well."""
        waiting: list[Known] = []
        gone: list[Path] = []
        register = self.verifier.room.register
        counts.room_left = self.most_bytes - sum(self.verifier.room.objects.sizes().values())
        for seen in found:
            if seen.state is State.MISSING:
                if self.forget:
                    gone.append(seen.path)
                    counts.gone += 1
                else:
                    yield seen
                continue
            if seen.state is State.UNREADABLE or (not seen.well and not self._takes(seen)):
                counts.refused += 1
                yield seen
                continue
            if seen.known and seen.path != seen.known.path:
                gone.append(seen.known.path)
            if (known := self._known(seen, counts)) is not None:
                waiting.append(known)
            if len(waiting) >= MANY:
                self._write(waiting)
                waiting = []
        self._write(waiting)
        register.write((), gone=gone)

    def _takes(self, seen: Seen) -> bool:
        """Return whether a document that is not well is recorded all the same."""
        doubtful = self.takes_doubtful and seen.state is State.DOUBTFUL
        return self.accept or doubtful or (seen.known is None and seen.defect != "disk")

    def _write(self, waiting: Sequence[Known]) -> None:
        self.verifier.room.objects.sync()  # bytes first: the register promises what is there
        self.verifier.room.register.write(waiting)

    def _known(self, seen: Seen, counts: Recorded) -> Known | None:
        """Return what the register is to say of one document; None if it vanished meanwhile."""
        before = seen.known
        if (
            seen.state is State.INTACT
            and before
            and seen.present
            and before.untouched(seen.present.found)
            and (before.object or not self.copies)
        ):
            counts.files += 1
            counts.kept += bool(before.object)
            return None
        try:
            descriptor = opened(seen.path)
        except OSError:
            return None
        try:
            return self._read(seen, descriptor, counts)
        finally:
            os.close(descriptor)

    def _read(self, seen: Seen, descriptor: int, counts: Recorded) -> Known | None:
        room = self.verifier.room
        found = os.fstat(descriptor)
        structure = self.verifier.judge.inspect(descriptor, seen.path.name)
        soundness = structure.soundness
        if structure.kind is Kind.SQLITE:
            soundness = _soundness(bases.defect(seen.path, room.scratch))
        live = structure.kind is Kind.SQLITE and bases.unfinished(seen.path)
        copied = self.copies and found.st_size <= counts.room_left
        kept = self._copy(seen.path, descriptor, found, live=live) if copied else ""
        counts.room_left -= found.st_size if kept else 0
        sha256 = kept if kept and not live else digest(descriptor)
        after = os.fstat(descriptor)
        if (after.st_size, after.st_mtime_ns) != (found.st_size, found.st_mtime_ns):
            return None  # somebody writes at this moment: the next look takes it
        counts.files += 1
        counts.kept += bool(kept)
        counts.without_copy += not kept
        return Known(
            path=seen.path,
            size=found.st_size,
            mtime=found.st_mtime_ns,
            device=found.st_dev,
            inode=found.st_ino,
            mode=found.st_mode & 0o7777,
            uid=found.st_uid,
            gid=found.st_gid,
            sha256=sha256,
            object=kept,
            kind=structure.kind,
            soundness=soundness,
            sealed=structure.sealed,
            at=time.time(),
        )

    def _copy(self, path: Path, descriptor: int, found: os.stat_result, *, live: bool) -> str:
        """Keep the bytes and return their digest; empty where there is no room for them."""
        room = self.verifier.room
        if not room.has_room_for(found.st_size):
            return ""
        try:
            if live:
                return self._copy_live(path)
            kept, _, _ = room.objects.put(descriptor)
        except DatabaseFailed:
            return ""
        except OSError as refusal:
            if refusal.errno not in _FULL:
                raise
            return ""
        return kept

    def _copy_live(self, path: Path) -> str:
        """Keep a database whose log holds what its own file does not have yet."""
        room = self.verifier.room
        copy = room.scratch / f"{uuid4().hex}.sqlite"
        try:
            save_sqlite(path, copy)
            descriptor = os.open(copy, os.O_RDONLY | os.O_CLOEXEC)
            try:
                kept, _, _ = room.objects.put(descriptor)
            finally:
                os.close(descriptor)
        finally:
            with suppress(FileNotFoundError):
                copy.unlink()
        return kept


def _soundness(defect: str) -> Soundness:
    return Soundness.BROKEN if defect else Soundness.SOUND
