"""Noticing: names that appear, change and vanish in the watched folders, in the kernel's order."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from vigie.sensors.disk.canaries import is_canary
from vigie.sensors.disk.gate import Gate
from vigie.sensors.disk.judging import Judging
from vigie.sensors.disk.keeping import Keeping, passing
from vigie.sensors.disk.register import Document, Fresh, Register
from vigie.tools import fanotify
from vigie.tools.fanotify import Change, Place
from vigie.tools.processes import Families

_EVENTS = (
    fanotify.CLOSE_WRITE
    | fanotify.CREATE
    | fanotify.DELETE
    | fanotify.RENAME
    | fanotify.ON_CHILD
    | fanotify.ON_DIR
)
UNSEEN = ""  # the family of whoever changed something while nobody watched
MOST_READERS = 64  # families remembered for one document: only the latest matter
MOST_VACANT = 5_000  # places whose document is gone, remembered for whoever takes them next


class Noticing:
    """Keep the register true to the folders."""

    def __init__(
        self,
        gate: Gate,
        register: Register,
        keeping: Keeping,
        judging: Judging,
        families: Families,
    ) -> None:
        self._gate, self._register = gate, register
        self._keeping, self._judging = keeping, judging
        self._families = families
        self._vacant: dict[str, Document] = {}
        self.gone: list[tuple[str, str]] = []  # documents and families, for the vault's index
        self.overflowed = False

    def survey(self, folder: str, *, family: str = "") -> Iterator[None]:
        """Watch a folder and what lies below; protect its files, or (`family`) wait for them.

        Give way after each file, so that the gate's questions are answered meanwhile.
        """
        for place, _, names in os.walk(folder):
            try:
                self._gate.telling.mark(place, _EVENTS)
                self._register.folders[fanotify.identity(place)] = place
            except OSError:
                continue  # gone again, or not a file system with handles
            for name in names:
                path = os.path.join(place, name)  # noqa: PTH118  (for each file)
                if family:
                    if path not in self._register.by_path:
                        self._appeared(path, family, own=False)
                elif not passing(path):
                    document = self._keeping.protect(path, self._register.top(path))
                    if document is not None:
                        document.canary = is_canary(path)
                yield

    def judge_unseen(self) -> None:
        """After the first survey: judge what was changed, and note what went, unwatched.

        What went may have been thrown away: it comes back only if somebody did harm as well.
        """
        for document in [d for d in self._register.dirty.values() if d.closed]:
            self._judging.changed(document, done=True)
        vanished = {
            path: version
            for path, version in self._keeping.unmet.items()
            if not os.path.lexists(path)
            and path.startswith(tuple(f"{top}/" for top in self._register.tops))
        }
        self._keeping.unmet.clear()
        for path, version in vanished.items():
            folder = self._register.top(path)
            document = Document(
                name=version.document,
                path=path,
                home=path,
                folder=folder,
                inode=(0, 0),
                way=version.way,
                removed=True,
            )
            self._register.traces[UNSEEN].removed[document.name] = document
            self.gone.append((document.name, UNSEEN))

    def take_in(self) -> None:
        """Take in all reads and changes that the kernel has told so far."""
        self._remember_reads()
        while changes := self._gate.telling.changes():
            self._remember_reads()  # who wrote now has read before
            for change in changes:
                if change.mask & fanotify.QUEUE_OVERFLOW:
                    self.overflowed = True
                else:
                    self._note(change)

    def _remember_reads(self) -> None:
        for family, inode in self._gate.reads():
            if document := self._register.by_inode.get(inode):
                self.read(document, family)

    def read(self, document: Document, family: str) -> None:
        """Note that a family opened a document for reading."""
        if family not in document.readers:
            if len(document.readers) > MOST_READERS:
                document.readers.clear()
            document.readers.add(family)
            self._register.traces[family].read += 1

    def _path(self, place: Place | None) -> str | None:
        folder = self._register.folders.get(place.folder) if place else None
        return os.path.join(folder, place.name) if place and folder else None  # noqa: PTH118

    def _note(self, change: Change) -> None:
        old, new = self._path(change.source), self._path(change.target)
        family = self._families.of(change.pid)
        own = change.pid == self._families.own
        if change.mask & fanotify.ON_DIR:
            self._folder_changed(change.mask, old, new, family)
        elif change.mask & fanotify.RENAME:
            self._renamed(old, new, family, own=own)
        elif old is not None:
            if change.mask & fanotify.DELETE:
                self._deleted(old, family, own=own)
            if change.mask & fanotify.CLOSE_WRITE:
                self._closed(old, family, own=own)
            elif change.mask & fanotify.CREATE:
                self._created(old, family)

    def _folder_changed(self, mask: int, old: str | None, new: str | None, family: str) -> None:
        if mask & fanotify.RENAME:
            for document in self._register.below(old) if old else ():
                self._judging.renamed(document, family, alone=False)
            if old and new:
                self._register.move_folder(old, new)
            elif new:
                self._watch_all(new, family)
        elif mask & fanotify.CREATE and old:
            self._watch_all(old, family)
        elif mask & fanotify.DELETE and old:
            folders = self._register.folders
            self._register.folders = {h: p for h, p in folders.items() if p != old}

    def _watch_all(self, folder: str, family: str) -> None:
        for _ in self.survey(folder, family=family):
            pass

    def _created(self, path: str, family: str) -> None:
        # A new name without a writer: a second link to a document, or nothing of ours.
        try:
            state = os.lstat(path)
        except OSError:
            return
        if state.st_nlink > 1 and (state.st_dev, state.st_ino) not in self._register.by_inode:
            self._appeared(path, family, own=False)

    def _closed(self, path: str, family: str, *, own: bool) -> None:
        document = self._register.by_path.get(path)
        if document is None:
            self._appeared(path, family, own=own)
            return
        if not document.dirty and not own:
            self._keeping.written_unasked(document, family)
        document.closed = True

    def _appeared(self, path: str, family: str, *, own: bool) -> None:
        if passing(path) or self._journal(path):
            return
        earlier = self._register.fresh.get(path)
        heir_of = self._vacant.pop(path, None) or (earlier.heir_of if earlier else None)
        fresh = Fresh(family=family, since=time.monotonic(), heir_of=heir_of, own=own)
        self._register.arrive(path, fresh)

    def _journal(self, path: str) -> bool:
        base, dash, suffix = path.rpartition("-")
        return bool(dash) and suffix in ("journal", "wal", "shm") and base in self._register.by_path

    def _vacate(self, document: Document, path: str) -> None:
        if len(self._vacant) > MOST_VACANT:
            self._vacant.clear()
        self._vacant[path] = document

    def _deleted(self, path: str, family: str, *, own: bool) -> None:
        self._register.forget_fresh(path)
        document = self._register.by_path.get(path)
        if document is None:
            return
        if document.dirty:
            self._judging.changed(document, done=True)
        self._take_leave(document, path, family, own=own)

    def _take_leave(self, document: Document, path: str, family: str, *, own: bool) -> None:
        try:
            if os.lstat(path).st_ino == document.inode[1]:
                return  # merged by the kernel with what came after
        except OSError:
            pass
        self._vacate(document, path)
        document.removed = True
        self._register.drop(document)
        if not own:
            self._judging.waiting(family)  # what it put in its stead comes first
            self._judging.removed(document, family)
            self.gone.append((document.name, family))

    def _renamed(self, old: str | None, new: str | None, family: str, *, own: bool) -> None:
        document = self._register.by_path.get(old) if old else None
        victim = self._register.by_path.get(new) if new else None
        if victim is not None and victim is not document:
            if victim.dirty:
                self._judging.changed(victim, done=True)
            self._vacate(victim, new or "")
            self._register.drop(victim)
            self._register.traces[family].removed[victim.name] = victim
        if document is not None and old is not None:
            if not own:
                self._judging.renamed(document, family)
            self._vacate(document, old)
            if new is None:
                del self._register.by_path[old]
            else:
                self._vacant.pop(new, None)
                self._register.move(document, new)
            return
        fresh = self._register.forget_fresh(old) if old else None
        if new is not None:
            self._appeared(new, fresh.family if fresh else family, own=own)


def tops(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the folders to watch as plain absolute paths, without links on the way."""
    return tuple(str(path.resolve()) for path in paths)
