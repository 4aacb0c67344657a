"""Judging what became of files: look at the content, tell the guard what it must know."""

import errno
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.files import (
    CanaryTouched,
    FileMended,
    FileRemoved,
    FileRewritten,
    Touch,
)
from vigie.domain.evidence.structure import Kind, Structure
from vigie.knowledge.becoming import as_promised, stand_in, unreadable, worse
from vigie.sensors.disk.gate import Gate
from vigie.sensors.disk.keeping import READING, Inspect, Keeping
from vigie.sensors.disk.register import Document, Fresh, Register

TRUST = 2  # a family is let ahead by one unjudged file for so many that it wrote soundly,
MOST_TRUST = 64  # up to this many: a checkout replaces hundreds, and all of them are kept
SAVE = timedelta(seconds=5)  # a file that is still empty, or being written, after this is judged
LEAST_HOLE = 65_536  # bytes: smaller ones are a file system's own way with the ends of files
MOST_HOLES = 32  # looked at in one file
MOST_FILLING = 16  # files of one family that may have holes: restic writes eight at once
HALF_SAVE = timedelta(seconds=2)  # between a deletion and the new file of the same name
MOST_REMOVALS = 300  # told of one family: all there is to say of more has been said by then

Clock = Callable[[], datetime]


class Where(TypedDict):
    """What all evidence about one file says alike."""

    at: datetime
    machine: str
    path: str
    folder: str
    document: str
    family: str


class Judging:
    """Compare what documents are with what they were; keep the good, tell of the rest."""

    def __init__(  # noqa: PLR0913, PLR0917  (it stands between exactly these)
        self,
        gate: Gate,
        register: Register,
        keeping: Keeping,
        inspect: Inspect,
        sink: Callable[[Evidence], object],
        machine: str,
        clock: Clock,
    ) -> None:
        self._gate, self._register = gate, register
        self._keeping, self._inspect = keeping, inspect
        self._sink, self._machine, self._clock = sink, machine, clock
        self._suspects: set[str] = set()  # wrote, after reading, what could stand for a document
        self._removals: list[tuple[float, Document, str]] = []  # that may be half of a save

    def changed(self, document: Document, *, done: bool) -> None:
        """Judge a dirty document. `done`: its writer has closed it.

        While it is open, only noise counts: a save under way is short, or empty, not scrambled.
        """
        if document.descriptor < 0 or self._keeping.just_looked(document):
            return
        # Before anything is read: what was read of a reserved stretch shows as a hole no longer.
        if self._being_filled(document):
            return
        if done and not document.broken and self._keeping.unchanged(document):
            self._keeping.accept(document, document.before)
            return
        after = self._inspect(document.descriptor, document.home)
        bad = self._worse(document, after)
        if (
            bad
            and done
            and after.kind is not Kind.NOISE
            and self._keeping.wait_for_writer(document)
        ):
            after = self._inspect(document.descriptor, document.home)
            bad = self._worse(document, after)
        if not bad:
            if done:
                self._well(document, after)
            return
        if done or after.kind is Kind.NOISE:
            before = self._keeping.look_back(document)
            self._harmed(document, before, after, document.family)
            if done:
                self._register.dirty.pop(document.inode, None)

    def _being_filled(self, document: Document) -> bool:
        """Return whether a document has a hole that somebody may be about to fill.

        A restore makes files at full length, fills them piece by piece, and closes in between.
        """
        filling = self._register.traces[document.family].filling
        filling.discard(document.name)
        if time.monotonic() - document.since > SAVE.total_seconds():
            return False
        if len(filling) >= MOST_FILLING or not _has_hole(document.descriptor):
            return False
        filling.add(document.name)
        return True

    def _worse(self, document: Document, after: Structure) -> bool:
        """Return whether `after` is damage; what it was is looked at only if it must be."""
        if document.before is None and as_promised(document.home, after):
            return False
        return worse(self._keeping.look_back(document), after)

    def _well(self, document: Document, after: Structure) -> None:
        mended = document.broken
        self._register.traces[document.family].sound += 1
        self._keeping.accept(document, after)
        if mended:
            self._mended(document, after)

    def _mended(self, document: Document, after: Structure) -> None:
        self._sink(FileMended(**self._where(document, document.family), after=after))

    def _harmed(self, document: Document, before: Structure, after: Structure, family: str) -> None:
        if document.broken:
            return
        document.broken = True
        traces = self._register.traces[family]
        traces.harm += 1
        self._gate.suspects.add(family)
        where = self._where(document, family)
        if document.canary:
            self._sink(CanaryTouched(**where, touch=Touch.WRITTEN, alone=True))
        self._sink(FileRewritten(**where, before=before, after=after, read=traces.read > 0))

    def ahead(self, family: str) -> int:
        """Return how many changes of a family may stand unjudged: none but for a clean record."""
        traces = self._register.traces[family]
        if traces.harm or family in self._gate.suspects:
            return 0
        return min(traces.sound // TRUST, MOST_TRUST)

    def waiting(self, family: str) -> None:
        """Judge the new files of a family, unless it has earned to be let ahead."""
        waiting = self._register.unjudged.get(family)
        over = len(waiting) - self.ahead(family) if waiting else 0
        for path, fresh in list(waiting.items())[:over] if waiting and over > 0 else ():
            self._register.judged(path, fresh)
            document = self.fresh(path, fresh)
            if document is not None or (fresh.judged and fresh.heir_of is not None):
                self._register.forget_fresh(path)

    def fresh(self, path: str, fresh: Fresh) -> Document | None:
        """Judge a new file that its writer has closed; protect what took a document's place."""
        folder = self._register.top(path)
        heir_of = fresh.heir_of
        try:
            descriptor = os.open(path, READING)
        except OSError:
            fresh.judged = True
            return None
        try:
            # A name tells what a file promises to be: an heir's is the one it took over.
            after = self._inspect(descriptor, heir_of.home if heir_of else path)
            under_way = after.kind is Kind.EMPTY or self._keeping.being_written(descriptor)
        finally:
            os.close(descriptor)
        young = time.monotonic() - fresh.since < SAVE.total_seconds()
        if under_way and young and after.kind is not Kind.NOISE:
            return None  # programs make an empty file first, and open it again
        fresh.judged = True
        traces = self._register.traces[fresh.family]
        if heir_of is None:
            self._new(path, fresh, folder, after)
            traces.sound += not unreadable(after)
            return None
        if fresh.own or not self._worse(heir_of, after):
            traces.sound += 1
            document = self._keeping.protect(path, folder, heir_of)
            heir_of.succeeded = True
            if document is not None:
                document.before, document.canary = after, heir_of.canary
                if heir_of.broken or heir_of.removed:
                    self._mended(document, after)
            return document
        heir_of.path = path
        self._harmed(heir_of, self._keeping.look_back(heir_of), after, fresh.family)
        return None

    def _new(self, path: str, fresh: Fresh, folder: str, after: Structure) -> None:
        if fresh.own or not self._register.traces[fresh.family].read:
            return
        self._sink(
            FileRewritten(
                at=self._clock(),
                machine=self._machine,
                path=path,
                folder=folder,
                document=path,
                family=fresh.family,
                before=None,
                after=after,
                read=True,
            )
        )
        if unreadable(after):
            self._gate.suspects.add(fresh.family)
        if stand_in(after):
            self._suspects.add(fresh.family)
            self.tell_removals(fresh.family)

    def removed(self, document: Document, family: str) -> None:
        """Tell that a document is gone, where its family had read it, or wrote in its stead."""
        traces = self._register.traces[family]
        traces.removed[document.name] = document
        if document.canary:
            self._canary(document, family, Touch.REMOVED)
        elif family in document.readers and len(traces.removed) <= MOST_REMOVALS:
            self._removals.append((time.monotonic(), document, family))
            if family in self._suspects:
                self.tell_removals(family)

    def tell_removals(self, family: str = "") -> None:
        """Tell of removals that were no half of a save: all of a suspect's, else the old ones."""
        limit = time.monotonic() - HALF_SAVE.total_seconds()
        waiting, self._removals = self._removals, []
        for at, document, by in waiting:
            if by != family and at > limit:
                self._removals.append((at, document, by))
            elif not document.succeeded:
                before = self._keeping.look_back(document)
                self._sink(FileRemoved(**self._where(document, by), before=before, read=True))

    def renamed(self, document: Document, family: str, *, alone: bool = True) -> None:
        """Remember who gave a document another name; tell if it was a canary's own."""
        traces = self._register.traces[family]
        traces.renamed[document.name], traces.renamed_at = document, time.monotonic()
        if document.canary and alone:
            self._canary(document, family, Touch.RENAMED)

    def _canary(self, document: Document, family: str, touch: Touch) -> None:
        alone = os.path.isdir(os.path.dirname(document.home))  # noqa: PTH112, PTH120
        self._sink(CanaryTouched(**self._where(document, family), touch=touch, alone=alone))

    def _where(self, document: Document, family: str) -> Where:
        return {
            "at": self._clock(),
            "machine": self._machine,
            "path": document.path,
            "folder": document.folder,
            "document": document.name,
            "family": family,
        }


def _has_hole(descriptor: int) -> bool:
    """Return whether a great part of an open file was never written, reserved or not."""
    size, at = os.fstat(descriptor).st_size, 0
    for _ in range(MOST_HOLES):
        try:
            hole = os.lseek(descriptor, at, os.SEEK_HOLE)
            if hole >= size:
                return False
            at = os.lseek(descriptor, hole, os.SEEK_DATA)
        except OSError as refusal:
            return refusal.errno == errno.ENXIO  # nothing but a hole up to the end
        if at - hole >= LEAST_HOLE:
            return True
    return False
